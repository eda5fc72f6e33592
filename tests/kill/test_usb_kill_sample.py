"""The USB printer leaves the bus at a fixed sample of bytes: what the job says agrees with the paper.

The endpoint takes exactly what the printer takes, so a bad contact is as exact here as a cable cut in memory: the job
holds no more and no less than the printer got. After a power cut, what was taken may have been lost in the printer.
"""

from __future__ import annotations

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import DeviceError
from posdevkit.events import Delivery
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.usb import UsbWire

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
MARK = "Æblejuice"
SMALL = Receipt().title("Kvittering").row(MARK, "28,00").qr("https://r.example/1").cut()
JOB = compose(SMALL, PROFILE).compiled
GREETING = len(EscPosSession(PROFILE).greeting())
REQUEST = len(EscPosSession(PROFILE).completion_request()[0])
END = len(JOB.data) + REQUEST
SAMPLE = sorted({0, 1, *JOB.ends[::4], len(JOB.data) // 2, len(JOB.data) - 1, END - 1, END})


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0, 0.06, 0.1, 0.2))
    monkeypatch.setattr("posdevkit.links.usb._LAST_WORD_MS", 5)


async def print_until(fault: str, *, guard: bool = True, retry: bool = True) -> tuple[Delivery, int, int]:
    """What the last attempt said; how many whole tickets came out; how often the text stands on paper."""
    async with ReceiptPrinterBench.usb(profile=PROFILE, faults=[fault]) as bench:
        printer = ReceiptPrinter(bench.url, PROFILE)
        for _ in range(3 if retry else 1):
            job = await printer.submit(SMALL)
            try:
                await job.wait(20)
            except DeviceError:
                if job.outcome.safe_to_retry or not guard:
                    continue
            break
        await printer.close()
    assert isinstance(bench.wire, UsbWire)
    assert bench.wire.backend.handles == 0
    whole = sum(MARK in ticket.text and ticket.cut for ticket in bench.tickets)
    return job.outcome.delivery, whole, sum(ticket.text.count(MARK) for ticket in bench.tickets)


@pytest.mark.parametrize("fault", ["close-at", "power-cut-at"])
@pytest.mark.parametrize("end", SAMPLE)
async def test_what_the_job_says_agrees_with_the_paper(fault: str, end: int) -> None:
    delivery, whole, marks = await print_until(f"{fault}={GREETING + end}", retry=False)
    assert delivery in {Delivery.CONFIRMED, Delivery.UNKNOWN, Delivery.NONE}
    assert marks <= 1
    if delivery is Delivery.CONFIRMED:
        assert whole == 1
    if delivery is Delivery.NONE:
        assert marks == 0
    if fault == "close-at" and 0 < end < len(JOB.data):
        assert (delivery, whole) == (Delivery.UNKNOWN, 0)


async def test_whoever_sends_again_only_when_safe_gets_one_ticket_at_most_and_the_control_gets_two() -> None:
    control = 0
    for end in [*SAMPLE[::3], END]:
        assert (await print_until(f"close-at={GREETING + end}"))[2] <= 1
        control = max(control, (await print_until(f"close-at={GREETING + end}", guard=False))[2])
    assert control == 2
