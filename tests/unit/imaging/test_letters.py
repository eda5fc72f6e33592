"""Lines that are drawn: connected, in order, in their columns; and never a letter that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from posdevkit.devices.compose import compose, letters_of
from posdevkit.devices.preview import preview
from posdevkit.documents import Column, Raster, Receipt, Span, Style
from posdevkit.errors import InputFailed, Unsupported
from posdevkit.imaging import shaping
from posdevkit.imaging.fonts import FontFile, named_fonts, system_fonts
from posdevkit.imaging.letters import FontLetters
from posdevkit.imaging.shaping import Typeface, script_of
from posdevkit.layout import DrawText, Lettering, PrintLine, PrintRaster, lay_out
from posdevkit.layout.bidi import starts_at_the_right
from posdevkit.paper.display import RasterBlock, TextCells
from posdevkit.paper.resident import BuiltIn
from posdevkit.profiles import FontMetrics, load_profile

FONTS = Path(__file__).parents[2] / "fixtures" / "fonts"
WIDE = load_profile("generic-80mm")
ALL = tuple(sorted(FONTS.glob("*.?tf")))


PLAIN = Style()


def _raster(text: str, style: Style = PLAIN, fonts: Sequence[Path] = ALL) -> Raster:
    letters = letters_of(tuple(fonts))
    right = starts_at_the_right(text)
    width = letters.width(text, style, WIDE.fonts[style.font], right_to_left=right)
    line = DrawText((Lettering(text, style, 0, right),), width)
    return letters.draw(line, lambda one: WIDE.fonts[one.font])


def _rows(raster: Raster) -> list[str]:
    at = range(0, len(raster.data), raster.stride)
    rows = (int.from_bytes(raster.data[start : start + raster.stride], "big") for start in at)
    return [format(row, f"0{8 * raster.stride}b")[: raster.width] for row in rows]


def _columns(raster: Raster) -> list[bool]:
    """Which columns have ink."""
    return ["1" in column for column in zip(*_rows(raster), strict=True)]


def _islands(raster: Raster) -> int:
    """Stretches of columns with ink between white ones."""
    columns = [False, *_columns(raster)]
    return sum(now and not before for before, now in pairwise(columns))


def test_arabic_is_connected_and_runs_to_the_left() -> None:
    # قهوة is one stroke of four joined letters; the same letters apart are four.
    joined, apart = _raster("قهوة"), _raster("ق\u200cه\u200cو\u200cة")
    assert _islands(joined) < _islands(apart)
    # The first letter of the line is at its right: what changes there leaves the left end as it was.
    one, other = _rows(_raster("قهوة")), _rows(_raster("لهوة"))
    assert [row[:8] for row in one[-20:]] == [row[:8] for row in other[-20:]]
    assert [row[-8:] for row in one] != [row[-8:] for row in other]


def test_lam_and_alef_are_one_letter() -> None:
    assert _raster("لا").width < _raster("ل\u200cا").width


def test_numbers_and_brackets_in_a_line_to_the_left() -> None:
    # "15" keeps its order between words that run to the left, and a bracket opens towards what it holds.
    letters = letters_of(ALL)
    runs = letters._runs("قهوة 15 (كوب)", Style(), right_to_left=True)
    told = [run.text for run in runs]
    assert told.index("15") < told.index("قهوة ")
    assert "".join(told[: told.index("15")]).strip() != ""
    mirrored = _rows(_raster("שלום (א"))
    plain = _rows(_raster("שלום )א"))
    assert mirrored != plain


def test_thai_vowels_and_tones_stand_above() -> None:
    plain, toned = _raster("น"), _raster("นี่")
    assert plain.width == toned.width
    assert "1" in "".join(_rows(toned)[: toned.height - plain.height + 4])
    assert _rows(_raster("นี")) != _rows(toned)


def test_thai_breaks_at_zero_width_spaces_and_never_within_what_a_reader_sees_as_one() -> None:
    words = ("กาแฟ", "เย็น", "น้ำตาล", "น้อย", "นี่", "คือ", "ข้อความ") * 3
    receipt = Receipt().text("\u200b".join(words)).row("\u200b".join(words), "38,00")
    receipt = receipt.columns("\u200b".join(words), "b", columns=[Column(10, wrap=False), Column()])
    layout = lay_out(receipt, WIDE, letters_of((FONTS / "thai.ttf",)))
    lines = [[piece.text for piece in one.pieces] for one in layout.operations if isinstance(one, DrawText)]
    assert not any("\u200b" in text for line in lines for text in line)
    starts, left = [word[:3] for word in words], "".join(words)
    for line in lines[:2]:
        assert left.startswith(line[0])
        left = left[len(line[0]) :]
        assert not left or left[:3] in starts
    assert left == ""
    # Without them a line breaks where it is full, and no vowel is parted from its consonant.
    layout = lay_out(Receipt().text("".join(words)), WIDE, letters_of((FONTS / "thai.ttf",)))
    first, second = [one.pieces[0].text for one in layout.operations if isinstance(one, DrawText)]
    assert first + second == "".join(words)
    assert first[-1] not in "เแโใไ"
    assert second[0] not in "ะาำๆ"


def test_devanagari_conjuncts_take_less_room_than_their_parts() -> None:
    assert _raster("क्ष").width < _raster("क\u200c्\u200cष").width
    # The vowel i is written before the consonant that it follows.
    assert _rows(_raster("त्रि"))[-10:] != _rows(_raster("त्र"))[-10:]


def test_ideographs_fill_two_cells() -> None:
    assert _raster("日本").width == 48
    assert _raster("日本", Style(width=2, height=2)).width == 96
    assert _raster("日本").height == 24


def test_an_emoji_in_colours_becomes_dots() -> None:
    raster = _raster("🍕")
    inked = sum(byte.bit_count() for byte in raster.data)
    assert 24 <= raster.width <= 32
    assert 40 < inked < raster.width * raster.height * 3 / 4


def test_letters_of_the_printer_keep_their_cells() -> None:
    # A drawn row ends at the same dot as one that the printer sets, with the same figures.
    receipt = Receipt().row("קפה", "38,00").row("Coffee", "38,00")
    (ticket,) = preview(receipt, WIDE, fonts=ALL)
    drawn = next(item for item in ticket.items if isinstance(item, RasterBlock))
    printed = next(item for item in ticket.items if isinstance(item, TextCells))
    assert (drawn.width, printed.x + printed.width) == (576, 576)
    rows = [row.rjust(576, "0")[-60:] for row in _rows(ticket.raster())]
    top = drawn.y
    assert rows[top : top + 24] == rows[printed.y : printed.y + 24]


def test_only_lines_that_must_be_are_drawn() -> None:
    job = compose(Receipt().text("Tea\nقهوة\nCoffee").row("Tea", "1"), WIDE, fonts=ALL)
    (ticket,) = preview(Receipt().text("Tea\nقهوة\nCoffee").row("Tea", "1"), WIDE, fonts=ALL)
    assert not job.findings
    assert ticket.text().splitlines()[0] == "Tea"
    assert ticket.text().splitlines()[1].startswith("[image ")
    assert ticket.text().splitlines()[2] == "Coffee"


def test_nothing_is_drawn_where_the_printer_has_it() -> None:
    kanji = load_profile("generic-80mm", {"multibyte": "jis"})
    operations = lay_out(Receipt().text("日本茶 Café"), kanji, letters_of(ALL)).operations
    assert [type(operation) for operation in operations] == [PrintLine]


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_alignment(align: str) -> None:
    (ticket,) = preview(Receipt().text("قهوة", align=align), WIDE, fonts=ALL)  # type: ignore[arg-type]
    (item,) = [item for item in ticket.items if isinstance(item, RasterBlock)]
    spare = 576 - item.width
    assert item.x == {"left": 0, "center": spare // 2, "right": spare}[align]


def test_wrapped_at_blanks_and_between_characters_of_a_word() -> None:
    letters = letters_of(ALL)
    narrow = load_profile("generic-58mm")
    long = "นี่คือข้อความที่" * 6
    for text in ("قهوة عربية بالهيل " * 6, long, "日本茶と抹茶ラテ。" * 5):
        lines = [one for one in lay_out(Receipt().text(text), narrow, letters).operations if isinstance(one, DrawText)]
        assert len(lines) > 1
        assert all(line.width <= narrow.width for line in lines)
        assert "".join(line.pieces[0].text for line in lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.pieces[0].text.startswith(("่", "้", "ี", "。", "、")) for line in lines)


def test_columns_of_a_table() -> None:
    plan = [Column(width=20), Column(width=8, align="center"), Column(align="right")]
    rows = [("قهوة عربية", "2", "30"), ("चाय", "1", "20"), ("Tea", "1", "9")]
    operations = lay_out(Receipt().table(rows, plan), WIDE, letters_of(ALL)).operations
    drawn = [one for one in operations if isinstance(one, DrawText)]
    assert [line.width for line in drawn] == [576, 576]
    assert drawn[0].pieces[0].left == 0
    assert {line.pieces[1].left for line in drawn} == {(20 + 1 + 3) * 12}
    assert {line.pieces[2].left for line in drawn} == {576 - 24}


def test_in_a_box_and_in_several_styles() -> None:
    receipt = Receipt().box(Receipt().text("שלום").text("Tea")).line("Sum ", Span("قهوة", Style(bold=True, height=2)))
    (ticket,) = preview(receipt, WIDE, fonts=ALL)
    text = ticket.text().splitlines()
    assert text[0].startswith("┌")
    assert text[1] == "[image 576x24]"
    assert text[2] == "│ Tea                                          │"
    assert text[4].startswith("[image ")


def test_looks() -> None:
    plain = _raster("שלום")
    bold, line, white = (_raster("שלום", Style(**{look: True})) for look in ("bold", "underline", "invert"))  # type: ignore[arg-type]
    ink = [sum(byte.bit_count() for byte in raster.data) for raster in (plain, bold, line, white)]
    assert ink[1] > ink[0]
    assert _rows(line)[-1] == "1" * line.width
    assert ink[3] == plain.width * 24 - ink[0]
    (upside,) = lay_out(Receipt().text("שלום", style=Style(upside_down=True)), WIDE, letters_of(ALL)).operations
    assert isinstance(upside, DrawText)
    turned = letters_of(ALL).draw(upside, lambda one: WIDE.fonts[one.font])
    assert [row[::-1] for row in reversed(_rows(turned))][: plain.height] == _rows(plain)


def test_a_look_that_drawn_letters_have_not_is_told() -> None:
    two_colours = load_profile("generic-80mm", {"text_effects": ["second_color"]})
    layout = lay_out(Receipt().text("قهوة", style=Style(second_color=True)), two_colours, letters_of(ALL))
    assert [finding.kind for finding in layout.findings] == ["plain-look"]


def test_a_font_that_the_model_has_not() -> None:
    plan = [Column(), Column()]
    with pytest.raises(Unsupported, match="no font C"):
        lay_out(Receipt().columns("قهوة", "1", columns=plan, font="C"), WIDE, letters_of(ALL))
    # Font B has smaller letters, drawn ones too.
    (line,) = lay_out(Receipt().text("قهوة", font="B"), WIDE, letters_of(ALL)).operations
    assert isinstance(line, DrawText)
    assert line.width < _raster("قهوة").width


@pytest.mark.parametrize("style", [Style(rotate=True), Style(spacing=3)])
def test_looks_that_are_not_drawn(style: Style) -> None:
    with pytest.raises(Unsupported, match="neither turned nor spaced out"):
        compose(Receipt().text("شاي", style=style), WIDE, fonts=ALL)


# Never a wrong letter, and never an empty box instead of one.


@pytest.mark.parametrize(
    ("text", "script", "package"),
    [
        ("Ж茶龘", "Chinese characters", "fonts-noto-cjk"),
        ("தேநீர்", "Tamil", "fonts-noto-core"),
        ("🦆", "emoji and symbols", "fonts-noto-color-emoji"),
        ("سٹاپ", "Arabic", "fonts-noto-core"),
    ],
)
def test_a_letter_that_no_font_named_has_is_refused(text: str, script: str, package: str) -> None:
    with pytest.raises(Unsupported, match=script) as caught:
        compose(Receipt().text(text), WIDE, fonts=ALL)
    assert package in caught.value.remedy()
    assert "fonts=[...]" in caught.value.remedy()


def test_without_a_font_of_the_system_it_is_told() -> None:
    # The tests have no system fonts (conftest.py): a visible '?', and a finding with what to do.
    job = compose(Receipt().text("قهوة"), WIDE)
    assert job.findings[0].kind == "unset-character"
    assert "no font of this system has U+0642 (Arabic)" in job.findings[0].message
    assert b"????" in job.compiled.data


def test_a_line_of_which_only_a_part_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_FONTS", str(FONTS / "arabic.ttf"))
    letters = FontLetters(None, BuiltIn())
    layout = lay_out(Receipt().text("قهوة 茶"), WIDE, letters)
    (line,) = layout.operations
    assert isinstance(line, DrawText)
    assert line.pieces[0].text == "قهوة ?"
    assert "U+8336" in layout.findings[0].message


def test_the_built_in_font_needs_no_other() -> None:
    # Letters that stand by themselves, and that no code page of the model has.
    assert not compose(Receipt().text("Tiếng Việt ệ"), WIDE).findings
    assert not compose(Receipt().text("שלום"), WIDE).findings
    (ticket,) = preview(Receipt().text("Ṁ"), WIDE)
    assert ticket.text() == "[image 16x30]\n"  # in bytes, of eight dots each


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.imaging.letters.shaper_is_there", lambda: False)
    letters = FontLetters(ALL, BuiltIn())
    with pytest.raises(Unsupported, match="uharfbuzz is not installed") as caught:
        lay_out(Receipt().text("قهوة"), WIDE, letters)
    assert 'pip install "posdevkit[text]"' in caught.value.remedy()


def test_no_glyph_of_a_run_is_missing() -> None:
    # Every letter that a font is chosen for has its glyph once it is shaped: a font's empty box is number 0.
    faces = [Typeface(file) for file in named_fonts(ALL)]
    for code in (*range(0x590, 0x700), *range(0x900, 0x980), *range(0xE00, 0xE80), *range(0x3040, 0x3100)):
        for face in faces:
            if face.sets(chr(code)):
                face.shaped(chr(code), right_to_left=False, across=24, tall=24, bold=False)


def test_a_letter_and_a_mark_that_a_font_has_in_one_or_in_two() -> None:
    face = Typeface(FontFile(FONTS / "hebrew.ttf"))
    assert face.sets("ש\u05b8\u05c1")
    assert not face.sets("ש\u0300")
    assert not face.sets("\u200d")
    # The Thai vowel am is set from two glyphs, of which this font lacks one: so it is another font's, or refused.
    incomplete = FONTS / "incomplete" / "thai.ttf"
    assert Typeface(FontFile(incomplete)).sets("น้")
    assert not Typeface(FontFile(incomplete)).sets("น้ำ")
    with pytest.raises(Unsupported, match="Thai"):
        compose(Receipt().text("น้ำ"), WIDE, fonts=[incomplete])


def test_fonts_that_are_named() -> None:
    assert named_fonts([FONTS / "thai.ttf", FONTS])[0].path.name == "thai.ttf"
    assert named_fonts([f"{FONTS / 'cjk.otf'}#2"]) == (FontFile(FONTS / "cjk.otf", 2),)
    assert named_fonts([]) == ()


@pytest.mark.parametrize("name", ["nowhere.ttf", "OFL.txt", "empty"])
def test_fonts_that_are_none(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    place = tmp_path / name if name == "empty" else FONTS / name
    with pytest.raises(InputFailed, match=name) as caught:
        compose(Receipt().text("قهوة"), WIDE, fonts=[place])
    assert ".ttf" in caught.value.remedy()


def test_fonts_of_a_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.imaging.fonts._folders", lambda _: [tmp_path, tmp_path / "none"])
    names = ("NotoSansX-Bold.ttf", "NotoSerifX-Regular.ttf", "Old.ttf", "NotoSansX-Regular.ttf", "NotoColorEmoji.ttf")
    for name in (*names, "readme.txt"):
        (tmp_path / name).write_bytes(b"no font")
    assert [file.path.name for file in system_fonts({})] == [
        "NotoSansX-Regular.ttf",
        "NotoSerifX-Regular.ttf",
        "Old.ttf",
        "NotoColorEmoji.ttf",
        "NotoSansX-Bold.ttf",
    ]
    monkeypatch.delenv("POSDEVKIT_FONTS")
    letters = FontLetters(None, BuiltIn())
    assert letters.missing("قهوة", Style())  # what only looks like a font is passed over
    assert letters._faces == []


def test_scripts() -> None:
    assert [script_of(char) for char in "aقक茶1"] == ["Latn", "Arab", "Deva", "Hani", ""]
    assert shaping.shaper_is_there()


def test_pictures_of_letters_are_rasters_like_others() -> None:
    letters = letters_of(ALL)
    layout = lay_out(Receipt().text("قهوة"), WIDE, letters)
    assert not any(isinstance(operation, PrintRaster) for operation in layout.operations)


def test_a_model_that_prints_no_pictures() -> None:
    plain = replace(WIDE, graphics="none")
    assert b"????" in compose(Receipt().text("قهوة"), plain).compiled.data
    with pytest.raises(Unsupported):
        compose(Receipt().text("قهوة"), plain, fonts=ALL)


def test_letters_too_small_to_be_read_are_not_drawn() -> None:
    # A needle printer's characters are 9 dots high: twice as high, they can be read.
    needles = replace(WIDE, fonts={"A": FontMetrics(7, 9, 40)}, width=400)
    with pytest.raises(Unsupported, match="9 dots cannot be read"):
        lay_out(Receipt().text("قهوة"), needles, letters_of(ALL))
    (line,) = lay_out(Receipt().text("قهوة", height=2, width=2), needles, letters_of(ALL)).operations
    assert isinstance(line, DrawText)
