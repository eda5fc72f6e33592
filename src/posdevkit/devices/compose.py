"""From a document to a job's bytes: layout, pictures, compilation. Everything that can be refused is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from posdevkit.documents import Image, Page, Raster, Receipt
from posdevkit.layout import DrawSymbol, Finding, Operation, Picture, PrintPage, PrintRaster, lay_out, prints_pages
from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.job import Compiled
from posdevkit.runtime.threads import in_thread

__all__ = ["Composed", "compose", "compose_beside", "rasterized"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A job's bytes, and what will look other than asked."""

    compiled: Compiled
    findings: tuple[Finding, ...]


def compose(receipt: Receipt, profile: Profile) -> Composed:
    """The bytes that print `receipt`. Raises a UsageError, naming the input, before anything is sent."""
    layout = lay_out(receipt, profile)
    speaks = dialect(profile.language)
    operations: Sequence[Operation] = [_with_dots(operation, profile) for operation in layout.operations]
    if speaks.draws:
        from posdevkit.paper.drawn import drawn

        operations = drawn(operations, profile)
    return Composed(speaks.compile_job(operations, profile), layout.findings)


async def compose_beside(receipt: Receipt, profile: Profile) -> Composed:
    """As `compose`, but pictures, which take long, are worked on beside the event loop."""
    if dialect(profile.language).draws or any(isinstance(element, Image | Page) for element in receipt.elements):
        return await in_thread(lambda: compose(receipt, profile), name="posdevkit-compose")
    return compose(receipt, profile)


def rasterized(source: str | Path | bytes, width: int) -> Raster:
    """A picture as dots, at most `width` wide. Raises BadImage, MissingExtra."""
    from posdevkit.imaging import rasterize

    return rasterize(Image(source), width)


def _with_dots(operation: Operation, profile: Profile) -> Operation:
    if isinstance(operation, PrintPage):
        return _page(operation, profile)
    if isinstance(operation, DrawSymbol):
        from posdevkit.imaging.drawing import drawn

        return PrintRaster(drawn(operation.symbol, operation.max_width), operation.symbol.align)
    if not isinstance(operation, Picture):
        return operation
    from posdevkit.imaging import rasterize  # the only step that needs Pillow

    return PrintRaster(rasterize(operation.image, operation.max_width), operation.image.align)


def _page(page: PrintPage, profile: Profile) -> Operation:
    """The page with what stands in its areas as dots; a picture of it for a model that sets no pages."""
    parts = [
        replace(part, operations=tuple(_with_dots(one, profile) for one in part.operations)) for part in page.parts
    ]
    page = replace(page, parts=tuple(parts))
    if prints_pages(page, profile):
        return page
    from posdevkit.paper.drawn import drawn_page

    return drawn_page(page, profile)
