"""Speed and form of a serial line, as a URL says them; the same for a port here and one behind a network."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from posdevkit.errors import BadUrl

from .url import DeviceUrl

__all__ = ["OPTIONS", "Settings", "read_settings"]

_CHOICES: Final = {
    "bits": ("8", "7"),
    "parity": ("none", "even", "odd"),
    "stop": ("1", "2"),
    "flow": ("none", "rtscts", "xonxoff"),
    "dtr": ("on", "off"),
    "rts": ("on", "off"),
}
"""What each option may say; the first is meant where nothing is written."""
OPTIONS: Final = ("baud", *_CHOICES)
_SLOWEST, _FASTEST = 50, 4_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How both ends of a line have to be set."""

    baud: int
    """50 to 4,000,000."""
    bits: int
    """7 or 8."""
    parity: str
    """"none", "even" or "odd"."""
    stop: int
    """1 or 2."""
    flow: str
    """"none", "rtscts" or "xonxoff"."""
    dtr: bool
    """Whether Data Terminal Ready is raised while the port is open: many printers send only then."""
    rts: bool
    """The same for Request To Send; with `flow` "rtscts" the port moves it by itself."""

    def __str__(self) -> str:
        return f"{self.baud} {self.bits}{self.parity[0].upper()}{self.stop}"


def read_settings(url: DeviceUrl) -> Settings:
    """What the URL says of the line. Raises BadUrl, with the nearest value."""
    said = {name: _choice(url, name, known) for name, known in _CHOICES.items()}
    return Settings(
        baud=_baud(url),
        bits=int(said["bits"]),
        parity=said["parity"],
        stop=int(said["stop"]),
        flow=said["flow"],
        dtr=said["dtr"] == "on",
        rts=said["rts"] == "on",
    )


def _baud(url: DeviceUrl) -> int:
    text = url.option("baud", "9600") or ""
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and _SLOWEST <= int(text) <= _FASTEST):
        raise BadUrl(
            f"{str(url)!r} has baud={text!r}", remedy=f"Give a speed from {_SLOWEST} to {_FASTEST}, such as 9600."
        )
    return int(text)


def _choice(url: DeviceUrl, name: str, known: tuple[str, ...]) -> str:
    text = url.option(name) or known[0]
    if text in known:
        return text
    near = difflib.get_close_matches(text.lower(), known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise BadUrl(f"{str(url)!r} has {name}={text!r}{hint}", remedy=f"Use one of {', '.join(known)}.")
