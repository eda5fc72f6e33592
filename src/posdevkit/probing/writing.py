"""From what the printer told and what was read of the page to the TOML of a profile. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from posdevkit._version import __version__
from posdevkit.profiles import load_profile

from .maps import NONE, family_of, resolved
from .page import BAR_DOTS
from .questions import SYMBOL_KINDS, Answers
from .star_page import STAR_BARS, STAR_BASES
from .told import Told

__all__ = ["profile_toml"]

_DPIS: Final = (180, 203, 300)
_HEIGHTS: Final = {7: 9, 8: 16, 9: 17}
"""Of a cell so wide, as most models have it; wider ones are 24 dots high."""
_SMALL_MM: Final = 60
_SMALL_STAR: Final = "star-mpop"
_ROWS: Final = "star_rows"
_USUAL: Final = "epson-tm-t88v"


def profile_toml(told: Told, answers: Answers, *, day: date, vendor: str = "", model: str = "") -> str:
    """A profile file that says what is known, and inherits the rest from what printers of that width have in common.

    `vendor` and `model` where the owner knows better than the printer.
    """
    return "\n".join(_lines(told, answers, day, vendor, model)) + "\n"


def _lines(told: Told, answers: Answers, day: date, vendor: str, model: str) -> Iterator[str]:
    base = _base(told, answers)
    if not told.answers:
        yield "# It answered nothing: nothing is awaited from it."
    yield f"# Written by posdevkit profile probe on {day.isoformat()}. What is not here nobody was sure of."
    yield f"inherits = {_text(base)}"
    yield f"vendor = {_text(vendor or told.maker or 'unknown')}"
    yield f"model = {_text(model or told.model or 'unknown receipt printer')}"
    yield 'verified = "probe"'
    firmware = f", firmware {told.firmware}" if told.firmware else ""
    source = f"Test page of posdevkit {__version__}, {day.isoformat()}, read by a person{firmware}"
    yield f"sources = [{_text(source)}]"
    if told.language != "escpos":
        yield from _star(told, answers)
    yield from _size(answers, base)
    yield from _abilities(told, answers)
    if answers.first_cut == answers.second_cut == NONE or (told.cutter is False and answers.first_cut is None):
        yield "cutter = false"
    yield from _talk(told)
    yield from _tables(told, answers, base)


def _base(told: Told, answers: Answers) -> str:
    small = answers.paper_mm is not None and answers.paper_mm < _SMALL_MM
    if told.language == "escpos":
        return "generic-58mm" if small else "generic-80mm"
    return _SMALL_STAR if small else STAR_BASES[told.language]


def _star(told: Told, answers: Answers) -> Iterator[str]:
    """What all Stars of a language have in common may be that of another language's printer in the base."""
    read = answers.pictures or ()
    # Where of three pictures only that in raster mode is there, the printer is of the family that has nothing else.
    language = "star-graphic" if read == (_ROWS,) else told.language
    yield f"language = {_text(language)}"
    if language == "star-graphic" or answers.pictures is None:
        yield f"graphics = {_text(load_profile(STAR_BASES[language]).graphics)}"


def _size(answers: Answers, base: str) -> Iterator[str]:
    if answers.paper_mm is not None:
        yield f"paper_mm = {round(answers.paper_mm)}"
    if answers.bar_mm is not None:
        yield f"dpi = {_dpi(answers)}"
    if answers.width is not None or answers.columns_a:
        yield f"width = {_width(answers, base)}"


def _dpi(answers: Answers) -> int | None:
    if answers.bar_mm is None:
        return None
    measured = BAR_DOTS / answers.bar_mm * 25.4
    return min(_DPIS, key=lambda dpi: abs(dpi - measured))


def _width(answers: Answers, base: str) -> int:
    if answers.width is not None:
        return int(answers.width)
    return round(answers.columns_a) * 12 if answers.columns_a else load_profile(base).width


def _abilities(told: Told, answers: Answers) -> Iterator[str]:
    if answers.barcodes is not None:
        drawn = answers.barcodes if told.language == "escpos" else [one for one in answers.barcodes if one in STAR_BARS]
        yield f"barcodes = {_list(tuple(drawn))}"
    if answers.symbols is not None:
        yield f"qr = {_flag('QR' in answers.symbols)}"
        others = SYMBOL_KINDS if told.language == "escpos" else ()
        yield f"symbols = {_list(tuple(kind for kind in answers.symbols if kind in others))}"
    best = ("gs_paren_l", "gs_v_0", "esc_star") if told.language == "escpos" else ("star_raster", "star_columns")
    if answers.pictures is not None and answers.pictures != (_ROWS,):
        yield f"graphics = {_text(next((one for one in best if one in answers.pictures), NONE))}"
    if answers.drawers is not None:
        yield f"drawer_pins = [{', '.join(answers.drawers)}]"
    if answers.buzzer is not None:
        yield f"buzzer = {'false' if answers.buzzer == NONE else _text(answers.buzzer)}"


def _talk(told: Told) -> Iterator[str]:
    for key in ("answers", "asb", "realtime_status", "identity", "realtime_clear", "stored_logos"):
        yield f"{key} = {_flag(getattr(told, key))}"
    if told.download_room:
        yield f"download_room = {told.download_room}"
    yield f"completion = {_text(told.completion)}"


def _tables(told: Told, answers: Answers, base: str) -> Iterator[str]:
    width = _width(answers, base)
    counts = {"A": answers.columns_a, "B": answers.columns_b, "C": answers.columns_c}
    if answers.columns_a:
        yield "\n[fonts]"
        for name, columns in counts.items():
            if columns:
                across = _across(width, round(columns))
                tall = told.language != "escpos" and name != "C"  # Star's font B is as high as A
                down, fit = 24 if tall else _HEIGHTS.get(across, 24), min(round(columns), width // across)
                yield f"{name} = {{ width = {across}, height = {down}, columns = {fit} }}"
    numbers: dict[str, int] = {}
    for number, page in resolved(answers.pages, family_of(told.language)).items():
        numbers.setdefault(page, number)
    if numbers:
        usual = [page.name for page in load_profile(_USUAL if told.language == "escpos" else base).code_pages]
        yield "\n[code_pages]"
        for page in sorted(numbers, key=lambda page: (numbers[page] != 0, *_rank(page, usual))):
            yield f"{page} = {numbers[page]}"
    cuts = {answers.first_cut, answers.second_cut} - {None, NONE}
    if cuts:
        dpi = _dpi(answers) or load_profile(base).dpi
        feed = 120 if answers.blank_mm is None else round(answers.blank_mm * dpi / 25.4)
        yield f"\n[cutter]\nfeed = {feed}"
        yield f"full = {_flag('full' in cuts)}\npartial = {_flag('partial' in cuts)}"
    if told.maker or told.model:
        yield "\n[known_as]"
        if told.maker:
            yield f"maker = {_list((told.maker,))}"
        if told.model:
            yield f"model = {_list((told.model,))}"
        if told.model_id is not None:
            yield f"model_id = {told.model_id}"


def _rank(page: str, usual: list[str]) -> tuple[int, str]:
    return (usual.index(page) if page in usual else len(usual), page)


def _across(width: int, columns: int) -> int:
    """Dots of a cell: a whole line fills the width, unless the margin is the firmware's own."""
    fits = width // columns
    return max(4, fits if fits * columns >= 0.97 * width else min(fits, 12))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _text(value: str) -> str:
    """A TOML string; a device's own words hold no control characters afterwards."""
    return json.dumps("".join(char for char in value if char.isprintable()) or "unknown", ensure_ascii=False)


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
