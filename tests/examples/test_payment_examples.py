"""The example that charges, run as a reader runs it, with and without a lost answer."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from posdevkit_emulators.terminals import PaymentTerminalBench

EXAMPLE = Path(__file__).parents[2] / "examples" / "pay.py"


@pytest.mark.parametrize("faults", [(), ("cut-before-message=9",)], ids=["calm", "answer-lost"])
@pytest.mark.asyncio
async def test_a_charge(tmp_path: Path, faults: tuple[str, ...]) -> None:
    async with PaymentTerminalBench(*faults) as bench:
        command = [sys.executable, "-W", "error", str(EXAMPLE), bench.url]
        done = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
        out, _ = await done.communicate()
    assert done.returncode == 0
    assert out.decode().splitlines()[-1] == "70.00 EUR approved VISA CREDIT ****0010"
    assert len(bench.model.ledger) == 1
