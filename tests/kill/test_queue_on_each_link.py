"""The queue on each link: its process is killed, the cable is cut, the printer's power fails; each key prints once.

The process dies where it hurts most, when all is printed and nothing is on record. A process of its own can reach a
printer on TCP, TLS, a serial port, a lent one and a print queue, and write to a file; USB, Bluetooth LE and the cable
in memory are emulated inside this process, where only cable and printer can fail. A pseudo terminal that was torn down
does not come back, so the serial port whose cable is cut is the lent one. Each control sends again what nobody can tell
of, and prints twice.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from posdevkit.aio import PrintQueue, ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.links.base import StreamLink
from posdevkit.links.ble import BleLink
from posdevkit.links.url import parse_url
from posdevkit.printqueue import QueueState
from posdevkit.printqueue.print_queue import serve_queue
from posdevkit.printqueue.rows import Point
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.ble import BleWire
from posdevkit_emulators.wires.bleak_backend import client_onto
from posdevkit_emulators.wires.ipp import EmulatedQueue
from tests.kill.queue_process import KEYS, ticket
from tests.systems import KILLED

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
PROGRAM = Path(__file__).with_name("queue_process.py")
GREETING = len(EscPosSession(PROFILE).greeting())
JOB = compose(ticket(KEYS[0]), PROFILE).compiled
END = GREETING + len(JOB.data) + len(EscPosSession(PROFILE).completion_request()[0])
"""Bytes of a connection and its first job with the question for its proof."""
PLACES = (GREETING + 1, GREETING + JOB.ends[len(JOB.ends) // 2], GREETING + len(JOB.data) - 1, END)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals here")
Paper = Callable[[], str]
"""All that was printed, as text in which a key stands as <key>."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.3)
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.06, 0.1, 0.2))
    monkeypatch.setattr("posdevkit.links.memory._DRAIN_SECONDS", 0.1)
    monkeypatch.setattr("posdevkit.links.usb._LAST_WORD_MS", 5)


# A process that is killed.


@asynccontextmanager
async def bench_on(make: Callable[[], ReceiptPrinterBench]) -> AsyncIterator[tuple[str, Paper]]:
    async with make() as bench:
        yield bench.url, lambda: "".join(one.text for one in bench.tickets)


@asynccontextmanager
async def print_queue() -> AsyncIterator[tuple[str, Paper]]:
    async with ReceiptPrinterBench.tcp(profile=PROFILE) as bench:
        where = parse_url(bench.url)
        assert where.port is not None
        async with EmulatedQueue((where.address, where.port)) as queue:
            yield queue.url, lambda: "".join(one.text for one in bench.tickets)


@asynccontextmanager
async def plain_file(folder: Path) -> AsyncIterator[tuple[str, Paper]]:
    file = folder / "printed"
    file.touch()
    yield f"file://{file}", lambda: file.read_bytes().decode("latin-1")


REACHABLE: dict[str, Callable[[Path], AbstractAsyncContextManager[tuple[str, Paper]]]] = {
    "tcp": lambda _: bench_on(lambda: ReceiptPrinterBench.tcp(profile=PROFILE)),
    "tls": lambda _: bench_on(lambda: ReceiptPrinterBench.tls(profile=PROFILE)),
    "rfc2217": lambda _: bench_on(lambda: ReceiptPrinterBench.lent(profile=PROFILE)),
    "serial": lambda _: bench_on(lambda: ReceiptPrinterBench.pty(profile=PROFILE)),
    "cups": lambda _: print_queue(),
    "file": plain_file,
}
OTHERS = [pytest.param(name, marks=POSIX if name in ("serial", "file") else ()) for name in REACHABLE]


