"""USB printers by Windows' own driver, on a stand-in for its libraries: which calls are made, with what. No Windows has
run it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from posdevkit import Receipt
from posdevkit.devices import ReceiptPrinter
from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected, MissingExtra, Unsupported
from posdevkit.events import Delivery, LinkLost, LinkRestored, Paper
from posdevkit.links.base import Identified, PortStatus, StreamLink
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink, usb_link
from posdevkit.links.usb_windows import WindowsUsbLink
from posdevkit.links.usbprint import Control, UsbPlace, system_usbprint
from posdevkit.profiles import load_profile
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit.runtime.deadline import Deadline, within
from posdevkit_emulators.wires.usb_backend import EmulatedBackend
from posdevkit_emulators.wires.usb_descriptors import Device
from tests.prompt import promptly

from .usbprint_stand_in import Printer, Windows

pytestmark = pytest.mark.asyncio

SOON = 10.0
URL = "usb://04b8:0202"
WITHOUT_NUMBER = r"USB\VID_04B8&PID_0202\6&1A2B3C4D&0&2"


@pytest.fixture(autouse=True)
def no_other_usb(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows' own driver does not have, libusb does not know of either."""
    empty = EmulatedBackend(Device(), lambda data: None, lambda kind, number: None)
    monkeypatch.setattr("posdevkit.links.usb_bus._machine", lambda: empty)


@pytest.fixture
def printer() -> Printer:
    return Printer()


@pytest.fixture(params=[True, False], ids=["tells what was taken", "does not"])
def windows(request: pytest.FixtureRequest, printer: Printer) -> Iterator[Windows]:
    one = Windows(printer, tells=request.param)
    yield one
    assert not one.handles, "every printer is given back"
    assert not one.events or one.stubborn
    assert not one.listings
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("posdevkit-usb")]


def link_to(windows: Windows, url: str = URL) -> WindowsUsbLink:
    return WindowsUsbLink(parse_url(url), calls=windows.calls)


async def opened(windows: Windows, url: str = URL) -> WindowsUsbLink:
    link = link_to(windows, url)
    await link.open(Deadline.after(SOON))
    return link


# Which link it is


async def test_which_link_it_is_is_the_systems_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (system_usbprint() is None) == (sys.platform != "win32")
    monkeypatch.setattr("posdevkit.links.usb_windows.system_usbprint", lambda: None)
    monkeypatch.setattr(sys, "platform", "win32")
    assert isinstance(usb_link(parse_url(URL)), WindowsUsbLink)
    monkeypatch.setattr(sys, "platform", "linux")
    assert type(usb_link(parse_url(URL))) is UsbLink


async def test_a_device_that_windows_driver_does_not_have_is_left_to_libusb(windows: Windows) -> None:
    """As one that was given WinUSB; here a bus that stands for libusb's."""
    backend = EmulatedBackend(Device(), lambda data: None, lambda kind, number: None)
    backend.plug_in()
    windows.printers.clear()
    plug_in(backend)
    try:
        link = await opened(windows)
        assert await link.port_status() == await link.port_status()
        with pytest.raises(Unsupported, match="only Windows' own driver"):
            await link.device_id()
        await link.close()
    finally:
        pull_out(backend)


