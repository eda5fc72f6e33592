"""The queue in one process: promises, states, printers that are off, and a person's word."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.aio import PrintQueue
from posdevkit.devices.compose import compose
from posdevkit.devices.receipt_printer import asking_printer
from posdevkit.documents import Receipt
from posdevkit.errors import (
    Claimed,
    DeadlineExceeded,
    Disconnected,
    JobConflict,
    OutputFailed,
    Unsupported,
    UsageError,
)
from posdevkit.errors.texts import remedy
from posdevkit.events import Delivery, Evidence, JobEvent
from posdevkit.printqueue import Keeping, QueueState
from posdevkit.printqueue.print_queue import serve_queue
from posdevkit.printqueue.table import JobTable, Wishes
from posdevkit.printqueue.turns import Turns
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.store import Store
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
GREETING = len(EscPosSession(PROFILE).greeting())
_names = (f"queue-{n}" for n in itertools.count())


def ticket(text: str) -> Receipt:
    return Receipt().title(text).row("Flat white", "38,00").cut()


async def test_each_key_prints_once_however_often_it_is_added(tmp_path: Path) -> None:
    async with ReceiptPrinterBench.memory(next(_names)) as bench:
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            first = await queue.add(ticket("A"), key="1")
            again = await queue.add(ticket("A"), key="1")
            assert (again.key, again.fingerprint) == (first.key, first.fingerprint)
            with pytest.raises(JobConflict):
                await queue.add(ticket("B"), key="1")
            done = await queue.wait("1", 20)
            assert (done.state, done.delivery, done.evidence) == (
                QueueState.PRINTED,
                Delivery.CONFIRMED,
                Evidence.PROCESS_ID,
            )
            assert (await queue.add(ticket("A"), key="1")).state is QueueState.PRINTED
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            assert (await queue.add(ticket("A"), key="1")).state is QueueState.PRINTED
            await queue.add(ticket("B"), key="2")
            await queue.wait("2", 20)
    assert [("A" in t.text, "B" in t.text) for t in bench.tickets] == [(True, False), (False, True)]


async def test_a_printer_that_is_off_is_waited_for_and_jobs_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0,))
    monkeypatch.setattr("posdevkit.printqueue.worker.RETRY_SECONDS", (0.01,))
    name = next(_names)
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=PROFILE) as queue:
        for key in "abc":
            await queue.add(ticket(f"<{key}>"), key=key)
        with pytest.raises(DeadlineExceeded):
            await queue.wait("a", 0.05)
        async with ReceiptPrinterBench.memory(name) as bench:
            await queue.wait("c", 20)
            assert [job.attempts for job in await queue.jobs()] == [1, 1, 1]
            await queue.close()
    assert [next(k for k in "abc" if f"<{k}>" in t.text) for t in bench.tickets] == ["a", "b", "c"]


async def test_whoever_waits_is_told_what_the_printer_waits_for(tmp_path: Path) -> None:
    async with (
        ReceiptPrinterBench.memory(next(_names)) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue,
    ):
        bench.printer.run_out(after=1)
        told: list[JobEvent] = []

        def load_paper(event: JobEvent) -> None:
            told.append(event)
            bench.printer.load_paper()

        await queue.add(ticket("A"), key="1")
        await queue.add(ticket("B"), key="2")
        done = await queue.wait("1", 20, on_wait=load_paper)
        assert (done.state, done.delivery) == (QueueState.PRINTED, Delivery.CONFIRMED)
        await queue.wait("2", 20, on_wait=load_paper)
    assert [(event.key, event.problem) for event in told] == [("1", "paper-out")]
    assert told[0].remedy
    assert len(bench.tickets) == 2


async def test_jobs_that_were_not_printed_wait_in_the_file(tmp_path: Path) -> None:
    name = next(_names)
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=PROFILE) as queue:
        await queue.add(ticket("A"), key="1")
    async with (
        ReceiptPrinterBench.memory(name) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue,
    ):
        assert (await queue.wait("1", 20)).state is QueueState.PRINTED
    assert len(bench.tickets) == 1


async def test_a_person_decides_about_what_nobody_can_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    faults = [f"power-cut-at={GREETING + 40}"]
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=faults) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue,
    ):
        await queue.add(ticket("A"), key="1")
        job = await queue.wait("1", 20)
        assert (job.state, job.delivery, job.problem) == (QueueState.UNCONFIRMED, Delivery.UNKNOWN, "unconfirmed")
        # It keeps nobody from printing.
        await queue.add(ticket("B"), key="2")
        assert (await queue.wait("2", 20)).state is QueueState.PRINTED
        with pytest.raises(UsageError):
            await queue.release("2", printed=False)
        await queue.release("1", printed=False)
        job = await queue.wait("1", 20)
        assert (job.state, job.attempts) == (QueueState.PRINTED, 2)
        with pytest.raises(UsageError):
            await queue.job("3")
    # What the cut left of the first attempt hangs before the second job.
    assert ["A" in t.text for t in bench.tickets[1:]] == [True]


async def test_a_word_from_another_program_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.printqueue.worker.LOOK_SECONDS", 0.02)
    from posdevkit.printqueue.table import JobTable
    from posdevkit.store import Store

    faults = [f"power-cut-at={GREETING + 40}"]
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=faults) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue,
    ):
        await queue.add(ticket("A"), key="1")
        await queue.wait("1", 20)
        store = Store(tmp_path / "q.db")
        with store.transaction() as transaction:
            JobTable("printer").release(transaction, "1", printed=False)
        store.close()
        assert (await queue.wait("1", 20)).state is QueueState.PRINTED


async def test_a_job_that_was_left_waiting_for_paper_is_proved_by_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.links.memory._DRAIN_SECONDS", 0.1)
    async with ReceiptPrinterBench.memory(next(_names), faults=["paper-out-after=1"]) as bench:
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            await queue.add(ticket("A"), key="1")
            await bench.happened(What.PAPER_OUT)
            async with asyncio.timeout(20):
                while (await queue.job("1")).state is not QueueState.SENDING:
                    await asyncio.sleep(0.01)
            await queue.close(0.1)
        # The printer still knows the id that the first queue asked for, and tells it to the next.
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            await bench.happened(What.CONNECTED, 2)
            assert (await queue.job("1")).state is QueueState.UNCONFIRMED
            bench.printer.load_paper()
            async with asyncio.timeout(20):
                while (job := await queue.job("1")).state is not QueueState.PRINTED:
                    assert job.state is QueueState.UNCONFIRMED
                    await asyncio.sleep(0.01)
            assert (job.evidence, job.attempts) == (Evidence.PROCESS_ID, 1)
    assert len(bench.tickets) == 1


async def test_a_disk_that_takes_no_more_is_told_to_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OutputFailed("q.db: database or disk is full")

    async with PrintQueue.open(tmp_path / "q.db", "memory://nobody", profile=PROFILE) as queue:
        monkeypatch.setattr("posdevkit.printqueue.turns.Turns.claim", full)
        await queue.add(ticket("A"), key="1")
        with pytest.raises(OutputFailed):
            await queue.wait("1", 20)
        with pytest.raises(OutputFailed):
            await queue.add(ticket("B"), key="2")


async def test_one_process_serves_a_queue(tmp_path: Path) -> None:
    async with PrintQueue.open(tmp_path / "q.db", "memory://nobody", profile=PROFILE):
        with pytest.raises(Claimed):
            await PrintQueue.open(tmp_path / "q.db", "memory://nobody", profile=PROFILE)
        async with PrintQueue.open(tmp_path / "q.db", "memory://nobody", profile=PROFILE, name="kitchen") as other:
            assert await other.jobs() == []


@pytest.mark.parametrize(("counter", "state"), [(178, QueueState.PRINTED), (0, QueueState.UNCONFIRMED)])
async def test_a_printer_without_process_ids_proves_a_job_by_its_cuts(
    counter: int, state: QueueState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, on a printer that only says "processed": where its profile names the counter, the cuts tell."""
    monkeypatch.setattr("posdevkit.links.memory._DRAIN_SECONDS", 0.1)
    profile = load_profile("epson-tm-t88v", {"completion": "in_order_status", "cut_counter": counter})
    async with ReceiptPrinterBench.memory(next(_names), profile=profile, faults=["paper-out-after=1"]) as bench:
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=profile) as queue:
            await queue.add(ticket("A"), key="1")
            await bench.happened(What.PAPER_OUT)
            async with asyncio.timeout(20):
                while (await queue.job("1")).state is not QueueState.SENDING:
                    await asyncio.sleep(0.01)
            await queue.close(0.1)
        bench.printer.load_paper()  # the rest comes out while nobody listens
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=profile) as queue:
            await queue.add(ticket("B"), key="2")
            await queue.wait("2", 20)  # asked about the first before it printed the second
            job = await queue.job("1")
            assert job.state is state
            assert job.evidence is (Evidence.CUT_COUNTER if counter else Evidence.NONE)
    assert [t.text.count("A") for t in bench.tickets][:1] == [1]
    assert len(bench.tickets) == 2


