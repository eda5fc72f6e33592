"""Bluetooth LE through the system's own: bleak's client of BlueZ, D-Bus, bluetoothd, and the kernel's Bluetooth.

The adapter is a vhci; behind it are the controllers of bumble, in the emulators' process.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from posdevkit.aio import ReceiptPrinter, Scanner
from posdevkit.codes import Misread, Scan
from posdevkit.discovery import discover
from posdevkit.documents import Receipt
from posdevkit.errors import Disconnected, Unconfirmed
from posdevkit.events import Delivery, DeviceEvent, LinkLost, LinkRestored
from posdevkit.links.ble import BleLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.subscription import Subscription
from posdevkit_emulators.scanners.model import NOISE
from tests.stacks.conftest import Emulators
from tests.stacks.lab.cells import Cell, cells_of
from tests.stacks.vm.conftest import SOON, soon

T = TypeVar("T", bound=DeviceEvent)

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("bleak keeps its line to D-Bus as long as the process lives")]

SERVICE = "/usr/libexec/bluetooth/bluetoothd"
PROFILE = "epson-tm-t88v"
RECEIPT = Receipt().title("Kvittering").row("Æblejuice", "28,00").qr("https://r.example/8F2").cut()
BUS = """<busconfig>
<type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy>
</busconfig>
"""


@pytest.fixture(scope="module")
def system_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A D-Bus of our own in the place of the system's; its folder, where the services' logs are."""
    folder = tmp_path_factory.mktemp("dbus")
    (folder / "bus.conf").write_text(BUS.format(path=folder / "bus"))
    address = f"unix:path={folder / 'bus'}"
    before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
    with (folder / "dbus.log").open("w") as log:
        words = ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--nopidfile"]
        daemon = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        _until((folder / "bus").exists, daemon, folder / "dbus.log")
        yield folder
    finally:
        _end(daemon)
        if before is None:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


@pytest.fixture(scope="module")
def bluetooth(system_bus: Path, emulators_of_rung: Emulators) -> Iterator[None]:
    """The Bluetooth service, with an adapter that is switched on."""
    subprocess.run(["modprobe", "-a", "hci_vhci", "bluetooth"], check=True)
    emulators_of_rung.plug_adapter()
    with (system_bus / "bluetoothd.log").open("w") as log:
        service = subprocess.Popen([SERVICE, "--nodetach"], stdout=log, stderr=log)
    try:
        _until(_powered, service, system_bus / "bluetoothd.log")
        yield
    finally:
        emulators_of_rung.close()
        _end(service)
        emulators_of_rung.unplug_adapter()


@pytest.fixture
def air(bluetooth: None, emulators_of_rung: Emulators) -> Iterator[Emulators]:
    yield emulators_of_rung
    emulators_of_rung.close()


def _powered() -> bool:
    words = ["busctl", "--system", "get-property", "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1", "Powered"]
    return "true" in subprocess.run(words, capture_output=True, text=True, check=False, timeout=SOON).stdout


def _until(there: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SOON
    while not there():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, f"not in time: {log.read_text()}"
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SOON)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(SOON)


_addresses = iter(range(1, 100))


def fresh_address() -> str:
    """One that no device has had: BlueZ remembers the services of those that it has met."""
    return f"F0:F1:F2:F3:F4:{next(_addresses):02X}"


async def test_found_then_printed_on_and_confirmed(air: Emulators) -> None:
    url = air.ble_printer("p", fresh_address())
    survey = await discover(only=["ble"], timeout=SOON)
    assert not survey.skipped
    # BlueZ goes on telling of those that left a moment ago.
    assert [one.kind for one in survey.found if one.url == url] == ["receipt-printer"], survey.found
    async with await ReceiptPrinter.open(url, profile=PROFILE, timeout=SOON) as printer:
        outcome = await printer.print(RECEIPT, timeout=SOON)
    assert outcome.delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in air.tickets("p")] == [1]


