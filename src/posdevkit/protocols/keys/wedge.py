"""The keyboard wedge: a scanner that types. Key codes in, codes out, by the layout that the scanner is set to.

Control characters come as makers send them: Ctrl with `]` for GS, or Alt with a decimal number on the keypad.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from statistics import median
from typing import Final

from posdevkit.protocols.scan.decoded import Code, Garbled, code_of

from .events import DROPPED, KEY, PRESS, RELEASE, REPORT, SYNC, KeyEvent, pack_event, unpack_events
from .layouts import KeyLayout, key_layout

__all__ = ["WedgeSession", "type_text"]

_ENDS: Final = frozenset({28, 96})
"""Enter, on either part of the keyboard."""
_SHIFTS: Final = frozenset({42, 54})
_CONTROLS: Final = frozenset({29, 97})
_ALT, _ALTGR, _CAPS, _SPACE, _TAB = 56, 100, 58, 57, 15
_SILENT: Final = frozenset({*_SHIFTS, *_CONTROLS, _ALT, _ALTGR, _CAPS, 69, 70, 125, 126})
_KEYPAD: Final = dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True))
_SIGNS: Final = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}
_LONGEST: Final = 8_192
_SHORTEST_PAUSE: Final = 0.08
"""Seconds: keys of a scanner are 1 to 19 ms apart, and a busy machine hands them out late."""
_GAPS: Final = 3.0
"""Times the usual distance of keys after which a code without Enter has ended."""
_APART: Final = 0.8
"""Seconds between two keys, by the kernel's times of them, after which the second begins a code of its own: both may be
read at once by a program that stood still. Ten times the shortest silence, as a busy kernel too sees keys late."""


class WedgeSession:
    """A ScanSession over the bytes of `struct input_event`."""

    def __init__(self, layout: str = "us") -> None:
        """Raises BadUrl for a layout that is not there."""
        self._layout = key_layout(layout)
        self._rest = b""
        self._text: list[str] = []
        self._held: set[int] = set()
        self._capitals = False
        self._number = ""
        self._pressed_at: float | None = None
        self._surely_at: float | None = None
        """The same, once the SYNC behind the key has told the same time: a time that came garbled is not believed."""
        self._gap: tuple[int, int, str] | None = None
        """Characters, keys and problem of what stands before a pause, where the last key followed one."""
        self._distances: deque[float] = deque(maxlen=32)
        self._problem = ""
        self._keys = 0

    @property
    def patience(self) -> float | None:
        if not self._keys and not self._problem:
            return None
        usual = median(self._distances) if self._distances else 0.0
        return max(_SHORTEST_PAUSE, _GAPS * usual)

    def receive(self, data: bytes) -> list[Code | Garbled]:
        events, self._rest = unpack_events(self._rest + data)
        found: list[Code | Garbled] = []
        for event in events:
            if event.type == KEY and event.value == RELEASE:
                self._released(event.code)
            elif event.type == KEY and event.value == PRESS:
                found += self._pressed(event)
            elif event.type == SYNC and event.code == REPORT:
                found += self._timed(event.at)
            elif event.type == SYNC and event.code == DROPPED:
                self._held.clear()
                self._problem = "the kernel lost keys"
        return found

    def quiet(self) -> list[Code | Garbled]:
        return self._ended()

    def _pressed(self, event: KeyEvent) -> list[Code | Garbled]:
        if event.code == _CAPS:
            self._capitals = not self._capitals
        if event.code in _SILENT:
            self._held.add(event.code)
            return []
        self._gap = (len(self._text), self._keys, self._problem) if self._stands_apart(event) else None
        if self._pressed_at is not None and 0 < event.at - self._pressed_at < _APART:
            self._distances.append(event.at - self._pressed_at)
        self._pressed_at, self._surely_at = event.at, None
        if event.code in _ENDS:
            return self._ended()
        self._keys += 1
        if self._keys > _LONGEST:
            self._text.clear()
            self._problem = "longer than any code"
            return []
        if _ALT in self._held and event.code in _KEYPAD:
            self._number += _KEYPAD[event.code]
            return []
        character = self._character(event.code)
        if character:
            self._text.append(character)
        else:
            self._problem = self._problem or f"key {event.code} makes no character in the layout {self._layout.name}"
        return []

    def _stands_apart(self, event: KeyEvent) -> bool:
        before = self._surely_at
        return before is not None and event.at - before > max(_APART, self.patience or 0.0)

    def _timed(self, at: float) -> list[Code | Garbled]:
        """The kernel has told a key whole: what stands before a pause ends, if it was one."""
        gap, self._gap = self._gap, None
        if at == self._pressed_at:
            self._surely_at = at
        if gap is None or self._surely_at is None:
            return []
        characters, keys, problem = gap
        text = "".join(self._text[:characters])
        del self._text[:characters]
        self._keys -= keys
        if problem:
            self._problem = ""
            return [Garbled(problem, keys)]
        return [code_of(text.encode())] if text else []

    def _released(self, code: int) -> None:
        self._held.discard(code)
        if code == _ALT and self._number:
            number, self._number = int(self._number[:7]), ""
            if number < 0x110000 and not 0xD800 <= number < 0xE000:
                self._text.append(chr(number))
            else:
                self._problem = "a number on the keypad that is no character"

    def _character(self, code: int) -> str:
        if code == _SPACE:
            return " "
        if code == _TAB:
            return "\t"
        if (key := _KEYPAD.get(code) or _SIGNS.get(code)) is not None:
            return key
        layout = self._layout
        if _ALTGR in self._held:
            return layout.altgr.get(code, "")
        shifted = bool(self._held & _SHIFTS)
        plain = layout.plain.get(code, "")
        if self._capitals and plain.isalpha():
            shifted = not shifted
        character = layout.shift.get(code, "") if shifted else plain
        if self._held & _CONTROLS:
            # As a terminal does: Ctrl with ] is GS, also where the layout has its ] elsewhere.
            ascii_key = layout.plain.get(code, "") if layout.name == "us" else key_layout("us").plain.get(code, "")
            return (
                chr(ord(ascii_key) & 0x1F)
                if len(ascii_key) == 1 and ascii_key in "]\\[abcdefghijklmnopqrstuvwxyz"
                else ""
            )
        return character

    def _ended(self) -> list[Code | Garbled]:
        text, problem, keys = "".join(self._text), self._problem, self._keys
        self._text.clear()
        self._problem, self._number, self._keys = "", "", 0
        self._pressed_at, self._surely_at, self._gap = None, None, None
        if problem:
            return [Garbled(problem, keys)]
        return [code_of(text.encode())] if text else []


def type_text(text: str, layout: str = "us", *, at: float = 0.0, gap: float = 0.004, enter: bool = True) -> bytes:
    """The events of a scanner that types `text`: what the layout lacks goes over Alt and the keypad.

    `at` is the time of the first key and `gap` the seconds between keys.
    """
    out = bytearray()
    for code, value in _strokes(text, key_layout(layout), enter=enter):
        out += pack_event(KeyEvent(at, KEY, code, value)) + pack_event(KeyEvent(at, SYNC, 0, 0))
        at += gap if value == PRESS else 0
    return bytes(out)


def _strokes(text: str, layout: KeyLayout, *, enter: bool) -> Iterator[tuple[int, int]]:
    ways = {character: (code, 0) for code, character in reversed(layout.plain.items())} | {" ": (_SPACE, 0)}
    for held, level in ((42, layout.shift), (_ALTGR, layout.altgr)):
        for code, character in level.items():
            ways.setdefault(character, (code, held))
    digits = {digit: code for code, digit in _KEYPAD.items()}
    for character in text:
        if character not in ways:
            yield (_ALT, PRESS)
            for digit in f"{ord(character):03}":
                yield from ((digits[digit], PRESS), (digits[digit], RELEASE))
            yield (_ALT, RELEASE)
            continue
        code, held = ways[character]
        if held:
            yield (held, PRESS)
        yield from ((code, PRESS), (code, RELEASE))
        if held:
            yield (held, RELEASE)
    if enter:
        yield from ((28, PRESS), (28, RELEASE))
