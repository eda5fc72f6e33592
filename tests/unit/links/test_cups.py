"""A print queue as a cable: whole jobs, what the queue tells, and nothing that only paper could prove."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from posdevkit import Receipt
from posdevkit.devices import LabelPrinter, ReceiptPrinter
from posdevkit.documents import Label
from posdevkit.errors import (
    BadUrl,
    Cancelled,
    Closed,
    DeviceError,
    Disconnected,
    Offline,
    PaperOut,
    Paused,
    Unconfirmed,
)
from posdevkit.events import Delivery, Evidence, JobEvent, JobState, LinkLost, Paper
from posdevkit.links.base import JobLink, OneWay, PortStatus, StreamLink
from posdevkit.links.cups import CupsLink
from posdevkit.links.trace import TraceLink, traced
from posdevkit.links.url import parse_url
from posdevkit.protocols.ipp.queue import JobAnswer
from posdevkit.registry import open_link
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.wires.ipp import EmulatedQueue
from tests.prompt import promptly
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

SOON = 10.0


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[ReceiptPrinterBench]:
    async with ReceiptPrinterBench.tcp() as one:
        yield one


@pytest_asyncio.fixture
async def queue(bench: ReceiptPrinterBench) -> AsyncIterator[EmulatedQueue]:
    url = parse_url(bench.url)
    assert url.port is not None
    async with EmulatedQueue((url.address, url.port)) as one:
        yield one


async def until(holds: object, what: str = "it") -> None:
    assert callable(holds)
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, f"{what} did not come about"
        await asyncio.sleep(0.005)


RECEIPT = Receipt().title("Café Nord").row("Flat white", "38,00").cut()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cups://localhost", "no host and queue"),
        ("cups:///TILL", "no host and queue"),
        ("cups://localhost/", "no host and queue"),
        ("cups://localhost:99999/TILL", "no host and queue"),
        ("cups://localhost/printers/TILL", "no host and queue"),
        ("cups://[fe80::x]/TILL", "no IPv6 address"),
        ("cups://localhost/TILL?user=x", "unknown option"),
    ],
)
async def test_what_is_no_queue_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        open_link(text)


async def test_what_it_can_and_cannot_do() -> None:
    for text in ("cups://localhost/TILL", "cups://[::1]:1631/Front Desk"):
        link = open_link(text)
        assert isinstance(link, CupsLink)
        assert isinstance(link, StreamLink)
        assert isinstance(link, JobLink)
        assert isinstance(link, OneWay)
        assert isinstance(link, PortStatus)
        for call in (lambda: link.send(b"x"), link.send_eof, link.receive, link.port_status):  # noqa: B023
            with pytest.raises(Closed):
                await call()
        await link.close()
        link.abort()


async def test_a_job_goes_through_and_proves_nothing(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    """The profile's printer could prove what it prints; over a queue nobody hears it, so nothing is asked."""
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        for number in (1, 2):
            outcome = await printer.print(RECEIPT, timeout=SOON)
            assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
            assert outcome.bytes_taken == outcome.bytes_total
            assert "Flat white" in (await bench.ticket(number)).text
        assert (await printer.status()).online is None
    jobs = list(queue.jobs.values())
    assert len(jobs) == 2, "the greeting is no job"
    assert jobs[0].data == jobs[1].data, "each job stands for itself"
    assert b"\x10\x04" not in jobs[0].data
    assert b"\x1dr" not in jobs[0].data


