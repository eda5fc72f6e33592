"""Receipt printers in a shop's file: their keys, and the printer that is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from posdevkit.errors import BadProfile
from posdevkit.links.url import DeviceUrl
from posdevkit.profiles import Profile, load_profile
from posdevkit.profiles.schema import KEYS, WrongValue, did_you_mean
from posdevkit.registry import DeviceKind, Key, Place, open_link, values
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock

from .receipt_printer import AUTO, DEFAULT_PROFILE, ReceiptPrinter, asking_printer

__all__ = ["KIND", "profile_of"]


def _options(value: object, _: Place) -> Mapping[str, object]:
    """Keys of a profile that this device overrides, as a profile file would have them."""
    if not isinstance(value, Mapping):
        raise WrongValue("expected a table such as options = { paper_mm = 58 }, with keys of a profile")
    wrongs = []
    for key, one in value.items():
        if key not in KEYS:
            wrongs.append(WrongValue(f"unknown key of a profile{did_you_mean(key, KEYS)}", key))
            continue
        try:
            KEYS[key](one)
        except WrongValue as wrong:
            wrongs.append(WrongValue(wrong.why, key, *wrong.path))
    if wrongs:
        raise ExceptionGroup("options", wrongs)
    return MappingProxyType(dict(value))


def profile_of(settings: Mapping[str, object]) -> Profile:
    """The profile that `profile` and `options` of a shop's file make. Raises BadProfile.

    "auto" gives the one to begin with.
    """
    name, options = settings.get("profile", DEFAULT_PROFILE), settings.get("options")
    assert isinstance(name, str)
    if name == AUTO and options:
        raise BadProfile("profile = 'auto' goes without options", remedy="Name the model whose options these are.")
    name = DEFAULT_PROFILE if name == AUTO else name
    return load_profile(name, options if isinstance(options, Mapping) else None)


def _made(
    url: DeviceUrl,
    *,
    name: str = "",
    fallback: ReceiptPrinter | None = None,
    clock: Clock = SYSTEM_CLOCK,
    **settings: object,
) -> ReceiptPrinter:
    fonts = settings.get("fonts")
    assert fonts is None or isinstance(fonts, tuple)
    if settings.get("profile") == AUTO:
        return asking_printer(url, name=name, fallback=fallback, fonts=fonts, clock=clock)
    return ReceiptPrinter(url, profile_of(settings), name=name, fallback=fallback, fonts=fonts, clock=clock)


def _fonts(value: object, where: Place) -> tuple[Path, ...]:
    """Font files and folders, relative to the shop's file."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise WrongValue('expected a list of fonts such as fonts = ["fonts/NotoSansArabic-Regular.ttf"]')
    return tuple(where.folder / one for one in value)


def _known(name: str) -> object:
    return AUTO if name == AUTO else load_profile(name)


KIND: Final = DeviceKind(
    "tcp://192.168.1.87",
    open_link,
    _made,
    {
        "profile": Key(values.profile(_known), values.always(DEFAULT_PROFILE)),
        # Options that are right one by one may contradict each other or the model.
        "options": Key(_options, agrees=profile_of),
        "fonts": Key(_fonts),
    },
    fallback=True,
)