async def test_without_pyusb_it_works_and_what_is_not_there_says_so(
    windows: Windows, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr("posdevkit.links.usb_bus.import_module", missing)
    await (await opened(windows)).close()
    windows.unplug(printer)
    with pytest.raises(Disconnected, match="not plugged in") as gone:
        await opened(windows)
    assert "WinUSB" in gone.value.remedy()
    with pytest.raises(MissingExtra):
        await UsbLink(parse_url(URL)).open(Deadline.after(SOON))


# Both ways


async def test_both_ways_and_a_close_that_gives_everything_back(windows: Windows, printer: Printer) -> None:
    link = await opened(windows)
    assert isinstance(link, StreamLink)
    assert isinstance(link, Identified)
    assert isinstance(link, PortStatus)
    assert link.identity == ("serial", "J5QF012345")
    job = bytes(range(256)) * 400
    windows.take(printer, len(job))
    await within(Deadline.after(SOON), link.send(job))
    assert (bytes(printer.got), link.taken) == (job, len(job))
    assert windows.writes[0] == 64, "what has taken nothing yet is offered one packet"
    assert len(windows.writes) < 60
    windows.say(printer, b"\x16")
    assert await within(Deadline.after(SOON), link.receive()) == b"\x16"
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    windows.say(printer, b"bye")
    await within(Deadline.after(SOON), link.close())
    assert await listening == b"bye"
    assert await link.receive() == b""
    with pytest.raises(Closed):
        await link.send(b"x")
    with pytest.raises(Closed):
        await link.port_status()
    assert not windows.pending


async def test_what_it_says_while_it_takes_nothing(windows: Windows, printer: Printer) -> None:
    link = await opened(windows)
    windows.take(printer, 100)
    sending = asyncio.create_task(link.send(bytes(5000)))
    windows.say(printer, b"no paper")
    assert await within(Deadline.after(SOON), link.receive()) == b"no paper"
    await asyncio.sleep(0.1)
    assert not sending.done()
    assert link.taken <= 100, "a write that is not over counts when it is"
    windows.take(printer, 4900)
    await within(Deadline.after(SOON), sending)
    assert link.taken == 5000 == len(printer.got)
    await link.close()


async def test_a_printer_that_takes_nothing_at_all_is_certain(windows: Windows, printer: Printer) -> None:
    """One packet is taken whole or not at all: so the job may safely be tried again elsewhere."""
    link = await opened(windows)
    with promptly(0.6), pytest.raises(TimeoutError):
        await within(Deadline.after(0.2), link.send(bytes(5000)))
    assert link.taken == 0 == len(printer.got)
    windows.take(printer, 10)
    await within(Deadline.after(SOON), link.send(b"b"))
    assert bytes(printer.got) == b"b"
    await link.close()


async def test_a_cancelled_send_ends_soon_and_counts_what_may_have_been_taken(
    windows: Windows, printer: Printer
) -> None:
    link = await opened(windows)
    windows.take(printer, 130)
    sending = asyncio.create_task(link.send(b"a" * 5000))
    await asyncio.sleep(0.2)
    with promptly(0.3):
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    # Never less than the printer has, or it could be printed twice.
    assert link.taken == 130 if windows.tells else 130 <= link.taken < 5000
    windows.take(printer, 200)
    await within(Deadline.after(SOON), link.send(b"b"))
    assert bytes(printer.got) == b"a" * 130 + b"b"
    await link.close()


async def test_our_own_abort_ends_everything_soon(windows: Windows) -> None:
    link = await opened(windows)
    listening, sending = asyncio.create_task(link.receive()), asyncio.create_task(link.send(bytes(5000)))
    asking = asyncio.create_task(link.port_status())
    await asyncio.sleep(0.1)
    assert asking.done()
    with promptly(0.3):
        link.abort()
        for waiting in (listening, sending):
            with pytest.raises(Disconnected, match="aborted"):
                await waiting
    again = await opened(windows)  # while the thread of the first is still giving the printer back
    await again.close()


async def test_what_windows_does_not_give_back_holds_up_nobody(windows: Windows, printer: Printer) -> None:
    link = await opened(windows)
    windows.take(printer, 64)
    sending = asyncio.create_task(link.send(bytes(1000)))
    await asyncio.sleep(0.1)
    windows.stubborn = True
    with promptly(0.3):
        sending.cancel()
        with pytest.raises((asyncio.CancelledError, Disconnected)):
            await sending
    assert link.taken == 1000, "all that it may have taken"
    with pytest.raises(Disconnected):
        await link.send(b"x")
    await link.close()


async def test_an_idle_link_sleeps(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.links.usb._LIVELY_SECONDS", 0.0)
    looks = 0
    wait = windows.WaitForSingleObject

    def counted(event: int, milliseconds: int) -> int:
        nonlocal looks
        looks += 1
        return wait(event, milliseconds)

    monkeypatch.setattr(windows, "WaitForSingleObject", counted)
    link = await opened(windows)
    await asyncio.sleep(0.6)
    settled = looks
    await asyncio.sleep(0.9)
    assert looks - settled <= 4
    async with asyncio.timeout(SOON):
        while looks == settled:  # but it does look
            await asyncio.sleep(0.01)
    assert windows.most_waited <= 60, "a turn is short"
    await link.close()


async def test_a_printer_that_only_takes(windows: Windows, printer: Printer) -> None:
    printer.one_way = True
    link = await opened(windows)
    windows.take(printer, 3000)
    await within(Deadline.after(SOON), link.send(bytes(3000)))
    assert len(printer.got) == 3000
    await link.close()
    assert await link.receive() == b""


# Unplugged, and again


async def test_unplugged_while_sending(windows: Windows, printer: Printer) -> None:
    link = await opened(windows)
    windows.take(printer, 777)
    sending, listening = asyncio.create_task(link.send(bytes(5000))), asyncio.create_task(link.receive())
    await asyncio.sleep(0.1)
    windows.unplug(printer)
    with pytest.raises(Disconnected, match="it was unplugged, Windows error 1167"):
        await within(Deadline.after(SOON), sending)
    with pytest.raises(Disconnected, match="unplugged"):
        await within(Deadline.after(SOON), listening)
    assert len(printer.got) <= link.taken < 5000
    await link.close()


async def test_unplugged_while_idle(windows: Windows, printer: Printer) -> None:
    link = await opened(windows)
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0.02)
    windows.unplug(printer)
    with pytest.raises(Disconnected, match="unplugged"):
        await within(Deadline.after(SOON), listening)
    link.abort()
    await link.close()


@pytest.mark.parametrize("instance", [Printer().instance, WITHOUT_NUMBER], ids=["number", "no number"])
async def test_it_connects_again_to_that_very_printer(windows: Windows, printer: Printer, instance: str) -> None:
    printer.instance = instance
    link = await opened(windows)
    await link.close()
    other = Printer(r"USB\VID_04B8&PID_0202\J5QF099999", room=10)
    windows.printers.insert(0, other)
    windows.printers.remove(printer)
    with pytest.raises(Disconnected, match=r"not plugged in, but usb://04b8:0202\?serial=J5QF099999"):
        await link.open(Deadline.after(SOON))
    windows.printers.append(Printer(instance, room=10))
    await link.open(Deadline.after(SOON))
    await link.send(b"x")
    assert [bytes(one.got) for one in windows.printers] == [b"", b"x"]
    await link.close()


async def test_a_receipt_is_printed_and_the_cable_may_come_out(windows: Windows, printer: Printer) -> None:
    """The driver over it: an event tells that the printer went, and a second that it is there again."""
    profile = load_profile("generic-80mm")
    windows.take(printer, 1 << 20)
    async with ReceiptPrinter(URL, profile, make_link=lambda: link_to(windows)) as desk:
        events = desk.events()
        outcome = await desk.print(Receipt().text("Flat white").cut(), timeout=SOON)
        assert outcome.delivery is Delivery.SENT
        assert b"Flat white" in printer.got
        windows.unplug(printer)
        while not isinstance(await events.get(SOON), LinkLost):
            pass
        windows.printers.append(Printer(room=1 << 20))
        await desk.print(Receipt().text("Cortado").cut(), timeout=SOON)
        while not isinstance(await events.get(SOON), LinkRestored):
            pass
        assert b"Cortado" in windows.printers[0].got
        assert b"Flat white" not in windows.printers[0].got


# What the near end knows


@pytest.mark.parametrize(
    ("lines", "paper", "online"),
    [(0x18, Paper.OK, True), (0x38, Paper.OUT, True), (0x08, Paper.OK, False), (0, Paper.UNKNOWN, None)],
)
async def test_the_lines_of_its_port(
    windows: Windows, printer: Printer, lines: int, paper: Paper, online: bool | None
) -> None:
    printer.status = lines
    link = await opened(windows)
    told = await link.port_status()
    assert (told.paper, told.online) == (paper, online)
    await link.close()


async def test_a_printer_that_does_not_answer_on_its_control_pipe_tells_nothing(
    windows: Windows, printer: Printer
) -> None:
    printer.mute = True
    link = await opened(windows)
    with promptly(0.5):
        assert (await link.port_status()).paper is Paper.UNKNOWN
        assert await link.device_id() == ""
    with pytest.raises(Disconnected, match="does not reset"):
        await link.soft_reset()
    await link.close()


async def test_what_the_driver_can_be_asked(windows: Windows, printer: Printer) -> None:
    """Codes and buffers: usbprint.h and Microsoft's pages on the IOCTL_USBPRINT requests."""
    link = await opened(windows)
    assert await link.device_id() == "MFG:EPSON;CMD:ESC/POS;MDL:T88;"
    await link.soft_reset()
    assert (await link.vendor_get(0x8A, 0x0102, 3)) == b"ink"
    await link.vendor_set(0x85, 0x5B00, b"\x01")
    assert printer.asked == [
        (0x220034, b""),
        (0x220040, b""),
        (0x22003C, b"\x8a\x01\x02"),
        (0x220038, b"\x85\x5b\x00\x01"),
    ]
    assert [int(one) for one in Control] == [0x22 << 16 | number << 2 for number in range(12, 17)]
    await link.close()


# Which printer it is


async def test_who_is_there(windows: Windows) -> None:
    windows.printers = [
        Printer(),
        Printer(WITHOUT_NUMBER, child=""),
        Printer(
            r"USB\VID_0519&PID_0003&MI_00\7&1B0A3A3F&0&0000",
            parent=r"USB\VID_0519&PID_0003\2590921",
            child=r"USBPRINT\STARTSP143___(STR_T-001)\7&B&USB002",
            friendly="Star TSP143",
        ),
        Printer(r"LPTENUM\NOT_USB\1"),
    ]
    found = windows.calls.printers()
    assert [(str(one.about.url), one.about.product) for one in found] == [
        ("usb://04b8:0202?serial=J5QF012345", "EPSONTM-T88V"),
        ("usb://04b8:0202?port=6%261A2B3C4D%260%262", ""),
        ("usb://0519:0003?serial=2590921", "Star TSP143"),
    ]
    link = await opened(windows, str(found[1].about.url))
    assert link.identity == ("port", "6&1A2B3C4D&0&2")
    await link.close()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (r"USB\VID_04B8&PID_0202\J5QF012345", ("04b8:0202", None, "J5QF012345", "J5QF012345")),
        (r"usb\vid_04b8&pid_0e15&mi_01\7&1b&0&0001", ("04b8:0e15", 1, "7&1b&0&0001", "")),
        (r"USBPRINT\EPSONTM-T88V\6&1", None),
        ("", None),
    ],
)
async def test_instance_ids(text: str, place: tuple[str, int | None, str, str] | None) -> None:
    told = UsbPlace.read(text)
    assert (told and (str(told.id), told.interface, told.instance, told.serial)) == place


