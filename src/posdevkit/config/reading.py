"""From the text of a `shop.toml` to its devices and to everything that is wrong with it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from posdevkit.errors import PosError
from posdevkit.links.url import DeviceUrl
from posdevkit.profiles import load_profile
from posdevkit.profiles.schema import KEYS as PROFILE_KEYS
from posdevkit.profiles.schema import WrongValue
from posdevkit.profiles.where import line_of

from .shop import DEFAULT_PROFILE, DEVICE_KEYS, KINDS, CheckUrl, DeviceConfig, Problem, ShopConfig

__all__ = ["read"]

_SYNTAX_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_SHAREABLE: Final = frozenset({"emu", "memory", "replay"})
"""Schemes under which one URL may well stand for several devices; a real device has one owner."""


def read(path: Path, check_url: CheckUrl) -> tuple[ShopConfig, list[Problem]]:
    """The devices that could be read, and the problems in the order of their lines."""
    reading = _Reading(path, check_url)
    reading.file()
    # Some are found late (a fallback needs every name); a person reads from the top.
    problems = sorted(reading.problems, key=lambda problem: problem.line or 0)
    return ShopConfig(MappingProxyType(reading.devices), path), problems


class _Reading:
    def __init__(self, path: Path, check_url: CheckUrl) -> None:
        self.devices: dict[str, DeviceConfig] = {}
        self.problems: list[Problem] = []
        self._path = path
        self._check_url = check_url
        self._text = ""
        # Also of devices that are wrong otherwise, so that nothing is blamed on their absence: name -> kind, fallback.
        self._named: dict[str, tuple[str, str | None]] = {}

    def file(self) -> None:
        raw = self._parsed()
        for kind, entries in raw.items():
            if kind not in KINDS:
                what = f"unknown kind of device{_nearest(kind, KINDS)}"
                self._problem((kind,), what, _known(KINDS), inside=entries)
            elif not isinstance(entries, Mapping):
                self._problem((kind,), "expected devices with names", f"Write [{kind}.counter] above its keys.")
            else:
                for name, entry in entries.items():
                    self._device(kind, name, entry)
        self._fallbacks()
        self._sharing()

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

    def _device(self, kind: str, name: str, entry: object) -> None:
        place = (kind, name)
        if not isinstance(entry, Mapping):
            self._problem(place, "a device needs a name", f"Write [{kind}.counter] above its keys, not [{kind}].")
            return
        if not name.strip():
            self._problem(place, "the name is empty")
        for key in entry:
            if key not in DEVICE_KEYS:
                self._problem((*place, key), f"unknown key{_nearest(key, DEVICE_KEYS)}", _known(DEVICE_KEYS))
        url = self._url(place, entry)
        profile = self._profile(place, entry)
        options = self._options(place, entry)
        if profile is not None and options is not None:
            self._together(place, profile, options)
        fallback = self._string(place, entry, "fallback")
        if name in self._named:
            self._problem(place, f"the name is taken by a {self._named[name][0]}")
            return
        self._named[name] = (kind, fallback)
        if url is not None:
            self.devices[name] = DeviceConfig(
                name, kind, url, profile or DEFAULT_PROFILE, fallback, MappingProxyType(options or {})
            )

    def _url(self, place: tuple[str, ...], entry: Mapping[str, object]) -> DeviceUrl | None:
        if "url" not in entry:
            self._problem(place, "missing url", 'Add a line such as url = "tcp://192.168.1.87".')
            return None
        text = self._string(place, entry, "url")
        if text is None:
            return None
        try:
            return self._check_url(text)
        except PosError as problem:
            self._problem((*place, "url"), problem.detail, problem.remedy())
            return None

    def _profile(self, place: tuple[str, ...], entry: Mapping[str, object]) -> str | None:
        """The profile's name or absolute path, once it loads."""
        text = self._string(place, entry, "profile") if "profile" in entry else DEFAULT_PROFILE
        if text is None:
            return None
        if text.endswith(".toml") or "/" in text or "\\" in text:
            text = str((self._path.parent / text).absolute())
        try:
            load_profile(text)
        except PosError as problem:
            self._problem((*place, "profile"), problem.detail, problem.remedy())
            return None
        return text

    def _options(self, place: tuple[str, ...], entry: Mapping[str, object]) -> dict[str, object] | None:
        options = entry.get("options", {})
        place = (*place, "options")
        if not isinstance(options, Mapping):
            self._problem(place, "expected a table", "Write options = { paper_mm = 58 }, with keys of a profile.")
            return None
        right = True
        for key, value in options.items():
            try:
                if key in PROFILE_KEYS:
                    PROFILE_KEYS[key](value)
                    continue
                self._problem((*place, key), f"unknown key of a profile{_nearest(key, PROFILE_KEYS)}")
            except WrongValue as wrong:
                self._problem((*place, key, *wrong.path), wrong.why)
            right = False
        return dict(options) if right else None

    def _together(self, place: tuple[str, ...], profile: str, options: dict[str, object]) -> None:
        """Options that are right one by one may contradict each other or the model."""
        try:
            load_profile(profile, options)
        except PosError as problem:
            self._problem((*place, "options"), problem.detail, problem.remedy(), inside=options)

    def _string(self, place: tuple[str, ...], entry: Mapping[str, object], key: str) -> str | None:
        value = entry.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self._problem((*place, key), f"expected text, got {value!r}")
        return None

    def _fallbacks(self) -> None:
        for name, (kind, fallback) in self._named.items():
            if fallback is None:
                continue
            place = (kind, name, "fallback")
            others = [other for other, (its, _) in self._named.items() if its == kind and other != name]
            if fallback not in (*others, name):
                self._problem(place, f"no {kind} {fallback!r}{_nearest(fallback, others)}", _known(others))
            elif (circle := self._circle(name)) and name == min(circle):
                self._problem(
                    place, f"a circle: {' -> '.join((*circle, circle[0]))}", "Let one of them fall back on none."
                )

    def _circle(self, start: str) -> list[str]:
        """The names from `start` back to it, empty when the fallbacks lead elsewhere."""
        way = [start]
        while (after := self._named[way[-1]][1]) is not None and after in self._named:
            if after == start:
                return way
            if after in way:
                return []
            way.append(after)
        return []

    def _sharing(self) -> None:
        owners: dict[DeviceUrl, str] = {}
        for device in self.devices.values():
            owner = owners.setdefault(device.url, device.name)
            if owner != device.name and device.url.scheme not in _SHAREABLE:
                self._problem(
                    (device.kind, device.name, "url"),
                    f"the same device as {owner!r}: {device.url}",
                    "Give a device one name: two handles would take turns at keeping each other out.",
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
