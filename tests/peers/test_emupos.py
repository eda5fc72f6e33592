"""Our driver prints into emupos, another project's emulator, over TCP, and through its faults.

It knows nothing of this project, so it judges our bytes: its text, the dots of its pictures and the symbols in them,
and what our driver makes of the status that it tells. It does not know `GS ( H`, so a job is proved by `GS r` at best.
It runs as a process of its own, since it needs Python 3.13: `.ci/run` installs it where it finds one.
"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image as Pil

import posdevkit as pos
from posdevkit.blocking import Job
from posdevkit.errors import CoverOpen, DeviceError, Offline, PaperOut
from posdevkit.events import Delivery, Evidence, Paper

PROGRAM = os.environ.get("POSDEVKIT_EMUPOS", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="emupos needs Python 3.13: .ci/run installs it where it finds one")

PROFILE = "generic-80mm"
CONFIGURATION = """
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections: [tcp: {{ port: {printer} }}]
    receipts_dir: {receipts}
"""
RECEIPT = (
    pos.Receipt()
    .title("Kvittering")
    .row("Æblejuice", "28,00")
    .total("28,00")
    .barcode("5901234123457", "EAN13")
    .qr("https://r.example/8F2")
    .cut()
)


class Emupos:
    """Its one printer: where to print, and what a person could do to it."""

    def __init__(self, folder: Path) -> None:
        api, printer = _free_port(), _free_port()
        file = folder / "emupos.yaml"
        file.write_text(CONFIGURATION.format(api=api, printer=printer, receipts=folder / "receipts"))
        self.url = f"tcp://127.0.0.1:{printer}"
        self._api = f"http://127.0.0.1:{api}/api/v1/devices/front"
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([PROGRAM, "run", "--config", file], stdout=log, stderr=log, cwd=folder)
        self._until(lambda: self._reachable(printer), "it listens")

    def fault(self, name: str, *, there: bool = True) -> None:
        """Bring about a fault, or clear it."""
        self._ask("PUT" if there else "DELETE", f"/faults/{name}")

    def close_drawer(self) -> None:
        """Push the drawer in."""
        self._ask("POST", "/drawer/close")

    @property
    def count(self) -> int:
        """Receipts that are complete."""
        listed: list[object] = json.loads(self._ask("GET", "/receipts"))
        return len(listed)

    def receipt(self, number: int) -> tuple[str, Pil.Image]:
        """Text and picture of the latest receipt, as soon as `number` are there."""
        self._until(lambda: self.count >= number, f"{number} receipts")
        picture = Pil.open(io.BytesIO(self._ask("GET", "/receipts/latest/image")))
        return self._ask("GET", "/receipts/latest/text").decode(), picture.convert("L")

    def stop(self) -> None:
        """Let it end."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, method: str, path: str) -> bytes:
        asked = urllib.request.Request(self._api + path, method=method)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            said: bytes = answer.read()
        return said

    def _until(self, ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 60
        while not ready():
            assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
            assert time.monotonic() < end, f"waited for: {what}"
            time.sleep(0.02)

    @staticmethod
    def _reachable(port: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    printer = Emupos(tmp_path_factory.mktemp("emupos"))
    yield printer
    printer.stop()


@pytest.fixture
def emupos(started: Emupos) -> Iterator[Emupos]:
    yield started
    for name in ("paper-out", "cover-open", "offline", "paper-near-end"):
        started.fault(name, there=False)
    started.close_drawer()


def words(text: str) -> list[str]:
    """Its lines, each run of blanks as one."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_receipt_is_read_back_as_text_and_as_symbols(emupos: Emupos) -> None:
    before = emupos.count
    with pos.ReceiptPrinter.open(emupos.url, profile=PROFILE) as printer:
        outcome = printer.print(RECEIPT)
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.IN_ORDER_STATUS)
    text, picture = emupos.receipt(before + 1)
    assert words(text)[:3] == ["Kvittering", "Æblejuice 28,00", "Total 28,00"]
    page = Pil.new("L", (picture.width + 80, picture.height + 80), 255)
    page.paste(picture, (40, 40))
    found = {(one.format.name, one.text) for one in zxingcpp.read_barcodes(page)}
    assert found == {("EAN13", "5901234123457"), ("QRCode", "https://r.example/8F2")}


def test_the_dots_of_a_picture_arrive_as_they_were(emupos: Emupos) -> None:
    """Dots of noise, so that a shifted row, a swapped byte or a lost one shows."""
    noise = bytes((n * n * 7919 >> 5 ^ n * 31) & 0xFF for n in range(576 // 8 * 90))
    picture = Pil.frombytes("1", (576, 90), noise)
    before = emupos.count
    with pos.ReceiptPrinter.open(emupos.url, profile=PROFILE) as printer:
        printer.print(pos.Receipt().image(picture).cut())
    _, theirs = emupos.receipt(before + 1)
    shown = theirs.crop((0, 0, 576, 90)).point(lambda level: 255 * (level > 127))
    assert shown.tobytes() == picture.convert("L").tobytes()


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("paper-out", PaperOut), ("cover-open", CoverOpen), ("offline", Offline)],
)
def test_a_job_waits_through_a_fault_and_prints_once(fault: str, problem: type[DeviceError], emupos: Emupos) -> None:
    before = emupos.count
    told: list[str | None] = []

    def somebody_helps(event: pos.JobEvent) -> None:
        told.append(event.problem)
        emupos.fault(fault, there=False)

    with pos.ReceiptPrinter.open(emupos.url, profile=PROFILE) as printer:
        emupos.fault(fault)
        outcome = printer.print(RECEIPT, on_wait=somebody_helps, timeout=30)
    assert told == [problem.slug]
    assert outcome.delivery is Delivery.SENT
    emupos.receipt(before + 1)
    assert emupos.count == before + 1


def test_a_deadline_while_the_paper_is_out_raises_and_the_same_job_is_printed_once_afterwards(emupos: Emupos) -> None:
    before = emupos.count
    with pos.ReceiptPrinter.open(emupos.url, profile=PROFILE) as printer:
        emupos.fault("paper-out")
        with pytest.raises(PaperOut) as raised:
            printer.print(RECEIPT, timeout=1.0)
        job = raised.value.job
        assert isinstance(job, Job)
        assert not job.outcome.confirmed
        assert emupos.count == before
        emupos.fault("paper-out", there=False)
        assert job.wait(30).delivery is Delivery.SENT
    emupos.receipt(before + 1)
    assert emupos.count == before + 1


def test_status_and_drawer_are_read_as_they_are(emupos: Emupos) -> None:
    with pos.ReceiptPrinter.open(emupos.url, profile=PROFILE) as printer:
        resting = printer.status()
        assert (resting.online, resting.paper, resting.cover_open) == (True, Paper.OK, False)
        emupos.fault("paper-near-end")
        assert printer.status().paper is Paper.NEAR_END
        emupos.fault("cover-open")
        assert printer.status().cover_open is True
        emupos.fault("cover-open", there=False)
        printer.open_drawer()
        end = time.monotonic() + 20
        while printer.status().drawer_pin_high == resting.drawer_pin_high:
            assert time.monotonic() < end
        emupos.close_drawer()
        assert printer.status().drawer_pin_high == resting.drawer_pin_high
