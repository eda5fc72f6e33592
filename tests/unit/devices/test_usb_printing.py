"""The receipt printer over USB: what it says and does must not differ from the network, except where the cable does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import usb.core
import usb.util

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.discovery import Found, discover
from posdevkit.documents import Receipt
from posdevkit.errors import BadUrl, DeadlineExceeded, Disconnected, PaperOut, Unconfirmed
from posdevkit.events import Delivery
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.runtime.threads import in_thread
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.faults import StallAt
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.wires.usb import UsbWire
from tests.trouble import stands_in_the_way

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
SMALL = Receipt().title("Kvittering").row("Æblejuice", "28,00").qr("https://r.example/1").cut()
GREETING = len(EscPosSession(PROFILE).greeting())


def long(lines: int = 900) -> Receipt:
    receipt = Receipt()
    for number in range(lines):
        receipt = receipt.text(f"linje {number:03}")
    return receipt.cut()


def cable(bench: ReceiptPrinterBench) -> UsbWire:
    assert isinstance(bench.wire, UsbWire)
    return bench.wire


async def test_the_same_document_and_the_same_confirmation_as_over_the_network() -> None:
    seen = []
    for make in (ReceiptPrinterBench.tcp, ReceiptPrinterBench.usb):
        async with make(profile=PROFILE) as bench:
            async with ReceiptPrinter.open(bench.url, profile=PROFILE) as printer:
                outcome = await printer.print(SMALL, timeout=10)
                identity = printer.identity
            ticket = await bench.ticket(1)
            seen.append((outcome.delivery, outcome.evidence, outcome.bytes_taken, identity, ticket.text, ticket.cut))
    assert seen[0] == seen[1]
    assert seen[0][0] is Delivery.CONFIRMED


async def test_paper_out_is_told_while_the_printer_takes_no_data() -> None:
    async with ReceiptPrinterBench.usb(profile=PROFILE, faults=["paper-out-after=5"]) as bench:
        async with ReceiptPrinter.open(bench.url, profile=PROFILE) as printer:
            job = await printer.submit(long())
            await stands_in_the_way(job, PaperOut)
            with pytest.raises(PaperOut):
                await job.wait(0.05)
            refused = bench.printer.bytes_taken
            await asyncio.sleep(0.1)
            assert bench.printer.bytes_taken == refused < len(compose(long(), PROFILE).compiled.data)
            bench.printer.load_paper()
            outcome = await job.wait(20)
        ticket = await bench.ticket(1)
    assert outcome.confirmed
    lines = ticket.text.split("\n")
    assert [line for line in lines if line.startswith("linje")] == [f"linje {number:03}" for number in range(900)]


async def test_unplugged_in_mid_job_is_unknown_with_an_exact_count_and_the_next_job_prints_once() -> None:
    async with ReceiptPrinterBench.usb(profile=PROFILE, faults=[f"stall-at={GREETING + 3000}"]) as bench:
        async with ReceiptPrinter.open(bench.url, profile=PROFILE) as printer:
            job = await printer.submit(long())
            await bench.happened(What.CABLE_FAULT)
            await asyncio.sleep(0.1)
            await cable(bench).unplug()
            cable(bench).replug(ports=(4,))  # by its serial number it is found in another port too
            with pytest.raises(Unconfirmed):
                await job.wait(40)
            assert job.outcome.delivery is Delivery.UNKNOWN
            assert job.outcome.bytes_taken == 3000
            assert (await printer.print(SMALL, timeout=20)).confirmed
        await bench.happened(What.CONNECTED, 2)
        marks = [ticket.text.count("Æblejuice") for ticket in bench.tickets]
        lines = [line for ticket in bench.tickets for line in ticket.text.splitlines() if line.startswith("linje")]
    assert sum(marks) == 1
    assert len(lines) == len(set(lines))
    assert cable(bench).backend.handles == 0


@pytest.mark.parametrize("patience", [0.1, 0.6], ids=["at once", "while a question stands"])
async def test_a_job_can_be_abandoned_while_not_even_a_question_is_taken(
    patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.ASK_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.devices.delivery.CLEAR_SECONDS", 0.2)
    async with (
        ReceiptPrinterBench.usb(profile=PROFILE) as bench,
        ReceiptPrinter.open(bench.url, profile=PROFILE) as printer,
    ):
        bench.disturb(StallAt(10))  # what comes until then in one piece it still takes in, and does not print
        job = await printer.submit(SMALL)
        with pytest.raises(DeadlineExceeded):
            await job.wait(patience)
        assert (await job.abandon(10)).delivery is Delivery.UNKNOWN
        bench.printer.resume()
        assert (await printer.print(Receipt().text("next").cut(), timeout=20)).confirmed


async def test_two_printers_alike_are_told_apart_by_serial_number() -> None:
    async with (
        ReceiptPrinterBench.usb(profile=PROFILE, device_serial="A") as one,
        ReceiptPrinterBench.usb(profile=PROFILE, device_serial="B") as other,
    ):
        with pytest.raises(BadUrl, match=r"serial=A or usb://04b8:0202\?serial=B"):
            await ReceiptPrinter.open("usb://04b8:0202", profile=PROFILE)
        async with (
            ReceiptPrinter.open(other.url, profile=PROFILE) as second,
            ReceiptPrinter.open(one.url, profile=PROFILE) as first,
        ):
            assert (await first.print(Receipt().text("first").cut(), timeout=10)).confirmed
            assert (await second.print(Receipt().text("second").cut(), timeout=10)).confirmed
        assert [ticket.text.strip() for ticket in one.tickets] == ["first"]
        assert [ticket.text.strip() for ticket in other.tickets] == ["second"]


async def refused_for_b(printer: ReceiptPrinter) -> None:
    """The first job may be the one that notices the loss; the second looks for the printer and finds another."""
    with pytest.raises(Disconnected):
        await printer.print(SMALL, timeout=5)
    with pytest.raises(Disconnected, match="serial=B"):
        await printer.print(SMALL, timeout=5)


async def test_a_reconnect_takes_no_other_printer_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.05))
    async with ReceiptPrinterBench.usb(profile=PROFILE, device_serial="A") as bench:
        async with ReceiptPrinter.open("usb://04b8:0202", profile=PROFILE) as printer:
            await cable(bench).unplug()
            cable(bench).replug(serial="B")
            await refused_for_b(printer)
            await cable(bench).unplug()
            cable(bench).replug(serial="A")
            assert (await printer.print(SMALL, timeout=5)).confirmed
        assert sum(ticket.text.count("Æblejuice") for ticket in bench.tickets) == 1


async def test_a_vendors_own_interface_and_no_serial_number() -> None:
    async with ReceiptPrinterBench.usb(profile=PROFILE, device_serial=None, vendor_class=True) as bench:
        assert bench.url == "usb://04b8:0202?port=1-1"
        async with ReceiptPrinter.open(bench.url, profile=PROFILE) as printer:
            assert (await printer.print(SMALL, timeout=10)).confirmed


async def test_a_full_printer_without_paper_says_so_when_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.connection.GREETING_SECONDS", 0.2)
    async with ReceiptPrinterBench.usb(profile=PROFILE, faults=["stall-at=0"]) as bench:
        with pytest.raises(Disconnected, match="takes no data"):
            await ReceiptPrinter.open(bench.url, profile=PROFILE, timeout=5)
        bench.printer.resume()
        async with ReceiptPrinter.open(bench.url, profile=PROFILE, timeout=5) as printer:
            assert (await printer.print(SMALL, timeout=10)).confirmed


async def test_discovery_tells_url_profile_and_why() -> None:
    async with (
        ReceiptPrinterBench.usb(profile=PROFILE, device_serial="A"),
        ReceiptPrinterBench.usb(profile=PROFILE, device_serial="B", vendor_class=True),
    ):
        survey = await discover(only=["usb"])
    assert survey.skipped == ()
    assert survey.found == (
        Found(
            "usb://04b8:0202?serial=A",
            "receipt-printer",
            "EPSON TM-T88V, serial number A",
            "epson-tm-t88v",
            "USB interface 0 is of the printer class",
        ),
    )


async def test_the_printer_classs_own_requests() -> None:
    """USB Device Class Definition for Printing Devices 1.1, 4.2, in the bytes that a host would send."""
    async with ReceiptPrinterBench.usb(profile=PROFILE) as bench:
        device = usb.core.find(backend=cable(bench).backend)
        answer = bytes(device.ctrl_transfer(0xA1, 0, 0, 0, 1023))
        assert int.from_bytes(answer[:2], "big") == len(answer)
        assert answer[2:] == b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;"
        assert bytes(device.ctrl_transfer(0xA1, 1, 0, 0, 1)) == b"\x18"
        bench.printer.run_out()
        assert bytes(device.ctrl_transfer(0xA1, 1, 0, 0, 1)) == b"\x30"
        # The printer lives on this loop, so whoever waits for it must not stand on it.
        assert await in_thread(lambda: device.write(0x01, b"half a line", 5000), name="host") == 11
        device.ctrl_transfer(0x21, 2, 0, 0, None)
        await bench.happened(What.BUFFER_CLEARED)
        with pytest.raises(usb.core.USBError, match="Pipe error"):
            device.ctrl_transfer(0xA1, 9, 0, 0, 1)
        with pytest.raises(usb.core.USBTimeoutError):
            device.read(0x82, 64, 10)
        usb.util.dispose_resources(device)


async def test_a_recorded_connection_knows_its_printer_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.05))
    async with (
        ReceiptPrinterBench.usb(profile=PROFILE, device_serial="A") as bench,
        ReceiptPrinter.open("usb://04b8:0202", profile=PROFILE) as printer,
    ):
        await cable(bench).unplug()
        cable(bench).replug(serial="B")
        await refused_for_b(printer)
    assert list(tmp_path.iterdir())
