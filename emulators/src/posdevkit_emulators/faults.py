"""Faults as values: what can go wrong at the printer or on the cable, written as text for a command line or a test.

A fault is `NAME` or `NAME=VALUE` (`NAME:VALUE` means the same), or a sentence such as `cutter after 1200 bytes` (see
`schedule`); several are parted by commas. Bytes are counted from the first that the emulator ever takes, over all
connections, and each fault that names a byte or a line happens once.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, get_args

from posdevkit.errors import UsageError

from .schedule import FORM, Scheduled, is_scheduled, parse_scheduled, trouble_named

__all__ = [
    "KNOWN_FAULTS",
    "OF_A_LABEL_PRINTER",
    "OF_A_RECEIPT_PRINTER",
    "OF_THE_CABLE",
    "CableFault",
    "CloseAt",
    "CoverOpenAfter",
    "CutterJam",
    "Drop",
    "Fault",
    "Garble",
    "GarbleSent",
    "NearEndAfter",
    "PaperOutAfter",
    "PauseAfter",
    "PowerCutAt",
    "Scheduled",
    "Slow",
    "Split",
    "StallAt",
    "known_faults",
    "parse_fault",
    "parse_faults",
]


@dataclass(frozen=True, slots=True)
class PaperOutAfter:
    """The roll ends when `lines` lines have been printed or fed; other feeding counts a line per 30 dots."""

    lines: int

    def __str__(self) -> str:
        return f"paper-out-after={self.lines}"


@dataclass(frozen=True, slots=True)
class NearEndAfter:
    """The near-end sensor sees the end of the roll after `lines` lines."""

    lines: int

    def __str__(self) -> str:
        return f"near-end-after={self.lines}"


@dataclass(frozen=True, slots=True)
class CoverOpenAfter:
    """Somebody opens the cover after `lines` lines."""

    lines: int

    def __str__(self) -> str:
        return f"cover-open-after={self.lines}"


@dataclass(frozen=True, slots=True)
class PauseAfter:
    """A label printer pauses after `labels` labels (a receipt printer has no such button)."""

    labels: int

    def __str__(self) -> str:
        return f"pause-after={self.labels}"


@dataclass(frozen=True, slots=True)
class CutterJam:
    """The cutter sticks at the `cut`-th cut, until somebody clears it."""

    cut: int = 1

    def __str__(self) -> str:
        return f"cutter-jam={self.cut}"


@dataclass(frozen=True, slots=True)
class StallAt:
    """After `byte` bytes the printer takes none for `seconds`; None: until somebody resumes it."""

    byte: int
    seconds: float | None = None

    def __str__(self) -> str:
        return f"stall-at={self.byte}" + ("" if self.seconds is None else f":{self.seconds:g}")


@dataclass(frozen=True, slots=True)
class Drop:
    """Bytes `first` to `last` (counted from 0, both included) are lost on the way in."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"drop={self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Garble:
    """Bytes `first` to `last` arrive with every bit flipped."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"garble={self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class GarbleSent:
    """Bytes `first` to `last` of what the device sends (counted from the first it ever sends) arrive flipped."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"garble-sent={self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Split:
    """At most `size` bytes are read or sent at a time."""

    size: int

    def __str__(self) -> str:
        return f"split={self.size}"


@dataclass(frozen=True, slots=True)
class CloseAt:
    """After `byte` bytes the connection is torn down (RST); the printer prints what it has."""

    byte: int

    def __str__(self) -> str:
        return f"close-at={self.byte}"


@dataclass(frozen=True, slots=True)
class PowerCutAt:
    """After `byte` bytes the power fails: connection, buffers and modes are gone; it comes back at once."""

    byte: int

    def __str__(self) -> str:
        return f"power-cut-at={self.byte}"


@dataclass(frozen=True, slots=True)
class Slow:
    """The printer takes `rate` bytes a second."""

    rate: int

    def __str__(self) -> str:
        return f"slow={self.rate}"


Fault = (
    PaperOutAfter
    | NearEndAfter
    | CoverOpenAfter
    | PauseAfter
    | CutterJam
    | StallAt
    | Drop
    | Garble
    | GarbleSent
    | Split
    | CloseAt
    | PowerCutAt
    | Slow
    | Scheduled
)

CableFault = StallAt | Drop | Garble | GarbleSent | Split | CloseAt | PowerCutAt | Slow
"""What can go wrong on any device's cable."""


class _Wrong(Exception):
    """What a value should have been."""


def _whole(value: str, low: int = 0) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= 12) or int(value) < low:
        raise _Wrong(f"a whole number from {low}")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        raise _Wrong("seconds as a number") from None
    if not (math.isfinite(seconds) and seconds >= 0):
        raise _Wrong("seconds from 0")
    return seconds


def _stretch(value: str) -> tuple[int, int]:
    first, dots, last = value.partition("..")
    low = _whole(first)
    return low, _whole(last, low) if dots else low


def _stall(value: str) -> StallAt:
    byte, colon, seconds = value.partition(":")
    return StallAt(_whole(byte), _seconds(seconds) if colon else None)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one fault is written."""

    value: str
    makes: type[Fault]
    read: Callable[[str], Fault]
    default: str = ""


_KINDS: dict[str, _Kind] = {
    "paper-out-after": _Kind("LINES", PaperOutAfter, lambda text: PaperOutAfter(_whole(text))),
    "near-end-after": _Kind("LINES", NearEndAfter, lambda text: NearEndAfter(_whole(text))),
    "cover-open-after": _Kind("LINES", CoverOpenAfter, lambda text: CoverOpenAfter(_whole(text))),
    "pause-after": _Kind("LABELS", PauseAfter, lambda text: PauseAfter(_whole(text))),
    "cutter-jam": _Kind("[CUT]", CutterJam, lambda text: CutterJam(_whole(text, 1)), "1"),
    "stall-at": _Kind("BYTE[:SECONDS]", StallAt, _stall),
    "drop": _Kind("BYTE[..BYTE]", Drop, lambda text: Drop(*_stretch(text))),
    "garble": _Kind("BYTE[..BYTE]", Garble, lambda text: Garble(*_stretch(text))),
    "garble-sent": _Kind("BYTE[..BYTE]", GarbleSent, lambda text: GarbleSent(*_stretch(text))),
    "split": _Kind("BYTES", Split, lambda text: Split(_whole(text, 1))),
    "close-at": _Kind("BYTE", CloseAt, lambda text: CloseAt(_whole(text))),
    "power-cut-at": _Kind("BYTE", PowerCutAt, lambda text: PowerCutAt(_whole(text))),
    "slow": _Kind("BYTES_PER_SECOND", Slow, lambda text: Slow(_whole(text, 1))),
}
# Short names that a person tries first.
_SHORT = {
    "paper-out": "paper-out-after",
    "near-end": "near-end-after",
    "cover-open": "cover-open-after",
    "head-open": "cover-open-after",
}

_OF_THE_CABLE_IN_WORDS: Final = ("stall", "close", "power-cut")

OF_THE_CABLE: Final[tuple[type[CableFault], ...]] = get_args(CableFault)
"""What any device's cable can do."""
OF_A_RECEIPT_PRINTER: Final = (PaperOutAfter, NearEndAfter, CoverOpenAfter, CutterJam, Scheduled, *OF_THE_CABLE)
OF_A_LABEL_PRINTER: Final = (PaperOutAfter, CoverOpenAfter, PauseAfter, *OF_THE_CABLE)


def known_faults(kinds: tuple[type[Fault], ...] = get_args(Fault)) -> tuple[str, ...]:
    """Each of these faults as it is written."""
    return tuple(
        f"{name}[={kind.value[1:-1]}]" if kind.default else f"{name}={kind.value}"
        for name, kind in _KINDS.items()
        if kind.makes in kinds
    )


KNOWN_FAULTS: tuple[str, ...] = known_faults()
"""Every fault as it is written."""


def parse_fault(text: str) -> Fault:
    """The fault that `text` names. Raises UsageError naming the known ones, or what its value should be."""
    if is_scheduled(text):
        return _sentence(text)
    name, value = text.strip(), ""
    places = [place for place in (name.find("="), name.find(":")) if place >= 0]
    if places:
        name, value = name[: min(places)].strip(), name[min(places) + 1 :].strip()
    name = name.lower()
    kind = _KINDS.get(_SHORT.get(name, name))
    if kind is None:
        near = difflib.get_close_matches(name, [*_KINDS, *_SHORT], n=1, cutoff=0.5)
        hint = f"; the nearest name is {near[0]!r}" if near else ""
        raise UsageError(
            f"{text!r} is no fault that an emulator knows{hint}",
            remedy=f"Known faults: {', '.join(KNOWN_FAULTS)}; or {FORM}.",
        )
    try:
        return kind.read(value or kind.default)
    except _Wrong as wrong:
        raise UsageError(
            f"the fault {text!r}: {value!r} is not {wrong}", remedy=f"Write it as {name}={kind.value}."
        ) from None


def _sentence(text: str) -> Fault:
    """A fault of the printer's own, or of its cable, which knows bytes alone."""
    name, count, unit, seconds = parse_scheduled(text, _OF_THE_CABLE_IN_WORDS)
    trouble = trouble_named(name)
    if trouble is not None:
        return Scheduled(trouble, count, unit, seconds)
    remedy = f"Write it as '{name} after {max(count, 1)} bytes'."
    if unit != "bytes":
        raise UsageError(f"the fault {text!r}: a cable knows bytes and no {unit}", remedy=remedy)
    if name == "stall":
        return StallAt(count, seconds)
    if seconds is not None:
        raise UsageError(f"the fault {text!r} takes no time", remedy=remedy)
    return CloseAt(count) if name == "close" else PowerCutAt(count)


def parse_faults(faults: Iterable[str | Fault], kinds: tuple[type[Fault], ...] = get_args(Fault)) -> tuple[Fault, ...]:
    """Faults from texts, each of one or of several parted by commas, and values, in order.

    Raises UsageError for the first that is wrong, or is none of `kinds`.
    """
    parsed: list[Fault] = []
    for fault in faults:
        parsed += map(parse_fault, fault.split(",")) if isinstance(fault, str) else [fault]
    for fault in parsed:
        if not isinstance(fault, kinds):
            raise UsageError(
                f"{str(fault)!r} cannot happen to this device",
                remedy=f"Known faults: {', '.join(known_faults(kinds))}.",
            )
    return tuple(parsed)
