"""Our drawn letters against Pillow's, which finds order and shape by FriBiDi, libraqm and FreeType.

FreeType's dots are its own, so the pictures are held against each other with a dot's tolerance: ink of the one lies on
ink of the other or beside it. Letters that were not joined, not reordered or another letter would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from posdevkit.devices.compose import letters_of
from posdevkit.documents import Style
from posdevkit.layout import DrawText, Lettering
from posdevkit.layout.bidi import starts_at_the_right
from posdevkit.profiles import load_profile

FONTS = Path(__file__).parents[1] / "fixtures" / "fonts"
METRICS = load_profile("generic-80mm").fonts["A"]
LINES = [
    ("arabic.ttf", "قهوة عربية بالهيل"),
    ("arabic.ttf", "المجموع"),
    ("arabic.ttf", "لا إله"),
    ("arabic.ttf", "كوب ٣٨"),
    ("hebrew.ttf", "קפה הפוך גדול"),
    ("hebrew.ttf", "שָׁלוֹם"),
    ("thai.ttf", "กาแฟเย็น น้ำตาลน้อย"),
    ("thai.ttf", "นี่คือข้อความ"),
    ("devanagari.ttf", "क्षत्रिय चाय स्पेशल"),
    ("devanagari.ttf", "नमस्ते"),
    ("cjk.otf", "日本茶と抹茶ラテ。"),
]

# Wheels of Pillow bring libraqm and load FriBiDi where the system has it.
shaped_by_pillow = pytest.mark.skipif(not features.check("raqm"), reason="no FriBiDi on this system, so no judge")


def _ours(name: str, text: str) -> Image.Image:
    letters = letters_of((FONTS / name,))
    right = starts_at_the_right(text)
    width = letters.width(text, Style(), METRICS, right_to_left=right)
    raster = letters.draw(DrawText((Lettering(text, Style(), 0, right),), width), lambda _: METRICS)
    return Image.frombytes("1", (raster.width, raster.height), raster.data, "raw", "1").convert("L")


def _theirs(name: str, text: str) -> Image.Image:
    font = ImageFont.truetype(FONTS / name, 24, layout_engine=ImageFont.Layout.RAQM)
    picture = Image.new("L", (round(font.getlength(text)) + 80, 100))
    direction = "rtl" if starts_at_the_right(text) else "ltr"
    ImageDraw.Draw(picture).text((40, 60), text, font=font, fill=255, anchor="ls", direction=direction)
    return picture.point(lambda level: 255 if level >= 112 else 0)


def _ink(picture: Image.Image) -> int:
    return sum(picture.histogram()[128:])


def _outside(one: Image.Image, other: Image.Image) -> float:
    """Which part of the ink of `one` is neither on ink of `other` nor beside it."""
    return _ink(ImageChops.subtract(one, other.filter(ImageFilter.MaxFilter(3)))) / _ink(one)


def _placed(picture: Image.Image, size: tuple[int, int]) -> Iterator[Image.Image]:
    """By its ink, a dot to and fro."""
    box = picture.getbbox()
    assert box is not None
    for across in (4, 5, 6):
        for down in (4, 5, 6):
            sheet = Image.new("L", size)
            sheet.paste(picture.crop(box), (across, down))
            yield sheet


def _differ(one: Image.Image, other: Image.Image) -> float:
    size = (max(one.width, other.width) + 12, max(one.height, other.height) + 12)
    fixed = list(_placed(other, size))[4]
    return min(max(_outside(moved, fixed), _outside(fixed, moved)) for moved in _placed(one, size))


@shaped_by_pillow
@pytest.mark.parametrize(("name", "text"), LINES)
def test_the_same_letters_in_the_same_order(name: str, text: str) -> None:
    ours, theirs = _ours(name, text), _theirs(name, text)
    mine, yours = ours.getbbox(), theirs.getbbox()
    assert mine is not None
    assert yours is not None
    assert abs((mine[2] - mine[0]) - (yours[2] - yours[0])) <= 3
    assert _differ(ours, theirs) < 0.02


@shaped_by_pillow
@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("arabic.ttf", "قهوة", "ةوهق"),
        ("arabic.ttf", "قهوة", "ق\u200cه\u200cو\u200cة"),
        ("devanagari.ttf", "क्षत्रिय", "क्\u200cषत्रिय"),
        ("thai.ttf", "นี่คือ", "นีคือ"),
    ],
)
def test_and_this_judge_sees_what_is_wrong(name: str, text: str, wrong: str) -> None:
    assert _differ(_ours(name, wrong), _theirs(name, text)) > 0.02
