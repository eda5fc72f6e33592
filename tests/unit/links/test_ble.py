"""Printing over Bluetooth LE: bleak's own client, on emulated controllers, against the printer behind them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from bleak.exc import BleakDBusError, BleakDeviceNotFoundError, BleakError

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.errors import BadUrl, Closed, Disconnected, PosError, Unconfirmed
from posdevkit.events import Delivery, JobState
from posdevkit.links.base import StreamLink
from posdevkit.links.ble import LONGEST_WRITE, BleLink
from posdevkit.links.ble_services import gatt_services
from posdevkit.links.url import parse_url
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.runtime import Deadline, within
from posdevkit.runtime.buses import plugged_in
from posdevkit.runtime.clock import ManualClock
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.wires.ble import GATT, BleWire
from posdevkit_emulators.wires.bleak_backend import client_onto

pytestmark = pytest.mark.asyncio

SOON = 10.0
PROFILE = load_profile("epson-tm-t88v")
GREETING = len(EscPosSession(PROFILE).greeting())
RECEIPT = Receipt().title("Café Nord").row("Flat white", "38,00").qr("https://r.example/8F2").cut()


@dataclass
class Rig:
    """A printer on the air, and how to reach it."""

    bench: ReceiptPrinterBench

    @property
    def wire(self) -> BleWire:
        assert isinstance(self.bench.wire, BleWire)
        return self.bench.wire

    def link(self, options: str = "") -> BleLink:
        return BleLink(parse_url(self.bench.url + options), backend=client_onto(self.wire))

    def printer(self, options: str = "") -> ReceiptPrinter:
        return ReceiptPrinter(self.bench.url, PROFILE, make_link=lambda: self.link(options))


@contextlib.asynccontextmanager
async def rig(*faults: str, gatt: str = "18f0", mtu: int = 517) -> AsyncIterator[Rig]:
    async with ReceiptPrinterBench.ble(profile=PROFILE, faults=faults, gatt=gatt, mtu=mtu) as bench:
        yield Rig(bench)


@pytest.mark.parametrize("gatt", sorted(GATT))
@pytest.mark.parametrize("mtu", [23, 185, 517])
async def test_the_same_document_and_the_same_confirmation_as_over_tcp(gatt: str, mtu: int) -> None:
    async with ReceiptPrinterBench.tcp(profile=PROFILE) as bench, ReceiptPrinter(bench.url, PROFILE) as printer:
        over_tcp = await printer.print(RECEIPT)
        expected = (await bench.ticket(1)).text
    async with rig(gatt=gatt, mtu=mtu) as ble, ble.printer() as printer:
        outcome = await printer.print(RECEIPT, timeout=SOON)
        assert outcome == over_tcp
        assert outcome.confirmed
        assert (await ble.bench.ticket(1)).text == expected
        assert max(ble.wire.writes) <= min(mtu - 3, LONGEST_WRITE)


@pytest.mark.parametrize(("mtu", "longest"), [(23, 20), (185, 182), (514, 511), (515, 512), (517, 512)])
async def test_a_write_is_one_packet_and_never_longer_than_an_attribute(mtu: int, longest: int) -> None:
    async with rig(mtu=mtu) as ble:
        link = ble.link()
        assert isinstance(link, StreamLink)
        await link.open(Deadline.after(SOON))
        await link.send(b"\n" * 1500)
        assert link.taken == 1500 == sum(ble.wire.writes)
        assert set(ble.wire.writes[:-1]) == {longest}
        await link.close()


@pytest.mark.parametrize("options", ["", "?window=3"])
async def test_paper_out_is_told_while_the_printer_takes_nothing(options: str) -> None:
    async with rig("paper-out-after=3") as ble, ble.printer(options) as printer:
        job = await printer.submit(_long())
        async with asyncio.timeout(SOON):
            while job.state is not JobState.WAITING:
                await asyncio.sleep(0.01)
        held = job.outcome.bytes_taken
        assert held < job.outcome.bytes_total
        ble.bench.printer.load_paper()
        assert (await job.wait(SOON)).confirmed
        ticket = await ble.bench.ticket(1)
        assert all(f"{n}. Kanelsnegl" in ticket.text for n in range(400))


def _long() -> Receipt:
    receipt = Receipt()
    for n in range(400):
        receipt = receipt.row(f"{n}. Kanelsnegl", "32,00")
    return receipt.cut()


async def test_the_control_more_unanswered_writes_than_the_printer_keeps_are_lost() -> None:
    async with rig("paper-out-after=3") as ble, ble.printer("?window=64") as printer:
        job = await printer.submit(_long())
        await ble.bench.happened(What.CABLE_FAULT)
        assert any("bytes lost" in event.detail for event in ble.bench.events)
        ble.bench.printer.load_paper()
        with contextlib.suppress(PosError):
            await job.wait(SOON)
        text = "".join(ticket.text for ticket in ble.bench.tickets)
        assert not all(f"{n}. Kanelsnegl" in text for n in range(400))


async def test_the_link_dropped_in_mid_job_is_unknown_with_an_exact_count() -> None:
    async with rig("close-at=900") as ble, ble.printer() as printer:
        job = await printer.submit(_long())
        with pytest.raises(Unconfirmed):
            await job.wait(SOON)
        assert job.outcome.delivery is Delivery.UNKNOWN
        assert 0 < job.outcome.bytes_taken < job.outcome.bytes_total
        # All that was handed over: what came over the air, and the one write that was under way.
        assert 0 <= GREETING + job.outcome.bytes_taken - sum(ble.wire.writes) <= LONGEST_WRITE
        again = await printer.print(RECEIPT, timeout=SOON)
        assert again.confirmed


async def test_a_link_lost_between_jobs_is_made_anew() -> None:
    async with rig() as ble, ble.printer() as printer:
        for number in range(3):
            assert (await printer.print(RECEIPT, timeout=SOON)).confirmed
            ble.wire.hang_up()
            await ble.bench.happened(What.DISCONNECTED, number + 1)
        assert len(ble.bench.tickets) == 3


async def test_what_came_before_the_loss_is_still_received() -> None:
    async with rig() as ble:
        link = ble.link()
        await link.open(Deadline.after(SOON))
        await link.send(b"\x10\x04\x01")
        while not link._last.inbox:  # type: ignore[union-attr]
            await asyncio.sleep(0.001)
        ble.wire.hang_up()
        await ble.bench.happened(What.DISCONNECTED)
        with pytest.raises(Disconnected):
            for _ in range(3):
                await link.send(b"more")
        assert len(await link.receive()) == 1
        with pytest.raises(Disconnected):
            await within(Deadline.after(SOON), link.receive())
        await link.close()


async def test_a_deadline_on_sending_leaves_an_exact_count_and_the_next_one_waits() -> None:
    async with rig("stall-at=600") as ble:
        link = ble.link()
        await link.open(Deadline.after(SOON))
        clock = ManualClock()
        sending = asyncio.create_task(within(Deadline.after(1, clock), link.send(b"\n" * 20_000)))
        before = -1
        while before < 600 or sum(ble.wire.writes) > before:  # until no more is taken
            before = sum(ble.wire.writes)
            await asyncio.sleep(0.1)
        clock.advance(1)
        with pytest.raises(TimeoutError):
            await sending
        taken = link.taken
        assert 600 <= taken == sum(ble.wire.writes) < 20_000
        with pytest.raises(TimeoutError):
            await within(Deadline.after(0.05), link.send(b"!"))
        assert link.taken == taken
        ble.bench.printer.resume()
        await within(Deadline.after(SOON), link.send(b"!"))
        assert link.taken == taken + 1 == sum(ble.wire.writes)
        await link.close()


async def test_closing_ending_and_aborting_may_be_said_twice() -> None:
    async with rig() as ble:
        link = ble.link()
        for end in (link.send, link.close):
            await link.open(Deadline.after(SOON))
            assert link.taken == 0
            listening = asyncio.create_task(link.receive())
            await asyncio.sleep(0)
            await link.send_eof()
            with pytest.raises(Closed):
                await link.send(b"x")
            if end == link.close:
                await link.close()
                await link.close()
                assert await listening == b""
                assert await link.receive() == b""
            else:
                link.abort()
                link.abort()
                with pytest.raises(Disconnected):
                    await listening
                with pytest.raises(Disconnected):
                    await link.receive()
            with pytest.raises(Closed):
                await link.send(b"x")


async def test_never_open() -> None:
    link = BleLink(parse_url("ble://AA:BB:CC:DD:EE:FF"))
    for call in (lambda: link.send(b"x"), link.send_eof, link.receive):
        with pytest.raises(Closed):
            await call()
    await link.close()
    link.abort()


async def test_nobody_there() -> None:
    async with rig() as ble:
        link = BleLink(parse_url("ble://AA:BB:CC:DD:EE:FF"), backend=client_onto(ble.wire))
        with pytest.raises(Disconnected, match="no answer in time") as caught:
            await link.open(Deadline.after(0.2))
        assert "Switch the printer on" in caught.value.remedy("en")


class TestAConnectionThatIsLostWhileItIsMade:
    """BlueZ tells of it now and then, and the next attempt goes through (hbldh/bleak, issue 1489)."""

    @staticmethod
    def failing(ble: Rig, problems: list[Exception]) -> tuple[BleLink, list[int]]:
        """A link whose attempts are lost with these, one after the other; and when each was, in bytes written."""
        attempts: list[int] = []

        class Lost(client_onto(ble.wire)):  # type: ignore[misc]  # a class that is made for this wire
            async def connect(self, *args: object, **options: object) -> None:
                attempts.append(len(ble.wire.writes))
                await super().connect(*args, **options)
                if problems:
                    raise problems.pop(0)

        return BleLink(parse_url(ble.bench.url), backend=Lost), attempts

    async def test_it_is_tried_again(self) -> None:
        gone = BleakError("failed to discover services, device disconnected")
        aborted = BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"])
        async with rig() as ble:
            link, attempts = self.failing(ble, [gone, aborted])
            await link.open(Deadline.after(SOON))
            await link.send(b"once\n")
            await link.close()
            assert attempts == [0, 0, 0]
            assert ble.bench.printer.uncut().text() == "once\n"

    async def test_but_not_for_ever(self) -> None:
        async with rig() as ble:
            link, attempts = self.failing(ble, [BleakError("device disconnected") for _ in range(9)])
            with pytest.raises(Disconnected, match="device disconnected") as caught:
                await link.open(Deadline.after(SOON))
            assert len(attempts) == 3
            assert "nearer" in caught.value.remedy("en")

    async def test_nor_beyond_the_deadline(self) -> None:
        async with rig() as ble:
            link, attempts = self.failing(ble, [BleakError("device disconnected") for _ in range(9)])
            with pytest.raises(Disconnected, match="device disconnected"):
                await link.open(Deadline.after(0.1, ManualClock()))
            assert len(attempts) == 1

    @pytest.mark.parametrize(
        "problem",
        [
            BleakDeviceNotFoundError("AA:BB:CC:DD:EE:FF"),
            BleakDBusError("org.bluez.Error.NotReady", []),
            OSError("no radio"),
        ],
        ids=lambda problem: type(problem).__name__,
    )
    async def test_what_stays_wrong_is_told_at_once(self, problem: Exception) -> None:
        async with rig() as ble:
            link, attempts = self.failing(ble, [problem])
            with pytest.raises(Disconnected):
                await link.open(Deadline.after(SOON))
            assert len(attempts) == 1


async def test_another_service_than_asked_for() -> None:
    async with rig() as ble:
        with pytest.raises(Disconnected, match="no service that is known to print"):
            await ble.link("?profile=issc").open(Deadline.after(SOON))
        link = ble.link("?profile=18f0")
        await link.open(Deadline.after(SOON))
        await link.close()


@pytest.mark.parametrize(
    "url",
    [
        "ble://printer",
        "ble://AA:BB:CC:DD:EE",
        "ble://AA:BB:CC:DD:EE:FF?profile=18f1",
        "ble://AA:BB:CC:DD:EE:FF?window=65",
        "ble://AA:BB:CC:DD:EE:FF?window=-1",
        "ble://AA:BB:CC:DD:EE:FF?speed=9600",
    ],
)
async def test_bad_urls_name_what_is_wrong(url: str) -> None:
    with pytest.raises(BadUrl) as caught:
        BleLink(parse_url(url))
    assert isinstance(caught.value, PosError)
    assert caught.value.remedy("en")


async def test_an_identifier_of_macos_is_an_address() -> None:
    BleLink(parse_url("ble://6B1E9C1A-3C0E-4C55-9E57-0C6C2C0B8E11"))


async def test_the_table_of_services_is_whole() -> None:
    for service in gatt_services().values():
        for uuid in (service.service, service.write, service.notify, service.credits, service.grants):
            assert uuid is None or (len(uuid) == 36 and uuid == uuid.lower())
        assert service.source
        assert (service.credits is None) == (service.grants is None)


async def test_a_printer_of_this_process_is_found_by_its_address_alone() -> None:
    first, second = "F0:00:00:00:00:01", "F0:00:00:00:00:02"
    async with (
        ReceiptPrinterBench.ble(profile=PROFILE, address=first) as one,
        ReceiptPrinterBench.ble(profile=PROFILE, address=second) as other,
    ):
        assert other.url == f"ble://{second}"
        async with ReceiptPrinter.open(other.url.lower(), profile=PROFILE) as printer:
            assert (await printer.print(RECEIPT, timeout=SOON)).confirmed
        assert (await other.ticket(1)).text
        assert one.tickets == ()
    assert not plugged_in("ble")