async def test_words_of_a_person_through_the_queue(tmp_path: Path) -> None:
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=PROFILE) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE, keep=Keeping(seconds=None)) as queue,
    ):
        await queue.add(ticket("A").drawer(), key="1", language="en")
        await queue.wait("1", 20)
        copy = await queue.reprint("1", by="Bo")
        done = await queue.wait(copy.key, 20)
        assert (done.state, done.copy_of, done.asked_by) == (QueueState.PRINTED, "1", "Bo")
        bench.printer.open_cover()
        await queue.add(ticket("low"), key="2")
        await queue.add(ticket("B"), key="3", priority=-1)
        await queue.add(ticket("C"), key="4", priority=7)
        assert (await queue.cancel("3", by="Bo")).state is QueueState.CANCELLED
        assert (await queue.cancel("2", by="Bo")).state is QueueState.CANCELLED  # the printer's handle holds it
        status = await queue.status()
        assert (status.waiting, status.counts[QueueState.CANCELLED]) == (1, 2)
        assert status.oldest_age() is not None
        bench.printer.close_cover()
        assert (await queue.wait("4", 20)).state is QueueState.PRINTED
        assert await queue.prune() == 0
        assert await queue.prune(Keeping(seconds=-1.0)) == 5
        assert await queue.jobs() == []
    assert ["COPY" in t.text for t in bench.tickets] == [False, True, False]
    assert "C" in bench.tickets[2].text


