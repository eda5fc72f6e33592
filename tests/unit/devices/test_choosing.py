"""`profile="auto"`: the printer says what it is, and is believed."""

from __future__ import annotations

import asyncio

import pytest

from posdevkit import Receipt
from posdevkit.aio import ReceiptPrinter
from posdevkit.devices.receipt_printer import asking_printer
from posdevkit.errors import BadConfiguration, Disconnected
from posdevkit.events import Delivery, LinkRestored, ProfileChosen
from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    "name",
    [
        "epson-tm-t88v",
        "epson-tm-t20iii",
        "hprt-tp80k",
        "hprt-tp808",
        "pos-5890",
        "citizen-ct-s310ii",
        "star-mpop",
        "star-tsp650ii",
        "star-tsp100",
    ],
)
async def test_a_printer_that_answers_gets_its_own_profile(name: str) -> None:
    async with (
        ReceiptPrinterBench.tcp(profile=name) as bench,
        ReceiptPrinter.open(bench.url, profile="auto") as printer,
    ):
        assert printer.profile is load_profile(name)
        assert printer.chosen is not None
        assert (printer.chosen.known, printer.chosen.profile, printer.chosen.remedy) == (True, name, "")
        outcome = await printer.print(Receipt().row("Flat white", "38,00").cut())
        assert outcome.delivery in (Delivery.CONFIRMED, Delivery.SENT)
        if load_profile(name).cutter is None:
            bench.printer.tear_off()
        assert "Flat white" in (await bench.ticket(1)).text or name == "star-tsp100"


async def test_it_is_what_open_does_when_nothing_is_said() -> None:
    async with ReceiptPrinterBench.tcp(profile="epson-tm-t88v") as bench, ReceiptPrinter.open(bench.url) as printer:
        assert printer.profile.name == "epson-tm-t88v"


async def test_one_that_nobody_knows_is_generic_and_says_so_with_the_remedy() -> None:
    async with (
        ReceiptPrinterBench.tcp(profile="generic-58mm") as bench,
        ReceiptPrinter.open(bench.url, profile="auto") as printer,
    ):
        assert printer.profile.name == "generic-80mm"
        assert printer.chosen is not None
        assert not printer.chosen.known
        assert printer.chosen.model == "ESC/POS receipt printer, 58 mm"
        assert "profile probe" in printer.chosen.remedy


async def test_one_that_never_answers_prints_all_the_same() -> None:
    async with (
        ReceiptPrinterBench.tcp(profile="generic-mute") as bench,
        ReceiptPrinter.open(bench.url, profile="auto") as printer,
    ):
        assert printer.chosen is not None
        assert not printer.chosen.known
        outcome = await printer.print(Receipt().text("mute").cut())
        assert outcome.delivery is Delivery.SENT
        ticket = await bench.ticket(1)
        # What asked for Star's language has printed nothing.
        assert ticket.text.split() == ["mute"]


async def test_a_printer_without_paper_tells_later_and_is_heard() -> None:
    async with (
        ReceiptPrinterBench.tcp(profile="epson-tm-t88v", faults=["paper-out-after=0"]) as bench,
        ReceiptPrinter.open(bench.url, profile="auto") as printer,
    ):
        assert printer.chosen is not None
        assert not printer.chosen.known
        events = printer.events()
        bench.printer.load_paper()
        async with asyncio.timeout(10):
            async for event in events:
                if isinstance(event, ProfileChosen):
                    break
        assert isinstance(event, ProfileChosen)
        assert event.known
        assert printer.profile.name == event.profile == "epson-tm-t88v"


async def test_the_choice_outlives_a_reconnect() -> None:
    async with (
        ReceiptPrinterBench.tcp(profile="star-mpop") as bench,
        ReceiptPrinter.open(bench.url, profile="auto") as printer,
    ):
        events = printer.events()
        bench.printer.power_cycle()
        async with asyncio.timeout(10):
            async for event in events:
                if isinstance(event, LinkRestored):
                    break
        outcome = await printer.print(Receipt().text("again").cut())
        assert printer.profile.name == "star-mpop"
        assert outcome.delivery is Delivery.CONFIRMED


async def test_nothing_is_laid_out_for_a_printer_that_could_not_be_asked() -> None:
    printer = asking_printer("tcp://127.0.0.1:9")
    with pytest.raises(Disconnected):
        await printer.print(Receipt().text("a"), timeout=5)
    await printer.close()


async def test_in_a_shops_file(tmp_path: object) -> None:
    from pathlib import Path

    from posdevkit.aio import Shop

    assert isinstance(tmp_path, Path)
    async with ReceiptPrinterBench.tcp(profile="hprt-tp80k") as bench:
        file = tmp_path / "shop.toml"
        file.write_text(f'[printer.counter]\nurl = "{bench.url}"\nprofile = "auto"\n', "utf-8")
        async with Shop.load(file) as shop:
            await shop.printer("counter").print(Receipt().text("from the shop").cut())
            assert shop.printer("counter").profile.name == "hprt-tp80k"
        file.write_text(
            f'[printer.counter]\nurl = "{bench.url}"\nprofile = "auto"\noptions = {{ paper_mm = 58 }}\n', "utf-8"
        )
        with pytest.raises(BadConfiguration, match="goes without options"):
            Shop.load(file)


@pytest.mark.parametrize(
    ("url", "language"),
    [("usb://0519:0003", "star-line"), ("usb://04b8:0e15", "escpos"), ("tcp://192.168.1.87", "escpos")],
)
async def test_a_stars_usb_vendor_is_believed_before_a_byte_is_sent(url: str, language: str) -> None:
    printer = asking_printer(url)
    assert printer.profile.language == language
    await printer.close()
