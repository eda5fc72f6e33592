"""Documents in Star's languages, byte by byte, and what is refused before a byte leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.devices.compose import compose
from posdevkit.devices.preview import preview
from posdevkit.documents import Barcode, Raster, Receipt, Symbology
from posdevkit.errors import BadDocument, Unsupported
from posdevkit.layout.operations import CutPaper, KickDrawer, Operation, PrintLine, PrintRaster, RawBytes
from posdevkit.paper import render_job
from posdevkit.profiles import load_profile
from posdevkit.protocols.star.compiler import compile_job
from posdevkit.protocols.star.raster_compiler import compile_raster_job

PRNT = load_profile("star-mc-print3")
LINE = load_profile("star-tsp650ii")
DOTS = load_profile("star-tsp100")


def written(receipt: Receipt, profile: str = "star-mc-print3") -> bytes:
    return compose(receipt, load_profile(profile)).compiled.data


def test_text_in_its_style_and_on_its_page() -> None:
    # Codes as ReceiptPrinterEncoder writes them: windows1252 is page 32, bold ESC E and ESC F, size height first.
    receipt = Receipt().text("hello").text("héllo", bold=True, underline=True, invert=True, width=2, height=3)
    assert written(receipt) == (b"\x1b@\x1b\x1dt\x01hello\n\x1bE\x1b-\x01\x1b4\x1bi\x02\x01h\x82llo\n")
    assert written(Receipt().text("€", font="B").text("x")) == (
        b"\x1b@\x1b\x1eF\x01\x1b\x1dt\x20\x80\n\x1b\x1eF\x00x\n"
    )
    assert written(Receipt().text("x", align="center")) == b"\x1b@\x1b\x1da\x01\x1b\x1dt\x01x\n"


def test_a_qr_code_as_receipt_printer_encoder_writes_it() -> None:
    data = b"https://nielsleenheer.com"
    peer = b"\x1b\x1dyS0\x02\x1b\x1dyS2\x06\x1b\x1dyS1\x01\x1b\x1dyD1\x00\x19\x00" + data + b"\x1b\x1dyP"
    assert written(Receipt().qr(data.decode(), module=6, level="M", align="left")) == b"\x1b@" + peer


def test_a_picture_in_columns_as_receipt_printer_encoder_writes_it() -> None:
    dot = Raster(8, 24, b"\x80" + bytes(23))
    band = b"\x1bX\x08\x00\x80" + bytes(23)
    job = compile_job([PrintRaster(dot, "left")], LINE)
    assert job.data == b"\x1b@\x1b0" + band + b"\n\x1bz\x01"  # its line ends with a carriage return too


def test_a_picture_in_columns_is_fed_over_its_white_rows() -> None:
    # 300 white rows, ink in rows 300 and 326, and white ones to row 333: ESC I feeds eighths of a millimetre, a dot
    # each; a band begins where the ink does and its 24 rows reach beyond it.
    rows = bytearray(333)
    rows[300], rows[326] = 0x80, 0x01
    job = compile_job([PrintRaster(Raster(8, 333, bytes(rows)), "left")], LINE)
    first = b"\x1bX\x08\x00\x80" + bytes(23) + b"\n"
    second = b"\x1bX\x08\x00" + bytes(21) + b"\x80\x00\x00" + b"\n"
    assert job.data == b"\x1b@\x1b0\x1bI\xff\x1bI\x2d" + first + b"\x1bI\x02" + second + b"\x1bz\x01"
    (ticket,) = render_job(job.data, LINE)
    assert ticket.height == 350
    assert [at for at in range(ticket.height) if any(ticket.raster().data[at * 72 : at * 72 + 72])] == [300, 326]


def test_a_line_that_is_drawn_is_as_high_as_the_others() -> None:
    fonts = sorted((Path(__file__).parents[2] / "fixtures" / "fonts").glob("*.?tf"))
    heights = [preview(Receipt().row(label, "1,00"), LINE, fonts=fonts)[0].height for label in ("Te", "שלום", "日本茶")]
    assert heights == [32, 32, 32]


def test_a_picture_in_rows_as_pystarprnt_writes_it() -> None:
    rows = bytes(range(72)) * 48
    job = compile_job([PrintRaster(Raster(576, 48, rows), "left")], PRNT)
    assert job.data == b"\x1b@\x1b\x1dS\x01\x48\x00\x30\x00\x00" + rows
    tall = compile_job([PrintRaster(Raster(8, 300, bytes(300)), "left")], PRNT)
    assert tall.data.count(b"\x1b\x1dS\x01") == 2


def test_a_barcode_as_receipt_printer_encoder_writes_it() -> None:
    barcode = Barcode("3130630574613", Symbology.EAN13, 60, 4, "none", "left")
    assert written(Receipt([barcode])) == b"\x1b@\x1bb\x03\x01\x03\x3c3130630574613\x1e"


@pytest.mark.parametrize(
    ("symbology", "data", "module", "mode"),
    [
        (Symbology.UPC_E, "01234500005", 2, 1),
        (Symbology.CODE39, "ABC", 2, 4),
        (Symbology.CODABAR, "A12B", 3, 5),
        (Symbology.ITF, "1234", 2, 1),
        (Symbology.ITF, "1234", 4, 2),
        (Symbology.CODE93, "AB", 4, 3),
    ],
)
def test_the_mode_whose_bars_are_as_wide_as_asked(symbology: Symbology, data: str, module: int, mode: int) -> None:
    job = written(Receipt([Barcode(data, symbology, 80, module, "below", "left")]))
    assert job[job.index(b"\x1bb") + 3 : job.index(b"\x1bb") + 6] == bytes([2, mode, 80])


def test_feeds_cuts_and_drawers() -> None:
    assert written(Receipt().feed(255)) == b"\x1b@\x1ba\x7f\x1ba\x7f\x1ba\x01"
    assert written(Receipt().text("x").cut()).endswith(b"x\n\x1bd\x03")
    assert written(Receipt().text("x").cut(partial=False), "star-tsp700ii").endswith(b"x\n\x1bd\x02")
    assert written(Receipt().text("x").cut(partial=False)).endswith(b"x\n\x1bd\x03")  # it makes no full cuts
    assert written(Receipt().drawer(2, milliseconds=200)) == b"\x1b@\x1b\x07\x14\x28\x07"
    assert written(Receipt().drawer(5)) == b"\x1b@\x1a"


def test_after_raw_bytes_everything_is_set_anew() -> None:
    job = written(Receipt().text("a").raw(b"\x1bE").text("b"))
    assert job == (
        b"\x1b@\x1b\x1dt\x01a\n\x1bE\x1b\x1da\x00\x1b\x1eF\x00\x1bF\x1b-\x00\x1b5\x1bi\x00\x00\x1b\x1dt\x01b\n"
    )


@pytest.mark.parametrize(
    ("receipt", "remedy"),
    [
        (Receipt().text("x", width=7), "at most 6"),
        (Receipt().qr("x", module=9), "module=8"),
        (Receipt([Barcode("5901234123457", Symbology.EAN13, text="above")]), "text='below'"),
        (Receipt([Barcode("5901234123457", Symbology.EAN13, module=5)]), "module=2 or 3 or 4"),
        (Receipt([Barcode("1234", Symbology.ITF, module=3)]), "module=2 or 4"),
    ],
)
def test_what_star_has_no_words_for_is_refused_and_drawn_where_dots_are_sent(receipt: Receipt, remedy: str) -> None:
    with pytest.raises(Unsupported) as raised:
        written(receipt)
    assert remedy in raised.value.remedy()
    assert written(receipt, "star-tsp100").startswith(b"\x1b*rR\x1b*rA")


def test_a_job_in_raster_mode() -> None:
    """As receiptline writes one: enter, page length 0, rows, leave; ours tells first how it ends."""
    operations: list[Operation] = [
        PrintRaster(Raster(24, 3, b"\x80\x00\x00\x00\x00\x00\xff\x01\x00"), "left"),
        CutPaper(True),
    ]
    job = compile_raster_job(operations, DOTS)
    assert job.data == (
        b"\x1b*rR\x1b*rA\x1b*rP0\0\x1b*rE13\0b\x01\x00\x80\x1b*rY1\0b\x02\x00\xff\x01\x1b\x0c\x04\x1b*rB"
    )
    assert list(job.ends) == [job.data.index(b"\x1b\x0c"), len(job.data)]
    assert job.proof_at == len(job.data)


def test_raster_mode_is_left_before_what_is_no_dots() -> None:
    row = PrintRaster(Raster(8, 1, b"\xff"), "left")
    job = compile_raster_job([row, KickDrawer(2, 200), RawBytes(b"raw"), CutPaper(False), row], DOTS)
    enter, leave = b"\x1b*rR\x1b*rA\x1b*rP0\0", b"\x1b*rB"
    assert job.data == (
        enter + b"\x1b*rE1\0" b"b\x01\x00\xff" b"\x1b\x0c\x04" + leave + b"\x1b\x07\x14\x28\x07" b"raw"
        + enter + b"\x1b*rE13\0" b"b\x01\x00\x00" b"\x1b\x0c\x04"  # nothing is executed without a row
        + b"\x1b*rE1\0" b"b\x01\x00\xff" b"\x1b\x0c\x04" + leave
    )  # fmt: skip


@pytest.mark.parametrize(("align", "row"), [("left", "80"), ("center", "00" * 35 + "10"), ("right", "00" * 71 + "01")])
def test_dots_are_moved_to_their_place(align: str, row: str) -> None:
    width = {"left": 1, "center": 9, "right": 1}[align]
    raster = Raster(width, 1, b"\x80" if width == 1 else b"\x80\x00")
    job = compile_raster_job([PrintRaster(raster, align)], DOTS)  # type: ignore[arg-type]  # one of the three
    data = bytes.fromhex(row)
    assert b"b" + len(data).to_bytes(2, "little") + data + b"\x1b\x0c" in job.data


def test_what_does_not_fit_is_refused() -> None:
    wide = PrintRaster(Raster(584, 1, bytes(73)), "left")
    for compiled, profile in ((compile_job, PRNT), (compile_raster_job, DOTS)):
        with pytest.raises(BadDocument):
            compiled([wide], profile)
        with pytest.raises(Unsupported, match="cutter"):
            compiled([CutPaper(True)], replace(profile, cutter=None))
    with pytest.raises(TypeError):
        compile_raster_job([PrintLine(())], DOTS)
    assert compile_raster_job([], DOTS).data == b""


@pytest.mark.parametrize(
    ("claim", "receipt"),
    [
        ({"symbols": frozenset({"PDF417"})}, Receipt().symbol("a", "PDF417")),
        ({"barcodes": frozenset({Symbology.DATABAR})}, Receipt().barcode("05901234123457", "DATABAR")),
    ],
    ids=["symbol", "bars"],
)
def test_a_profile_that_claims_what_there_is_no_command_for_is_told_what_to_do(
    claim: dict[str, object], receipt: Receipt
) -> None:
    profile = replace(load_profile("star-mc-print3"), **claim)  # type: ignore[arg-type]
    with pytest.raises(Unsupported) as told:
        compose(receipt, profile)
    assert "sent as dots" in told.value.remedy()
