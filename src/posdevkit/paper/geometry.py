"""What the renderer must know of a model: widths, cells, code pages, the way from head to cutter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from posdevkit.documents import Font
from posdevkit.profiles import Multibyte, Profile, ReceiptLanguage
from posdevkit.profiles.codepages import decode_table

__all__ = ["Geometry"]

_CELLS: Mapping[Font, tuple[int, int]] = {"A": (12, 24), "B": (9, 17)}
_DOWNLOAD_ROOM: Final = 12 * 1024
"""That of the TM-T88 series (TM-T88III specification), where a model does not say."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Lengths in dots. `pages` maps the model's own numbers after `ESC t` to names of code pages."""

    width: int = 576
    dpi: int = 203
    cells: Mapping[Font, tuple[int, int]] = field(default_factory=lambda: dict(_CELLS))
    pages: Mapping[int, str] = field(default_factory=lambda: {0: "cp437"})
    first_page: int = 0
    """The page after `ESC @`."""
    cutter_feed: int = 0
    """From print head to blade."""
    full_cut: bool = True
    """False: the blade always leaves a hinge, whatever it is told."""
    line_spacing: int = 30
    """`ESC 2`: a sixth of an inch at 180 dpi, which most models keep at 203 dpi. Star's: 4 mm."""
    page_height: int = 1662
    """The longest page of page mode, along the paper."""
    language: ReceiptLanguage = "escpos"
    """What the bytes are read as."""
    multibyte: Multibyte | None = None
    """Code system of two-byte characters, where the model has any."""

    download_room: int = _DOWNLOAD_ROOM
    """Bytes of working memory for downloaded pictures."""

    @classmethod
    def of(cls, profile: Profile) -> Geometry:
        """The geometry of a model."""
        return cls(
            width=profile.width,
            dpi=profile.dpi,
            cells={name: (font.width, font.height) for name, font in profile.fonts.items()},
            pages={page.number: page.name for page in profile.code_pages},
            first_page=profile.code_pages[0].number,
            cutter_feed=profile.cutter.feed if profile.cutter else 0,
            full_cut=profile.cutter is None or profile.cutter.full,
            line_spacing=30 if profile.language == "escpos" else 32,
            language=profile.language,
            multibyte=profile.multibyte,
            download_room=profile.download_room or _DOWNLOAD_ROOM,
        )

    def nearest(self, font: Font) -> Font:
        """`font`, or what the model prints instead where it has none: B for C, A for B."""
        while font not in self.cells and font != "A":
            font = "B" if font == "C" else "A"
        return font

    def characters(self, page: int) -> tuple[str, ...] | None:
        """What each of the 256 bytes prints on a page; None for a number the model does not know."""
        name = self.pages.get(page)
        return None if name is None else decode_table(name)
