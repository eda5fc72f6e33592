"""What the commands say, on any terminal or none: clean of control characters, in any encoding, in colour if wanted."""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, TextIO

__all__ = ["Json", "clean", "note", "painted", "readable_streams", "say", "terminal", "write_json"]

Json = str | int | float | bool | None | dict[str, "Json"] | list["Json"]
Colour = Literal["red", "green", "yellow", "bold"]

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CODES: Final[dict[Colour, int]] = {"red": 31, "green": 32, "yellow": 33, "bold": 1}
_HANDLER: Final = "posdevkit-readable"
# Spelt out where the terminal's encoding lacks them, as Danes and Germans do on a typewriter.
_SPELT: Final = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "Æ": "AE", "Ø": "OE", "Å": "AA", "ß": "ss", "€": "EUR", "×": "x", "·": "-"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019", "'")
    | dict.fromkeys("\u201c\u201d\u201e", '"')
    | {"\u2026": "...", "→": "->", "\u00a0": " ", "✓": "ok", "✗": "x"}
)


def clean(text: str) -> str:
    """`text` with control characters shown, not obeyed: the words of a file or a device must not steer a terminal."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say(text: str = "") -> None:
    """A line on standard output."""
    print(text)


def note(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)


def write_json(value: Json) -> None:
    """One JSON value on a line of its own on standard output, exact in every encoding."""
    exact = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not exact), flush=True)


def terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at `stream`, and it can draw over a line."""
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def painted(text: str, colour: Colour, stream: TextIO | None) -> str:
    """`text` in colour if `stream` is a terminal and NO_COLOR is not set (no-color.org)."""
    if os.environ.get("NO_COLOR") or not terminal(stream):
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


@contextmanager
def readable_streams() -> Iterator[None]:
    """Within this no character can fail to be written: what the encoding lacks is spelt out or escaped."""
    codecs.register_error(_HANDLER, _spelt)
    changed: list[tuple[io.TextIOWrapper, str]] = []
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors:
            changed.append((stream, stream.errors))
            stream.reconfigure(errors=_HANDLER)
    try:
        yield
    finally:
        for stream, errors in changed:
            try:
                stream.reconfigure(errors=errors)
            except (OSError, ValueError):
                pass  # its reader has gone, or it is closed


def _spelt(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    return "".join(map(_ascii, problem.object[problem.start : problem.end])), problem.end


def _ascii(character: str) -> str:
    text = character.translate(_SPELT)
    if text.isascii():
        return text
    base = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return base if base.isascii() and base else character.encode("ascii", "backslashreplace").decode("ascii")
