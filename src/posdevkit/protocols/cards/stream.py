"""Swipes out of a stream of text, as readers on serial ports and readers that type send them.

`%B...?;...=...?` and a carriage return; a track that could not be read comes as `%E?` or `;E?`, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .tracks import BadTrack, Track, read_track

__all__ = ["Swipe", "SwipeSession", "redacted", "swipe_of"]

_LONGEST: Final = 79 + 40 + 107 + 8
"""Three full tracks (ISO/IEC 7811-6: 79, 40 and 107 characters) and what stands between them."""
_ENDS: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Swipe:
    """One pass of a card: the tracks that could be read, and why others could not."""

    tracks: tuple[Track, ...] = ()
    problems: tuple[str, ...] = ()


class SwipeSession:
    """Bytes in, swipes out. What is garbled ends with its line; the next swipe is read."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._overrun = False

    @property
    def begun(self) -> bool:
        """Whether a swipe waits for its end."""
        return bool(self._buffer) or self._overrun

    def receive(self, data: bytes) -> list[Swipe]:
        """The swipes that `data` completes."""
        found: list[Swipe] = []
        for byte in data:
            if byte not in _ENDS:
                if len(self._buffer) < _LONGEST:
                    self._buffer.append(byte)
                else:
                    self._overrun = True
                continue
            if swipe := self.end():
                found.append(swipe)
        return found

    def end(self) -> Swipe | None:
        """The line has ended, or nothing more comes."""
        text = self._buffer.decode("latin-1")
        for place in range(len(self._buffer)):
            self._buffer[place] = 0  # the track itself does not stay in memory longer than it must
        self._buffer.clear()
        overrun, self._overrun = self._overrun, False
        if overrun:
            return Swipe(problems=("longer than a stripe",))
        return swipe_of(text) if text.strip() else None


def swipe_of(text: str) -> Swipe:
    """What tracks say, one behind the other, each with its sentinels."""
    tracks: list[Track] = []
    problems: list[str] = []
    rest = text.strip()
    while rest:
        piece, mark, rest = rest.partition("?")
        if not mark:
            problems.append("the end of a track is missing")
            break
        if piece[:1] == "+":
            continue  # track 3: nothing of a payment card stands there
        if piece[1:] == "E":
            problems.append(f"the reader could not read track {1 if piece[0] == '%' else 2}")
            continue
        try:
            tracks.append(read_track(piece + mark))
        except BadTrack as problem:
            problems.append(str(problem))
    if len({track.pan for track in tracks}) > 1:
        return Swipe(problems=(*problems, "the tracks name different cards"))
    return Swipe(tuple(tracks), tuple(problems))


def redacted(_: Literal["send", "receive"], data: bytes) -> bytes:
    """What a trace may keep: where tracks begin and end, nothing of what stands in them."""
    return bytes(byte if byte in b"%;?=^\r\n" else 0x2A for byte in data)
