"""From the text of a `shop.toml` to its devices and to everything that is wrong with it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from posdevkit.errors import PosError
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.profiles.schema import WrongValue
from posdevkit.profiles.where import line_of
from posdevkit.registry import ALSO, KINDS, DeviceKind, Place, device_kind
from posdevkit.till.kitchen import Station

from .shop import DeviceConfig, Problem, ShopConfig
from .stations import STATION, read_stations

__all__ = ["read"]

_SYNTAX_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_SHAREABLE: Final = frozenset({"emu", "memory", "replay"})
"""Schemes under which one URL may well stand for several devices; a real device has one owner."""
_SPELLINGS: Final = {name: name for name in KINDS} | ALSO


def read(path: Path) -> tuple[ShopConfig, list[Problem]]:
    """The devices that could be read, and the problems in the order of their lines."""
    reading = _Reading(path)
    reading.file()
    # Some are found late (a fallback needs every name); a person reads from the top.
    problems = sorted(reading.problems, key=lambda problem: problem.line or 0)
    return ShopConfig(MappingProxyType(reading.devices), path, reading.stations), problems


@dataclass(frozen=True, slots=True)
class _Named:
    """What is known of a device, whatever else is wrong with it."""

    kind: str
    place: tuple[str, str]
    """As the file spells it."""
    fallback: str | None


class _Reading:
    def __init__(self, path: Path) -> None:
        self.devices: dict[str, DeviceConfig] = {}
        self.stations: tuple[Station, ...] = ()
        self.problems: list[Problem] = []
        self._path = path
        self._text = ""
        # Also devices that are wrong otherwise, so that nothing is blamed on their absence.
        self._named: dict[str, _Named] = {}

    def file(self) -> None:
        raw = self._parsed()
        stations = raw.pop(STATION, None)
        for spelling, entries in raw.items():
            if spelling not in _SPELLINGS:
                what = f"unknown kind of device{_nearest(spelling, (*_SPELLINGS, STATION))}"
                self._problem((spelling,), what, _known((*KINDS, STATION)), inside=entries)
            elif not isinstance(entries, Mapping):
                self._problem((spelling,), "expected devices with names", f"Write [{spelling}.counter] above its keys.")
            else:
                for name, entry in entries.items():
                    self._device((spelling, name), entry)
        self._fallbacks()
        self._sharing()
        if stations is not None:
            printers = [name for name, its in self._named.items() if its.kind == "printer"]
            self.stations = read_stations(stations, printers, self._problem)

    def _parsed(self) -> dict[str, object]:
        try:
            self._text = self._path.read_text("utf-8-sig")
            return tomllib.loads(self._text)
        except OSError as problem:
            self._whole(None, f"{problem.strerror or problem}", "Give the path of a file that you can read.")
        except UnicodeDecodeError:
            self._whole(None, "not UTF-8 text", "Save the file as UTF-8.")
        except tomllib.TOMLDecodeError as problem:
            text = str(problem)
            place = _SYNTAX_PLACE.search(text)
            line = int(place[1]) if place else self._text.count("\n") + 1
            self._whole(line, f"not TOML: {_SYNTAX_PLACE.sub('', text)}", "Correct the line that is named.")
        return {}

    def _device(self, place: tuple[str, str], entry: object) -> None:
        spelling, name = place
        if not isinstance(entry, Mapping):
            remedy = f"Write [{spelling}.counter] above its keys, not [{spelling}]."
            self._problem(place, "a device needs a name", remedy)
            return
        if not name.strip():
            self._problem(place, "the name is empty")
        kind = device_kind(_SPELLINGS[spelling])
        known = ("url", *kind.keys, *(("fallback",) if kind.fallback else ()))
        for key in entry:
            if key not in known:
                self._problem((*place, key), f"unknown key{_nearest(key, known)}", _known(known))
        url = self._url(place, entry, kind)
        settings = self._settings(place, entry, kind, url)
        fallback = self._string(place, entry, "fallback") if kind.fallback else None
        if name in self._named:
            self._problem(place, f"the name is taken by a {self._named[name].kind}", "Names are unique across kinds.")
            return
        self._named[name] = _Named(_SPELLINGS[spelling], place, fallback)
        if url is not None:
            url = url.without(*kind.secrets)
            self.devices[name] = DeviceConfig(name, _SPELLINGS[spelling], url, MappingProxyType(settings), fallback)

    def _url(self, place: tuple[str, ...], entry: Mapping[str, object], kind: DeviceKind) -> DeviceUrl | None:
        """As it is written, secrets included."""
        if "url" not in entry:
            self._problem(place, "missing url", f'Add a line such as url = "{kind.url}".')
            return None
        text = self._string(place, entry, "url")
        if text is None:
            return None
        url = None
        with self._told((*place, "url")):
            url = parse_url(text)
            kind.check_url(url.without(*kind.secrets))
        return url

    def _settings(
        self, place: tuple[str, str], entry: Mapping[str, object], kind: DeviceKind, url: DeviceUrl | None
    ) -> dict[str, object]:
        """The settings that could be read."""
        settings: dict[str, object] = {}
        before = len(self.problems)
        where = Place(self._path.parent.absolute(), place[1])
        hidden = {key: value for key in kind.secrets if url is not None and (value := url.option(key)) is not None}
        spots = {name: (*place, "url" if name in hidden else name) for name in kind.keys}
        for name, key in kind.keys.items():
            if name in entry and name in hidden:
                self._problem((*place, name), "also stands in the url", "Say it in one place.")
            elif name in hidden or name in entry:
                with self._told(spots[name]):
                    settings[name] = key.read(hidden.get(name, entry.get(name)), where)
            elif key.default is not None:
                settings[name] = key.default(where)
        for name, key in kind.keys.items() if len(self.problems) == before else ():
            if name in settings and key.agrees is not None:
                with self._told(spots[name], inside=entry.get(name)):
                    key.agrees(settings)
        return settings

    @contextmanager
    def _told(self, place: tuple[str, ...], *, inside: object = None) -> Iterator[None]:
        """What is wrong with the value at `place` becomes problems."""
        try:
            yield
        except* WrongValue as wrongs:  # one, or all that is wrong inside a table
            for wrong in wrongs.exceptions:
                assert isinstance(wrong, WrongValue)
                self._problem((*place, *wrong.path), wrong.why)
        except* PosError as problems:
            for problem in problems.exceptions:
                assert isinstance(problem, PosError)
                self._problem(place, problem.detail, problem.remedy(), inside=inside)

    def _string(self, place: tuple[str, ...], entry: Mapping[str, object], key: str) -> str | None:
        value = entry.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self._problem((*place, key), f"expected text, got {value!r}")
        return None

    def _fallbacks(self) -> None:
        for name, one in self._named.items():
            if one.fallback is None:
                continue
            place = (*one.place, "fallback")
            others = [other for other, its in self._named.items() if its.kind == one.kind and other != name]
            if one.fallback not in (*others, name):
                self._problem(place, f"no {one.kind} {one.fallback!r}{_nearest(one.fallback, others)}", _known(others))
            elif (circle := self._circle(name)) and name == min(circle):
                self._problem(
                    place, f"a circle: {' -> '.join((*circle, circle[0]))}", "Let one of them fall back on none."
                )

    def _circle(self, start: str) -> list[str]:
        """The names from `start` back to it, empty when the fallbacks lead elsewhere."""
        way = [start]
        while (after := self._named[way[-1]].fallback) is not None and after in self._named:
            if after == start:
                return way
            if after in way:
                return []
            way.append(after)
        return []

    def _sharing(self) -> None:
        owners: dict[tuple[str, object], str] = {}
        for device in self.devices.values():
            own: dict[str, object] = {} if device.url.scheme in _SHAREABLE else {"url": device.url}
            keys = device_kind(device.kind).keys.items()
            own |= {name: device.settings[name] for name, key in keys if key.own and name in device.settings}
            for key, value in own.items():
                owner = owners.setdefault((key, value), device.name)
                if owner != device.name:
                    self._problem(
                        (*self._named[device.name].place, key),
                        f"the same {'device' if key == 'url' else key} as {owner!r}: {value}",
                        "Give a device one name: two handles would take turns at keeping each other out."
                        if key == "url"
                        else "Give each device its own.",
                    )

    def _problem(self, place: tuple[str, ...], what: str, remedy: str | None = None, *, inside: object = None) -> None:
        """With `inside`, the table at `place`, the line is that of its first entry: it may have none of its own."""
        first = next(iter(inside), None) if isinstance(inside, Mapping) else None
        line = line_of(self._text, place if first is None else (*place, first))
        self.problems.append(Problem(self._path.name, line, ".".join(place), what, remedy))

    def _whole(self, line: int | None, what: str, remedy: str) -> None:
        self.problems.append(Problem(str(self._path), line, "", what, remedy))


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; the nearest name is {near[0]!r}" if near else ""


def _known(names: Iterable[str]) -> str:
    return f"Known are {', '.join(names)}." if list(names) else "There is no other."
