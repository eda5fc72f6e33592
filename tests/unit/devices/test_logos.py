"""Pictures that a printer keeps: stored once, checked before a job, kept over power cycles."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from posdevkit.aio import ReceiptPrinter
from posdevkit.cli.main import main
from posdevkit.devices.job import CarriedJob
from posdevkit.devices.promised import composed_for
from posdevkit.documents import Receipt
from posdevkit.errors import BadDocument, BadImage, PrinterFault, Unsupported
from posdevkit.paper import RasterBlock
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.logos import key_blocks
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

TM = "epson-tm-t88v"
PROFILE = load_profile(TM)


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[ReceiptPrinterBench, ReceiptPrinter]]:
    async with (
        ReceiptPrinterBench.tcp(profile=PROFILE) as emulated,
        ReceiptPrinter.open(emulated.url, profile=TM) as printer,
    ):
        yield emulated, printer


def picture(width: int = 48, dark: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, 16), dark).save(file, "PNG")
    return file.getvalue()


@pytest.mark.asyncio
async def test_stored_once_printed_by_key_and_deleted() -> None:
    async with pair() as (emulated, printer):
        assert await printer.logos() == ()
        with pytest.raises(BadDocument, match="keeps no logo '01'") as caught:
            await printer.print(Receipt().text("never").logo("01").cut())
        assert "posdevkit logo store" in caught.value.remedy()
        assert await printer.store_logo("01", picture())
        assert not await printer.store_logo("01", picture())
        assert await printer.logos() == ("01",)
        outcome = await printer.print(Receipt().logo("01", scale=2, align="left").cut())
        assert outcome.confirmed
        ticket = await emulated.ticket()
        assert [(item.x, item.width, item.height) for item in ticket.paper.items if isinstance(item, RasterBlock)] == [
            (0, 96, 32)
        ]
        assert await printer.delete_logo("01")
        assert not await printer.delete_logo("01")
        with pytest.raises(BadDocument):
            await printer.submit(Receipt().logo("01"))
        assert len(emulated.tickets) == 1


@pytest.mark.asyncio
async def test_a_record_tells_a_changed_picture_from_the_same(tmp_path: Path) -> None:
    record = tmp_path / "logos.json"
    async with pair() as (_, printer):
        assert await printer.store_logo("01", picture(), record=record)
        assert not await printer.store_logo("01", picture(), record=record)
        assert await printer.store_logo("01", picture(64), record=record)
        assert not await printer.store_logo("01", picture(64), record=record)
        assert not await printer.store_logo("01", picture())  # without the record, what is there is left alone
        assert await printer.store_logo("01", picture(), replace=True)
        record.write_text("no JSON", encoding="utf-8")
        assert await printer.store_logo("01", picture(), record=record)


@pytest.mark.asyncio
async def test_what_is_kept_outlives_the_power() -> None:
    async with ReceiptPrinterBench.tcp(profile=PROFILE) as emulated:
        async with ReceiptPrinter.open(emulated.url, profile=TM) as printer:
            for number in range(45):  # more than one block of keys
                await printer.store_logo(f"{number:02d}", picture(8 + number))
        emulated.printer.power_cycle()
        async with ReceiptPrinter.open(emulated.url, profile=TM) as printer:
            assert await printer.logos() == tuple(f"{number:02d}" for number in range(45))


@pytest.mark.asyncio
async def test_what_cannot_be_kept_is_told() -> None:
    async with pair() as (emulated, printer):
        file = io.BytesIO()
        Image.new("L", (512, 7000), 0).save(file, "PNG")
        with pytest.raises(PrinterFault, match="did not keep"):
            await printer.store_logo("01", file.getvalue())
        with pytest.raises(BadImage):
            await printer.store_logo("01", b"no picture")
        with pytest.raises(BadDocument, match="key"):
            await printer.store_logo("1", picture())
        assert await printer.logos() == ()
    async with (
        ReceiptPrinterBench.tcp() as emulated,
        ReceiptPrinter.open(emulated.url, profile="generic-80mm") as other,
    ):
        with pytest.raises(Unsupported):
            await other.logos()
        with pytest.raises(Unsupported):
            await other.print(Receipt().logo("01"))


@pytest.mark.asyncio
async def test_a_job_with_a_logo_goes_to_no_other_printer() -> None:
    async with pair() as (emulated, printer):
        await printer.store_logo("01", picture())
        printer._fallback = ReceiptPrinter("tcp://127.0.0.1:1", PROFILE, name="other")
        emulated.printer.open_cover()
        job = await printer.submit(Receipt().logo("01"))
        assert isinstance(job, CarriedJob)
        assert not await printer._reroute(job)
        emulated.printer.close_cover()
        assert (await job.wait(20)).confirmed


@pytest.mark.asyncio
async def test_a_promise_is_judged_while_the_printer_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.promised.LOGO_SECONDS", 0.2)
    async with pair() as (emulated, printer):
        with pytest.raises(BadDocument, match="keeps no logo"):
            await composed_for(printer, Receipt().logo("01"))
        emulated.printer.run_out()
        waiting = await printer.submit(Receipt().text("waits").cut())
        await asyncio.sleep(0.1)
        assert (await composed_for(printer, Receipt().logo("01"))).compiled.data.endswith(b"0E01\x01\x01")
        emulated.printer.load_paper()
        assert (await waiting.wait(20)).confirmed


@pytest.mark.asyncio
async def test_a_question_waits_for_the_job_under_way() -> None:
    async with pair() as (emulated, printer):
        emulated.printer.run_out()
        job = await printer.submit(Receipt().text("first").cut())
        asked = asyncio.create_task(printer.logos(timeout=20))
        await asyncio.sleep(0.1)
        assert not asked.done()
        emulated.printer.load_paper()
        assert (await job.wait(20)).confirmed
        assert await asked == ()


def test_blocks_of_keys() -> None:
    assert [block.encode() for block in key_blocks([])] == [b"7r@\0"]
    assert [block.encode() for block in key_blocks([b"01", b"AB"])] == [b"7r@01AB\0"]
    keys = [b"%02d" % number for number in range(41)]
    assert [block.encode() for block in key_blocks(keys)] == [b"7rA" + b"".join(keys[:40]) + b"\0", b"7r@40\0"]


def test_the_command_line(
    make_receipt_printer: MakeReceiptPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulated = make_receipt_printer(profile=TM)
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    assert main(["logo", "store", emulated.url, "01", str(file)]) == 0
    assert main(["logo", "store", emulated.url, "01", str(file)]) == 0
    assert main(["logo", "list", emulated.url]) == 0
    assert main(["logo", "delete", emulated.url, "01", "--json"]) == 0
    assert main(["logo", "list", emulated.url, "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": 01 ")[2] for line in lines[:2]] == [
        "stored",
        "was there already, and was not written again",
    ]
    assert lines[2] == "01"
    assert '"deleted": true' in lines[3]
    assert '"keys": []' in lines[4]


# Downloaded ones


@pytest.mark.asyncio
async def test_downloaded_ones_are_listed_stored_and_deleted_apart_and_end_with_the_next_job() -> None:
    async with pair() as (emulated, printer):
        assert await printer.store_logo("01", picture())
        assert await printer.logos(downloaded=True) == ()
        assert await printer.store_logo("D1", picture(), downloaded=True)
        assert not await printer.store_logo("D1", picture(64), downloaded=True)
        assert await printer.store_logo("D1", picture(64), downloaded=True, replace=True)
        assert await printer.store_logo("D2", picture(), downloaded=True)
        assert await printer.logos(downloaded=True) == ("D1", "D2")
        assert await printer.logos() == ("01",)
        assert await printer.delete_logo("D1", downloaded=True)
        assert not await printer.delete_logo("01", downloaded=True)
        assert await printer.logos(downloaded=True) == ("D2",)
        assert (await printer.print(Receipt().logo("01").cut())).confirmed  # what is kept is still known
        assert await printer.logos(downloaded=True) == ()
        assert len(emulated.tickets) == 1


@pytest.mark.asyncio
async def test_a_downloaded_one_is_written_into_no_record_and_has_less_room(tmp_path: Path) -> None:
    record = tmp_path / "logos.json"
    async with pair() as (_, printer):
        assert await printer.store_logo("D1", picture(), downloaded=True, record=record)
        assert not record.exists()
        tall = io.BytesIO()
        Image.new("L", (512, 300), 0).save(tall, "PNG")  # 19,200 bytes of dots; the working memory has 12,288
        with pytest.raises(PrinterFault, match="did not keep"):
            await printer.store_logo("D2", tall.getvalue(), downloaded=True)


@pytest.mark.asyncio
async def test_a_picture_with_a_key_is_sent_once_and_printed_as_often_as_it_stands_there() -> None:
    async with pair() as (emulated, printer):
        keyed = plain = Receipt()
        for _ in range(5):
            keyed = keyed.image(picture(400), key="A1").text("x")
            plain = plain.image(picture(400)).text("x")
        assert (await printer.print(keyed.cut())).confirmed
        assert (await printer.print(plain.cut())).confirmed
        first, second = emulated.tickets
        assert first.paper.items == second.paper.items
        assert sum(isinstance(item, RasterBlock) for item in first.paper.items) == 5
        assert first.size < second.size / 3


def test_the_command_line_of_downloaded_ones(
    make_receipt_printer: MakeReceiptPrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulated = make_receipt_printer(profile=TM)
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    assert main(["logo", "store", emulated.url, "D1", str(file), "--downloaded"]) == 0
    assert main(["logo", "list", emulated.url]) == 0
    assert main(["logo", "list", emulated.url, "--downloaded"]) == 0
    assert main(["logo", "delete", emulated.url, "D1", "--downloaded", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("D1 stored")
    assert lines[1] == "D1"
    assert '"deleted": true' in lines[2]