async def test_the_link_dropped_in_the_middle_is_unknown_and_the_next_job_reconnects(air: Emulators) -> None:
    url = air.ble_printer("p", fresh_address(), faults=["close-at=900"])
    async with await ReceiptPrinter.open(url, profile=PROFILE, timeout=SOON) as printer:
        job = await printer.submit(_long())
        with pytest.raises(Unconfirmed):
            await job.wait(SOON)
        assert job.outcome.delivery is Delivery.UNKNOWN
        assert 0 < job.outcome.bytes_taken < job.outcome.bytes_total
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.CONFIRMED
    assert "".join(air.tickets("p")).count("Æblejuice") == 1


async def test_out_of_reach_between_two_jobs_and_back_again(air: Emulators) -> None:
    url = air.ble_printer("p", fresh_address())
    async with await ReceiptPrinter.open(url, profile=PROFILE, timeout=SOON) as printer:
        events = printer.events()
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.CONFIRMED
        air.out_of_reach("p")
        await _told(events, LinkLost)
        air.within_reach("p")
        await _told(events, LinkRestored)
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.CONFIRMED
    assert [text.count("Æblejuice") for text in air.tickets("p")] == [1, 1]


async def test_writes_are_one_packet_long_and_none_is_lost(air: Emulators) -> None:
    url = air.ble_printer("p", fresh_address(), mtu=185)
    link = BleLink(parse_url(url))
    await link.open(Deadline.after(SOON))
    await within(Deadline.after(SOON), link.send(b"\n" * 1500))
    assert link.taken == 1500
    assert await soon(lambda: sum(air.writes("p")) >= 1500)
    assert sum(air.writes("p")) == 1500
    assert set(air.writes("p")[:-1]) == {182}
    await link.close()


async def test_codes_come_whole_through_noise_and_a_dropped_link(air: Emulators) -> None:
    air.ble_scanner("s", address := fresh_address())
    async with await Scanner.open(f"ble://{address}?profile=issc", timeout=SOON) as scanner:
        events = scanner.events()
        for piece in (b"]E04006", b"3813", b"33931\r"):
            air.notify("s", piece.hex())
        assert (await _told(events, Scan)).text == "4006381333931"
        air.notify("s", (NOISE + b"\r").hex())
        await _told(events, Misread)
        air.notify("s", b"]E04006381333931\r".hex())
        assert (await _told(events, Scan)).text == "4006381333931"
        air.notify("s", b"]E0400638".hex())  # and the rest is never sent
        air.scanner_hangs_up("s")
        await _told(events, LinkLost)
        await _told(events, LinkRestored)
        air.notify("s", b"]E05901234123457\r".hex())
        assert (await _told(events, Scan)).text == "5901234123457"


async def test_the_adapter_pulled_out_and_plugged_in_again(air: Emulators) -> None:
    url = air.ble_printer("p", fresh_address())
    async with await ReceiptPrinter.open(url, profile=PROFILE, timeout=SOON) as printer:
        events = printer.events()
        air.unplug_adapter()
        await _told(events, LinkLost)
        with pytest.raises(Disconnected) as told:
            await BleLink(parse_url(url)).open(Deadline.after(5))
        assert told.value.remedy("en")
        air.plug_adapter()
        await _told(events, LinkRestored)
        assert (await printer.print(RECEIPT, timeout=SOON)).delivery is Delivery.CONFIRMED


@pytest.mark.parametrize("cell", cells_of("vm", "ble-printer", "ble-scanner"), ids=str)
async def test_conforms(cell: Cell, air: Emulators) -> None:
    await cell.carry_out(air)


async def _told(events: Subscription[DeviceEvent], kind: type[T]) -> T:
    """The next event of that kind; news of the printer itself may come before it."""
    while True:
        event = await within(Deadline.after(SOON), anext(events))
        if isinstance(event, kind):
            return event
        assert not isinstance(event, (Scan, LinkLost)), event


def _long() -> Receipt:
    receipt = Receipt()
    for number in range(200):
        receipt = receipt.row(f"{number}. Kanelsnegl", "32,00")
    return receipt.cut()
