"""The label printer against the emulated one: what comes out, who has to act, and what is known afterwards."""

from __future__ import annotations

import asyncio
import functools
import io
from collections.abc import Awaitable, Callable
from typing import ParamSpec

import pytest

from posdevkit import aio
from posdevkit.documents import Label
from posdevkit.errors import Cancelled, CoverOpen, DocumentTooWide, NoAnswer, Paused, Unconfirmed
from posdevkit.events import Delivery, Evidence
from posdevkit_emulators.labels import LabelPrinterBench, PrintedLabel
from posdevkit_emulators.printers.effects import What
from tests.trouble import stands_in_the_way

P = ParamSpec("P")


def on_a_loop(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    @functools.wraps(test)
    def run(*args: P.args, **named: P.kwargs) -> None:
        async def once() -> None:
            await test(*args, **named)

        asyncio.run(once())

    return run


NASTY = "Café ^XZ~JA _5E >; \\& 5€ 日本"


def label(text: str = NASTY) -> Label:
    return (
        Label(50, 40)
        .text(2, 2, text, height=3)
        .box(1, 1, 48, 38)
        .barcode(5, 8, "590123412345", "EAN13", height=8)
        .barcode(5, 21, "AB>123456{x", height=5)
        .qr(36, 8, "https://r.example/^XZ~JA", module=0.375)
    )


def decoded(printed: PrintedLabel) -> set[str]:
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image

    return {found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(printed.png())).convert("L"))}


@on_a_loop
async def test_a_label_comes_out_as_it_was_meant_and_its_symbols_can_be_read() -> None:
    async with LabelPrinterBench.tcp() as bench, aio.LabelPrinter.open(bench.url) as printer:
        outcome = await printer.print(label(), copies=2, timeout=10)
        second = await bench.label(2)
        assert bench.model.printed == 2
        assert printer.identity.model == "EMULATED-ZPL"
    assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.IN_ORDER_STATUS)
    assert second.texts == (NASTY,)
    assert (second.raster.width, second.raster.height) == (400, 320)
    assert not second.troubles
    assert decoded(second) == {"5901234123457", "AB>123456{x", "https://r.example/^XZ~JA"}


@on_a_loop
async def test_silence_while_the_head_is_open_is_told_as_something_to_do() -> None:
    async with LabelPrinterBench.tcp() as bench, aio.LabelPrinter.open(bench.url) as printer:
        bench.open_head()
        job = await printer.submit(label())
        await stands_in_the_way(job, NoAnswer)
        with pytest.raises(NoAnswer) as caught:
            await job.wait(0.05)
        assert "print head" in caught.value.remedy()
        assert caught.value.job is job
        bench.close_head()
        assert (await job.wait(10)).delivery is Delivery.SENT
        assert bench.model.printed == 1


@on_a_loop
async def test_silence_at_the_greeting_holds_the_job_back() -> None:
    async with LabelPrinterBench.tcp() as bench:
        bench.run_out()
        async with aio.LabelPrinter.open(bench.url) as printer:
            job = await printer.submit(label())
            await stands_in_the_way(job, NoAnswer)
            with pytest.raises(NoAnswer):
                await job.wait(0.05)
            assert job.outcome.delivery is Delivery.NONE
            bench.load_media()
            assert (await job.wait(10)).delivery is Delivery.SENT
    assert bench.model.printed == 1


@on_a_loop
async def test_a_paused_printer_says_so_and_goes_on() -> None:
    async with LabelPrinterBench.tcp(faults=["pause-after=1"]) as bench, aio.LabelPrinter.open(bench.url) as printer:
        job = await printer.submit(label(), copies=3)
        await stands_in_the_way(job, Paused)
        with pytest.raises(Paused):
            await job.wait(0.05)
        assert job.outcome.delivery is not Delivery.SENT
        bench.resume()
        assert (await job.wait(10)).delivery is Delivery.SENT
        assert bench.model.printed == 3
        assert (await printer.status()).paused is False


@on_a_loop
async def test_abandoning_while_paused_drops_the_labels_and_the_printer_says_so() -> None:
    async with LabelPrinterBench.tcp(faults=["pause-after=1"]) as bench, aio.LabelPrinter.open(bench.url) as printer:
        job = await printer.submit(label(), copies=3)
        await stands_in_the_way(job, Paused)
        with pytest.raises(Paused):
            await job.wait(0.05)
        outcome = await job.abandon()
        assert (outcome.delivery, outcome.evidence) == (Delivery.PARTIAL, Evidence.CLEARED)
        with pytest.raises(Cancelled):
            await job.wait(10)
        bench.resume()
        assert bench.model.printed == 1


@on_a_loop
async def test_a_cable_cut_in_a_label_is_unknown_and_the_next_label_is_whole() -> None:
    async with LabelPrinterBench.tcp(faults=["close-at=200"]) as bench, aio.LabelPrinter.open(bench.url) as printer:
        with pytest.raises(Unconfirmed) as caught:
            await printer.print(label("first"), timeout=10)
        assert caught.value.outcome is not None
        assert caught.value.outcome.delivery is Delivery.UNKNOWN
        assert (await printer.print(label("second"), timeout=10)).delivery is Delivery.SENT
        assert [one.texts for one in bench.labels] == [("second",)]


@pytest.mark.parametrize("size", [1, 7])
@on_a_loop
async def test_pieces_make_no_difference(size: int) -> None:
    async with LabelPrinterBench.tcp(faults=[f"split={size}"]) as bench, aio.LabelPrinter.open(bench.url) as printer:
        await printer.print(label(), timeout=10)
        assert (await bench.label(1)).texts == (NASTY,)


@on_a_loop
async def test_what_is_off_the_label_is_refused_before_a_byte_leaves() -> None:
    async with LabelPrinterBench.tcp() as bench, aio.LabelPrinter.open(bench.url) as printer:
        with pytest.raises(DocumentTooWide, match=r"elements\[0\]"):
            await printer.print(Label(50, 30).box(10, 10, 45, 10))
        assert bench.model.printed == 0
        assert bench.count(What.LABEL) == 0
        assert (await printer.print(label(), timeout=10)).delivery is Delivery.SENT


@on_a_loop
async def test_a_mute_printer_is_sent_at_once() -> None:
    async with (
        LabelPrinterBench.tcp() as bench,
        aio.LabelPrinter.open(bench.url, profile="generic-zpl-mute") as printer,
    ):
        outcome = await printer.print(label(), timeout=5)
        assert (outcome.delivery, outcome.evidence) == (Delivery.SENT, Evidence.NONE)
        assert (await bench.label(1)).texts == (NASTY,)


def test_the_head_is_told_by_models_that_go_on_answering() -> None:
    from posdevkit.devices.troubles import trouble_of
    from posdevkit.protocols.zpl.status import HostStatusFacts

    assert trouble_of(HostStatusFacts(head_open=True).status) is CoverOpen