async def test_the_queue_may_be_slow_and_cashiers_are_told(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        bench.disturb(StallAt(10))
        job = await printer.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        queue.reasons = ("media-empty-warning",)
        events = [event async for event in _until_waiting(job.events())]
        assert events[-1].problem == "paper-out"
        with pytest.raises(PaperOut) as late:
            await job.wait(0)
        assert late.value.job is job
        assert late.value.outcome is not None
        assert not late.value.outcome.safe_to_retry
        assert paper(printer) is Paper.OUT
        queue.reasons = ()
        bench.printer.resume()
        assert (await job.wait(SOON)).delivery is Delivery.SENT
        assert paper(printer) is Paper.UNKNOWN


async def _until_waiting(events: AsyncIterator[JobEvent]) -> AsyncIterator[JobEvent]:
    async for event in events:
        yield event
        if event.state is JobState.WAITING:
            return


def paper(printer: ReceiptPrinter) -> Paper:
    return printer.last_status.paper


async def test_a_printer_that_is_off_is_told_and_waited_for(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    await bench.wire.close()
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Offline)
        with pytest.raises(Offline):
            await job.wait(0.05)
        await bench.wire.open()
        assert (await job.wait(SOON)).delivery is Delivery.SENT
        await bench.ticket(1)


async def test_a_stopped_queue_is_given_nothing(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    queue.stop()
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Paused)
        with pytest.raises(Paused) as late:
            await job.wait(0.05)
        assert late.value.outcome is not None
        assert late.value.outcome.safe_to_retry
        assert not queue.jobs
        queue.start()
        assert (await job.wait(SOON)).delivery is Delivery.SENT


async def test_a_job_that_had_not_begun_can_be_taken_back(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    """Another one is before it; the queue tells that nothing of ours has gone to the printer."""
    async with (
        ReceiptPrinter.open(queue.url, profile=bench.profile) as other,
        ReceiptPrinter.open(queue.url, profile=bench.profile) as printer,
    ):
        bench.disturb(StallAt(10))
        first = await other.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        second = await printer.submit(RECEIPT)
        await until(lambda: len(queue.jobs) == 2)
        await asyncio.sleep(0.1)  # its number has come back
        assert (await second.abandon(SOON)).delivery is Delivery.NONE
        with pytest.raises(Cancelled):
            await second.wait(SOON)
        bench.printer.resume()
        assert (await first.wait(SOON)).delivery is Delivery.SENT
    assert len(bench.tickets) == 1


async def test_a_job_that_had_begun_ends_unknown(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        bench.disturb(StallAt(10))
        job = await printer.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        with promptly(1):
            assert (await job.abandon(SOON)).delivery is Delivery.UNKNOWN
        bench.printer.resume()
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.SENT
        assert "Flat white" in (await bench.ticket(1)).text


async def test_a_job_that_the_queue_gives_up_ends_unknown(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        lost = printer.events()
        bench.disturb(StallAt(10))
        job = await printer.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        assert queue.cancel(1)
        with pytest.raises(Unconfirmed, match="gave the job up"):
            await job.wait(SOON)
        assert job.outcome.delivery is Delivery.UNKNOWN
        async for event in lost:
            if isinstance(event, LinkLost):
                assert "canceled" in event.reason
                break


async def test_a_queue_that_forgets_its_jobs_leaves_them_unknown(
    bench: ReceiptPrinterBench, queue: EmulatedQueue
) -> None:
    queue.forgetful = True
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        with pytest.raises(Unconfirmed, match="no such queue or job"):
            await printer.print(RECEIPT, timeout=SOON)


async def test_what_is_refused_was_not_taken(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        queue.accepting = False
        with pytest.raises(Disconnected, match="accepts no jobs") as refused:
            await printer.print(RECEIPT, timeout=SOON)
        assert refused.value.outcome is not None
        assert refused.value.outcome.safe_to_retry
    with pytest.raises(Disconnected, match="accepts no jobs") as closed:
        await CupsLink(parse_url(queue.url)).open(Deadline.after(SOON))
    assert closed.value.remedy() == f"Let it: cupsaccept -h {at(queue)} till."
    with pytest.raises(Disconnected, match="no such queue") as absent:
        await CupsLink(parse_url(queue.url.replace("till", "b; r"))).open(Deadline.after(SOON))
    assert absent.value.remedy() == f"Look at the queue: lpstat -h {at(queue)} -l -p 'b; r'."


def at(queue: EmulatedQueue) -> str:
    """Host and port, as the tools of CUPS take them."""
    return parse_url(queue.url).address.partition("/")[0]


async def test_no_cups_there(queue: EmulatedQueue) -> None:
    await queue.close()
    with pytest.raises(DeviceError) as refused:
        await CupsLink(parse_url(queue.url)).open(Deadline.after(SOON))
    assert "connection refused" in refused.value.detail
    assert refused.value.remedy().endswith(f"lpstat -h {at(queue)} -r.")
    assert queue.url in refused.value.detail


async def test_cups_may_be_restarted_while_it_holds_a_job(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    link = CupsLink(parse_url(queue.url))
    await link.open(Deadline.after(SOON))
    queue.stop()
    sending = asyncio.create_task(link.send_job(b"hello\n"))
    await until(lambda: queue.jobs)
    kept = dict(queue.jobs)
    await queue.close()
    await asyncio.sleep(0.2)
    await queue.open()
    queue.jobs.update(kept)
    queue.start()
    await within(Deadline.after(SOON), sending)
    assert link.taken == 6
    await link.close()


async def test_a_restart_of_cups_is_no_loss(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    """Also while the driver asks how the printer is, which it does once a second."""
    async with ReceiptPrinter.open(queue.url, profile=bench.profile) as printer:
        events = printer.events()
        await bench.wire.close()
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Offline)
        with pytest.raises(Offline):
            await job.wait(0.05)
        kept = {number: replace(one, state=JobAnswer.PENDING) for number, one in queue.jobs.items()}
        await queue.close()
        await asyncio.sleep(2.2)
        queue.jobs.update(kept)
        await queue.open()
        await bench.wire.open()
        assert (await job.wait(SOON)).delivery is Delivery.SENT
    assert not [event async for event in events if isinstance(event, LinkLost)]
    assert len(bench.tickets) == 1


async def test_cancelling_ends_within_a_tenth_of_a_second(bench: ReceiptPrinterBench, queue: EmulatedQueue) -> None:
    link = CupsLink(parse_url(queue.url))
    await link.open(Deadline.after(SOON))
    queue.stop()
    sending = asyncio.create_task(link.send_job(b"hello\n"))
    await until(lambda: queue.jobs)
    await asyncio.sleep(0.1)
    with promptly(0.1):
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert link.taken == 6
    assert await link.call_back()
    assert not await link.call_back(), "there is only one to take back"
    link.abort()
    with pytest.raises(Disconnected):
        await link.receive()


async def test_an_upload_that_breaks_off_makes_no_job(bench: ReceiptPrinterBench) -> None:
    """The queue takes a job only whole, so what it has not whole is not taken."""

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            if not asked:
                asked.append(True)
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes.fromhex("01010000 00000001 03"))
                writer.close()
            else:
                await held.wait()
        finally:
            writer.transport.abort()

    asked: list[bool] = []
    held = asyncio.Event()
    async with await asyncio.start_server(deaf, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        link = CupsLink(parse_url(f"cups://127.0.0.1:{port}/till"))
        await link.open(Deadline.after(SOON))
        with pytest.raises(TimeoutError):
            await within(Deadline.after(0.1), link.send_job(bytes(30_000_000)))
        assert link.taken == 0
        link.abort()
        held.set()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "no answer of CUPS"),
        (b"SSH-2.0-OpenSSH\r\n", "no answer of CUPS"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "401 Unauthorized"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "what answers is no CUPS"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n", "no answer of CUPS"),
    ],
)
async def test_something_else_answers(answer: bytes, said: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Disconnected, match=said):
            await CupsLink(parse_url(f"cups://127.0.0.1:{port}/till")).open(Deadline.after(SOON))


async def test_a_bare_stream_becomes_one_job(bench: ReceiptPrinterBench, queue: EmulatedQueue, tmp_path: Path) -> None:
    link = traced(open_link(queue.url), tmp_path)
    assert isinstance(link, TraceLink)
    assert isinstance(link, JobLink)
    await link.open(Deadline.after(SOON))
    listening = asyncio.create_task(link.receive())
    await link.send(b"one ")
    await link.send(memoryview(b"two\n\x1dV\x00"))
    assert link.taken == 0
    assert not queue.jobs
    await link.close()
    assert await listening == b""
    assert [job.data for job in queue.jobs.values()] == [b"one two\n\x1dV\x00"]
    assert (await bench.ticket(1)).text.strip() == "one two"
    await link.open(Deadline.after(SOON))
    await link.send_job(b"three\n\x1dV\x00")
    assert link.one_way
    assert (await link.port_status()).online is None
    await link.close()
    recorded = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert all(data.hex() in recorded for data in (b"one ", b"two\n\x1dV\x00", b"three\n\x1dV\x00"))


async def test_labels_too(queue: EmulatedQueue) -> None:
    async with LabelPrinter.open(queue.url) as printer:
        outcome = await printer.print(Label(50, 40).text(2, 2, "Æblejuice", height=3), timeout=SOON)
        assert outcome.delivery is Delivery.SENT
    (job,) = queue.jobs.values()
    assert job.data.startswith(b"^XA")
    assert b"~HS" not in job.data


@pytest.mark.parametrize(
    ("policy", "warned"),
    [("retry-job", True), ("retry-current-job", True), ("abort-job", False), ("stop-printer", False), ("", False)],
)
async def test_a_queue_that_prints_again_by_itself_is_told_of(
    queue: EmulatedQueue, policy: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    queue.error_policy = policy
    async with ReceiptPrinter.open(queue.url, profile="epson-tm-t88v") as printer:
        assert (await printer.print(RECEIPT)).delivery is Delivery.SENT
    told = [record.getMessage() for record in caplog.records if record.name == "posdevkit.links"]
    assert [policy in text and "printer-error-policy=abort-job" in text for text in told] == [True] * warned
