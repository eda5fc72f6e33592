"""A whole visit: the look, discovery and the shop's file side by side."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import posdevkit as pos
from posdevkit import aio
from posdevkit.doctor import Machine
from posdevkit.doctor.machine import Account
from posdevkit.errors import DeadlineExceeded, UsageError
from posdevkit_emulators.running import DIRECTORY, announced
from tests.prompt import promptly

from .recorded import Around, recorded

URL = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "running"))


class Slow:
    """A system that dawdles."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def look(self) -> Machine:
        self.go.wait(20)
        return Machine("other", Account("", frozenset()))


def test_what_the_system_sees_and_what_discovery_finds(tmp_path: Path) -> None:
    heard: list[str] = []
    with announced(URL, kind="scale", what="a scale", profile=None):
        diagnosis = pos.diagnose(
            only=["emulators"], system=recorded(tmp_path, "counter"), on_found=lambda found: heard.append(found.url)
        )
    assert heard == [URL]
    first, *_, last = diagnosis.devices
    assert (first.kind, first.url, first.driver) == ("printer", "usb://04b8:0202?serial=J5QF012345", "usblp")
    assert (last.label, last.url) == ("a scale", URL)
    assert not diagnosis.well
    assert diagnosis.findings[0].slug == "no-driver"


def test_a_device_that_both_know_is_told_once(tmp_path: Path) -> None:
    """Discovery calls a port by its short name, and knows a printer's profile."""
    printer = "usb://04b8:0202?serial=J5QF012345"
    with (
        announced("serial:///dev/ttyUSB0", kind="scale", what="a scale", profile=None),
        announced(printer, kind="receipt-printer", what="a printer", profile="epson-tm-t88v"),
    ):
        devices = pos.diagnose(only=["emulators"], system=recorded(tmp_path, "counter", "ports")).devices
    assert len(devices) == 8
    by_place = {one.place: one for one in devices}
    assert (by_place["2-1"].kind, by_place["2-1"].url) == (
        "scale",
        "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0",
    )
    assert (by_place["1-1.1"].kind, by_place["1-1.1"].profile) == ("receipt-printer", "epson-tm-t88v")


def test_a_scanner_without_a_number_is_told_once(tmp_path: Path) -> None:
    """Discovery names it by its port, as the doctor does."""
    system = recorded(tmp_path, "counter")
    (tmp_path / "sys/bus/usb/devices/1-1.4.2/serial").unlink()
    url = "hid://0c2e:0b61?port=1-1.4.2"
    with announced(url, kind="scanner", what="a scanner", profile=None):
        devices = pos.diagnose(only=["emulators"], system=system).devices
    assert [(one.place, one.url) for one in devices if one.url and "0c2e" in one.url] == [("1-1.4.2", url)]


def test_advice_and_notes_are_well(tmp_path: Path) -> None:
    system = recorded(tmp_path, "ports", around=Around(files={"run/pcscd/pcscd.comm": ""}))
    for place in (tmp_path / "sys/bus/usb/devices").glob("2-3*"):
        place.unlink()
    around = pos.diagnose(only=["emulators"], system=system)
    assert around.well
    assert around.findings == ()


def test_the_shops_file_is_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('[printer.counter]\nurl = "usb://04b8:0e15"\n[scale.meat]\nurl = "serial:///dev/ttyUSB0"\n')
    system = recorded(tmp_path / "machine", "ports")
    found = pos.diagnose(config=file, only=["emulators"], system=system).findings
    assert [one.subject for one in found if one.slug == "disconnected"] == ["counter"]
    file.write_text("[printer.counter]\nurl = 'usb://nonsense'\n")
    (wrong,) = [
        one for one in pos.diagnose(config=file, only=["emulators"], system=system).findings if "shop" in one.subject
    ]
    assert "line 2" in wrong.message()


def test_a_name_that_is_no_cables() -> None:
    with pytest.raises(UsageError, match="nothing searches for 'usbb'"):
        pos.diagnose(only=["usbb"])


def test_a_system_that_does_not_answer_ends_in_time() -> None:
    slow = Slow()

    async def visit() -> None:
        with pytest.raises(DeadlineExceeded):
            await aio.diagnose(only=["emulators"], timeout=0.2, system=slow)

    try:
        with promptly(5):
            asyncio.run(visit())
    finally:
        slow.go.set()
        wait_for(lambda: not any(one.name == "posdevkit-doctor-look" for one in threading.enumerate()))


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def test_an_extra_whose_library_does_not_load_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyusb is there and libusb is not: only the search of the cable can tell."""
    import posdevkit.discovery.usb as source
    from posdevkit.errors import MissingExtra

    def no_library() -> list[object]:
        raise MissingExtra("USB needs the library libusb")

    monkeypatch.setattr(source, "_by_libusb", no_library)
    found = pos.diagnose(only=["usb"], system=recorded(tmp_path, "counter")).findings
    assert [one.command for one in found if one.slug == "missing-extra"] == ['pip install "posdevkit[usb]"']
