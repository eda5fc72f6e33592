"""What the reference pages say that each command does is true: what is "rendered" shows, and nothing else does.

For every rendered command some bytes of the oracles are put into some printer's day: among text, on a page, between
stored pictures, in raster mode. The paper with them must be another than without them. What has another effect must
leave the paper alone everywhere, and what is "reported" must be known to an emulator.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from posdevkit.paper import Geometry, render_job
from posdevkit.protocols.escpos.language import ESCPOS
from posdevkit.protocols.star.language import STAR
from posdevkit.protocols.vocabulary import Command, Effect, Language
from posdevkit_emulators.printers import receipt as escpos_printer
from posdevkit_emulators.printers import star as star_printer

ORACLES = Path(__file__).parents[1] / "oracles"
ALL = bytes(range(0x20, 0x7F))
EPSON = Geometry(pages={0: "cp437", 16: "cp1252", 2: "cp850"}, cutter_feed=100, multibyte="jis")
STARS = Geometry(
    pages={1: "cp437", 32: "cp1252", 4: "cp858"},
    first_page=1,
    cutter_feed=100,
    line_spacing=32,
    language="star-prnt",
    multibyte="jis",
)

# What the printer does before, and what it does afterwards.
Day = tuple[bytes, bytes]
_TEXT = b"Ab\tc\xe6\xff 1" + ALL + b"\nline\n\x1dV\x42\x00"
_BARS = b"\x1dkI\x05{BAbc\x1dk\x03\x32\x33\x34\x35\x36\x37\x38\x00"
_RASTER = b"\x1dv0\x00\x01\x00\x08\x00" + b"\xa5" * 8
_STORED = b"\x1d(L\x12\x00\x300\x30"
_PICTURE = b"\x1d(L\x13\x00\x30\x70\x30\x01\x01\x31\x08\x00\x08\x00" + b"\xa5" * 8 + b"\x00"
_PAIRS = b"\x30\x21\x30\x22\nend\n"  # JIS X 0208
_SHIFTED = b"\x88\x9f\x88\xa0\nend\n"  # the same in Shift-JIS
_KEPT = b"\x1d(L\x14\x00\x30\x43\x30\x20\x20\x01\x08\x00\x08\x00\x31" + b"\xa5" * 8 + b"\x00"
_SHOW_KEPT = b"\x1d(L\x06\x00\x30\x45\x20\x20\x01\x01\nend\n"

_DOWNLOADED = b"\x1d(L\x14\x00\x30\x53\x30\x20\x20\x01\x08\x00\x08\x00\x31" + b"\xa5" * 8 + b"\x00"
_SHOW_DOWNLOADED = b"\x1d(L\x06\x00\x30\x55\x20\x20\x01\x01\nend\n"

# An expanded stacked DataBar, and the component above it.
_LINEAR = b"\x1d(k\x26\x00\x34\x50\x30\x30\x4c(01)05701234567899(10)ABC12345678"
_COMPONENT = b"\x1d(k\x0f\x00\x34\x50\x30\x31\x41(17)261130"
_COMPOSITE = b"\x1d(k\x03\x00\x34\x51\x30\nend\n"


def _symbol(kind: int, data: bytes = b"12345") -> tuple[bytes, bytes]:
    """What stores and what prints a two-dimensional symbol."""
    store = b"\x1d(k" + (3 + len(data)).to_bytes(2, "little") + bytes([kind, 0x50, 0x30]) + data
    return store, b"\x1d(k\x03\x00" + bytes([kind, 0x51, 0x30]) + b"\nend\n"


def _stacked(kind: int, data: bytes) -> bytes:
    store = b"\x1d(k" + (4 + len(data)).to_bytes(2, "little") + bytes([0x33, 0x50, 0x30, kind]) + data
    return store + b"\x1d(k\x03\x00\x33\x51\x30\nend\n"


def _stars_qr(data: bytes) -> tuple[bytes, bytes]:
    return b"\x1b\x1dyD1\x00" + len(data).to_bytes(2, "little") + data, b"\x1b\x1dyP\nend\n"


_DAYS: Mapping[str, Sequence[Day]] = {
    "ESC/POS": (
        (b"", _TEXT),
        (b"half a line", _TEXT),
        (b"\x1bE\x01\x1d!\x11\x1dB\x01\x1bG\x01\x1b-\x02\x1b{\x01\x1bV\x01\x1br\x01\x1b \x09\x1ba\x02", _TEXT),
        (b"\x1b3\x50\x1bR\x04\x1bt\x10\x1d!\x22\x1bM\x01", _TEXT),
        (b"\x1bD\x02\x04\x00a", b"\tb\tc\n"),
        (b"\x1dH\x02", _BARS + b"\n"),
        (b"", _BARS + b"\n"),
        (b"", _RASTER + b"\n"),
        *((store, show) for store, show in map(_symbol, (0x30, 0x31, 0x32, 0x35, 0x36))),
        *((b"", store + show) for store, show in map(_symbol, (0x30, 0x31, 0x32, 0x35, 0x36))),
        (b"", b"".join(_symbol(0x35, b"A" * 40))),
        (_PICTURE, b"\x1d(L\x02\x00\x30\x32end\n"),
        (b"", b"\x1d(L\x02\x00\x30\x32end\n"),
        (_KEPT, _SHOW_KEPT),
        (b"", _SHOW_KEPT),
        (b"\x1b&\x03AA\x02\xff\xff\xff\xff\xff\xff", _TEXT),
        (b"\x1b&\x03AA\x02\xff\xff\xff\xff\xff\xff\x1b%\x01", _TEXT),
        (b"\x1b&\x03~~\x02\xff\xff\xff\xff\xff\xff\x1b%\x01", _TEXT),
        (b"\x1bLon a page", b"\x0c\x1b3\x50x\ny\n"),
        (b"\x1bL", b"on a page\ntwo\x0c\nend\n"),
        (b"\x1bLA", b"B\x1b\x0cC\x0cend\n"),
        (b"", b"\x1bLon a page\ntwo\x0c\nend\n"),
        (b"\x1dP\x20\x20", b"\x1b3\x40\x1b$\x10\x00A\nB\n"),
        (b"", b"\x1b3\x40\x1b$\x10\x00A\nB\n"),
        *((mode, pairs) for mode in (b"", b"\x1c&") for pairs in (_PAIRS, _SHIFTED)),
        (b"\x1c&\x1c2\x30\x21" + b"\xa5" * 72, _PAIRS),
        (b"\x1cC\x01", b"\xec\x40\xec\x41\nend\n"),
        (b"\x1cC\x01\x1c2\xec\x40" + b"\xa5" * 72, b"\xec\x40\xec\x41\nend\n"),
        (b"", _stacked(72, b"1234567890123")),
        (_stacked(76, b"(01)05701234567899(10)ABC12345")[:-13], b"\x1d(k\x03\x00\x33\x51\x30\nend\n"),
        (b"", b"\x1d(k\x03\x00\x33\x51\x30\nend\n"),
        (_LINEAR, _COMPONENT + _COMPOSITE),
        (_COMPONENT, _COMPOSITE),
        (_LINEAR + _COMPONENT, _COMPOSITE),
        (_LINEAR + _COMPONENT, b""),
        (_DOWNLOADED, _SHOW_DOWNLOADED),
        (b"", _SHOW_DOWNLOADED),
        (b"", b"\x1c\x70\x01\x00end\n"),
        (b"\x1cq\x01\x01\x00\x01\x00" + b"\xa5" * 8, b"\x1c\x70\x01\x00end\n"),
        (b"", b"\x1d/\x00end\n"),
        (b"\x1d*\x01\x01" + b"\xa5" * 8, b"\x1d/\x00end\n"),
        (b"", b"\x1dc \x1dc \x1dc \x1dc\nend\n"),
        (b"macro: \x1d:x\n", b"y\n\x1d^\x02\x00\x00end\n"),
        (b"\x1d:x\n\x1d:", b"end\n"),
        (b"", b"x\n\x1d:\x1d^\x02\x00\x00end\n"),
        (b"\x1bE\x01\x1d(M\x02\x00\x01\x01", b"\x1b@end\n"),
    ),
    "Star": (
        (b"", b"Ab\tc\xe6\xff 1" + ALL + b"\nline\n\x1bd\x02"),
        (b"half a line", b"x\n" + ALL + b"\n"),
        (b"\x1bE\x1bi\x01\x01\x1b4\x1b-\x01\x0f\x1b \x09\x1b\x1da\x02\x0e\x1b\x0e", b"A b\n" + ALL + b"\n"),
        (b"\x1bz\x00\x1bR\x04\x1b\x1dt\x20\x1b\x1eF\x01", b"A[]\xe6b\nx\n"),
        (b"\x1bD\x02\x04\x00a", b"\tb\tc\n"),
        (b"", b"\x1bb\x06\x02\x02\x28Abc\x1e\nend\n"),
        _stars_qr(b"12345"),
        (b"", _stars_qr(b"12345")[0] + _stars_qr(b"12345")[1]),
        (b"\x1b&\x01\x01A" + b"\xff\xf0" * 24 + b"\x1b%\x01", b"AB\n"),
        (b"\x1b&\x01\x01\x20" + b"\xff\xf0" * 24 + b"\x1b%\x01", b" AB\n"),
        (b"\x1b%\x01", ALL + b"\n"),
        (b"\x1b&\x01\x01A" + b"\xff\xf0" * 24, b"AB\n"),
        (b"\x1b\x1dP0on a page", b"\x1b\x1dP7end\n"),
        (b"\x1b\x1dP0", b"on a page\ntwo\x1b\x1dP7end\n"),
        (b"", b"\x1b\x1dP0on a page\ntwo\x1b\x1dP7end\n"),
        (b"\x1b*rA", b"b\x02\x00\xa5\xa5\x1b*rY3\x00b\x02\x00\xa5\xa5\x1b\x0c\x04\x1b*rBend\n"),
        (b"\x1b*rAb\x02\x00\xa5\xa5", b"b\x02\x00\xa5\xa5\x1b\x0c\x00\x1b\x0c\x04\x1b\x0c\x19\x1b*rBend\n"),
        (b"\x1b*rA\x1b*rF9\x00\x1b*rE9\x00", b"b\x02\x00\xa5\xa5\x1b\x0c\x00b\x02\x00\xa5\xa5\x1b\x0c\x04\x1b*rBend\n"),
        (b"\x1b*rA", b"b\x02\x00\xa5\xa5\x1b\x0c\x00\x1b*rBend\n"),
        (b"\x1b*rA", b"\x1b\x0c\x19\x1b*rBend\n"),
        (b"\x1b\x07\x0a\x0a", b"\x07\x1a\x07x\n"),
        (b"", b"\x07x\n"),
        (b"\x1b*rA", b"\x1b*rD1\x00\x1b*rBend\n"),
        *((mode, pairs) for mode in (b"", b"\x1bp") for pairs in (_PAIRS, _SHIFTED)),
    ),
}
_LANGUAGES = {"ESC/POS": (ESCPOS, EPSON, "escpos_commands.toml"), "Star": (STAR, STARS, "star_commands.toml")}
# What acts in a printer and not on its paper; tests/unit/emulators judge these.
_ACTS = {
    "EnableRealtime": "keeps DLE DC4 from being executed",
    "Buzzer": "sounds",
    "SoundBuzzer": "sounds",
    "RealtimePulse": "opens the drawer at once",
    "RealtimeClear": "drops what the printer holds",
    "RealtimeRequest": "goes on after an error",
    "RealtimePowerOff": "gets it ready to be switched off",
    "RealtimeBuzzer": "sounds at once",
    "ResetCounter": "sets a counter back, which `GS g 2` tells",
    "WriteUserMemory": "keeps bytes, which `FS g 2` tells",
}
# Where what the oracles have is what the printer does anyway, or is too much for it.
_OTHERS: Mapping[str, str] = {
    "SelectKanjiCode": "1C 43 01",
    "QrModel": "1D 28 6B 04 00 31 41 33 00",
    "SetPageOptions": "1D 28 50 08 00 30 FF FF 64 00 00 00 01",
    "SetRelativePosition": "1B 5C 0C 00",
    "SetAbsolutePosition": "1B 24 30 00",
    "DeleteNvGraphics": "1D 28 4C 04 00 30 42 20 20",
    "DataMatrixModuleSize": "1D 28 6B 03 00 36 43 05",
    "AztecModuleSize": "1D 28 6B 03 00 35 43 05",
    "AztecCorrection": "1D 28 6B 03 00 35 45 5F",
    "SetPrintAreaWidth": "1D 57 64 00",
    "CompositeStore": "1D 28 6B 0C 00 34 50 30 30 41 39 36 33 38 35 30 37",
    "CompositeWidth": "1D 28 6B 04 00 34 47 90 01",
    "CompositeModuleSize": "1D 28 6B 03 00 34 43 05",
    "StackedWidth": "1D 28 6B 04 00 33 47 6A 00",
    "StackedModuleSize": "1D 28 6B 03 00 33 43 05",
    "DefineBitmap": (
        "1D 44 30 43 30 20 20 30 31 42 4D 5E 00 00 00 00 00 00 00 3E 00 00 00 28 00 00 00 08 00 00 "
        "00 08 00 00 00 01 00 01 00 00 00 00 00 20 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 02 "
        "00 00 00 00 00 00 00 FF FF FF 00 A5 00 00 00 A5 00 00 00 A5 00 00 00 A5 00 00 00 A5 00 00 "
        "00 A5 00 00 00 A5 00 00 00 A5 00 00 00"
    ),
}


@cache
def _bytes(name: str) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    table: Any = tomllib.loads((ORACLES / _LANGUAGES[name][2]).read_text("utf-8"))
    for vector in table["table"]["vectors"]:
        found.setdefault(vector["command"], []).append(bytes.fromhex(vector["hex"]))
    return found


@cache
def _paper(name: str, job: bytes) -> object:
    geometry = _LANGUAGES[name][1]
    return [(ticket.items, ticket.height, ticket.cut) for ticket in render_job(job, geometry)]


def _shows(name: str, command: type[Command]) -> bool:
    other = bytes.fromhex(_OTHERS.get(command.__name__, "")) if name == "ESC/POS" else b""
    for written in (*_bytes(name)[command.__name__], other):
        for before, after in _DAYS[name]:
            if _paper(name, before + written + after) != _paper(name, before + after):
                return True
    return False


def _commands(*effects: Effect) -> list[tuple[str, type[Command]]]:
    languages: Mapping[str, Language] = {name: parts[0] for name, parts in _LANGUAGES.items()}
    return [
        (name, command)
        for name, language in languages.items()
        for command in language.commands
        if command.spec.effect in effects
    ]


def _id(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


@pytest.mark.parametrize(("name", "command"), _commands(Effect.RENDERED), ids=_id)
def test_what_is_rendered_shows(name: str, command: type[Command]) -> None:
    if command.__name__ in _ACTS:
        printers = (*escpos_printer._IN_ORDER, *star_printer._IN_ORDER)
        assert command in printers or command.spec.realtime
        return
    assert _shows(name, command)


@pytest.mark.parametrize(("name", "command"), _commands(Effect.PARSED, Effect.SKIPPED, Effect.REPORTED), ids=_id)
def test_what_is_not_rendered_leaves_the_paper_alone(name: str, command: type[Command]) -> None:
    assert not _shows(name, command)


@pytest.mark.parametrize(("name", "command"), _commands(Effect.REPORTED), ids=_id)
def test_what_is_reported_is_known_to_an_emulator(name: str, command: type[Command]) -> None:
    assert command.spec.realtime or command in (*escpos_printer._IN_ORDER, *star_printer._IN_ORDER)
