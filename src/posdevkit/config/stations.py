"""The stations of a kitchen in a `shop.toml`: who makes what, and where its tickets come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from posdevkit.errors import BadConfiguration
from posdevkit.profiles.schema import did_you_mean
from posdevkit.till.kitchen import PATIENCE_SECONDS, KitchenRouting, Station

__all__ = ["STATION", "read_stations"]

STATION: Final = "station"
"""The first half of a station's heading."""

_KEYS: Final = ("printer", "fallback", "categories", "default", "patience")
_MOST_SECONDS: Final = 3600


class Tell(Protocol):
    """Told the place, what is wrong there, and what mends it."""

    def __call__(self, place: tuple[str, ...], what: str, remedy: str | None = None, /) -> None: ...


def read_stations(raw: object, printers: Sequence[str], tell: Tell) -> tuple[Station, ...]:
    """The stations that could be read, in the order of the file; what is wrong is told."""
    if not isinstance(raw, Mapping):
        tell((STATION,), "expected stations with names", f"Write [{STATION}.grill] above its keys.")
        return ()
    read = (_Station(str(name), entry, printers, tell).read() for name, entry in raw.items())
    stations = tuple(station for station in read if station is not None)
    try:
        KitchenRouting(stations)
    except BadConfiguration as problem:
        tell((STATION,), problem.detail, "Let one of them have it.")
    return stations


class _Station:
    """One entry, read key by key so that everything that is wrong in it is told."""

    def __init__(self, name: str, entry: object, printers: Sequence[str], tell: Tell) -> None:
        self.name = name
        self._entry = entry
        self._printers = printers
        self._tell = tell
        self._right = True

    def read(self) -> Station | None:
        entry = self._entry
        if not isinstance(entry, Mapping):
            self._wrong("", "a station needs a name", f"Write [{STATION}.grill] above its keys, not [{STATION}].")
            return None
        for key in entry:
            if key not in _KEYS:
                self._wrong(str(key), f"unknown key{did_you_mean(str(key), _KEYS)}", f"Known are {', '.join(_KEYS)}.")
        first = entry.get("printer")
        if "printer" not in entry:
            self._wrong("", "missing printer", 'Add a line such as printer = "kitchen".')
        printers = [name for name in [self._printer("printer", first)] if name]
        for other in self._texts("fallback", entry.get("fallback", ())):
            if other in printers:
                self._wrong("fallback", f"{other!r} stands twice", "Name each printer once.")
            elif self._printer("fallback", other):
                printers.append(other)
        categories = self._texts("categories", entry.get("categories", ()))
        default, patience = entry.get("default", False), entry.get("patience", PATIENCE_SECONDS)
        if not isinstance(default, bool):
            self._wrong("default", f"expected true or false, got {default!r}")
        if isinstance(patience, bool) or not isinstance(patience, int | float) or not 0 < patience <= _MOST_SECONDS:
            self._wrong("patience", f"expected seconds above 0 and up to {_MOST_SECONDS}, got {patience!r}")
        if not self._right:
            return None
        return Station(self.name, tuple(printers), frozenset(categories), bool(default), float(patience))

    def _printer(self, key: str, name: object) -> str:
        """The name, empty where no printer is called so."""
        if name is None:
            return ""
        if not isinstance(name, str) or name not in self._printers:
            near = did_you_mean(str(name), tuple(self._printers))
            known = ", ".join(self._printers) or "none; add a [printer.NAME]"
            self._wrong(key, f"no printer {name!r}{near}", f"Known are {known}.")
            return ""
        return name

    def _texts(self, key: str, value: object) -> list[str]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
            self._wrong(key, f'expected a list of names such as ["one", "two"], got {value!r}')
            return []
        return [str(item) for item in value]

    def _wrong(self, key: str, what: str, remedy: str | None = None) -> None:
        self._right = False
        self._tell((STATION, self.name, *((key,) if key else ())), what, remedy)