@pytest.mark.parametrize("name", ["star-mc-print3", "star-tsp650ii", "star-tsp100"])
async def test_a_copy_on_stars_printers_is_marked_and_opens_no_drawer(name: str, tmp_path: Path) -> None:
    profile = load_profile(name)
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=profile) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=profile) as queue,
    ):
        await queue.add(Receipt().drawer().text("A").cut(), key="1", language="en")
        await queue.wait("1", 20)
        copy = await queue.reprint("1", by="Bo")
        assert (await queue.wait(copy.key, 20)).delivery is Delivery.CONFIRMED
    original, again = bench.tickets
    assert again.paper.height > original.paper.height
    if profile.language != "star-graphic":  # there the word is dots
        assert ["COPY" in printed.text for printed in (original, again)] == [False, True]
    assert [len(printed.kicks) for printed in (original, again)] == [1, 0]


async def test_a_job_for_a_printer_that_was_replaced_is_refused_before_a_byte_leaves(tmp_path: Path) -> None:
    """Its bytes are commands of another language: the printer there now would print them as garbage."""
    name = next(_names)
    star = load_profile("star-mc-print3")
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=PROFILE) as queue:
        await queue.add(ticket("A"), key="1")  # nobody is there
    async with (
        ReceiptPrinterBench.memory(name, profile=star) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=star) as queue,
    ):
        job = await queue.wait("1", 20)
        assert (job.state, job.delivery, job.problem) == (QueueState.FAILED, Delivery.NONE, "printer-replaced")
        assert remedy("printer-replaced").startswith("Cancel it, and print its document again under a new key")
        await queue.release("1", printed=False)  # a person's word does not make other bytes of it
        assert (await queue.wait("1", 20)).problem == "printer-replaced"
        assert (await queue.cancel("1", by="Bo")).state is QueueState.CANCELLED
        await queue.add(ticket("B"), key="2")  # it keeps nobody from printing
        assert (await queue.wait("2", 20)).delivery is Delivery.CONFIRMED
    assert ["A" in printed.text for printed in bench.tickets] == [False]
    # With the old printer back, a job that was not cancelled is printed as it was promised.
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=PROFILE) as queue:
        await queue.add(ticket("C"), key="3")
    async with ReceiptPrinterBench.memory(name) as bench:
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=star) as queue:
            assert (await queue.wait("3", 20)).state is QueueState.FAILED
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            await queue.release("3", printed=False, by="Bo")
            assert (await queue.wait("3", 20)).delivery is Delivery.CONFIRMED
    assert len(bench.tickets) == 1


