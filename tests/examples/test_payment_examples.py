"""The examples that charge and give back, run as a reader runs them, with and without a lost answer."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from posdevkit_emulators.terminals import PaymentTerminalBench

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("faults", [(), ("cut-before-message=9",)], ids=["calm", "answer-lost"])
@pytest.mark.asyncio
async def test_a_charge(tmp_path: Path, faults: tuple[str, ...]) -> None:
    async with PaymentTerminalBench(*faults) as bench:
        command = [sys.executable, "-W", "error", str(EXAMPLES / "pay.py"), bench.url]
        done = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
        out, _ = await done.communicate()
    assert done.returncode == 0
    assert out.decode().splitlines()[-1] == "70.00 EUR approved VISA CREDIT ****0010"
    assert len(bench.model.ledger) == 1


# The status information of the refund, and of the reversal, is lost after the terminal has booked them.
@pytest.mark.parametrize("cut", [0, 19, 39], ids=["calm", "refund-lost", "reversal-lost"])
@pytest.mark.asyncio
async def test_money_back(tmp_path: Path, cut: int) -> None:
    async with PaymentTerminalBench(*([f"cut-before-message={cut}"] if cut else [])) as bench:
        command = [sys.executable, "-W", "error", str(EXAMPLES / "refund.py"), bench.url, "till.db"]
        done = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
        out, _ = await done.communicate()
    assert done.returncode == 0
    assert out.decode().splitlines() == [
        "sale-1: charge of 76.00 DKK approved",
        "sale-1-coffee: refund of 38.00 DKK approved",
        "K1-000002: Tender(means='card', amount=-3800, reference='2', change=0)",
        "sale-2: charge of 76.00 DKK approved",
        "sale-2-reversed: reversal of 76.00 DKK approved",
        "K1-000004: Tender(means='card', amount=-7600, reference='4', change=0)",
    ]
    assert [one.signed for one in bench.model.ledger] == [7600, -3800, 7600, -7600]
    assert (bench.sent_messages > 41) is bool(cut)  # a lost answer is asked for again
