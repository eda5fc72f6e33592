"""Profiles of label printers: the same kind of TOML files, with what a label language needs to know."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from posdevkit.errors import BadProfile

from .model import Verified
from .schema import LABEL_KEYS, WrongValue, did_you_mean
from .where import line_of

__all__ = ["LabelProfile", "label_profile_names", "load_label_profile"]

_FOLDER = "labels"
# Printers of "203" and "300" dpi have whole dots to the millimetre (ZPL II guide: 6, 8, 12 and 24 dots/mm).
_DPMM = {152: Decimal(6), 203: Decimal(8), 300: Decimal(12), 600: Decimal(24)}


@dataclass(frozen=True, slots=True)
class LabelProfile:
    """Everything the library needs to know about one model of label printer."""

    name: str
    vendor: str
    model: str
    verified: Verified
    sources: tuple[str, ...]
    language: Literal["zpl"]
    dpi: int
    """152, 203, 300 or 600, as makers name it."""
    width: int
    """Printable dots across."""
    answers: bool
    """False: never sends a byte, so nothing is ever awaited from it."""
    silent_when_stopped: bool
    """Answers nothing while media, ribbon or head need somebody: silence is a state then."""
    receive_buffer: int
    """Bytes the model takes before it makes the host wait; the emulator's back-pressure."""

    @property
    def dpmm(self) -> Decimal:
        """Dots to the millimetre."""
        return _DPMM[self.dpi]

    @property
    def asb(self) -> bool:
        """Never tells its status unasked."""
        return False

    @property
    def realtime_status(self) -> bool:
        """Can be asked for its status (`~HS`)."""
        return self.answers

    @property
    def realtime_clear(self) -> bool:
        """Can be told to forget what waits (`~JA`)."""
        return self.answers


@cache
def label_profile_names() -> tuple[str, ...]:
    """The names of the label printers' profiles that come with the library, sorted."""
    from importlib.resources import files

    entries = files(__package__).joinpath("data", _FOLDER).iterdir()
    return tuple(sorted(Path(entry.name).stem for entry in entries if entry.name.endswith(".toml")))


def load_label_profile(name_or_path: str | Path) -> LabelProfile:
    """The profile of that name, or of that TOML file if it is a `Path` or ends in `.toml`. A file may inherit a name.

    Raises BadProfile, naming file, line and the nearest known name.
    """
    place = str(name_or_path)
    values = _read(place, ())
    if missing := [key for key in LABEL_KEYS if key not in values]:
        raise BadProfile(f"{place}: missing {', '.join(missing)}", remedy="Add the keys, or inherit them.")
    return LabelProfile(name=Path(place).stem, **values)  # type: ignore[arg-type]  # each value has passed its check


def _read(place: str, below: tuple[str, ...]) -> dict[str, object]:
    if place in below:
        raise BadProfile(f"{' inherits '.join((*below, place))}: a circle")
    text = _text_of(place)
    try:
        raw: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{place}: {error}", remedy="Correct the line that is named.") from None
    parent = raw.pop("inherits", None)
    values = _read(parent, (*below, place)) if isinstance(parent, str) else {}
    for key, value in raw.items():
        line = line_of(text, (key,))
        where = f"{place}{f', line {line}' if line else ''}: {key}: "
        if key not in LABEL_KEYS:
            raise BadProfile(f"{where}unknown key{did_you_mean(key, LABEL_KEYS)}")
        try:
            values[key] = LABEL_KEYS[key](value)
        except WrongValue as wrong:
            raise BadProfile(f"{where}{wrong.why}") from None
    return values


def _text_of(place: str) -> str:
    if place.endswith(".toml"):
        try:
            return Path(place).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadProfile(f"{place}: {error}", remedy="Give the path of a TOML file you can read.") from None
    if place not in label_profile_names():
        raise BadProfile(
            f"{place!r} is not a label printer's profile{did_you_mean(place, label_profile_names())}",
            remedy=f"Known: {', '.join(label_profile_names())}; or give the path of a TOML file.",
        )
    from importlib.resources import files

    return files(__package__).joinpath("data", _FOLDER, f"{place}.toml").read_text(encoding="utf-8")
