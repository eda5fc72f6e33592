"""What a person is asked about the page, as data, and the answers that are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

from posdevkit.documents import SymbolKind
from posdevkit.errors import UsageError
from posdevkit.profiles import BuzzerCommand, code_page_names
from posdevkit.profiles.model import ReceiptLanguage
from posdevkit.profiles.schema import did_you_mean

from .maps import NONE
from .page import BAR_DOTS, BARS, MATRICES, PICTURES, WIDTHS
from .star_page import STAR_BARS, STAR_PICTURES

__all__ = ["NOT_SURE", "QUESTIONS", "Answers", "Question", "questions_for", "read_answers"]

NOT_SURE: Final = "not sure"
"""What every question may be answered with, and what no answer means: the key is then left as it is inherited."""

Kind = Literal["number", "one", "some", "pages"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the page."""

    key: str
    text: str
    kind: Kind
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 1000


_CUT: Final = ("full", "partial", NONE)

QUESTIONS: Final[tuple[Question, ...]] = (
    Question("paper_mm", "How wide is the paper roll, in millimetres?", "number", low=20, high=300),
    Question("columns_a", "How many characters stand in the first line of the ruler of font A?", "number", high=255),
    Question("columns_b", "And of font B? 0 if it looks as font A.", "number", high=255),
    Question("columns_c", "And of font C? 0 if it looks as A or B.", "number", high=255),
    Question("bar_mm", f"How long is the bar to measure ({BAR_DOTS} dots), in millimetres?", "number", low=5),
    Question("width", "Which is the last width whose bar ends in a block of its own?", "one", tuple(map(str, WIDTHS))),
    Question("pages", "What does the line of each code page show?", "pages"),
    Question("barcodes", "Which bars are there?", "some", tuple(symbology.value for symbology in BARS)),
    Question("symbols", "Which symbols are there?", "some", tuple(map(str, MATRICES))),
    Question("pictures", "Which pictures are a black box?", "some", (*PICTURES, *STAR_PICTURES)),
    Question("drawers", "Which pin opened a drawer?", "some", ("2", "5")),
    Question("buzzer", "Which line came with a sound?", "one", (*get_args(BuzzerCommand), NONE)),
    Question("first_cut", "The first cut: is the paper off, does it hang by a point, or was it not cut?", "one", _CUT),
    Question("second_cut", "And the second?", "one", _CUT),
    Question(
        "blank_mm", "How many millimetres of paper are below the words 'first cut:', to the edge?", "number", high=200
    ),
)


_OF_DOTS: Final = ("paper_mm", "bar_mm", "width", "drawers", "first_cut", "second_cut", "blank_mm")
_STAR_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "barcodes": STAR_BARS,
    "symbols": ("QR",),
    "pictures": tuple(STAR_PICTURES),
}


def questions_for(language: ReceiptLanguage) -> tuple[Question, ...]:
    """Those that the page in that language answers, each with the choices that stand on it."""
    if language == "escpos":
        return tuple(replace(one, choices=tuple(PICTURES)) if one.key == "pictures" else one for one in QUESTIONS)
    if language == "star-graphic":
        return tuple(one for one in QUESTIONS if one.key in _OF_DOTS)
    return tuple(
        replace(one, choices=_STAR_CHOICES.get(one.key, one.choices)) for one in QUESTIONS if one.key != "buzzer"
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read of the page; None for what nobody was sure of."""

    paper_mm: float | None = None
    columns_a: float | None = None
    columns_b: float | None = None
    columns_c: float | None = None
    bar_mm: float | None = None
    width: str | None = None
    pages: Mapping[int, str] = field(default_factory=dict)
    barcodes: tuple[str, ...] | None = None
    symbols: tuple[str, ...] | None = None
    pictures: tuple[str, ...] | None = None
    drawers: tuple[str, ...] | None = None
    buzzer: str | None = None
    first_cut: str | None = None
    second_cut: str | None = None
    blank_mm: float | None = None


def read_answers(raw: object) -> Answers:
    """Answers from JSON: an object of the questions' keys. Raises UsageError, naming the key and what it takes."""
    if not isinstance(raw, Mapping):
        raise UsageError("the answers are not an object", remedy=_REMEDY)
    known = {question.key: question for question in QUESTIONS}
    taken: dict[str, object] = {}
    for key, value in raw.items():
        if key not in known:
            raise UsageError(f"answers: no question {key!r}{did_you_mean(str(key), known)}", remedy=_REMEDY)
        if value is not None and value != NOT_SURE:
            taken[key] = _READ[known[key].kind](known[key], value)
    return Answers(**taken)  # type: ignore[arg-type]  # each value has passed its question's check


_REMEDY: Final = "Correct the answers; 'posdevkit profile questions' lists what each question takes."


def _wrong(question: Question, value: object, expected: str) -> UsageError:
    shown = repr(value)
    return UsageError(f"answers: {question.key}: expected {expected}, got {shown[:40]}", remedy=_REMEDY)


def _number(question: Question, value: object) -> float:
    wanted = f"a number from {question.low:g} to {question.high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong(question, value, wanted)
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except ValueError:
        raise _wrong(question, value, wanted) from None
    if not question.low <= number <= question.high:
        raise _wrong(question, value, wanted)
    return number


def _one(question: Question, value: object) -> str:
    if str(value) not in question.choices:
        raise _wrong(question, value, f"one of {', '.join(question.choices)}")
    return str(value)


def _some(question: Question, value: object) -> tuple[str, ...]:
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    if items == [NONE]:
        items = []
    if not isinstance(items, list | tuple):
        raise _wrong(question, value, f"a list of {', '.join(question.choices)}")
    return tuple(_one(question, item) for item in items)


def _pages(question: Question, value: object) -> dict[int, str]:
    if not isinstance(value, Mapping):
        raise _wrong(question, value, 'an object such as {"16": "cp1252"}')
    pages: dict[int, str] = {}
    for number, name in value.items():
        if not str(number).isdigit() or not 0 <= int(number) <= 255:
            raise _wrong(question, number, "a number from 0 to 255")
        if name is None or name == NOT_SURE:
            continue
        if name != NONE and name not in code_page_names():
            hint = did_you_mean(str(name), code_page_names())
            raise _wrong(question, name, f"a code page's name or {NONE!r} for {number}{hint}")
        pages[int(number)] = str(name)
    return pages


_READ: Final = {"number": _number, "one": _one, "some": _some, "pages": _pages}
SYMBOL_KINDS: Final = frozenset(get_args(SymbolKind))
