"""The connection to the terminal breaks at every message and at every byte: till and terminal never disagree."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from posdevkit import Money
from posdevkit.aio import PaymentTerminal
from posdevkit.devices.payment import PaymentState
from posdevkit.errors import Disconnected, PaymentUnresolved, TerminalRefused
from posdevkit_emulators.terminals import PaymentTerminalBench

pytestmark = pytest.mark.asyncio

PRICE = Money(7000, "EUR")
SALE = "sale-2"


async def sold(bench: PaymentTerminalBench, journal: Path | None) -> PaymentState:
    """One sale by a till that keeps to the rules and starts anew after each break; the state it ends with."""
    try:
        async with PaymentTerminal.open(bench.url, journal=journal) as terminal:
            state = (await terminal.pay(PRICE, intent=SALE, timeout=5)).state
            if state is PaymentState.UNKNOWN:
                with pytest.raises(PaymentUnresolved):
                    await terminal.pay(PRICE, intent=SALE)
                with pytest.raises(PaymentUnresolved):
                    await terminal.pay(PRICE, intent="another")
    except Disconnected:
        state = PaymentState.UNKNOWN  # before the charge, as the journal must show
    async with PaymentTerminal.open(bench.url, journal=journal) as terminal:
        if SALE in terminal.unresolved:
            assert state is PaymentState.UNKNOWN
            return (await terminal.recover(SALE)).state
        if state is PaymentState.UNKNOWN:
            return PaymentState.ABORTED  # nothing had been charged
        return state


async def counted() -> PaymentTerminalBench:
    async with PaymentTerminalBench() as bench:
        async with PaymentTerminal.open(bench.url) as terminal:
            await terminal.pay(PRICE, intent=SALE)
        return bench


async def tried(tmp_path: Path, fault: str, number: int, *, finish: bool) -> tuple[PaymentState, int]:
    """The state the till ends with, and the charges in the terminal's books, with an equal sale before it."""
    async with PaymentTerminalBench(*(["finish"] if finish else [])) as bench:
        async with PaymentTerminal.open(bench.url) as terminal:
            assert (await terminal.pay(PRICE, intent="sale-1")).approved
        before = {"byte": bench.sent_bytes, "before": bench.sent_messages, "on": bench.taken_messages}
        match fault:
            case "byte":
                bench.model.faults.cut_at_byte = before["byte"] + number
            case "before":
                bench.model.faults.cut_before_message = before["before"] + number
            case "on":
                bench.model.faults.cut_on_message = before["on"] + number
        state = await sold(bench, tmp_path / f"{fault}-{number}-{finish}.jsonl")
        return state, len(bench.model.ledger) - 1


@pytest.mark.parametrize("finish", [False, True], ids=["abandons", "finishes"])
@pytest.mark.parametrize("fault", ["byte", "before", "on"])
@pytest.mark.timeout(120)
async def test_the_books_agree_wherever_it_breaks(tmp_path: Path, fault: str, finish: bool) -> None:
    whole = await counted()
    size = {"byte": whole.sent_bytes + 120, "before": whole.sent_messages + 2, "on": whole.taken_messages + 2}[fault]
    seen: dict[tuple[PaymentState, int], int] = {}
    for number in range(0 if fault == "byte" else 1, size + 1):
        result = await tried(tmp_path, fault, number, finish=finish)
        assert result in {(PaymentState.APPROVED, 1), (PaymentState.ABORTED, 0)}, (number, result)
        seen[result] = seen.get(result, 0) + 1
    assert len(seen) == 2, seen  # else the cuts came at the wrong places


async def test_control_a_till_that_just_tries_again_charges_twice() -> None:
    whole = await counted()
    twice = 0
    for number in range(1, whole.sent_messages + 1):
        async with PaymentTerminalBench(f"cut-before-message={number}") as bench:
            for attempt in range(2):  # no journal, and no recover between the attempts
                try:
                    async with PaymentTerminal.open(bench.url) as terminal:
                        if (await terminal.pay(PRICE, intent=f"attempt {attempt}")).approved:
                            break
                except (Disconnected, TerminalRefused):
                    continue
            twice += len(bench.model.ledger) == 2
    assert twice > 0


async def test_the_record_is_on_the_disk_before_the_charge_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url, journal=path) as terminal:
        seen: list[str] = []
        take = bench.model.take

        def watching(command: object) -> list[bytes]:
            if type(command).__name__ == "Authorisation":
                seen.append(path.read_text())
            return take(command)  # type: ignore[arg-type]

        monkeypatch.setattr(bench.model, "take", watching)
        await terminal.pay(PRICE, intent=SALE)
    assert len(seen) == 1
    assert SALE in seen[0]
    assert '"unknown"' in seen[0]


async def test_a_till_that_is_killed_during_the_payment_finds_it_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench("finish") as bench:
        async with PaymentTerminal.open(bench.url) as terminal:
            await terminal.pay(PRICE, intent="sale-1")
        terminal = await PaymentTerminal.open(bench.url, journal=path)
        shown = asyncio.Event()
        paying = asyncio.create_task(terminal.pay(PRICE, intent=SALE, on_text=lambda _: shown.set()))
        await shown.wait()
        paying.cancel()
        await asyncio.gather(paying, return_exceptions=True)
        await terminal.close()
        async with PaymentTerminal.open(bench.url, journal=path) as again:
            assert again.unresolved == (SALE,)
            found = await again.recover(SALE)
        assert found.approved is (len(bench.model.ledger) == 2)