async def test_a_job_for_wider_paper_than_the_printer_there_now_has_is_refused_before_a_byte_leaves(
    tmp_path: Path,
) -> None:
    """80 mm paper, then 58 mm: lines would break in the middle, and pictures lose their right side."""
    name = next(_names)
    narrow = replace(PROFILE, name="narrow", paper_mm=58, width=384)
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=PROFILE) as queue:
        await queue.add(ticket("A"), key="1")  # nobody is there
    async with (
        ReceiptPrinterBench.memory(name, profile=narrow) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=narrow) as queue,
    ):
        job = await queue.wait("1", 20)
        assert (job.state, job.delivery, job.problem) == (QueueState.FAILED, Delivery.NONE, "printer-replaced")
        await queue.add(ticket("B"), key="2")
        assert (await queue.wait("2", 20)).delivery is Delivery.CONFIRMED
        copy = await queue.reprint("2", by="Bo")
        assert (await queue.wait(copy.key, 20)).delivery is Delivery.CONFIRMED
    assert [("A" in printed.text, "B" in printed.text) for printed in bench.tickets] == [(False, True)] * 2
    # A job for narrower paper is printed on wider: nothing of it is lost.
    async with PrintQueue.open(tmp_path / "q.db", f"memory://{name}", profile=narrow) as queue:
        await queue.add(ticket("C"), key="3")
    async with (
        ReceiptPrinterBench.memory(name, profile=PROFILE) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue,
    ):
        assert (await queue.wait("3", 20)).delivery is Delivery.CONFIRMED


async def test_what_was_sent_to_the_old_printer_is_not_asked_of_the_new_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "q.db")
    with store.transaction() as transaction:
        compiled = compose(ticket("A"), PROFILE).compiled
        JobTable("printer").add(transaction, "1", compiled)
        found, _ = Turns("printer").claim(transaction)
        assert found is not None
        Turns("printer").sending(transaction, found, b"0001", 7)
    store.close()
    star = load_profile("star-mc-print3")
    async with (
        ReceiptPrinterBench.memory(next(_names), profile=star) as bench,
        PrintQueue.open(tmp_path / "q.db", bench.url, profile=star) as queue,
    ):
        await queue.add(ticket("B"), key="2")
        assert (await queue.wait("2", 20)).delivery is Delivery.CONFIRMED
        job = await queue.job("1")
        assert (job.state, job.evidence) == (QueueState.UNCONFIRMED, Evidence.NONE)  # a person looks
    assert len(bench.tickets) == 1


async def test_an_unconfirmed_job_is_never_printed_again_without_a_persons_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often its program is started, and its key is added; and its oldest age counts what waits alone."""
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    faults = [f"power-cut-at={GREETING + 40}"]
    async with ReceiptPrinterBench.memory(next(_names), profile=PROFILE, faults=faults) as bench:

        def beginnings() -> int:
            return sum(printed.text.count("A") for printed in bench.tickets)

        for turn in range(4):
            async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
                await queue.add(ticket("A"), key="1")
                assert (await queue.wait("1", 20)).state is QueueState.UNCONFIRMED
                await queue.add(ticket("other"), key=f"other-{turn}")
                assert (await queue.wait(f"other-{turn}", 20)).state is QueueState.PRINTED
                status = await queue.status()
                assert (status.for_a_person, status.waiting, status.oldest_age()) == (1, 0, None)
            assert beginnings() == 1  # what came out before the power went
        async with PrintQueue.open(tmp_path / "q.db", bench.url, profile=PROFILE) as queue:
            await queue.release("1", printed=False, by="Bo")
            done = await queue.wait("1", 20)
            assert (done.state, done.asked_by, done.attempts) == (QueueState.PRINTED, "Bo", 2)
        assert beginnings() == 2


FONTS = Path(__file__).parents[2] / "fixtures" / "fonts"


async def test_letters_are_drawn_before_the_promise(tmp_path: Path) -> None:
    arabic = Receipt().row("قهوة عربية", "38,00").cut()
    async with ReceiptPrinterBench.memory(next(_names)) as bench:
        url, given = bench.url, [FONTS / "arabic.ttf"]
        async with PrintQueue.open(tmp_path / "q.db", url, profile=PROFILE, fonts=given) as queue:
            await queue.add(arabic, key="1")
            with pytest.raises(Unsupported, match="Thai"):
                await queue.add(Receipt().text("กาแฟ"), key="2")
            assert (await queue.wait("1", 20)).state is QueueState.PRINTED
    assert bench.tickets[0].text.startswith("[image ")


async def test_a_printer_that_says_itself_what_it_is_gets_no_promise_before_it_has_been_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laid out for anybody's printer, ESC/POS commands would go to a Star; and what was promised to it is its own."""
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0,))
    name, file = next(_names), tmp_path / "q.db"
    async with serve_queue(file, asking_printer(f"memory://{name}", name="p")) as queue:
        with pytest.raises(Disconnected):
            await queue.add(ticket("nobody is there"), key="0")
        assert await queue.jobs() == []
    async with ReceiptPrinterBench.memory(name, profile="star-mc-print3") as bench:
        async with serve_queue(file, asking_printer(bench.url, name="p")) as queue:
            await queue.add(ticket("A"), key="1")
            assert (await queue.wait("1", 20)).delivery is Delivery.CONFIRMED
            bench.printer.run_out()
            await queue.add(ticket("B"), key="2")
            await asyncio.sleep(0.1)
        bench.printer.load_paper()
        # After a restart the printer has to be asked anew, before anything is judged by what it is.
        async with serve_queue(file, asking_printer(bench.url, name="p")) as queue:
            assert (await queue.wait("2", 20)).delivery is Delivery.CONFIRMED
    assert [text in bench.tickets[place].text for place, text in enumerate("AB")] == [True, True]
    assert len(bench.tickets) == 2


