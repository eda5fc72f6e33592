"""Print queues through the system's own CUPS: a cupsd of this test's alone, its raw queue, and its backend `socket`.

It listens on a free port of the loopback and keeps everything in a folder of its own; no file of the system is touched.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from posdevkit import Receipt
from posdevkit.devices import ReceiptPrinter
from posdevkit.discovery import discover
from posdevkit.errors import Cancelled, Disconnected, Offline, Paused
from posdevkit.events import Delivery, Evidence
from posdevkit.links.cups import CupsLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.conformance.emulated.printers import EmulatedReceiptPrinter
from posdevkit_emulators.conformance.printing import PrinterRig
from posdevkit_emulators.conformance.suite import Wire
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.wires.tcp import TcpWire
from tests.prompt import promptly
from tests.stacks.lab.cells import Cell, cells_of
from tests.stacks.lab.relay import Cables, Relay
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

SOON = 15.0
RECEIPT = Receipt().title("Café Nord").row("Flat white", "38,00").cut()
QUEUE = "Till_1"
PACE = 2.0
USER = "lp"
"""cupsd runs its backends as somebody who is not root."""


@dataclass
class Service:
    """A cupsd, and the tools that look after it."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"cups://127.0.0.1:{self.port}/{QUEUE}"

    def tool(self, *words: str) -> str:
        environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{self.port}", "LC_ALL": "C"}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=SOON, check=False)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def lead_to(self, port: int, name: str = QUEUE) -> None:
        """A raw queue: no driver, no filter."""
        self.tool("lpadmin", "-p", name, "-v", f"socket://127.0.0.1:{port}", "-E")
        self.tool("cupsenable", name)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="posdevkit-cups-"))
    folder.chmod(0o755)
    for name in ("etc", "spool/tmp", "cache", "state", "log"):
        (folder / name).mkdir(parents=True)
    port = free_port()
    (folder / "etc" / "cupsd.conf").write_text(
        f"Listen 127.0.0.1:{port}\nLogLevel debug\nBrowsing No\nWebInterface No\nDefaultAuthType None\n"
        "ErrorPolicy abort-job\n<Location />\n  Order allow,deny\n  Allow from 127.0.0.1\n</Location>\n"
        "<Policy default>\n  <Limit All>\n    Order deny,allow\n  </Limit>\n</Policy>\n"
    )
    (folder / "etc" / "cups-files.conf").write_text(
        f"ServerRoot {folder}/etc\nRequestRoot {folder}/spool\nTempDir {folder}/spool/tmp\nCacheDir {folder}/cache\n"
        f"StateDir {folder}/state\nErrorLog {folder}/log/error\nAccessLog {folder}/log/access\n"
        f"PageLog {folder}/log/page\nUser {USER}\nGroup {USER}\nSystemGroup root\n"
    )
    words = ["/usr/sbin/cupsd", "-f", "-c", f"{folder}/etc/cupsd.conf", "-s", f"{folder}/etc/cups-files.conf"]
    environment = {**os.environ, "LC_ALL": "C"}
    with (folder / "out").open("w") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env=environment)
    try:
        end = time.monotonic() + SOON
        while not listens(port):
            assert process.poll() is None, (folder / "out").read_text() + (folder / "log" / "error").read_text()
            assert time.monotonic() < end, "cupsd does not listen"
            time.sleep(0.02)
        yield Service(port, folder)
    finally:
        process.terminate()
        process.wait(SOON)
        shutil.rmtree(folder)


@pytest_asyncio.fixture
async def bench(service: Service) -> AsyncIterator[ReceiptPrinterBench]:
    async with ReceiptPrinterBench.tcp() as one:
        port = parse_url(one.url).port
        assert port is not None
        service.lead_to(port)
        yield one
        service.tool("cancel", "-a", QUEUE)


