"""What the printer sets by two bytes elsewhere, and what it cannot set, stands on a page as dots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.devices.compose import compose
from posdevkit.documents import Area, Receipt
from posdevkit.errors import Unsupported
from posdevkit.paper import render_job
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.escpos.commands.kanji import KanjiMode

FONTS = Path(__file__).parents[2] / "fixtures" / "fonts"
CHINESE = replace(load_profile("epson-tm-t88v"), multibyte="gb18030")


def page(*texts: str) -> Receipt:
    content = Receipt()
    for text in texts:
        content = content.text(text)
    return Receipt().page(Area(0, 0, 70, 20, content)).cut()


def ink(receipt: Receipt, profile: Profile) -> int:
    composed = compose(receipt, profile, [FONTS])
    assert composed.findings == ()
    assert KanjiMode().encode() not in composed.compiled.data
    (ticket,) = render_job(composed.compiled.data, profile)
    return sum(byte.bit_count() for strip in ticket.strips() for byte in strip.data)


@pytest.mark.parametrize("profile", [CHINESE, replace(CHINESE, page_rows=0)], ids=["page mode", "dots"])
@pytest.mark.parametrize("text", ["日本茶", "قهوة"])
def test_letters_are_drawn_on_a_page(profile: Profile, text: str) -> None:
    assert ink(page("Tea", text), profile) > ink(page("Tea"), profile) + 100


def test_letters_that_no_font_has_are_refused_on_a_page_too() -> None:
    with pytest.raises(Unsupported):
        compose(page("日本茶"), CHINESE, [FONTS / "arabic.ttf"])
