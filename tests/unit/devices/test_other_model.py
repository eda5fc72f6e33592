"""A profile was named, and the printer says that it is clearly another model: told with the remedy, and printed on."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from posdevkit import Receipt
from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.choosing import other_model
from posdevkit.events import Delivery, OtherModelTold
from posdevkit.profiles import load_profile
from posdevkit.protocols.conversation import Identity
from posdevkit_emulators.bench import ReceiptPrinterBench

WIRES: dict[str, Callable[[str], ReceiptPrinterBench]] = {
    "tcp": lambda profile: ReceiptPrinterBench.tcp(profile=profile),
    "serial": lambda profile: ReceiptPrinterBench.pty(profile=profile),
    "usb": lambda profile: ReceiptPrinterBench.usb(profile=profile),
    "ble": lambda profile: ReceiptPrinterBench.ble(profile=profile),
}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")


@pytest.mark.parametrize(
    ("wire", "named", "there"),
    [
        ("tcp", "epson-tm-t88v", "epson-tm-t20iii"),
        pytest.param("serial", "epson-tm-t88v", "hprt-tp808", marks=POSIX),
        ("usb", "epson-tm-t20iii", "epson-tm-t88v"),
        ("ble", "epson-tm-t88v", "epson-tm-t20iii"),
        ("tcp", "star-mpop", "star-mc-print3"),
    ],
)
@pytest.mark.asyncio
async def test_another_model_is_told_and_printed_on(
    wire: str, named: str, there: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "posdevkit.devices")
    async with WIRES[wire](there) as bench, ReceiptPrinter(bench.url, load_profile(named), name="counter") as printer:
        events = printer.events()
        await printer.connect()
        told = await events.get(5)
        while not isinstance(told, OtherModelTold):
            told = await events.get(5)
        assert told == printer.other_model
        assert (told.device, told.profile, told.suggested) == ("counter", named, there)
        assert told.model
        assert there in told.remedy
        outcome = await printer.print(Receipt().text("hello").cut())
        assert outcome.delivery in (Delivery.CONFIRMED, Delivery.SENT)
        assert printer.profile.name == named
        assert "hello" in (await bench.ticket(1)).text
    assert caplog.text.count(f", not {named}. Name {there} instead") == 1


@pytest.mark.parametrize(
    ("named", "there"), [("epson-tm-t88v", "epson-tm-t88v"), ("generic-80mm", "epson-tm-t88v"), ("auto", "star-mpop")]
)
@pytest.mark.asyncio
async def test_the_right_one_and_a_generic_one_are_not_doubted(named: str, there: str) -> None:
    async with (
        ReceiptPrinterBench.tcp(profile=there) as bench,
        ReceiptPrinter.open(bench.url, profile=named) as printer,
    ):
        await printer.print(Receipt().text("hello").cut())  # the identity was asked for before
        assert printer.identity.model
        assert printer.other_model is None


def test_only_what_is_known_and_clearly_another_counts() -> None:
    profile = load_profile("epson-tm-t88v")
    assert other_model(profile, Identity()) is None
    assert other_model(profile, Identity(maker="EPSON")) is None
    assert other_model(profile, Identity("EPSON", "TM-T88V")) is None
    assert other_model(profile, Identity("EPSON", "a model of tomorrow")) is None
    assert other_model(profile, Identity("EPSON", "TM-T20III")) == "epson-tm-t20iii"
    # A file of one's own for the same model is no other model.
    mine = replace(load_profile("epson-tm-t20iii"), name="mine.toml")
    assert other_model(mine, Identity("EPSON", "TM-T20III")) is None
