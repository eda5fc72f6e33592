"""Profiles by the names that python-escpos gives them, with the questions its users ask of them."""

from __future__ import annotations

from typing import Final

from posdevkit.errors import BadProfile
from posdevkit.profiles import Profile, known_printers, load_profile, profile_names

__all__ = ["EscposProfile", "profile_of"]

DEFAULT: Final = "generic-80mm"
# Names of escpos-printer-db without a model of ours: what they are most like.
_LIKE: Final = {"default": DEFAULT, "simple": DEFAULT, "safe": DEFAULT}


def profile_of(name: str | Profile | None) -> Profile:
    """The profile that a script means: one of ours, a model's name ("TM-T88V"), or what a printer of 80 mm can do.

    Raises BadProfile for a name that nobody knows.
    """
    if isinstance(name, Profile):
        return name
    if name is None:
        return load_profile(DEFAULT)
    if like := _LIKE.get(name):
        return load_profile(like)
    if name in profile_names():
        return load_profile(name)
    for known in known_printers():
        if name in known.known_as.names or name.casefold() == known.model.casefold():
            return load_profile(known.profile)
    if name.upper().startswith(("TM-", "TM ")):
        # A model of the family that there is no profile of: what all of them can do.
        return load_profile(DEFAULT)
    raise BadProfile(f"no profile {name!r}", remedy="Use one that 'posdevkit profiles' lists, or a model's name.")


class EscposProfile:
    """`printer.profile` as scripts ask it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.profile_data: dict[str, object] = {
            "name": profile.name,
            "vendor": profile.vendor,
            "media": {"width": {"mm": profile.paper_mm, "pixels": profile.width}, "dpi": profile.dpi},
        }

    def get_font(self, font: int | str) -> int:
        """0 for font A, 1 for font B. Raises ValueError for a font that the model has not."""
        number = {"a": 0, "b": 1}.get(str(font).lower(), font)
        if str(number) not in ("0", "1") or "AB"[int(number)] not in self._profile.fonts:
            raise ValueError(f"{font!r} is not a valid font in the current profile")
        return int(number)

    def get_columns(self, font: int | str) -> int:
        """Characters of one line."""
        return self._profile.fonts["B" if self.get_font(font) else "A"].columns

    def supports(self, feature: str) -> bool:
        """Whether the model can do what escpos-printer-db calls `feature`."""
        profile = self._profile
        cutter = profile.cutter
        return {
            "barcodeA": bool(profile.barcodes),
            "barcodeB": bool(profile.barcodes),
            "bitImageRaster": profile.graphics == "gs_v_0",
            "graphics": profile.graphics == "gs_paren_l",
            "paperFullCut": cutter is not None and cutter.full,
            "paperPartCut": cutter is not None and cutter.partial,
            "pulseStandard": bool(profile.drawer_pins),
            "qrCode": profile.qr,
        }.get(feature, False)
