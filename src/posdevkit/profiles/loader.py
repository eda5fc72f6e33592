"""From TOML files to profiles: inheritance, validation that names file, line and nearest key, and a cache."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from os import PathLike
from pathlib import Path

from posdevkit.errors import BadProfile
from posdevkit.errors.inputs import expect, path_of

from .model import Profile
from .multibyte import CELL_DOTS
from .schema import KEYS, OF_ONE_MODEL, WrongValue, did_you_mean
from .where import line_of

__all__ = ["load_profile", "profile_names", "profile_text"]

_TABLES_ONLY = frozenset({"codepages"})
_MM_PER_INCH = 25.4


@cache
def profile_names() -> tuple[str, ...]:
    """The names of the profiles that come with the library, sorted."""
    from importlib.resources import files

    stems = (Path(entry.name).stem for entry in files(__package__).joinpath("data").iterdir() if _is_toml(entry.name))
    return tuple(sorted(stem for stem in stems if stem not in _TABLES_ONLY))


def profile_text(name: str) -> str:
    """The TOML of a profile that comes with the library."""
    from importlib.resources import files

    return files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8")


def load_profile(name_or_path: str | Path, overrides: Mapping[str, object] | None = None) -> Profile:
    """The profile of that name, or of that TOML file if it is a `Path`, ends in `.toml` or holds a separator.

    A file may inherit from a name or from a file beside it. `overrides` are keys and values as a profile file would
    have them, for a device that differs from its model. The library's own profiles are read once, files each time.

    Raises BadProfile, naming file, line and the nearest known name, for anything unknown, missing, of the wrong type
    or out of range, and for profiles that inherit from each other in a circle.
    """
    says, remedy = (
        "a profile is a name or a path",
        "Give a name that 'posdevkit profiles' lists, or a TOML file's path.",
    )
    expect(name_or_path, (str, PathLike), says, remedy, BadProfile)
    if overrides is not None:
        remedy = "Give keys and values, such as {'cutter': 'none'}."
        expect(overrides, Mapping, "what is other than in the profile is a mapping", remedy, BadProfile)
    if isinstance(name_or_path, str) and not _is_path(name_or_path):
        return _bundled(name_or_path) if not overrides else _build(name_or_path, _read(name_or_path), overrides)
    path = path_of(name_or_path, "a profile", BadProfile)
    return _build(path.stem, _read(str(path.absolute())), overrides or {})


@cache
def _bundled(name: str) -> Profile:
    return _build(name, _read(name), {})


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


def _is_path(name: str) -> bool:
    return _is_toml(name) or "/" in name or "\\" in name


def _read(place: str, below: tuple[str, ...] = ()) -> dict[str, object]:
    """The checked values of the file at `place` (a name or an absolute path) over those that it inherits."""
    if place in below:
        raise BadProfile(f"{' inherits '.join((*below[below.index(place) :], place))}: a circle")
    text = _text_of(place, below)
    try:
        raw: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{place}: {error}", remedy="Correct the line that is named.") from None
    parent = raw.pop("inherits", None)
    values: dict[str, object] = {}
    if parent is not None:
        if not isinstance(parent, str):
            raise BadProfile(_at(place, text, "inherits") + "expected a profile's name or a path")
        values = _read(_resolved(parent, place), (*below, place))
        values = {key: value for key, value in values.items() if key not in OF_ONE_MODEL}
    values.update(_checked(raw, place, text))
    return values


def _resolved(parent: str, place: str) -> str:
    return str((Path(place).parent / parent).absolute()) if _is_path(parent) else parent


def _text_of(place: str, below: tuple[str, ...]) -> str:
    if not _is_path(place):
        if place not in profile_names():
            raise BadProfile(
                f"{below[-1] + ' inherits ' if below else ''}{place!r} is not a profile"
                f"{did_you_mean(place, profile_names())}",
                remedy="'posdevkit profiles' lists those that are known; or give the path of a TOML file.",
            )
        return profile_text(place)
    try:
        return Path(place).read_text(encoding="utf-8")
    except OSError as error:
        raise BadProfile(
            f"{place}: {error.strerror or error}", remedy="Give the path of a TOML file you can read."
        ) from None
    except UnicodeDecodeError:
        raise BadProfile(f"{place}: not UTF-8 text", remedy="Save the file as UTF-8.") from None


def _at(place: str, text: str, *path: str) -> str:
    line = line_of(text, path)
    return f"{place}{f', line {line}' if line else ''}: {'.'.join(path)}: "


def _checked(raw: Mapping[str, object], place: str, text: str) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in raw.items():
        if key not in KEYS:
            raise BadProfile(f"{_at(place, text, key)}unknown key{did_you_mean(key, KEYS)}")
        try:
            values[key] = KEYS[key](value)
        except WrongValue as wrong:
            raise BadProfile(f"{_at(place, text, key, *wrong.path)}{wrong.why}") from None
    return values


def _build(name: str, values: Mapping[str, object], overrides: Mapping[str, object]) -> Profile:
    values = {**OF_ONE_MODEL, **values, **_checked(overrides, f"options for {name}", "")}
    if missing := [key for key in KEYS if key not in values]:
        raise BadProfile(
            f"{name}: missing {', '.join(missing)}", remedy="Add the keys, or inherit from a profile that has them."
        )
    profile = Profile(name=name, **values)  # type: ignore[arg-type]  # each value has passed its key's check
    if wrong := _contradiction(profile):
        raise BadProfile(f"{name}: {wrong}")
    return profile


_ONLY_ESCPOS = frozenset({"gs_v_0", "gs_paren_l", "esc_star", "none", "process_id", "in_order_status"})


def _of_another_language(profile: Profile) -> str:
    """What the profile claims that its language has no command for."""
    claims: dict[str, str] = {f"graphics = {profile.graphics!r}": profile.graphics}
    if profile.completion != "none":
        claims[f"completion = {profile.completion!r}"] = profile.completion
    if profile.language == "star-graphic" and profile.completion == "print_end":
        # There ESC GS ETX begins and ends documents, and counts nothing (Graphic Mode specifications, p. 20).
        return "completion = 'print_end'"
    escpos = profile.language == "escpos"
    return next((claim for claim, value in claims.items() if (value in _ONLY_ESCPOS) != escpos), "")


# Star's specifications tell of `ESC p` and `ESC $` for Japanese alone.
_STAR_MULTIBYTE = frozenset({"jis", "shift_jis"})


def _wrong_multibyte(profile: Profile) -> str | None:
    """What speaks against the profile's two-byte characters."""
    if profile.multibyte is None:
        return None
    claim = f"multibyte = {profile.multibyte!r}"
    if profile.language == "star-graphic":
        return f"language = 'star-graphic' knows dots alone, not {claim}"
    if profile.language != "escpos" and profile.multibyte not in _STAR_MULTIBYTE:
        return f"language = {profile.language!r} does not know {claim}"
    cell = profile.fonts["A"]
    if (2 * cell.width, cell.height) != (CELL_DOTS, CELL_DOTS):
        return f"{claim}: characters of {CELL_DOTS} x {CELL_DOTS} dots, font A is {cell.width} x {cell.height}"
    return None


def _contradiction(profile: Profile) -> str | None:
    if profile.width > profile.paper_mm / _MM_PER_INCH * profile.dpi:
        return f"{profile.width} dots at {profile.dpi} dpi do not fit on {profile.paper_mm} mm of paper"
    for name, font in profile.fonts.items():
        if font.width * font.columns > profile.width:
            return f"font {name}: {font.columns} columns of {font.width} dots do not fit in {profile.width} dots"
    if wrong := _wrong_multibyte(profile):
        return wrong
    other = _of_another_language(profile)
    if other:
        return f"language = {profile.language!r} does not know {other}"
    if not profile.answers:
        talks = [key for key in ("asb", "realtime_status", "identity", "realtime_clear") if getattr(profile, key)]
        if profile.completion != "none":
            talks.append("completion")
        if talks:
            return f"answers = false, yet {', '.join(talks)} would wait for an answer"
    return None