async def add_for_its_moment(queue: PrintQueue, path: Path, key: str, within: float) -> None:
    store, wishes = Store(path), Wishes(within=within)
    with store.transaction() as transaction:
        compiled = compose(Receipt().drawer(), PROFILE).compiled
        JobTable(queue.name).add(transaction, key, compiled, wishes=wishes)
    store.close()
    queue.look()


async def test_a_job_for_its_moment_does_not_wait_for_paper(tmp_path: Path) -> None:
    path = tmp_path / "q.db"
    async with (
        ReceiptPrinterBench.memory(next(_names)) as bench,
        PrintQueue.open(path, bench.url, profile=PROFILE) as queue,
    ):
        await add_for_its_moment(queue, path, "now", 10.0)
        assert (await queue.wait("now", 20)).state is QueueState.PRINTED
        bench.printer.run_out()
        await add_for_its_moment(queue, path, "later", 0.5)
        # Of a printer that stands still it is taken back, and holds up nothing.
        assert (await queue.wait("later", 20)).state is QueueState.CANCELLED
        bench.printer.load_paper()
        await queue.add(ticket("A"), key="1")
        assert (await queue.wait("1", 20)).state is QueueState.PRINTED
    assert bench.count(What.DRAWER_KICK) == 1


async def test_a_job_that_comes_while_the_printer_is_asked_is_not_overlooked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, added = tmp_path / "q.db", asyncio.Event()
    async with (
        ReceiptPrinterBench.memory(next(_names)) as bench,
        PrintQueue.open(path, bench.url, profile=PROFILE) as queue,
    ):

        async def can_print(_printer: object) -> bool:
            if not added.is_set():
                bench.printer.load_paper()
                await queue.add(ticket("A"), key="1")
                added.set()
            return True

        monkeypatch.setattr("posdevkit.printqueue.worker.can_print", can_print)
        bench.printer.run_out()
        await add_for_its_moment(queue, path, "later", 0.5)
        await asyncio.wait_for(added.wait(), 20)
        assert (await queue.wait("1", 10)).state is QueueState.PRINTED


async def test_a_job_whose_moment_is_over_is_not_begun(tmp_path: Path) -> None:
    """Also where it was claimed in time: the commit before the first byte asks once more."""
    store, turns = Store(tmp_path / "q.db"), Turns("p", "worker")
    with store.transaction() as transaction:
        JobTable("p").add(transaction, "1", compose(Receipt().drawer(), PROFILE).compiled, wishes=Wishes(within=0.5))
        found, _ = turns.claim(transaction)
        assert found is not None
        assert not found.late
    await asyncio.sleep(0.6)
    with pytest.raises(DeadlineExceeded), store.transaction() as transaction:
        turns.sending(transaction, found, b"")
    store.close()
