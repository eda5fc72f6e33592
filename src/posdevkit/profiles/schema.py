"""The shape of a profile file: for every key, what values it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from posdevkit.documents import Font, SymbolKind, Symbology, TextEffect

from .codepages import code_page_names
from .model import (
    BuzzerCommand,
    CodePage,
    Completion,
    Cutter,
    FontMetrics,
    GraphicsCommand,
    KnownAs,
    Level,
    ReceiptLanguage,
    Verified,
)
from .multibyte import Multibyte

__all__ = ["KEYS", "LABEL_KEYS", "OF_ONE_MODEL", "WrongValue", "did_you_mean"]


class WrongValue(Exception):
    """A value that a key does not take. `path` leads from the key to the place inside its table."""

    def __init__(self, why: str, *path: str) -> None:
        super().__init__(why)
        self.why = why
        self.path = path


Check = Callable[[object], object]


def did_you_mean(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The nearest known name as the end of a sentence, or nothing."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; the nearest name is {near[0]!r}" if near else ""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongValue(f"expected text, got {_shown(value)}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValue(f"expected true or false, got {_shown(value)}")
    return value


def _whole(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongValue(f"expected a whole number, got {_shown(value)}")
        if not low <= value <= high:
            raise WrongValue(f"expected {low} to {high}, got {value}")
        return value

    return check


def _choice(*names: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            hint = did_you_mean(value, names) if isinstance(value, str) else ""
            raise WrongValue(f"expected one of {', '.join(names)}, got {_shown(value)}{hint}")
        return value

    return check


def _list_of(check: Check, value: object) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise WrongValue(f"expected a list, got {_shown(value)}")
    return tuple(check(item) for item in value)


def _sources(value: object) -> tuple[object, ...]:
    return _list_of(_text, value)


def _table(value: object, checks: Mapping[str, Check], *, whole: bool = True) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise WrongValue(f"expected a table, got {_shown(value)}")
    result: dict[str, object] = {}
    for key, item in value.items():
        if key not in checks:
            raise WrongValue(f"unknown key {key!r}{did_you_mean(str(key), checks)}", str(key))
        try:
            result[key] = checks[key](item)
        except WrongValue as wrong:
            raise WrongValue(wrong.why, key, *wrong.path) from None
    if whole and (missing := [key for key in checks if key not in result]):
        raise WrongValue(f"missing {', '.join(missing)}")
    return result


_FONT: Mapping[str, Check] = {"width": _whole(4, 64), "height": _whole(4, 64), "columns": _whole(1, 255)}
_CUTTER: Mapping[str, Check] = {"feed": _whole(0, 1000), "full": _flag, "partial": _flag}


def _patterns(value: object) -> tuple[object, ...]:
    return _list_of(_text, value)


_KNOWN_AS: Mapping[str, Check] = {
    "maker": _patterns,
    "model": _patterns,
    "product": _patterns,
    "names": _patterns,
    "model_id": _whole(0, 255),
}


def _known_as(value: object) -> KnownAs:
    return KnownAs(**_table(value, _KNOWN_AS, whole=False))  # type: ignore[arg-type]


def _fonts(value: object) -> dict[str, FontMetrics]:
    if not isinstance(value, Mapping) or "A" not in value:
        raise WrongValue("expected a table of fonts that has at least font A")
    fonts: dict[str, FontMetrics] = {}
    for name, entry in value.items():
        if name not in get_args(Font):
            raise WrongValue(f"unknown font {name!r}; known are A, B and C", str(name))
        try:
            fonts[name] = FontMetrics(**_table(entry, _FONT))  # type: ignore[arg-type]
        except WrongValue as wrong:
            raise WrongValue(wrong.why, name, *wrong.path) from None
    return fonts


def _code_pages(value: object) -> tuple[CodePage, ...]:
    if not isinstance(value, Mapping) or not value:
        raise WrongValue("expected a table of code pages and their numbers, in order of preference")
    number_of = _whole(0, 255)
    pages: list[CodePage] = []
    for name, entry in value.items():
        if name not in code_page_names():
            raise WrongValue(f"unknown code page {name!r}{did_you_mean(str(name), code_page_names())}", str(name))
        try:
            number = number_of(entry)
        except WrongValue as wrong:
            raise WrongValue(wrong.why, name) from None
        for page in pages:
            if page.number == number:
                raise WrongValue(f"number {number} is taken by {page.name}", name)
        pages.append(CodePage(number, name))
    return tuple(pages)


def _cutter(value: object) -> Cutter | None:
    if value is False:
        return None
    if not isinstance(value, Mapping):
        raise WrongValue(f"expected false, or a table of feed, full and partial, got {_shown(value)}")
    cutter = Cutter(**_table(value, _CUTTER))  # type: ignore[arg-type]
    if not (cutter.full or cutter.partial):
        raise WrongValue("a cutter cuts fully, partially or both; write cutter = false if there is none")
    return cutter


def _buzzer(value: object) -> object:
    return None if value is False else _choice(*get_args(BuzzerCommand))(value)


def _multibyte(value: object) -> object:
    return None if value is False else _choice(*get_args(Multibyte))(value)


def _level(value: object) -> object:
    return None if value is False else _choice(*get_args(Level))(value)


def _pins(value: object) -> tuple[int, ...]:
    def pin(item: object) -> int:
        if item not in (2, 5) or isinstance(item, bool):
            raise WrongValue(f"a drawer hangs on pin 2 or 5, not {_shown(item)}")
        return 2 if item == 2 else 5

    return tuple(sorted({pin(item) for item in _list_of(pin, value)}))


def _barcodes(value: object) -> frozenset[Symbology]:
    name_of = _choice(*(symbology.value for symbology in Symbology))
    return frozenset(Symbology(name_of(item)) for item in _list_of(name_of, value))


def _effects(value: object) -> frozenset[object]:
    return frozenset(_list_of(_choice(*get_args(TextEffect)), value))


def _symbols(value: object) -> frozenset[object]:
    return frozenset(_list_of(_choice(*get_args(SymbolKind)), value))


def _resolution(value: object) -> int:
    if value not in (152, 203, 300, 600) or not isinstance(value, int):
        raise WrongValue(f"expected 152, 203, 300 or 600, got {_shown(value)}")
    return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


KEYS: Mapping[str, Check] = {
    "vendor": _text,
    "model": _text,
    "verified": _choice(*get_args(Verified)),
    "sources": _sources,
    "known_as": _known_as,
    "language": _choice(*get_args(ReceiptLanguage)),
    "paper_mm": _whole(20, 300),
    "dpi": _whole(60, 600),
    "width": _whole(64, 4096),
    "fonts": _fonts,
    "text_effects": _effects,
    "code_pages": _code_pages,
    "multibyte": _multibyte,
    "cutter": _cutter,
    "drawer_pins": _pins,
    "drawer_open": _level,
    "buzzer": _buzzer,
    "graphics": _choice(*get_args(GraphicsCommand)),
    "stored_logos": _flag,
    "download_room": _whole(0, 1 << 24),
    "max_band_rows": _whole(24, 4095),
    "page_rows": _whole(0, 0xFFFF),
    "barcodes": _barcodes,
    "qr": _flag,
    "symbols": _symbols,
    "answers": _flag,
    "asb": _flag,
    "realtime_status": _flag,
    "identity": _flag,
    "completion": _choice(*get_args(Completion)),
    "realtime_clear": _flag,
    "realtime_guard": _flag,
    "print_speed": _whole(5, 1000),
    "cut_counter": _whole(0, 255),
    "receive_buffer": _whole(16, 1 << 24),
}
"""Every key of a profile file besides `inherits`. A table replaces the inherited table as a whole."""

OF_ONE_MODEL: Mapping[str, object] = {"known_as": KnownAs()}
"""Keys that are never inherited, since they tell one model from another, and what they are where they are left out."""

LABEL_KEYS: Mapping[str, Check] = {
    "vendor": _text,
    "model": _text,
    "verified": _choice(*get_args(Verified)),
    "sources": _sources,
    "language": _choice("zpl"),
    "dpi": _resolution,
    "width": _whole(64, 32000),
    "answers": _flag,
    "silent_when_stopped": _flag,
    "receive_buffer": _whole(16, 1 << 24),
}
"""Every key of a label printer's profile file besides `inherits`."""
