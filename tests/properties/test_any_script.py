"""Any text on any model: nothing of it is a command, and each line is set, drawn, or shows what is missing."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.devices.compose import compose, letters_of
from posdevkit.documents import Receipt, Style
from posdevkit.errors import BadText, DocumentTooWide, Unsupported
from posdevkit.layout import DrawText, lay_out
from posdevkit.paper import render_job
from posdevkit.paper.display import RasterBlock, TextCells
from posdevkit.profiles import Multibyte, Profile, load_profile
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.escpos.commands import kanji, text
from posdevkit.protocols.vocabulary import Command, Text

FONTS = tuple(sorted((Path(__file__).parents[1] / "fixtures" / "fonts").glob("*.?tf")))
SYSTEMS: tuple[Multibyte | None, ...] = (None, "jis", "shift_jis", "gb18030", "big5", "euc_kr")
WORDS = (
    "قهوة",
    "عربية",
    "קפה",
    "(גדול)",
    "กาแฟ",
    "น้ำ",
    "क्षत्रिय",
    "चाय",
    "日本茶",
    "咖啡",
    "커피",
    "🍕",
    "Tea",
    "38,00",
    "ệ",
)
mixed = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HARMLESS: frozenset[type[Command]] = frozenset(
    (text.SelectCodePage, kanji.KanjiMode, kanji.CancelKanjiMode, kanji.SelectKanjiCode, kanji.SetKanjiUnderline)
)


def _profile(system: Multibyte | None) -> Profile:
    return replace(load_profile("generic-80mm"), multibyte=system)


@pytest.mark.parametrize("system", SYSTEMS)
@given(written=anything)
def test_text_is_never_a_command(system: Multibyte | None, written: str) -> None:
    profile = _profile(system)
    try:
        data = compose(Receipt().text(written), profile, fonts=()).compiled.data
    except (BadText, DocumentTooWide):
        return
    begun = compose(Receipt(), profile).compiled.data
    commands = dialect("escpos").decoder().feed(data[len(begun) :])
    kinds = {type(command) for command in commands if not isinstance(command, Text)}
    assert {kind for kind in kinds if kind.__name__ != "LineFeed"} <= HARMLESS


@pytest.mark.parametrize("system", SYSTEMS)
@given(label=mixed, amount=st.sampled_from(("38,00", "٣٨", "")), width=st.sampled_from((1, 2)))
def test_mixed_scripts_are_set_or_drawn(system: Multibyte | None, label: str, amount: str, width: int) -> None:
    profile = _profile(system)
    receipt = Receipt().text(label, width=width).row(label, amount)
    job = compose(receipt, profile, fonts=FONTS)
    assert not job.findings
    (ticket,) = render_job(job.compiled.data, profile)
    for item in ticket.items:
        assert isinstance(item, RasterBlock | TextCells)
        assert item.x >= 0
        assert item.x + item.width <= profile.width
        if isinstance(item, TextCells):
            assert "?" not in item.text


@given(label=mixed)
def test_drawn_text_is_the_text(label: str) -> None:
    # What is to be drawn is what was written, in NFC and in the order of reading.
    lines = lay_out(Receipt().text(label), _profile(None), letters_of(FONTS)).operations
    drawn = [line for line in lines if isinstance(line, DrawText)]
    if drawn:
        shown = " ".join(piece.text for line in drawn for piece in line.pieces)
        assert shown.replace(" ", "") == unicodedata.normalize("NFC", label).replace(" ", "")


@given(written=anything)
def test_what_cannot_be_drawn_is_refused_before_a_byte(written: str) -> None:
    letters = letters_of(FONTS)
    try:
        layout = lay_out(Receipt().text(written), _profile(None), letters)
    except (BadText, DocumentTooWide):
        return
    except Unsupported:
        assert letters.missing(written, Style())
        return
    assert not [finding for finding in layout.findings if finding.kind == "unset-character"]


@pytest.mark.parametrize("name", ["star-mc-print3", "star-tsp100"])
@given(label=mixed)
def test_the_same_dots_in_every_language(name: str, label: str) -> None:
    star = load_profile(name)
    other = replace(
        load_profile("generic-80mm"), fonts=star.fonts, width=star.width, code_pages=star.code_pages, dpi=star.dpi
    )
    receipt = Receipt().spacing(24).text(label).row(label, "38,00")
    rasters = []
    for profile in (star, other):
        (ticket,) = render_job(compose(receipt, profile, fonts=FONTS).compiled.data, profile)
        raster = ticket.raster()
        rasters.append([raster.data[at : at + raster.stride] for at in range(0, len(raster.data), raster.stride)])
    longer, shorter = sorted(rasters, key=len, reverse=True)
    assert longer[: len(shorter)] == shorter
    assert not any(any(row) for row in longer[len(shorter) :])
