"""How a printer is turned from one look of characters, and from one code page, to another."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from posdevkit.documents import Style, TextEffect
from posdevkit.profiles import Multibyte

from .commands.kanji import CancelKanjiMode, KanjiMode, SelectKanjiCode
from .commands.text import (
    SelectCharacterSize,
    SelectCodePage,
    SelectColor,
    SelectFont,
    SelectInternationalSet,
    SetBold,
    SetReverse,
    SetRightSpacing,
    SetRotation,
    SetSmoothing,
    SetUnderline,
    SetUpsideDown,
)

__all__ = ["PAGE_CHANGES", "able", "around_pairs", "change", "prepared"]

_PLAIN = Style()


@lru_cache(maxsize=512)
def change(old: Style | None, new: Style) -> bytes:
    """What turns the printer from one style (None: not known) to another."""
    parts: list[bytes] = []
    if old is None or old.font != new.font:
        parts.append(SelectFont("ABC".index(new.font)).encode())
    if old is None or old.bold != new.bold:
        parts.append(SetBold(new.bold).encode())
    if old is None or old.underline != new.underline:
        parts.append(SetUnderline(int(new.underline)).encode())
    if old is None or old.invert != new.invert:
        parts.append(SetReverse(new.invert).encode())
    if old is None or (old.width, old.height) != (new.width, new.height):
        parts.append(SelectCharacterSize.of(new.width, new.height).encode())
    # What few receipts use is not spoken of where it is not used; a caller's own bytes begin and end without it.
    before = _PLAIN if old is None else old
    if before.smooth != new.smooth:
        parts.append(SetSmoothing(new.smooth).encode())
    if before.second_color != new.second_color:
        parts.append(SelectColor(int(new.second_color)).encode())
    if before.rotate != new.rotate:
        parts.append(SetRotation(int(new.rotate)).encode())
    if before.upside_down != new.upside_down:
        parts.append(SetUpsideDown(new.upside_down).encode())
    if before.spacing != new.spacing:
        parts.append(SetRightSpacing(new.spacing).encode())
    return b"".join(parts)


@lru_cache(maxsize=512)
def able(style: Style, effects: frozenset[TextEffect]) -> Style:
    """`style` without what the model does not have and would take for something else."""
    missing: dict[str, bool] = {name: False for name in style.effects if name not in effects}
    return replace(style, **missing) if missing else style  # type: ignore[arg-type]  # all of these are flags


PAGE_CHANGES = [SelectCodePage(page).encode() for page in range(256)]

# Around each run of two-byte characters. Shift JIS is chosen for the run alone: while it stands, some models take every
# byte from 80 on for the first of two.
_KANJI, _NO_KANJI = KanjiMode().encode(), CancelKanjiMode().encode()
_SHIFT_JIS, _JIS = SelectKanjiCode(1).encode(), SelectKanjiCode(0).encode()
_BEGIN = {"shift_jis": _SHIFT_JIS + _KANJI}
_END = {"shift_jis": _NO_KANJI + _JIS}
# Chinese models begin with the mode on; ASCII on Japanese, Chinese and Korean ones with another sign at 24 or 5C
# (Epson, ESC R: "China", "Japan", "Korea").
_SINGLE_BYTES = _NO_KANJI + SelectInternationalSet(0).encode()
_PREPARED = {"jis": _SINGLE_BYTES + _JIS, "shift_jis": _SINGLE_BYTES + _JIS}


def prepared(multibyte: Multibyte | None) -> bytes:
    """What makes a byte one character of a page and ASCII ASCII, on a model with two-byte characters."""
    return b"" if multibyte is None else _PREPARED.get(multibyte, _SINGLE_BYTES)


def around_pairs(multibyte: Multibyte) -> tuple[bytes, bytes]:
    """What stands before and behind characters of two bytes; all that comes after is of one byte again."""
    return _BEGIN.get(multibyte, _KANJI), _END.get(multibyte, _NO_KANJI)
