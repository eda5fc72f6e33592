"""Refunds and reversals against the emulated terminal: the promises of a charge, and what only they can get wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import posdevkit as pos
from posdevkit import Money
from posdevkit.aio import Payment, PaymentKind, PaymentState, PaymentTerminal
from posdevkit.errors import PaymentUnresolved, UsageError
from posdevkit_emulators.terminals import Approval, Booking, PaymentTerminalBench

pytestmark = pytest.mark.asyncio
PRICE = Money(7000, "EUR")
PART = Money(2500, "EUR")


async def test_a_refund_tells_what_a_charge_tells() -> None:
    texts: list[str] = []
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        charge = await terminal.pay(PRICE, intent="sale-1")
        back = await terminal.refund(PART, intent="back-1", on_text=texts.append)
        again = await terminal.refund(PART, intent="back-1")
    assert (charge.kind, back.kind, back.of) == (PaymentKind.CHARGE, PaymentKind.REFUND, "")
    assert back.approved
    assert (back.amount, back.receipt, back.brand, str(back.card)) == (PART, 2, "VISA CREDIT", "****0010")
    assert {"Betrag 25,00", "Gutschrift erfolgt"} <= set(back.lines)
    assert texts[0] == "Insert card"
    assert again.approved
    assert bench.model.ledger == [Approval(7000, 978, 1), Approval(2500, 978, 2, Booking.REFUND)]
    assert sum(one.signed for one in bench.model.ledger) == 4500


async def test_a_reversal_takes_the_charge_back_that_it_names() -> None:
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        charge = await terminal.pay(PRICE, intent="sale-1")
        await terminal.pay(PART, intent="sale-2")
        back = await terminal.reverse(charge, intent="void-1")
        again = await terminal.reverse(charge, intent="void-1")
    assert back.approved
    assert (back.kind, back.of, back.amount, back.receipt) == (PaymentKind.REVERSAL, "sale-1", PRICE, 3)
    assert "Storno erfolgt" in back.lines
    assert again.approved
    assert bench.model.ledger[2:] == [Approval(7000, 978, 3, Booking.REVERSAL, of=1)]


async def test_a_charge_is_reversed_once_under_whatever_name(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench() as bench:
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:
            charge = await terminal.pay(PRICE, intent="sale-1")
            await terminal.reverse(charge, intent="void-1")
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:  # it is on the disk
            with pytest.raises(UsageError, match="was reversed already, as 'void-1'"):
                await terminal.reverse(charge, intent="void-2")
            assert (await terminal.reverse(charge, intent="void-1")).approved
        # A till without that journal asks the terminal, which has books of its own.
        async with PaymentTerminal.open(bench.url) as other:
            refused = await other.reverse(charge, intent="void-1")
            unknown = await other.reverse(Payment("x", PRICE, PaymentState.APPROVED, receipt=77), intent="void-x")
            assert (refused.state, refused.reason) == (PaymentState.DECLINED, "reversal not possible")
            assert unknown.state is PaymentState.DECLINED
    assert len(bench.model.ledger) == 2


async def test_only_a_charge_that_was_made_can_be_reversed() -> None:
    async with PaymentTerminalBench("decline") as bench, PaymentTerminal.open(bench.url) as terminal:
        declined = await terminal.pay(PRICE, intent="sale-1")
        bench.model.faults.decline = False
        refund = await terminal.refund(PRICE, intent="back-1")
        for payment, why in (
            (declined, "'sale-1' is a charge, declined: nothing to reverse"),
            (refund, "'back-1' is a refund, approved: nothing to reverse"),
            (Payment("x", PRICE, PaymentState.UNKNOWN), "'x' is a charge, unknown: nothing to reverse"),
            (Payment("x", PRICE, PaymentState.APPROVED), "'x' has no receipt number"),
        ):
            with pytest.raises(UsageError, match=why):
                await terminal.reverse(payment, intent="void-1")
        with pytest.raises(UsageError, match="4 digits"):
            await terminal.reverse(Payment("x", PRICE, PaymentState.APPROVED, receipt=10_000), intent="void-2")
        assert terminal.unresolved == ()
    assert [one.booking for one in bench.model.ledger] == [Booking.REFUND]


async def test_a_terminal_that_reverses_another_charge_leaves_it_unknown() -> None:
    async with PaymentTerminalBench("reverse-last") as bench, PaymentTerminal.open(bench.url) as terminal:
        charge = await terminal.pay(PRICE, intent="sale-1")
        await terminal.pay(PART, intent="sale-2")
        back = await terminal.reverse(charge, intent="void-1")
        assert (back.state, back.reason) == (PaymentState.UNKNOWN, "the terminal tells another amount: 2500")
        assert (await terminal.recover("void-1")).state is PaymentState.UNKNOWN
        with pytest.raises(PaymentUnresolved):
            await terminal.pay(PRICE, intent="sale-3")
        assert (await terminal.resolve("void-1", paid=False)).state is PaymentState.ABORTED


async def test_one_intent_is_one_thing() -> None:
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        charge = await terminal.pay(PRICE, intent="sale-1")
        other = await terminal.pay(PRICE, intent="sale-2")
        await terminal.reverse(charge, intent="void-1")
        with pytest.raises(UsageError, match=r"begun as a charge over 70.00 EUR, not a refund over 70.00 EUR"):
            await terminal.refund(PRICE, intent="sale-1")
        with pytest.raises(UsageError, match=r"begun as a reversal of 'sale-1' over .*, not a reversal of 'sale-2'"):
            await terminal.reverse(other, intent="void-1")
        with pytest.raises(UsageError):
            await terminal.refund(Money(0, "EUR"), intent="back-1")
    assert len(bench.model.ledger) == 3


@pytest.mark.parametrize(
    ("fault", "state"), [("decline", PaymentState.DECLINED), ("card-removed", PaymentState.ABORTED)]
)
async def test_a_refund_that_was_not_made_may_be_tried_again(fault: str, state: PaymentState) -> None:
    async with PaymentTerminalBench(fault) as bench, PaymentTerminal.open(bench.url) as terminal:
        assert (await terminal.refund(PRICE, intent="back-1")).state is state
        bench.model.faults.decline = bench.model.faults.card_removed = False
        assert (await terminal.refund(PRICE, intent="back-1")).approved
    assert len(bench.model.ledger) == 1


async def test_nonsense_in_place_of_the_result_is_taken_back() -> None:
    async with PaymentTerminalBench() as bench, PaymentTerminal.open(bench.url) as terminal:
        charge = await terminal.pay(PRICE, intent="sale-1")
        bench.model.faults.garbage = True
        assert not (await terminal.reverse(charge, intent="void-1")).approved
        bench.model.faults.garbage = False
        assert (await terminal.reverse(charge, intent="void-1")).approved
    assert [one.booking for one in bench.model.ledger] == [Booking.CHARGE, Booking.REVERSAL]


async def test_a_refund_that_waits_for_its_card_is_cancelled() -> None:
    asked = asyncio.Event()
    async with PaymentTerminalBench("wait-for-card") as bench, PaymentTerminal.open(bench.url) as terminal:
        going = asyncio.create_task(terminal.refund(PRICE, intent="back-1", on_text=lambda _: asked.set()))
        await asked.wait()
        await terminal.cancel()
        assert (await going).state is PaymentState.ABORTED
    assert bench.model.ledger == []


async def test_a_journal_from_before_money_could_be_given_back_holds_charges(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with PaymentTerminalBench() as bench:
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:
            await terminal.pay(PRICE, intent="sale-1")
        old = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for facts in old:
            del facts["kind"], facts["of"]
        path.write_text("".join(json.dumps(facts) + "\n" for facts in old), "utf-8")
        async with PaymentTerminal.open(bench.url, journal=path) as terminal:
            charge = await terminal.recover("sale-1")
            assert charge.kind is PaymentKind.CHARGE
            assert (await terminal.reverse(charge, intent="void-1")).approved


async def test_no_card_and_no_password_in_journal_and_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    path = tmp_path / "journal.jsonl"
    async with (
        PaymentTerminalBench() as bench,
        PaymentTerminal.open(bench.url + "?password=314159", journal=path) as terminal,
    ):
        charge = await terminal.pay(PRICE, intent="sale-1")
        await terminal.reverse(charge, intent="void-1")
        back = await terminal.refund(PART, intent="back-1")
    assert "476173" not in repr(back)
    kept = "".join(one.read_text("utf-8") for one in tmp_path.iterdir())
    assert '"refund"' in kept
    assert "063006" + "2a" * 6 in kept  # reversal, its password and receipt masked
    for secret in ("476173", "314159", "31 41 59"):
        assert secret not in kept


@pytest.mark.parametrize("kind", ["refund", "reversal"])
async def test_the_blocking_face_gives_back_too(kind: str) -> None:
    async with PaymentTerminalBench() as bench:

        def script() -> pos.Payment:
            with pos.PaymentTerminal.open(bench.url) as terminal:
                charge = terminal.pay(PRICE, intent="sale-1")
                if kind == "refund":
                    return terminal.refund(PRICE, intent="back-1")
                return terminal.reverse(charge, intent="back-1")

        back = await asyncio.to_thread(script)
    assert (back.kind.value, back.approved) == (kind, True)
