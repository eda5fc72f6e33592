"""From a document to a job's bytes: layout, pictures, compilation. Everything that can be refused is refused here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.documents import Image, Page, Raster, Receipt
from posdevkit.errors import BadDocument
from posdevkit.errors.inputs import expect
from posdevkit.layout import (
    DrawSymbol,
    DrawText,
    Finding,
    Layout,
    Operation,
    Picture,
    PrintPage,
    PrintRaster,
    lay_out,
    prints_pages,
)
from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.job import Compiled
from posdevkit.runtime.threads import in_thread

if TYPE_CHECKING:
    from posdevkit.imaging.letters import FontLetters

__all__ = ["Composed", "Fonts", "compose", "compose_beside", "rasterized"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A job's bytes, and what will look other than asked."""

    compiled: Compiled
    findings: tuple[Finding, ...]
    drawn: Mapping[Raster, DrawText] = field(default_factory=dict)
    """Lines of text that go out as dots, by their dots."""


_WITHOUT_DOTS = frozenset((PrintPage, DrawText, DrawSymbol, Picture))
"""Operations that no compiler takes as they are."""
Fonts = Sequence[str | Path] | None
"""Font files and folders for what a printer cannot set; None: the system's, empty: draw no text."""


def compose(receipt: Receipt, profile: Profile, fonts: Fonts = None) -> Composed:
    """The bytes that print `receipt`. Raises a UsageError, naming the input, before anything is sent.

    Lines with characters that the model cannot set are drawn with `fonts`. What those do not have either is refused
    where they are named, and otherwise a '?' and a finding.
    """
    _check(receipt)
    return _composed(receipt, profile, fonts, lay_out(receipt, profile))


def _composed(receipt: Receipt, profile: Profile, fonts: Fonts, layout: Layout) -> Composed:
    """`layout` is that of the receipt without letters: nearly every one needs no more."""
    if _wants_letters(layout, profile, fonts):
        layout = lay_out(receipt, profile, letters_of(None if fonts is None else tuple(fonts)))
    speaks = dialect(profile.language)
    operations: Sequence[Operation] = layout.operations
    lines: dict[Raster, DrawText] = {}
    if not _WITHOUT_DOTS.isdisjoint(map(type, operations)):
        operations = [_with_dots(operation, profile, fonts, lines) for operation in operations]
    if speaks.draws:
        from posdevkit.paper.drawn import drawn

        operations = drawn(operations, profile)
    return Composed(speaks.compile_job(operations, profile), layout.findings, lines)


async def compose_beside(receipt: Receipt, profile: Profile, fonts: Fonts = None) -> Composed:
    """As `compose`, but pictures and letters to be drawn, which take long, are worked on beside the event loop."""
    _check(receipt)
    if dialect(profile.language).draws or any(isinstance(element, Image | Page) for element in receipt.elements):
        return await in_thread(lambda: compose(receipt, profile, fonts), name="posdevkit-compose")
    layout = lay_out(receipt, profile)
    if _wants_letters(layout, profile, fonts):
        return await in_thread(lambda: _composed(receipt, profile, fonts, layout), name="posdevkit-compose")
    return _composed(receipt, profile, fonts, layout)


def _check(receipt: object) -> None:
    remedy = "Print Receipt().text('...').cut(), or what receipt_from_json or receipt_from_markup gives."
    expect(receipt, Receipt, "what is printed is a Receipt", remedy, BadDocument)


def _wants_letters(layout: Layout, profile: Profile, fonts: Fonts) -> bool:
    """Whether the printer cannot set all of it; only then is any font looked for.

    A model that prints no pictures is asked for one only where fonts are named: to be refused, not to print a '?'.
    """
    told = any(finding.kind == "unset-character" for finding in layout.findings)
    return told and (profile.graphics != "none" if fonts is None else len(fonts) > 0)


@lru_cache(maxsize=16)
def letters_of(fonts: tuple[str | Path, ...] | None) -> FontLetters:
    """Who draws with these fonts, made once. Raises InputFailed for a font that is not there."""
    from posdevkit.imaging.letters import FontLetters
    from posdevkit.paper.resident import BuiltIn

    return FontLetters(fonts, BuiltIn())


def rasterized(source: str | Path | bytes, width: int) -> Raster:
    """A picture as dots, at most `width` wide. Raises BadImage, MissingExtra."""
    from posdevkit.imaging import rasterize

    return rasterize(Image(source), width)


def _with_dots(operation: Operation, profile: Profile, fonts: Fonts, lines: dict[Raster, DrawText]) -> Operation:
    """What a compiler takes; lines that are drawn for it are put into `lines`."""
    if isinstance(operation, PrintPage):
        return _page(operation, profile, fonts, lines)
    if isinstance(operation, DrawText):
        letters = letters_of(None if fonts is None else tuple(fonts))
        dots = letters.draw(operation, lambda style: profile.fonts[style.font])
        lines[dots] = operation
        return PrintRaster(dots, operation.align)
    if isinstance(operation, DrawSymbol):
        from posdevkit.imaging.drawing import drawn

        return PrintRaster(drawn(operation.symbol, operation.max_width), operation.symbol.align)
    if not isinstance(operation, Picture):
        return operation
    from posdevkit.imaging import rasterize  # the only step that needs Pillow

    image = operation.image
    return PrintRaster(rasterize(image, operation.max_width), image.align, image.key)


def _page(page: PrintPage, profile: Profile, fonts: Fonts, lines: dict[Raster, DrawText]) -> Operation:
    """The page with what stands in its areas as dots; a picture of it for a model that sets no pages."""
    parts = [
        replace(part, operations=tuple(_with_dots(one, profile, fonts, lines) for one in part.operations))
        for part in page.parts
    ]
    page = replace(page, parts=tuple(parts))
    if prints_pages(page, profile):
        return page
    from posdevkit.paper.drawn import drawn_page

    return drawn_page(page, profile)