async def test_two_that_are_alike_have_to_be_told_apart(windows: Windows) -> None:
    windows.printers.append(Printer(WITHOUT_NUMBER))
    with pytest.raises(BadUrl, match="any of 2 devices") as both:
        await opened(windows)
    assert "serial=J5QF012345" in both.value.remedy()
    await (await opened(windows, f"{URL}?serial=j5qf012345")).close()


@pytest.mark.parametrize("number", [5, 32])
async def test_another_program_holds_it(
    windows: Windows, printer: Printer, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.links.usb._RELEASE_SECONDS", 0.05)
    windows.foreign.add(printer.path)
    windows.refusal = number
    with pytest.raises(Claimed, match="another program holds it") as held:
        await opened(windows)
    assert "print queue" in held.value.remedy()
    windows.foreign.clear()
    first = await opened(windows)
    with pytest.raises(Claimed):
        await opened(windows)
    await first.close()


@pytest.mark.parametrize(("number", "said"), [(1167, "it was unplugged"), (2, "it was unplugged"), (8, "error 8")])
async def test_what_windows_refuses_says_why(windows: Windows, printer: Printer, number: int, said: str) -> None:
    windows.foreign.add(printer.path)
    windows.refusal = number
    with pytest.raises(Disconnected, match=said) as refused:
        await opened(windows)
    assert refused.value.remedy()