def through_cups(service: Service) -> Wire[PrinterRig[Receipt]]:
    """A printer behind a queue. Pulled out is both: the network to the service, and the printer's own cable."""

    @asynccontextmanager
    async def rig() -> AsyncIterator[PrinterRig[Receipt]]:
        async with ReceiptPrinterBench.tcp() as bench:
            port = parse_url(bench.url).port
            assert port is not None
            assert isinstance(bench.wire, TcpWire)
            service.lead_to(port)
            network = Relay(service.port)
            await network.plug()
            url = parse_url(f"cups://127.0.0.1:{network.port}/{QUEUE}")
            try:
                cables = Cables(network, bench.wire)
                yield EmulatedReceiptPrinter(bench, cables, lambda: CupsLink(url), PACE, proves=False)
            finally:
                await network.unplug()
                service.tool("cancel", "-a", QUEUE)

    return Wire("cups", rig)


@pytest.mark.parametrize("cell", cells_of("host", "cups-printer"), ids=str)
async def test_conforms(cell: Cell, service: Service) -> None:
    await cell.suite.carry_out(cell.check, through_cups(service))


async def test_it_prints_and_nothing_is_proved(bench: ReceiptPrinterBench, service: Service) -> None:
    async with ReceiptPrinter.open(service.url, profile=bench.profile) as printer:
        for number in (1, 2):
            outcome = await printer.print(RECEIPT, timeout=SOON)
            assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
            assert "Flat white" in (await bench.ticket(number)).text
        assert (await printer.status(timeout=SOON)).online is None
    done = service.tool("lpstat", "-W", "completed", "-o", QUEUE).splitlines()
    assert len(done) >= 2


async def test_a_big_job_arrives_byte_by_byte_as_it_was(service: Service) -> None:
    """Every byte value, and far more than fits any buffer on the way."""
    job = bytes(range(256)) * 8_000
    got = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            got.extend(data)
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        service.lead_to(server.sockets[0].getsockname()[1])
        link = CupsLink(parse_url(service.url))
        await link.open(Deadline.after(SOON))
        await link.send_job(job)
        assert link.taken == len(job)
        await link.close()
        assert bytes(got) == job


async def test_the_printer_is_off_and_comes_back(bench: ReceiptPrinterBench, service: Service) -> None:
    """CUPS tells it in words only, and tries again every five seconds, later every thirty."""
    await bench.wire.close()
    async with ReceiptPrinter.open(service.url, profile=bench.profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Offline)
        with pytest.raises(Offline) as late:
            await job.wait(0.05)
        assert late.value.outcome is not None
        assert not late.value.outcome.safe_to_retry
        await bench.wire.open()
        assert (await job.wait(45)).delivery is Delivery.SENT
        assert "Flat white" in (await bench.ticket(1)).text
    assert len(bench.tickets) == 1


async def test_a_stopped_queue_is_given_nothing(bench: ReceiptPrinterBench, service: Service) -> None:
    service.tool("cupsdisable", QUEUE)
    async with ReceiptPrinter.open(service.url, profile=bench.profile) as printer:
        job = await printer.submit(RECEIPT)
        await stands_in_the_way(job, Paused)
        with pytest.raises(Paused):
            await job.wait(0.05)
        assert QUEUE not in service.tool("lpstat", "-o")
        service.tool("cupsenable", QUEUE)
        assert (await job.wait(SOON)).delivery is Delivery.SENT


async def test_what_waits_its_turn_can_be_taken_back(bench: ReceiptPrinterBench, service: Service) -> None:
    """CUPS tells by `time-at-processing` that nothing of it has gone to the printer."""
    async with (
        ReceiptPrinter.open(service.url, profile=bench.profile) as other,
        ReceiptPrinter.open(service.url, profile=bench.profile) as printer,
    ):
        bench.disturb(StallAt(10))
        first = await other.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        second = await printer.submit(RECEIPT)
        end = time.monotonic() + SOON
        while second.outcome.bytes_taken == 0:
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        assert (await second.abandon(SOON)).delivery is Delivery.NONE
        with pytest.raises(Cancelled):
            await second.wait(SOON)
        bench.printer.resume()
        assert (await first.wait(SOON)).delivery is Delivery.SENT
    assert len(bench.tickets) == 1


