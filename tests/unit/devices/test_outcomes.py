"""What a job's outcome says, for every way in which a printer may answer, stop, vanish or stay silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices import State
from posdevkit.documents import Receipt
from posdevkit.errors import (
    Cancelled,
    Closed,
    CoverOpen,
    DeadlineExceeded,
    Disconnected,
    JobConflict,
    PaperOut,
    PosError,
    Unconfirmed,
)
from posdevkit.events import (
    Delivery,
    Evidence,
    JobEvent,
    JobState,
    LinkLost,
    LinkRestored,
    Outcome,
    Paper,
    StatusChanged,
)
from posdevkit.profiles import load_profile
from posdevkit.runtime.clock import ManualClock
from tests.trouble import stands_in_the_way

from .scripted import (
    ASB_COVER_OPEN,
    ASB_NEAR_END,
    ASB_OK,
    ASB_PAPER_OUT,
    CLEAR,
    ScriptedPrinter,
)

pytestmark = pytest.mark.asyncio

TM = "epson-tm-t88v"
RECEIPT = Receipt().title("Café Nord").row("Flat white", "38,00").total("38,00").cut()
LONG = Receipt([*(Receipt().text(f"line {n:04}").elements[0] for n in range(800)), *Receipt().cut().elements])


async def until(condition: object, tries: int = 2000) -> None:
    """Let the loop turn until `condition()` holds."""
    assert callable(condition)
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never happened")


async def test_a_process_id_that_comes_back_confirms() -> None:
    async with ScriptedPrinter("confirm") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        outcome = await driver.print(RECEIPT, key="order-1")
    assert (outcome.delivery, outcome.evidence) == (Delivery.CONFIRMED, Evidence.PROCESS_ID)
    assert outcome.bytes_taken == outcome.bytes_total
    assert printer.received.count(b"Flat white") == 1


async def test_the_id_of_another_job_does_not_confirm() -> None:
    async with ScriptedPrinter("other-id") as printer:
        printer.knows_process_ids = False
        async with ReceiptPrinter.open(printer.url, profile=TM) as driver:
            job = await driver.submit(RECEIPT)
            await until(lambda: job.state is JobState.CONFIRMING)
            assert printer._peer is not None
            await printer._peer.send(b"\x37\x22!!!!\x00")
            with pytest.raises(DeadlineExceeded):
                await job.wait(0.05)
            assert (await job.abandon()).delivery is not Delivery.CONFIRMED


async def test_an_in_order_status_tells_processed_and_stays_sent() -> None:
    async with (
        ScriptedPrinter("in-order") as printer,
        ReceiptPrinter.open(printer.url, profile="generic-80mm") as driver,
    ):
        outcome = await driver.print(RECEIPT)
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.IN_ORDER_STATUS)
    assert b"\x1d(H" not in printer.received


async def test_a_printer_that_does_not_know_process_ids_ends_as_sent_by_in_order_status() -> None:
    clock = ManualClock()
    async with ScriptedPrinter("no-ids") as printer:
        printer.knows_process_ids = False
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        job = await driver.submit(RECEIPT)
        await until(lambda: job.state is JobState.CONFIRMING)
        await clock.run(9.0)
        assert not job.done
        await clock.run(2.0)
        outcome = await job.wait()
        await driver.close()
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.IN_ORDER_STATUS)


async def test_a_mute_profile_is_sent_at_once_and_asked_nothing() -> None:
    async with ScriptedPrinter("mute") as printer:
        printer.silent = True
        async with ReceiptPrinter.open(printer.url, profile="generic-mute") as driver:
            outcome = await driver.print(RECEIPT)
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
    assert b"\x10\x04" not in printer.received
    assert b"\x1dr" not in printer.received


async def test_a_printer_that_ignores_the_greeting_is_sent_at_once() -> None:
    clock = ManualClock()
    async with ScriptedPrinter("ignores") as printer:
        printer.silent = True
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        opening = asyncio.create_task(driver.connect())
        await until(lambda: printer.received)
        await clock.run(2.0)
        await opening
        outcome = await driver.print(RECEIPT)
        await driver.close()
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
    assert b"\x1d(H" not in printer.received


async def test_paper_out_in_the_middle_waits_tells_the_cashier_and_ends_with_one_ticket() -> None:
    told: list[JobEvent] = []
    clock = ManualClock()
    async with ScriptedPrinter("paper") as printer:
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        await driver.connect()
        printer.printing.clear()
        waiting = asyncio.create_task(driver.print(RECEIPT, key="order-8812", timeout=0.3, on_wait=told.append))
        await until(lambda: b"Flat white" in printer.received)
        await printer.tell(ASB_PAPER_OUT)
        await until(lambda: told)
        await clock.run(0.3)
        with pytest.raises(PaperOut) as raised:
            await waiting
        problem = raised.value
        assert problem.job is not None
        assert problem.outcome is not None
        assert problem.outcome.delivery is Delivery.PARTIAL
        assert not problem.outcome.safe_to_retry
        assert [event.problem for event in told] == ["paper-out"]
        assert told[0].remedy == "Load a new roll and close the cover."
        assert driver.state.name == "WAITING"
        await printer.tell(ASB_OK)
        await printer.finish()
        outcome = await problem.job.wait()  # type: ignore[attr-defined]
        assert driver.state.name == "READY"
        await driver.close()
    assert outcome.confirmed
    assert printer.received.count(b"Flat white") == 1


async def test_a_naive_caller_who_prints_again_under_the_same_key_gets_the_same_job() -> None:
    """The control below leaves the key away, and gets two tickets."""
    assert await _naive("naive", "order-1") == 1
    assert await _naive("naive-control", "") == 2


async def _naive(name: str, key: str) -> int:
    clock = ManualClock()
    async with ScriptedPrinter(name) as printer:
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        await driver.connect()
        printer.printing.clear()
        first = asyncio.create_task(driver.print(RECEIPT, key=key, timeout=0.2))
        await until(lambda: b"Flat white" in printer.received)
        await printer.tell(ASB_PAPER_OUT)
        await until(lambda: driver.state is State.WAITING)
        await clock.run(0.2)
        with pytest.raises(PaperOut):
            await first
        again = asyncio.create_task(driver.print(RECEIPT, key=key, timeout=5))
        await asyncio.sleep(0.02)
        await printer.tell(ASB_OK)
        await printer.finish()
        assert (await again).confirmed
        await driver.close()
    return printer.received.count(b"Flat white")


async def test_without_paper_at_the_start_not_a_byte_leaves_and_it_can_be_taken_back() -> None:
    async with ScriptedPrinter("held") as printer:
        printer.state = ASB_PAPER_OUT
        async with ReceiptPrinter.open(printer.url, profile=TM) as driver:
            job = await driver.submit(RECEIPT)
            await stands_in_the_way(job, PaperOut)
            with pytest.raises(PaperOut) as raised:
                await job.wait(0.05)
            assert raised.value.outcome == Outcome(Delivery.NONE, bytes_total=job.outcome.bytes_total)
            assert await job.cancel()
            with pytest.raises(Cancelled):
                await job.wait()
            assert b"\x1b@" not in printer.received
            await printer.tell(ASB_OK)
            assert (await driver.print(RECEIPT)).confirmed
    assert printer.received.count(b"Flat white") == 1


async def test_the_cover_comes_before_the_paper() -> None:
    async with ScriptedPrinter("cover") as printer:
        printer.state = ASB_COVER_OPEN
        async with ReceiptPrinter.open(printer.url, profile=TM) as driver:
            job = await driver.submit(RECEIPT)
            await stands_in_the_way(job)
            with pytest.raises(CoverOpen):
                await job.wait(0.05)


async def test_near_end_is_told_and_stops_nothing() -> None:
    async with ScriptedPrinter("near") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        events = driver.events()
        await printer.tell(ASB_NEAR_END)
        event = await events.get(20)
        assert isinstance(event, StatusChanged)
        assert (event.previous.paper, event.status.paper) == (Paper.OK, Paper.NEAR_END)
        assert (await driver.print(RECEIPT)).confirmed


async def test_a_cable_cut_in_the_middle_ends_unknown_with_the_exact_count() -> None:
    async with ScriptedPrinter("cut", capacity=1024) as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        greeted = len(printer.received)
        printer.reading.clear()
        job = await driver.submit(LONG, key="long")
        await until(lambda: job.outcome.bytes_taken or job.state is JobState.SENDING)
        await asyncio.sleep(0.02)
        printer.cut_cable()
        with pytest.raises(Unconfirmed) as raised:
            await job.wait(20)
        outcome = raised.value.outcome
        assert outcome is not None
        assert outcome.delivery is Delivery.UNKNOWN
        assert 0 < outcome.bytes_taken <= 1024 + 512 < outcome.bytes_total
        assert greeted
        with pytest.raises(JobConflict):
            await driver.submit(LONG, key="long")


async def test_a_lost_connection_after_the_last_byte_is_confirmed_by_the_id_that_comes_after_it_stands_again() -> None:
    async with ScriptedPrinter("later") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        events = driver.events()
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.received.endswith(b"\x1dr\x01"))
        held = [reply for reply in printer.held if reply.startswith(b"\x37\x22")]
        assert len(held) == 1
        printer.held = held  # a printer keeps only the latest id for a host that could not receive it
        printer.printing.set()
        printer.cut_cable()
        outcome = await job.wait(20)
        assert [type(await events.get(20)) for _ in range(2)] == [LinkLost, LinkRestored]
    assert (outcome.delivery, outcome.evidence) == (Delivery.CONFIRMED, Evidence.PROCESS_ID)
    assert printer.received.count(b"Flat white") == 1


async def test_a_lost_connection_after_which_only_the_second_id_comes_ends_unknown() -> None:
    async with ScriptedPrinter("never") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.received.endswith(b"\x1dr\x01"))
        printer.held.clear()  # the power was cut as well
        printer.printing.set()
        printer.cut_cable()
        with pytest.raises(Unconfirmed):
            await job.wait(20)
    assert printer.received.count(b"Flat white") == 1


async def test_a_printer_that_does_not_come_back_is_gone_after_three_misses() -> None:
    clock = ManualClock()
    async with ScriptedPrinter("gone") as printer:
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        await driver.connect()
        printer.printing.clear()
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.received.endswith(b"\x1dr\x01"))
        printer.disappear()
        await until(lambda: clock.sleepers)
        await clock.run(5)
        with pytest.raises(Unconfirmed):
            await job.wait()
        assert driver.state is State.FAILED
        late = await driver.submit(RECEIPT)
        await until(lambda: clock.sleepers)
        await clock.run(5)
        with pytest.raises(Disconnected) as raised:
            await late.wait()
        assert raised.value.outcome is not None
        assert raised.value.outcome.safe_to_retry
        await driver.close()


async def test_a_printer_that_falls_silent_is_gone_after_three_questions() -> None:
    clock = ManualClock()
    async with ScriptedPrinter("silent") as printer:
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        await driver.connect()
        printer.silent = True
        job = await driver.submit(RECEIPT)
        await until(lambda: job.state is JobState.CONFIRMING)
        await clock.run(12)
        assert driver.state is State.SUSPECT
        assert not job.done
        await clock.run(40)
        with pytest.raises(Unconfirmed):
            await job.wait()
        await driver.close()


async def test_abandoning_is_proven_partial_when_the_printer_acknowledges() -> None:
    async with ScriptedPrinter("abandon") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.received.endswith(b"\x1dr\x01"))
        await printer.tell(ASB_PAPER_OUT)
        outcome = await job.abandon()
        assert (outcome.delivery, outcome.evidence) == (Delivery.PARTIAL, Evidence.CLEARED)
        assert printer.received.endswith(CLEAR)
        with pytest.raises(Cancelled):
            await job.wait()
        await printer.tell(ASB_OK)
        printer.printing.set()
        assert (await driver.print(RECEIPT)).confirmed


async def test_abandoning_a_printer_that_takes_nothing_more_clears_it_over_a_new_connection() -> None:
    async with (
        ScriptedPrinter("stuck", capacity=1024) as printer,
        ReceiptPrinter.open(printer.url, profile=TM) as driver,
    ):
        printer.reading.clear()
        job = await driver.submit(LONG)
        await until(lambda: job.outcome.bytes_taken or job.state is JobState.SENDING)
        await asyncio.sleep(0.02)
        abandoning = asyncio.create_task(job.abandon())
        await asyncio.sleep(0.05)
        # The rest of the operation cannot be sent: only dropping the connection gets the printer to listen again.
        await until(lambda: driver._line.lives == 1, tries=5000)
        printer.reading.set()
        outcome = await abandoning
    assert (outcome.delivery, outcome.evidence) == (Delivery.PARTIAL, Evidence.CLEARED)
    assert CLEAR in printer.connections[-1]
    assert b"line 0799" not in printer.received


async def test_abandoning_without_an_acknowledgement_is_unknown() -> None:
    async with ScriptedPrinter("no-ack") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        printer.acknowledges_clear = False
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.received.endswith(b"\x1dr\x01"))
        assert (await job.abandon()).delivery is Delivery.UNKNOWN


async def test_a_key_in_use_with_another_document_is_a_conflict() -> None:
    async with ScriptedPrinter("conflict") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        job = await driver.submit(RECEIPT, key="k")
        assert await driver.submit(RECEIPT, key="k") is job
        with pytest.raises(JobConflict):
            await driver.submit(Receipt().text("other"), key="k")
        await until(lambda: printer.held)
        await printer.finish()
        assert (await job.wait(20)).confirmed
        assert await driver.submit(RECEIPT, key="k") is not job


async def test_a_job_whose_key_may_be_used_again_is_not_kept_in_memory() -> None:
    async with ScriptedPrinter("forgets") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        job = await driver.submit(RECEIPT, key="confirmed")
        assert (await job.wait(20)).confirmed
        await until(lambda: not driver._by_key)


async def test_jobs_wait_in_line_and_a_waiting_one_can_be_taken_back() -> None:
    async with ScriptedPrinter("queue") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.printing.clear()
        first = await driver.submit(Receipt().text("first"))
        second = await driver.submit(Receipt().text("second"))
        third = await driver.submit(Receipt().text("third"))
        await until(lambda: printer.held)
        assert not await first.cancel()
        assert await second.cancel()
        await printer.finish()
        assert (await third.wait(20)).confirmed
        assert (await first.wait(20)).confirmed
        assert driver.stats().jobs == 3
        assert driver.stats().outcomes == {Delivery.CONFIRMED: 2, Delivery.NONE: 1}
    assert b"second" not in printer.received
    assert printer.received.index(b"first") < printer.received.index(b"third")


async def test_closing_waits_for_the_job_under_way_and_takes_back_the_others() -> None:
    async with ScriptedPrinter("close") as printer:
        driver = await ReceiptPrinter.open(printer.url, profile=TM)
        printer.printing.clear()
        first = await driver.submit(Receipt().text("first"))
        second = await driver.submit(Receipt().text("second"))
        await until(lambda: printer.held)
        closing = asyncio.create_task(driver.close())
        await asyncio.sleep(0.01)
        await printer.finish()
        await closing
        assert (await first.wait()).confirmed
        with pytest.raises(Closed):
            await second.wait()
        assert second.outcome.safe_to_retry
        with pytest.raises(Closed):
            await driver.submit(RECEIPT)


async def test_status_asks_and_a_status_in_the_middle_of_a_job_does_not() -> None:
    async with ScriptedPrinter("status") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        printer.knows_asb = False
        printer.state = ASB_COVER_OPEN
        assert (await driver.status()).cover_open
        printer.state = ASB_OK
        assert not (await driver.status()).cover_open
        printer.printing.clear()
        before = printer.received.count(b"\x10\x04")
        job = await driver.submit(RECEIPT)
        await until(lambda: printer.held)
        await driver.status()
        assert printer.received.count(b"\x10\x04") == before
        await printer.finish()
        await job.wait(20)


async def test_picture_data_that_looks_like_a_question_confuses_nobody() -> None:
    rows = b"\x10\x04\x01\x10\x14\x08\x10\x04" * 24
    picture = Receipt().raw(b"\x1dv0\x00\x08\x00\x18\x00" + rows).cut()
    async with ScriptedPrinter("dots") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        outcome = await driver.print(picture)
        assert outcome.confirmed
        printer.state = ASB_COVER_OPEN
        printer.knows_asb = False
        assert (await driver.status()).cover_open


async def test_the_fallback_gets_the_job_only_while_not_a_byte_has_left() -> None:
    async with ScriptedPrinter("spare") as spare:
        fallback = ReceiptPrinter(spare.url, load_profile("generic-58mm"), name="spare")
        clock = ManualClock()
        driver = ReceiptPrinter("memory://nobody", load_profile(TM), name="main", fallback=fallback, clock=clock)
        job = await driver.submit(RECEIPT)
        await until(lambda: clock.sleepers)
        await clock.run(5)
        outcome = await job.wait(20)
        assert outcome.delivery is Delivery.SENT
        await driver.close()
        await fallback.close()
    assert spare.received.count(b"Flat white") == 1


async def test_refused_before_a_byte_leaves(tmp_path: Path) -> None:
    (tmp_path / "not.png").write_text("no picture")
    async with ScriptedPrinter("refused") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        before = printer.received
        bad: list[Callable[[], Receipt]] = [
            lambda: Receipt().text("Bob\x1b@"),
            lambda: Receipt().image(tmp_path / "not.png"),
            lambda: Receipt().barcode("12", "EAN13"),
            lambda: Receipt().columns(*["x" * 40] * 40),
        ]
        for build in bad:
            with pytest.raises(PosError):
                await driver.print(build())
        await asyncio.sleep(0.01)
        assert printer.received == before


async def test_a_greeting_that_is_interrupted_leaves_no_connection_standing() -> None:
    """Most printers serve one client at a time: a connection left over would keep the next one waiting for ever."""
    async with ScriptedPrinter("interrupted") as printer:
        printer.silent = True
        driver = ReceiptPrinter(printer.url, load_profile(TM))
        asking = asyncio.create_task(driver.status())
        await until(lambda: printer.received)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        printer.silent = False
        assert (await driver.print(RECEIPT, timeout=20)).confirmed
        await driver.close()
    assert len(printer.connections) == 2


async def test_a_printer_that_answered_once_and_then_says_nothing_gets_no_job() -> None:
    """A serial line takes bytes for a printer that was switched off: what it took would be called sent, and is lost."""
    clock = ManualClock()
    async with ScriptedPrinter("switched-off") as printer:
        driver = ReceiptPrinter(printer.url, load_profile(TM), clock=clock)
        await driver.connect()
        assert (await driver.print(RECEIPT)).confirmed
        printer.silent = True
        printer.cut_cable()
        ended = asyncio.create_task(driver.print(Receipt().text("nowhere").cut(), timeout=None))
        await clock.run(60.0)
        with pytest.raises(Disconnected, match="no answer to the greeting") as raised:
            await ended
        assert raised.value.outcome is not None
        assert raised.value.outcome.safe_to_retry
        printer.silent = False
        assert (await driver.print(RECEIPT, timeout=None)).confirmed
        await driver.close()
    assert b"nowhere" not in printer.received
