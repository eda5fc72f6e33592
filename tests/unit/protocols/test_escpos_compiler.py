"""Operations to bytes, held against bytes written down by hand from Epson's pages."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from posdevkit.documents import Barcode, Logo, QrCode, Raster, Style, Symbol, Symbology, TextEffect
from posdevkit.errors import BadDocument, Unsupported
from posdevkit.layout import (
    CutPaper,
    FeedLines,
    KickDrawer,
    Operation,
    PrintBarcode,
    PrintBlock,
    PrintLine,
    PrintLogo,
    PrintQr,
    PrintRaster,
    PrintSymbol,
    RawBytes,
    Run,
    SoundBuzzer,
    SpaceLines,
)
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.compiler import GUARD, Compiled, compile_job
from posdevkit.protocols.escpos.logos import LIST_DOWNLOADED, LIST_LOGOS, delete_logo, store_logo

WIDE = load_profile("generic-80mm")
TM = load_profile("epson-tm-t88v")
PLAIN, BOLD = Style(), Style(bold=True)


def compiled(*operations: Operation) -> bytes:
    data = compile_job(operations, WIDE).data
    assert data.startswith(b"\x1b@")
    return data[2:]


def line(text: bytes, style: Style = PLAIN, page: int = 0) -> PrintLine:
    return PrintLine((Run(text, page, style),))


def test_text_changes_only_what_changes() -> None:
    assert compiled(line(b"a"), line(b"b", BOLD), line(b"c", BOLD), line(b"d")) == (
        b"\x1bt\x00a\n" + b"\x1bE\x01b\n" + b"c\n" + b"\x1bE\x00d\n"
    )


def test_every_style_has_its_command() -> None:
    style = Style(bold=True, underline=True, invert=True, width=2, height=3, font="B")
    assert compiled(line(b"x", style)) == b"\x1bM\x01\x1bE\x01\x1b-\x01\x1dB\x01\x1d!\x12\x1bt\x00x\n"


def test_the_rarer_looks_are_changed_only_where_they_change() -> None:
    effects = frozenset(get_args(TextEffect))
    able = replace(WIDE, text_effects=effects)

    def sent(*operations: Operation) -> bytes:
        return compile_job(operations, able).data[2:]

    style = Style(font="C", smooth=True, second_color=True, rotate=True, upside_down=True, spacing=5)
    assert set(style.effects) == effects
    on = b"\x1bM\x02\x1db\x01\x1br\x01\x1bV\x01\x1b{\x01\x1b\x20\x05"
    off = b"\x1bM\x00\x1db\x00\x1br\x00\x1bV\x00\x1b{\x00\x1b\x20\x00"
    assert sent(line(b"a", style), line(b"b", style), line(b"c")) == on + b"\x1bt\x00a\nb\n" + off + b"c\n"
    # Dots and symbols stand upright and black between such lines; a caller's own bytes meet none of it.
    dots = PrintRaster(Raster(8, 1, b"\xff"), "left")
    turned = Style(upside_down=True, second_color=True)
    there, back = b"\x1br\x01\x1b{\x01", b"\x1br\x00\x1b{\x00"
    found = sent(line(b"a", turned), dots, line(b"b", turned))
    assert found.replace(GUARD, b"") == there + b"\x1bt\x00a\n" + back + b"\x1dv0\0\x01\0\x01\0\xff" + there + b"b\n"
    assert sent(line(b"a", turned), RawBytes(b"\x07")) == there + b"\x1bt\x00a\n" + back + b"\x07"


def test_what_the_model_lacks_is_not_sent() -> None:
    assert compiled(line(b"a", Style(smooth=True, second_color=True, bold=True))) == b"\x1bE\x01\x1bt\x00a\n"


def test_a_line_in_runs_and_a_block_of_lines() -> None:
    runs = PrintLine((Run(b"k", 0, PLAIN), Run(b"\xf8d", 16, PLAIN)), "right")
    assert compiled(runs) == b"\x1ba\x02\x1bt\x00k\x1bt\x10\xf8d\n"
    block = PrintBlock((b"a", b"b"), 16, BOLD, "center")
    assert compiled(block) == b"\x1ba\x01\x1bE\x01\x1bt\x10a\nb\n"


def test_a_block_is_the_same_as_its_lines() -> None:
    lines = [line(text, BOLD, 16) for text in (b"a", b"b", b"c")]
    assert compiled(PrintBlock((b"a", b"b", b"c"), 16, BOLD)) == compiled(*lines)


def test_after_raw_bytes_everything_is_set_anew() -> None:
    assert compiled(line(b"a"), RawBytes(b"\x1bE\x01"), line(b"b")) == (
        b"\x1bt\x00a\n\x1bE\x01" + b"\x1ba\x00\x1bM\x00\x1bE\x00\x1b-\x00\x1dB\x00\x1d!\x00\x1bt\x00b\n"
    )


def test_symbols() -> None:
    ean = PrintBarcode(Barcode("5701234567899", Symbology.EAN13, height=60, module=3, text="none", align="left"))
    assert compiled(ean) == b"\x1dh\x3c\x1dw\x03\x1dH\x00\x1df\x00\x1dk\x43\x0d5701234567899"
    code = PrintBarcode(Barcode("Ab12", Symbology.CODE128, align="left"))
    assert compiled(code).endswith(b"\x1dk\x49\x06{BAb12")
    qr = PrintQr(QrCode("æ", module=4, level="H", align="left"))
    assert compiled(qr) == (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x04\x1d(k\x03\x001E3\x1d(k\x05\x001P0\xc3\xa6\x1d(k\x03\x001Q0"
    )


def test_other_symbols() -> None:
    pdf = PrintSymbol(Symbol("æ", "PDF417", 2, correction=3, columns=4, align="left"))
    assert compiled(pdf) == (
        b"\x1d(k\x03\x000A\x04\x1d(k\x03\x000B\x00\x1d(k\x03\x000C\x02\x1d(k\x03\x000D\x03\x1d(k\x04\x000E03"
        b"\x1d(k\x03\x000F\x00\x1d(k\x05\x000P0\xc3\xa6\x1d(k\x03\x000Q0"
    )
    matrix = PrintSymbol(Symbol("ab", module=5, align="right"))
    assert compiled(matrix) == (
        b"\x1ba\x02\x1d(k\x05\x006B\x00\x00\x00\x1d(k\x03\x006C\x05\x1d(k\x05\x006P0ab\x1d(k\x03\x006Q0"
    )
    aztec = PrintSymbol(Symbol("ab", "AZTEC", 4, correction=30, align="left"))
    assert compiled(aztec) == (
        b"\x1d(k\x04\x005B\x00\x00\x1d(k\x03\x005C\x04\x1d(k\x03\x005E\x1e\x1d(k\x05\x005P0ab\x1d(k\x03\x005Q0"
    )
    maxi = PrintSymbol(Symbol("AB", "MAXICODE", align="left"))
    assert compiled(maxi) == b"\x1d(k\x03\x002A4\x1d(k\x05\x002P0AB\x1d(k\x03\x002Q0"
    micro = PrintSymbol(Symbol("12", "MICRO-QR", 4, correction=1, align="left"))
    assert compiled(micro) == (
        b"\x1d(k\x04\x001A3\x00\x1d(k\x03\x001C\x04\x1d(k\x03\x001E1\x1d(k\x05\x001P012\x1d(k\x03\x001Q0"
    )


def test_a_buzzer_sounds_as_the_model_has_it() -> None:
    for how, sent in (("esc_b", b"\x1bB\x03\x02"), ("esc_paren_a", b"\x1b(A\x03\x00a\x01\x03")):
        job = compile_job([line(b"a"), SoundBuzzer(3)], replace(WIDE, buzzer=how))  # type: ignore[arg-type]  # its names
        assert job.data.endswith(b"a\n" + sent)
        assert job.data[: job.proof_at].endswith(b"a\n")


def test_logos() -> None:
    assert compiled(PrintLogo(Logo("A1", 2, "left"))) == b"\x1d(L\x06\x000EA1\x02\x02"
    assert store_logo("A1", Raster(9, 2, b"\xaa\x80\x55\x00")) == (
        b"\x1d(L\x0f\x000C0A1\x01\x09\x00\x02\x00\x31\xaa\x80\x55\x00"
    )
    assert delete_logo("A1") == b"\x1d(L\x04\x000BA1"
    assert LIST_LOGOS == b"\x1d(L\x04\x000@KC"


DEFINE_A1 = b"\x1d(L\x0f\x000S0A1\x01\x09\x00\x02\x00\x31\xaa\x80\x55\x00"
SHOW_A1 = b"\x1d(L\x06\x000UA1\x01\x01"
DOTS = Raster(9, 2, b"\xaa\x80\x55\x00")


def test_a_picture_with_a_key_is_downloaded_once_in_a_job() -> None:
    twice = compile_job((PrintRaster(DOTS, "left", "A1"),) * 2, TM).data
    assert twice.endswith(DEFINE_A1 + SHOW_A1 + SHOW_A1)
    # Another one under the same key is brought anew, and so is one that a caller's bytes may have made forgotten.
    other = compile_job((PrintRaster(DOTS, "left", "A1"), PrintRaster(Raster(8, 1, b"\xff"), "left", "A1")), TM).data
    assert other.count(b"0S0A1") == 2
    raw = compile_job((PrintRaster(DOTS, "left", "A1"), RawBytes(b"\x1b@"), PrintRaster(DOTS, "left", "A1")), TM).data
    assert raw.count(DEFINE_A1) == 2
    assert LIST_DOWNLOADED == b"\x1d(L\x04\x000PKC"
    assert delete_logo("A1", downloaded=True) == b"\x1d(L\x04\x000RA1"


def test_where_a_picture_cannot_be_downloaded_its_dots_are_sent() -> None:
    assert b"0S0" not in compiled(PrintRaster(DOTS, "left", "A1"))  # no stored pictures
    large = Raster(512, 200, bytes(12_800))  # more than the working memory
    assert b"0S0" not in compile_job((PrintRaster(large, "left", "A1"),) * 2, TM).data
    half = Raster(512, 120, bytes(7_680))
    job = compile_job((PrintRaster(half, "left", "A1"), PrintRaster(half, "left", "A2")) * 2, TM).data
    assert (job.count(b"0S0A1"), job.count(b"0UA1"), job.count(b"0S0A2"), job.count(b"0p0")) == (1, 2, 0, 2)


def test_bars_of_gs1() -> None:
    def sent(data: str, symbology: Symbology) -> bytes:
        return compiled(PrintBarcode(Barcode(data, symbology, align="left")))

    elements = "(01)05701234567899(10)A1(17)261231"
    assert sent(elements, Symbology.GS1_128).endswith(b"\x1dkJ\x24(01)05701234567899(10)A1{1(17)261231")
    assert sent(elements, Symbology.DATABAR_EXPANDED).endswith(b"\x1dkN\x24(01)05701234567899(10)A1{1(17)261231")
    assert sent("05701234567899", Symbology.DATABAR).endswith(b"\x1dkK\x0d0570123456789")
    assert sent("05701234567899", Symbology.DATABAR_TRUNCATED).endswith(b"\x1dkL\x0d0570123456789")
    assert sent("05701234567899", Symbology.DATABAR_LIMITED).endswith(b"\x1dkM\x0d0570123456789")


def test_mechanics() -> None:
    assert compiled(FeedLines(3)) == b"\x1bd\x03"
    assert compiled(CutPaper(partial=True)) == b"\x1dVB\x00"
    assert compiled(CutPaper(partial=False)) == b"\x1dVA\x00"
    assert compiled(KickDrawer(5, 120)) == b"\x1bp\x01\x3c\x78"
    assert compiled(KickDrawer(2, 510)) == b"\x1bp\x00\xff\xff"


def test_a_cutter_that_only_cuts_partially() -> None:
    assert TM.cutter is not None
    assert not TM.cutter.full
    assert compile_job([CutPaper(partial=False)], TM).data.endswith(b"\x1dVB\x00")
    with pytest.raises(Unsupported, match="has no cutter"):
        compile_job([CutPaper(partial=True)], replace(WIDE, cutter=None))


@pytest.mark.parametrize("height", [1, 99, 100, 101, 200, 250])
def test_pictures_come_in_bands_of_which_none_is_too_high(height: int) -> None:
    profile = replace(WIDE, max_band_rows=100)
    picture = Raster(12, height, bytes(n % 251 for n in range(2 * height)))
    rest = compile_job([PrintRaster(picture, "left")], profile).data
    assert rest.startswith(b"\x1b@\x1d(D\x05\x00\x14\x01\x00\x02\x00")
    rest = rest[len(b"\x1b@\x1d(D\x05\x00\x14\x01\x00\x02\x00") :]
    dots, rows = b"", []
    while rest:
        assert rest.startswith(b"\x1dv0\x00\x02\x00")
        count = int.from_bytes(rest[6:8], "little")
        rows.append(count)
        dots += rest[8 : 8 + 2 * count]
        rest = rest[8 + 2 * count :]
    assert dots == picture.data
    assert sum(rows) == height
    assert max(rows) <= 100


def test_graphics_beyond_65535_bytes_take_the_long_prefix() -> None:
    profile = replace(WIDE, graphics="gs_paren_l", max_band_rows=1000, realtime_guard=False)
    small = compile_job([PrintRaster(Raster(8, 2, b"\x81\x42"), "left")], profile).data[2:]
    assert small == b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x02\x00\x81\x42" + b"\x1d(L\x02\x0002"
    large = compile_job([PrintRaster(Raster(576, 960, bytes(69120)), "left")], profile).data[2:]
    assert large.startswith(b"\x1d8L" + (69120 + 10).to_bytes(4, "little") + b"0p0\x01\x011\x40\x02\xc0\x03")


def test_a_picture_wider_than_the_paper_is_refused() -> None:
    with pytest.raises(BadDocument, match="584 dots on 576"):
        compile_job([PrintRaster(Raster(584, 1, bytes(73)))], WIDE)


def test_the_proof_is_asked_behind_the_last_thing_printed() -> None:
    job = compile_job([line(b"a"), CutPaper(partial=True), KickDrawer(2, 100)], WIDE)
    assert job.data[: job.proof_at].endswith(b"\x1dVB\x00")
    assert job.data[job.proof_at :] == b"\x1bp\x00\x32\x64"
    only = compile_job([KickDrawer(2, 100)], WIDE)
    assert only.proof_at == len(only.data)


def test_ends_are_where_one_operation_stops_and_the_next_begins() -> None:
    job: Compiled = compile_job([line(b"ab"), FeedLines(1), line(b"c")], WIDE)
    assert [job.data[:end] for end in job.ends] == [
        b"\x1b@\x1bt\x00ab\n",
        b"\x1b@\x1bt\x00ab\n\x1bd\x01",
        b"\x1b@\x1bt\x00ab\n\x1bd\x01c\n",
    ]
    assert [job.next_end(taken) for taken in (0, 8, 9, 10, 13, 99)] == [8, 8, 11, 11, 13, 13]
    assert job.longest == 8


def test_a_picture_in_columns_for_models_without_raster() -> None:
    columns = replace(WIDE, graphics="esc_star")
    # Two columns of 25 rows: the first black on the left, the second row by row; the last row stands in a band of its
    # own. ESC 3 24 keeps the bands together, ESC * 33 has 24 dots to a column and every dot across (Epson
    # esc_asterisk).
    picture = Raster(2, 25, b"\x80" * 24 + b"\x40")
    sent = compile_job([PrintRaster(picture, "left"), line(b"a")], columns).data[2:].replace(GUARD, b"")
    bands = b"\x1b*\x21\x02\x00\xff\xff\xff\0\0\0\n" + b"\x1b*\x21\x02\x00\0\0\0\x80\0\0\n"
    assert sent == b"\x1b3\x18" + bands + b"\x1b2" + b"\x1bt\x00a\n"
    spaced: list[Operation] = [SpaceLines(40), PrintRaster(picture, "left")]
    assert compile_job(spaced, columns).data.endswith(bands + b"\x1b3\x28")


def test_a_model_without_pictures_refuses_them() -> None:
    bare = load_profile("epson-tm-u220")
    with pytest.raises(Unsupported, match="epson-tm-u220 prints no pictures"):
        compile_job([PrintRaster(Raster(8, 1, b"\xff"), "left")], bare)