async def test_what_is_being_printed_ends_unknown_and_the_next_is_whole(
    bench: ReceiptPrinterBench, service: Service
) -> None:
    async with ReceiptPrinter.open(service.url, profile=bench.profile) as printer:
        bench.disturb(StallAt(10))
        job = await printer.submit(RECEIPT)
        await bench.happened(What.CABLE_FAULT)
        with promptly(3):
            assert (await job.abandon(SOON)).delivery is Delivery.UNKNOWN
        bench.printer.resume()
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.SENT
        assert (await bench.ticket(1)).text.count("Flat white") == 1


async def test_a_job_that_did_not_arrive_whole_is_none(bench: ReceiptPrinterBench, service: Service) -> None:
    """What `taken` rests on: an upload that breaks off leaves nothing in the queue."""
    before = service.tool("lpstat", "-W", "all", "-o", QUEUE)
    seen: list[bytes] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Between driver and CUPS: a job's last byte is held back, and then the line is cut."""
        onward, out = await asyncio.open_connection("127.0.0.1", service.port)
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:")[1].split()[0])
        body = await reader.readexactly(size)
        job = b"Flat white" in body
        out.write(head + (body[:-1] if job else body))
        await out.drain()
        seen.append(body)
        if job:
            await asyncio.sleep(0.2)
        else:
            writer.write(await onward.read())
        out.transport.abort()
        writer.transport.abort() if job else writer.close()

    async with await asyncio.start_server(pass_on, "127.0.0.1", 0) as server:
        link = CupsLink(parse_url(f"cups://127.0.0.1:{server.sockets[0].getsockname()[1]}/{QUEUE}"))
        await link.open(Deadline.after(SOON))
        with pytest.raises(Disconnected):
            await link.send_job(b"Flat white\n")
        link.abort()
    assert len(seen) == 2
    await asyncio.sleep(0.5)
    assert service.tool("lpstat", "-W", "all", "-o", QUEUE) == before
    assert not bench.tickets


async def test_what_is_no_queue(service: Service) -> None:
    with pytest.raises(Disconnected, match="no such queue"):
        await CupsLink(parse_url(f"cups://127.0.0.1:{service.port}/Bar")).open(Deadline.after(SOON))


async def test_discovery_gives_urls_that_open(
    bench: ReceiptPrinterBench, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue to a socket is given as that printer, any other as a queue; both open as they are given."""
    service.tool("lpadmin", "-p", "Bar", "-v", "lpd://127.0.0.1/x", "-E")
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{service.port}")
    survey = await discover(only=["queues"], timeout=SOON)
    assert not survey.skipped
    told = {found.url: found for found in survey.found}
    assert bench.url in told
    (queue,) = (url for url in told if url.startswith("cups://"))
    assert queue == f"cups://127.0.0.1:{service.port}/Bar"
    link = CupsLink(parse_url(queue))
    await link.open(Deadline.after(SOON))
    await link.close()
    service.tool("lpadmin", "-x", "Bar")


@pytest.mark.parametrize(("policy", "warned"), [("retry-job", True), ("retry-current-job", True), ("abort-job", False)])
async def test_cups_tells_whether_it_prints_a_broken_job_again(
    service: Service, policy: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with ReceiptPrinterBench.tcp() as bench:
        port = parse_url(bench.url).port
        assert port is not None
        service.lead_to(port)
        service.tool("lpadmin", "-p", QUEUE, "-o", f"printer-error-policy={policy}")
        try:
            link = CupsLink(parse_url(service.url))
            await link.open(Deadline.after(SOON))
            await link.close()
        finally:
            service.tool("lpadmin", "-p", QUEUE, "-o", "printer-error-policy=abort-job")
    told = [record.getMessage() for record in caplog.records if record.name == "posdevkit.links"]
    assert [policy in text for text in told] == [True] * warned
