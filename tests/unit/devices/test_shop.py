"""A shop with a device of every kind, each an emulator: lazy, one handle each, and everything closed."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest

import posdevkit
from posdevkit import Label, Money, NoWeight, Receipt
from posdevkit.aio import Card, Shop
from posdevkit.errors import BadConfiguration, Closed, Disconnected
from posdevkit.events import LinkRestored
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.labels import LabelPrinterBench
from posdevkit_emulators.readers import StripeReaderBench
from posdevkit_emulators.scales import ScaleModel
from posdevkit_emulators.scanners import ScannerBench
from posdevkit_emulators.scanners.wires import SocketWire
from posdevkit_emulators.terminals import PaymentTerminalBench

pytestmark = pytest.mark.asyncio

ONE = "%B4111111111111111^HANSEN/KIRSTEN^29121010000000000?"
TWO = ";4111111111111111=29121010000000000?"


def described(folder: Path, **urls: str) -> Path:
    """A shop's file with a device of each kind, named like its kind."""
    path = folder / "shop.toml"
    path.write_text("".join(f'[{k}.{k}]\nurl = "{url}"\n' for k, url in urls.items()).replace("_", "-"), "utf-8")
    return path


async def test_every_kind_is_opened_by_its_name(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        printer = await stack.enter_async_context(ReceiptPrinterBench.tcp())
        labels = await stack.enter_async_context(LabelPrinterBench.tcp())
        scanner = await stack.enter_async_context(ScannerBench.tcp())
        stripe = await stack.enter_async_context(StripeReaderBench())
        terminal = await stack.enter_async_context(PaymentTerminalBench())
        display = await stack.enter_async_context(GadgetBench.tcp(DisplayModel()))
        scale = await stack.enter_async_context(GadgetBench.tcp(ScaleModel(Decimal(1250))))
        path = described(
            tmp_path,
            printer=printer.url,
            label_printer=labels.url,
            scanner=scanner.url,
            card_reader=stripe.url,
            payment_terminal=terminal.url,
            display=display.url,
            scale=scale.url,
        )
        async with Shop.load(path) as shop:
            assert not list(tmp_path.glob("payments*"))
            await shop.printer().print(Receipt().text("A").cut())
            assert (await printer.ticket(1)).text == "A\n"
            await shop.label_printer().print(Label(50, 30).text(2, 2, "B"))
            assert (await labels.label(1)).texts == ("B",)
            async with asyncio.timeout(10):
                reader = await shop.scanner()
                await heard(scanner)
                with reader.scans() as scans:
                    await scanner.scan("4006381333931", "E0")
                    assert (await anext(scans)).payload.reveal() == "4006381333931"
            await stripe_swiped(shop, stripe)
            payment = await shop.payment_terminal().pay(Money(7000, "EUR"), intent="sale-1")
            assert payment.approved
            await shop.display().show("Flat white", "38,00")
            await display.until(lambda: display.gadget.lines[0].startswith("Flat white"))
            weight = await shop.scale().weigh()
            assert not isinstance(weight, NoWeight)
            assert weight.grams == 1250
            for give in (shop.printer, shop.label_printer, shop.card_reader, shop.payment_terminal):
                assert give() is give(give.__name__.replace("_", "-"))
            for also in (shop.display, shop.scale):
                assert also() is also(also.__name__.replace("_", "-"))
            assert await shop.scanner("scanner") is reader
            held = shop.display()
        assert (tmp_path / "payments-payment-terminal.jsonl").read_text("utf-8").count("sale-1") == 2
        with pytest.raises(Closed):
            await held.show("late")
        async with Shop.load(path) as shop:  # the journal was let go, and remembers
            assert (await shop.payment_terminal().pay(Money(7000, "EUR"), intent="sale-1")).approved
        assert len(terminal.model.ledger) == 1


async def heard(bench: ScannerBench) -> None:
    """A host is there: what is scanned before that is lost, as on a real cable."""
    assert isinstance(bench.wire, SocketWire)
    await bench.wire.came.wait()


async def stripe_swiped(shop: Shop, stripe: StripeReaderBench) -> None:
    """A card, and one more after the cable was drawn."""
    reader = shop.card_reader()
    for _ in range(2):
        reading = asyncio.create_task(reader.read(timeout=5))
        await stripe.swipe(ONE, TWO)
        assert isinstance(await reading, Card)
        waiting = asyncio.create_task(reader.read(timeout=5))
        await stripe.send(b"")
        await stripe.unplug()
        with pytest.raises(Disconnected):
            await waiting
        await stripe.plug()


async def test_a_device_that_is_off_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    gone = "tcp://127.0.0.1:1"
    async with GadgetBench.tcp(ScaleModel(Decimal(5))) as scale:
        path = described(tmp_path, scanner=gone, display="tcp://127.0.0.1:2", scale=scale.url)
        async with Shop.load(path) as shop:
            await shop.scanner()
            with pytest.raises(Disconnected):
                await shop.display().show("x")
            assert not isinstance(await shop.scale().weigh(), NoWeight)


async def test_a_scanner_that_comes_later_is_heard(tmp_path: Path) -> None:
    async with ScannerBench.tcp() as bench:
        url = bench.url
        await bench.unplug()
        async with Shop.load(described(tmp_path, scanner=url)) as shop, asyncio.timeout(20):
            scanner = await shop.scanner()
            with scanner.events() as events, scanner.scans() as scans:
                await bench.plug()
                assert isinstance(await anext(events), LinkRestored)
                await heard(bench)
                await bench.scan("4006381333931", "E0")
                assert (await anext(scans)).payload.reveal() == "4006381333931"


async def test_the_blocking_face_listens_as_well(tmp_path: Path) -> None:
    subscribed = threading.Event()

    async with ScannerBench.tcp() as bench:
        path = described(tmp_path, scanner=bench.url)

        def read() -> str:
            with posdevkit.Shop.load(path) as shop, shop.scanner().scans() as scans:
                assert shop.scanner() == shop.scanner("scanner")
                subscribed.set()
                return next(scans.blocking(20)).payload.reveal()

        reading = asyncio.create_task(asyncio.to_thread(read))
        await asyncio.to_thread(subscribed.wait, 20)
        await heard(bench)
        await bench.scan("4006381333931", "E0")
        assert await reading == "4006381333931"


async def test_names_that_are_missing_or_many(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('[scale.a]\nurl = "memory://a"\n[scale.b]\nurl = "memory://b"\n', "utf-8")
    async with Shop.load(path) as shop:
        assert (shop.names("scale"), shop.names("display"), shop.printers) == (("a", "b"), (), ())
        for give, name, told in (
            (shop.scale, "", "Name one of a, b."),
            (shop.scale, "c", "Those in this shop: a, b."),
            (shop.display, "", "[display.NAME]"),
            (shop.display, "a", "none"),
        ):
            with pytest.raises(BadConfiguration) as caught:
                give(name)
            assert told in caught.value.remedy()


async def test_one_that_cannot_be_closed_keeps_none_from_being_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('[scale.a]\nurl = "memory://a"\n[scale.b]\nurl = "memory://b"\n', "utf-8")
    shop = Shop.load(path)
    first, last = shop.scale("a"), shop.scale("b")

    async def broken() -> None:
        raise Disconnected("b")

    monkeypatch.setattr(last, "close", broken)
    with pytest.raises(Disconnected):
        await shop.close()
    with pytest.raises(Closed):
        await first.weigh()