async def served(path: Path, url: str, point: str, *words: str) -> tuple[int, dict[str, str]]:
    """Have a process of its own serve the queue; its exit code, and how each job stands at its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(path), url, point, *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 50)
    assert process.returncode in (0, KILLED), errors.decode()
    return process.returncode, dict(line.split() for line in output.decode().splitlines())


@pytest.mark.parametrize("link", OTHERS)
async def test_a_process_killed_before_the_outcome_is_on_record_prints_no_key_twice(link: str, tmp_path: Path) -> None:
    async with REACHABLE[link](tmp_path) as (url, paper):
        path = tmp_path / "queue.db"
        assert (await served(path, url, Point.KNOWN.value))[0] == KILLED
        code, states = await served(path, url, "never")
        assert code == 0
        await _until(lambda: paper().count("<order-2>") == 1)
        assert paper().count("<order-1>") <= 1
        assert states["order-1"] in ("unconfirmed", "printed")
        assert states["order-1"] == "unconfirmed" or paper().count("<order-1>") == 1


@pytest.mark.parametrize("link", OTHERS)
async def test_the_control_takes_what_was_half_sent_for_unprinted_and_prints_it_twice(
    link: str, tmp_path: Path
) -> None:
    async with REACHABLE[link](tmp_path) as (url, paper):
        path = tmp_path / "queue.db"
        await served(path, url, Point.KNOWN.value, "naive")
        await served(path, url, "never", "naive")
        await _until(lambda: paper().count("<order-1>") == 2)


async def _until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not ready():
            await asyncio.sleep(0.02)


# A cable that is cut, a printer whose power fails.


def _ble(bench: ReceiptPrinterBench) -> Callable[[], StreamLink]:
    assert isinstance(bench.wire, BleWire)
    backend = client_onto(bench.wire)
    return lambda: BleLink(parse_url(bench.url), backend=backend)


BENCHES: dict[str, Callable[[str], ReceiptPrinterBench]] = {
    "tcp": lambda fault: ReceiptPrinterBench.tcp(profile=PROFILE, faults=[fault]),
    "rfc2217": lambda fault: ReceiptPrinterBench.lent(profile=PROFILE, faults=[fault]),
    "usb": lambda fault: ReceiptPrinterBench.usb(profile=PROFILE, faults=[fault]),
    "ble": lambda fault: ReceiptPrinterBench.ble(profile=PROFILE, faults=[fault]),
    "memory": lambda fault: ReceiptPrinterBench.memory("queue-on-a-link", profile=PROFILE, faults=[fault]),
}


async def printed(link: str, fault: str, path: Path, *, naive: bool = False) -> tuple[dict[str, QueueState], Paper]:
    """Both keys through a queue whose first job meets the fault; how they stand, and the paper."""
    async with BENCHES[link](fault) as bench:
        make_link = _ble(bench) if link == "ble" else None
        printer = ReceiptPrinter(bench.url, PROFILE, name="printer", make_link=make_link)
        queue: PrintQueue = await serve_queue(path, printer)
        try:
            for key in KEYS:
                await queue.add(ticket(key), key=key)
            states = {}
            for key in KEYS:
                states[key] = (await queue.wait(key, 30)).state
                if naive and states[key] is QueueState.UNCONFIRMED:
                    await queue.release(key, printed=False)  # without a look at the paper
                    states[key] = (await queue.wait(key, 30)).state
        finally:
            await queue.close()
    text = "".join(one.text for one in bench.tickets)
    return states, lambda: text


@pytest.mark.parametrize("fault", ["close-at", "power-cut-at"])
@pytest.mark.parametrize("link", BENCHES)
async def test_a_cable_cut_or_a_power_cut_prints_no_key_twice(link: str, fault: str, tmp_path: Path) -> None:
    for place in PLACES:
        states, paper = await printed(link, f"{fault}={place}", tmp_path / f"{place}.db")
        for key, state in states.items():
            count = paper().count(f"<{key}>")
            assert count <= 1, (place, key)
            assert state in (QueueState.PRINTED, QueueState.UNCONFIRMED), (place, key)
            assert count == 1 or state is QueueState.UNCONFIRMED, (place, key)


@pytest.mark.parametrize("link", BENCHES)
async def test_the_control_releases_unseen_and_prints_twice(link: str, tmp_path: Path) -> None:
    most = 0
    for place in (GREETING + len(JOB.data), END - 1):
        _, paper = await printed(link, f"close-at={place}", tmp_path / f"{place}.db", naive=True)
        most = max(most, paper().count("<order-1>"))
    assert most == 2
