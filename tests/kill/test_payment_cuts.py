"""The connection to the terminal breaks at every message and at every byte: till and terminal never disagree."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest

from posdevkit import Money
from posdevkit.aio import PaymentTerminal
from posdevkit.devices.payment import Payment, PaymentState
from posdevkit.errors import Disconnected, PaymentUnresolved, TerminalRefused
from posdevkit.protocols.vocabulary import Command
from posdevkit_emulators.terminals import PaymentTerminalBench

pytestmark = pytest.mark.asyncio

PRICE = Money(7000, "EUR")
SALE = "sale-2"
EARLIER = Payment("sale-1", PRICE, PaymentState.APPROVED, receipt=1)
"""A sale before the one that breaks, and the one that a reversal takes back."""


class Way(Protocol):
    """How money moves under an intent."""

    def __call__(
        self, terminal: PaymentTerminal, intent: str, on_text: Callable[[str], None] | None = None
    ) -> Awaitable[Payment]: ...


WAYS: dict[str, Way] = {
    "pay": lambda terminal, intent, on_text=None: terminal.pay(PRICE, intent=intent, timeout=5, on_text=on_text),
    "refund": lambda terminal, intent, on_text=None: terminal.refund(PRICE, intent=intent, timeout=5, on_text=on_text),
    "reverse": lambda terminal, intent, on_text=None: terminal.reverse(
        EARLIER, intent=intent, timeout=5, on_text=on_text
    ),
}


async def made(bench: PaymentTerminalBench, journal: Path | None, way: Way) -> PaymentState:
    """One job by a till that keeps to the rules and starts anew after each break; the state it ends with."""
    try:
        async with PaymentTerminal.open(bench.url, journal=journal) as terminal:
            state = (await way(terminal, SALE)).state
            if state is PaymentState.UNKNOWN:
                for one in WAYS.values():
                    with pytest.raises(PaymentUnresolved):
                        await one(terminal, "another")
                with pytest.raises(PaymentUnresolved):
                    await way(terminal, SALE)
    except Disconnected:
        state = PaymentState.UNKNOWN  # before money could move, as the journal must show
    async with PaymentTerminal.open(bench.url, journal=journal) as terminal:
        if SALE in terminal.unresolved:
            assert state is PaymentState.UNKNOWN
            return (await terminal.recover(SALE)).state
        if state is PaymentState.UNKNOWN:
            return PaymentState.ABORTED  # no money had moved
        return state


async def counted() -> PaymentTerminalBench:
    async with PaymentTerminalBench() as bench:
        async with PaymentTerminal.open(bench.url) as terminal:
            await terminal.pay(PRICE, intent=SALE)
        return bench


async def tried(way: str, tmp_path: Path, fault: str, number: int, *, finish: bool) -> tuple[PaymentState, int]:
    """The state the till ends with, and the entries in the terminal's books, with an equal sale before it."""
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
        state = await made(bench, tmp_path / f"{fault}-{number}-{finish}.jsonl", WAYS[way])
        return state, len(bench.model.ledger) - 1


@pytest.mark.parametrize("finish", [False, True], ids=["abandons", "finishes"])
@pytest.mark.parametrize(
    ("way", "fault"),
    # Byte by byte for the charge; the three differ in no message but the first.
    [("pay", "byte"), *((way, fault) for way in WAYS for fault in ("before", "on"))],
)
@pytest.mark.timeout(120)
async def test_the_books_agree_wherever_it_breaks(tmp_path: Path, way: str, fault: str, finish: bool) -> None:
    whole = await counted()
    size = {"byte": whole.sent_bytes + 120, "before": whole.sent_messages + 2, "on": whole.taken_messages + 2}[fault]
    seen: dict[tuple[PaymentState, int], int] = {}
    for number in range(0 if fault == "byte" else 1, size + 1):
        result = await tried(way, tmp_path, fault, number, finish=finish)
        assert result in {(PaymentState.APPROVED, 1), (PaymentState.ABORTED, 0)}, (number, result)
        seen[result] = seen.get(result, 0) + 1
    assert len(seen) == 2, seen  # else the cuts came at the wrong places


@pytest.mark.parametrize("way", ["pay", "refund"])  # a terminal reverses a charge once, whatever the till does
async def test_control_a_till_that_just_tries_again_does_it_twice(way: str) -> None:
    whole = await counted()
    twice = 0
    for number in range(1, whole.sent_messages + 1):
        async with PaymentTerminalBench(f"cut-before-message={number}") as bench:
            for attempt in range(2):  # no journal, and no recover between the attempts
                try:
                    async with PaymentTerminal.open(bench.url) as terminal:
                        if (await WAYS[way](terminal, f"attempt {attempt}")).approved:
                            break
                except (Disconnected, TerminalRefused):
                    continue
            twice += len(bench.model.ledger) == 2
    assert twice > 0


@pytest.mark.parametrize(("way", "command"), [("pay", "Authorisation"), ("refund", "Refund"), ("reverse", "Reversal")])
async def test_the_record_is_on_the_disk_before_the_command_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, command: str
) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url, journal=path) as terminal:
        await terminal.pay(PRICE, intent="sale-1")
        seen: list[str] = []
        take = bench.model.take

        def watching(taken: Command) -> list[bytes]:
            if type(taken).__name__ == command:
                seen.append(path.read_text())
            return take(taken)

        monkeypatch.setattr(bench.model, "take", watching)
        assert (await WAYS[way](terminal, SALE)).approved
    assert len(seen) == 1
    written = seen[0].splitlines()[-1]
    assert f'"{SALE}"' in written
    assert '"unknown"' in written


@pytest.mark.parametrize("way", WAYS)
async def test_a_till_that_is_killed_in_the_middle_finds_it_again(tmp_path: Path, way: str) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench("finish") as bench:
        async with PaymentTerminal.open(bench.url) as terminal:
            await terminal.pay(PRICE, intent="sale-1")
        terminal = await PaymentTerminal.open(bench.url, journal=path)
        shown = asyncio.Event()
        paying = asyncio.ensure_future(WAYS[way](terminal, SALE, lambda _: shown.set()))
        await shown.wait()
        paying.cancel()
        await asyncio.gather(paying, return_exceptions=True)
        await terminal.close()
        async with PaymentTerminal.open(bench.url, journal=path) as again:
            assert again.unresolved == (SALE,)
            found = await again.recover(SALE)
        assert found.approved is (len(bench.model.ledger) == 2)
