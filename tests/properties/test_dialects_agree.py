"""The same document through ESC/POS and through Star's languages gives the same paper, dot for dot.

Where models differ, the two are made alike first: the line spacing is told to be the same (30 dots for Epson's, 4 mm
for Star's), and so are fonts, code pages and dots, which are the profile's. Left out is what Star has no words for:
sizes beyond six, modules beyond eight dots, readable characters above a barcode, ITF with narrow bars of three dots;
and what ESC/POS never sends as pairs of digits in CODE128, since the two bytes would be a real-time command.
In raster mode nothing is executed without a row, so a cut with nothing before it comes after a white one.
Pictures in Star Line Mode come in bands of 24 rows, so that paper is up to 23 rows longer; the rest is the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from posdevkit.devices.compose import compose
from posdevkit.documents import (
    LABEL_AND_AMOUNT,
    Barcode,
    Columns,
    Cut,
    Drawer,
    Element,
    Feed,
    QrCode,
    Receipt,
    Rule,
    Style,
    Symbology,
    Text,
)
from posdevkit.errors import DocumentTooWide
from posdevkit.paper import DrawerKick, Geometry, Ticket, render_job
from posdevkit.profiles import Profile, load_profile

STARS = ("star-mc-print3", "star-tsp650ii", "star-tsp100", "star-mpop")

aligns = st.sampled_from(["left", "center", "right"])
words = st.text("abc XYZ 0189 æøåÆØÅé€Жя茶", max_size=40)
styles = st.builds(
    Style, st.booleans(), st.booleans(), st.booleans(), st.integers(1, 6), st.integers(1, 6), st.sampled_from("AB")
)
digits = st.integers(0, 9).map(str)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.lists(digits, min_size=count, max_size=count).map("".join)


def _bars(symbology: Symbology, data: st.SearchStrategy[str], modules: tuple[int, ...]) -> st.SearchStrategy[Barcode]:
    return st.builds(
        Barcode,
        data,
        st.just(symbology),
        st.integers(1, 255),
        st.sampled_from(modules),
        st.sampled_from(["none", "below"]),
        aligns,
    )


barcodes = st.one_of(
    _bars(Symbology.EAN13, _digits(12), (2, 3, 4)),
    _bars(Symbology.EAN8, _digits(7), (2, 3, 4)),
    _bars(Symbology.UPC_A, _digits(11), (2, 3, 4)),
    _bars(Symbology.UPC_E, st.just("01234500005"), (2, 3, 4)),
    _bars(Symbology.CODE39, st.text("AZ09-. $/+%", min_size=1, max_size=6), (2, 3, 4)),
    _bars(Symbology.ITF, _digits(6), (2, 4)),
    _bars(Symbology.CODABAR, _digits(4).map(lambda data: f"A{data}B"), (2, 3, 4)),
    _bars(Symbology.CODE93, st.text("AZ09ab", min_size=1, max_size=6), (2, 3, 4)),
    _bars(
        Symbology.CODE128,
        st.text("Ab%{ 0123456789", min_size=1, max_size=8).filter(lambda data: not re.search("16(04|05|20)", data)),
        (2, 3, 4),
    ),
)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, words, styles, aligns),
    st.builds(lambda a, b: Columns((a, b), LABEL_AND_AMOUNT), words, st.text("0189,", max_size=8)),
    st.builds(Rule, st.sampled_from("-=*"), st.builds(Style, st.booleans())),
    barcodes,
    st.builds(QrCode, st.text("abcæ茶 0", min_size=1, max_size=30), st.integers(1, 8), st.sampled_from("LMQH"), aligns),
    st.builds(Feed, st.integers(1, 255)),
    st.builds(Cut, st.booleans()),
)
receipts = st.lists(elements, max_size=8).map(Receipt)


def _as_escpos(profile: Profile) -> Profile:
    return replace(profile, language="escpos", graphics="gs_paren_l", completion="process_id")


def _papers(receipt: Receipt, profile: Profile) -> list[Ticket]:
    geometry = replace(Geometry.of(profile), line_spacing=32)
    return list(render_job(compose(receipt, profile, fonts=()).compiled.data, geometry))


def _dots(papers: list[Ticket]) -> list[tuple[int, bytes, bool | None]]:
    return [
        (
            paper.height,
            b"".join(strip.data for strip in paper.strips()),
            None if paper.cut is None else paper.cut.partial,
        )
        for paper in papers
    ]


def _without_empty_cuts(receipt: Receipt) -> Receipt:
    before = (None, *receipt.elements)
    pairs = zip(before, receipt.elements, strict=False)
    return Receipt(
        [one for last, one in pairs if not (isinstance(one, Cut) and (last is None or isinstance(last, Cut)))]
    )


def test_a_cut_with_nothing_before_it_comes_after_a_white_row() -> None:
    profile = load_profile("star-tsp100")
    (paper,) = _papers(Receipt().cut(), profile)
    (other,) = _papers(Receipt().cut(), _as_escpos(profile))
    assert (paper.height, paper.cut is not None) == (other.height + 1, True)


@pytest.mark.parametrize("name", STARS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(receipt=receipts)
def test_the_same_paper(name: str, receipt: Receipt) -> None:
    profile = load_profile(name)
    if profile.language == "star-graphic":
        receipt = _without_empty_cuts(receipt)
    try:
        expected = _papers(receipt, _as_escpos(profile))
    except DocumentTooWide:
        with pytest.raises(DocumentTooWide):
            compose(receipt, profile, fonts=())
        return
    assert _dots(_papers(receipt, profile)) == _dots(expected)


@pytest.mark.parametrize("name", STARS)
def test_the_same_drawers(name: str) -> None:
    profile = load_profile(name)
    receipt = Receipt([Text("x"), *(Drawer(2, milliseconds) for milliseconds in (50, 200, 500)), Cut()])
    kicks = [[(kick.pin, kick.on_ms) for kick in paper.drawer_kicks] for paper in _papers(receipt, profile)]
    assert kicks == [[(2, 50), (2, 200), (2, 500)]]
    assert kicks == [
        [(kick.pin, kick.on_ms) for kick in paper.drawer_kicks] for paper in _papers(receipt, _as_escpos(profile))
    ]


def test_the_second_drawer_is_driven_for_as_long_as_the_printer_likes() -> None:
    (paper,) = _papers(Receipt().text("x").drawer(5).cut(), load_profile("star-mc-print3"))
    assert [(kick.pin, kick.on_ms, kick.off_ms) for kick in paper.drawer_kicks] == [(5, 200, 200)]
    assert all(isinstance(kick, DrawerKick) for kick in paper.drawer_kicks)


def _picture(width: int, height: int) -> bytes:
    picture = Image.new("L", (width, height))
    picture.putdata([(x * 7 + y * 13) % 256 for y in range(height) for x in range(width)])
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("size", [(200, 48), (203, 72), (576, 600)])
@pytest.mark.parametrize("name", ["star-mc-print3", "star-tsp650ii", "star-tsp100"])
def test_the_same_picture(name: str, size: tuple[int, int], align: str) -> None:
    profile = load_profile(name)
    receipt = Receipt().text("above").image(_picture(*size), align=align).text("below").cut()  # type: ignore[arg-type]  # one of the three
    expected = _papers(receipt, _as_escpos(profile))
    if name == "star-mc-print3":
        # A raster comes in whole bytes, and so is aligned: as with GS v 0.
        expected = _papers(receipt, replace(_as_escpos(profile), graphics="gs_v_0"))
    assert _dots(_papers(receipt, profile)) == _dots(expected)


def test_a_picture_in_line_mode_is_filled_up_to_whole_bands() -> None:
    profile = load_profile("star-tsp650ii")
    receipt = Receipt().image(_picture(64, 25)).cut()
    (paper,) = _papers(receipt, profile)
    (other,) = _papers(receipt, _as_escpos(profile))
    assert paper.height == other.height + 23
    rows, others = (b"".join(strip.data for strip in one.strips()) for one in (paper, other))
    assert rows.startswith(others[: 25 * 72])
    assert not rows[25 * 72 :].strip(b"\0")
