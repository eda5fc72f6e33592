"""The payment terminal against its emulator: approvals, refusals, aborts, nonsense, and the journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from posdevkit import Money
from posdevkit.aio import PaymentState, PaymentTerminal
from posdevkit.errors import BadUrl, Claimed, DeadlineExceeded, InputFailed, PaymentUnresolved, UsageError
from posdevkit_emulators.terminals import PaymentTerminalBench

pytestmark = pytest.mark.asyncio
PRICE = Money(7000, "EUR")


async def test_an_approved_payment_tells_everything_but_the_number() -> None:
    texts: list[str] = []
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        payment = await terminal.pay(PRICE, intent="sale-1", on_text=texts.append)
        again = await terminal.pay(PRICE, intent="sale-1")
    assert payment.approved
    assert (payment.receipt, payment.brand, str(payment.card)) == (1, "VISA CREDIT", "****0010")
    assert "Betrag 70,00" in payment.lines
    assert texts[0] == "Insert card"
    assert again.approved
    assert [(a.amount, a.currency) for a in bench.model.ledger] == [(7000, 978)]


@pytest.mark.parametrize(
    ("fault", "state"), [("decline", PaymentState.DECLINED), ("card-removed", PaymentState.ABORTED)]
)
async def test_what_was_not_paid_may_be_tried_again(fault: str, state: PaymentState) -> None:
    async with PaymentTerminalBench(fault) as bench, PaymentTerminal.open(bench.url) as terminal:
        payment = await terminal.pay(PRICE, intent="sale-1")
        assert payment.state is state
        assert payment.reason
        bench.model.faults.decline = bench.model.faults.card_removed = False
        assert (await terminal.pay(PRICE, intent="sale-1")).approved
    assert len(bench.model.ledger) == 1


async def test_nonsense_in_place_of_the_result_is_no_approval() -> None:
    async with PaymentTerminalBench("garbage") as bench, PaymentTerminal.open(bench.url) as terminal:
        payment = await terminal.pay(PRICE, intent="sale-1")
    assert not payment.approved
    assert bench.model.ledger == []  # refused by the till, so taken back


@pytest.mark.parametrize("timeout", [5, 0.2], ids=["cancelled", "timed out"])
async def test_a_payment_that_waits_for_its_card_is_ended(timeout: float) -> None:
    asked = asyncio.Event()
    async with PaymentTerminalBench("wait-for-card") as bench, PaymentTerminal.open(bench.url) as terminal:
        paying = asyncio.create_task(
            terminal.pay(PRICE, intent="sale-1", timeout=timeout, on_text=lambda _: asked.set())
        )
        await asked.wait()
        if timeout == 5:
            await terminal.cancel()
        payment = await paying
        assert payment.state is PaymentState.ABORTED
        bench.model.faults.wait_for_card = False
        assert (await terminal.pay(PRICE, intent="sale-1")).approved
    assert len(bench.model.ledger) == 1


async def test_a_terminal_that_refuses_the_abort_goes_on_and_its_word_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    async with PaymentTerminalBench("wait-for-card") as bench, PaymentTerminal.open(bench.url) as terminal:
        monkeypatch.setattr(bench.model, "_aborted", lambda: [b"\x84\x83\x00"])
        paying = asyncio.create_task(terminal.pay(PRICE, intent="sale-1", timeout=5, on_text=lambda _: asked.set()))
        await asked.wait()
        bench.model.faults.wait_for_card = False  # the card comes just now
        await terminal.cancel()
        assert (await paying).approved
    assert len(bench.model.ledger) == 1


async def test_a_terminal_that_falls_silent_leaves_it_unknown_until_a_person_decides() -> None:
    async with PaymentTerminalBench("stall-before-message=7") as bench, PaymentTerminal.open(bench.url) as terminal:
        paying = asyncio.create_task(terminal.pay(PRICE, intent="sale-1", timeout=0.2))
        payment = await paying
        assert payment.state is PaymentState.UNKNOWN  # stalled: it answers nothing, not even the abort
        with pytest.raises(PaymentUnresolved):
            await terminal.pay(PRICE, intent="sale-2")
        decided = await terminal.resolve("sale-1", paid=False)
        assert decided.state is PaymentState.ABORTED
        assert terminal.unresolved == ()


async def test_a_terminal_that_says_nothing_before_the_charge() -> None:
    async with PaymentTerminalBench("stall-before-message=1") as bench, PaymentTerminal.open(bench.url) as terminal:
        with pytest.raises(DeadlineExceeded):
            await terminal.pay(PRICE, intent="sale-1", timeout=0.05)
        assert terminal.unresolved == ()


async def test_bad_calls() -> None:
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        for amount, intent in (
            (Money(0, "EUR"), "a"),
            (PRICE, ""),
            (Money(1, "XOF"), "a"),
            (Money(10**12, "EUR"), "a"),
        ):
            with pytest.raises(UsageError):
                await terminal.pay(amount, intent=intent)
        with pytest.raises(UsageError):
            await terminal.recover("never begun")
        await terminal.pay(PRICE, intent="sale-1")
        with pytest.raises(UsageError):
            await terminal.pay(Money(1, "EUR"), intent="sale-1")
    for url in ("tcp://127.0.0.1", "zvt://127.0.0.1?password=12", "zvt://127.0.0.1?nonsense=1"):
        with pytest.raises(BadUrl):
            PaymentTerminal(url)


async def test_the_journal_outlives_a_torn_write_and_has_one_owner(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench() as bench:
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:
            await terminal.pay(PRICE, intent="sale-1")
            with pytest.raises(Claimed, match="takes payments with this journal"):
                PaymentTerminal(bench.url, journal=path)
        whole = path.read_bytes()
        path.write_bytes(whole + whole[:40])
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:
            assert (await terminal.recover("sale-1")).approved
        assert path.read_bytes() == whole
        path.write_bytes(b"no journal\n")
        with pytest.raises(InputFailed):
            PaymentTerminal(bench.url, journal=path)


async def test_a_trace_holds_no_card_and_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    url_password = "?password=314159"
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url + url_password) as terminal:
        await terminal.pay(PRICE, intent="sale-1")
        assert "314159" not in repr(terminal)
    text = "".join(path.read_text() for path in tmp_path.iterdir())
    assert '"receive"' in text
    assert "476173" not in text
    assert "314159" not in text
