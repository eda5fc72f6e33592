"""The printer drops the link over Bluetooth LE at a fixed sample of bytes: what the job says agrees with the paper.

A write under way when the link drops may or may not have arrived, so more is "unknown" here than on a cable; what must
hold is that `confirmed` means one whole ticket, `none` no ink at all, and that whoever sends again only what is safe
never gets two. The control sends again after every error, and does.
"""

from __future__ import annotations

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import DeviceError
from posdevkit.events import Delivery
from posdevkit.links.ble import BleLink
from posdevkit.links.url import parse_url
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.ble import BleWire
from posdevkit_emulators.wires.bleak_backend import client_onto

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
MARK = "Æblejuice"
SMALL = Receipt().title("Kvittering").row(MARK, "28,00").qr("https://r.example/1").cut()
GREETING = len(EscPosSession(PROFILE).greeting())
JOB = compose(SMALL, PROFILE).compiled
REQUEST = len(EscPosSession(PROFILE).completion_request()[0])
END = GREETING + len(JOB.data) + REQUEST
SAMPLE = sorted({0, 1, GREETING, GREETING + 1, *(GREETING + end for end in JOB.ends[::4]), END - REQUEST, END - 1, END})


async def print_with_link_dropped(at: int, *, mtu: int, guard: bool = True) -> tuple[Delivery, int, int]:
    """What the last attempt said; how many whole tickets came out; on how many the text stands, whole or not."""
    async with ReceiptPrinterBench.ble(profile=PROFILE, faults=[f"close-at={at}"], mtu=mtu) as bench:
        wire = bench.wire
        assert isinstance(wire, BleWire)
        backend = client_onto(wire)
        printer = ReceiptPrinter(bench.url, PROFILE, make_link=lambda: BleLink(parse_url(bench.url), backend=backend))
        for _ in range(3):
            job = await printer.submit(SMALL)
            try:
                await job.wait(20)
            except DeviceError:
                if job.outcome.safe_to_retry or not guard:
                    continue
            break
        await printer.close()
    whole = sum(MARK in ticket.text and ticket.cut for ticket in bench.tickets)
    return job.outcome.delivery, whole, sum(ticket.text.count(MARK) for ticket in bench.tickets)


@pytest.mark.parametrize("mtu", [23, 517])
async def test_what_the_job_says_agrees_with_the_paper(mtu: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.01, 0.02))
    seen = set()
    for at in SAMPLE:
        delivery, whole, marks = await print_with_link_dropped(at, mtu=mtu)
        assert marks <= 1, at
        assert (delivery is not Delivery.CONFIRMED) or whole == 1, at
        assert (delivery is not Delivery.NONE) or marks == 0, at
        assert delivery in (Delivery.CONFIRMED, Delivery.UNKNOWN), at
        seen.add(delivery)
    assert seen == {Delivery.CONFIRMED, Delivery.UNKNOWN}


async def test_the_control_sends_again_after_every_error_and_gets_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    printed = [(await print_with_link_dropped(at, mtu=23, guard=False))[2] for at in (END - REQUEST, END - 1)]
    assert max(printed) == 2
