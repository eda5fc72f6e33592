"""Which profile a printer means that tells what it is, for `profile="auto"`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from posdevkit.links.url import DeviceUrl
from posdevkit.profiles import (
    LabelProfile,
    Profile,
    is_identified,
    label_profile_names,
    load_label_profile,
    load_profile,
    profile_identified,
)
from posdevkit.protocols.conversation import Conversation, Identity
from posdevkit.protocols.dialects import dialect

__all__ = [
    "AUTO",
    "DEFAULT_PROFILE",
    "IDENTITY_SECONDS",
    "UNKNOWN_REMEDY",
    "base_of",
    "chosen_by",
    "label_profile_of",
    "other_label_printer",
    "other_model",
    "star_base",
    "star_question",
]

AUTO: Final = "auto"
DEFAULT_PROFILE: Final = "generic-80mm"
_NOBODY: Final = "generic"
"""The vendor of profiles that are of no model."""
_STAR_BASE: Final = "star-tsp650ii"
_STAR_USB: Final = "0519:"
IDENTITY_SECONDS: Final = 1.0
"""How long a printer that answers is waited for to say what it is."""
UNKNOWN_REMEDY: Final = (
    "Name its profile (posdevkit profiles), or have one written from a test page: posdevkit profile probe URL."
)


def chosen_by(identity: Identity) -> Profile | None:
    """The profile of what the printer says it is; None where it has not told, or no profile is known as that."""
    name = profile_identified(identity.maker, identity.model)
    return load_profile(name) if name is not None else None


def other_model(profile: Profile, identity: Identity) -> str | None:
    """The profile of what the printer says it is, where that is clearly another model than `profile` is of.

    None where it has not told, where nobody knows what it told, and for a profile of no model: a generic one stands for
    whatever prints by it.
    """
    name = profile_identified(identity.maker, identity.model)
    if name is None or name == profile.name or profile.vendor == _NOBODY:
        return None
    return None if is_identified(profile, identity.maker, identity.model) else name


def other_label_printer(profile: LabelProfile, identity: Identity) -> bool:
    """Whether a label printer tells other dots to the millimetre than `profile` has, or another model than it is of.

    A profile of a model may name it shorter than the printer does: `ZD420` is also `ZD420-203dpi`.
    """
    if identity.dpmm and identity.dpmm != str(profile.dpmm):
        return True
    if profile.vendor == _NOBODY or not identity.model:
        return False
    mine, told = _letters(profile.model), _letters(identity.model)
    return mine not in told and told not in mine


def label_profile_of(dpmm: str) -> str:
    """The profile that comes with the library for printers of which only that is known; empty for none."""
    known = (load_label_profile(name) for name in label_profile_names())
    return next((one.name for one in known if one.vendor == _NOBODY and one.answers and str(one.dpmm) == dpmm), "")


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def base_of(url: DeviceUrl) -> Profile:
    """What a printer is taken for until it has told anything: a Star where its USB vendor says so, else generic."""
    return star_base() if url.scheme == "usb" and url.address.startswith(_STAR_USB) else load_profile(DEFAULT_PROFILE)


@cache
def star_base() -> Profile:
    """What a Star printer is taken for until it has told its model."""
    return load_profile(_STAR_BASE)


def star_question() -> Callable[[], Conversation]:
    """For a printer that leaves every ESC/POS question unanswered: one question that only a Star answers.

    `ESC ACK SOH` alone: three control characters, of which no ESC/POS manual at hand makes a command, and which are
    believed to print nothing there (no printer was tried). What asks for Star's version would print an asterisk.
    """
    timid = replace(star_base(), asb=False, identity=False)
    return lambda: dialect(timid.language).session(timid, 0)
