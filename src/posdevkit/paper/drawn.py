"""A document as dots, for printers that know nothing else, and a page as dots, for those that cannot set one.

It is drawn as an ESC/POS printer of the same profile would print it: whatever a document can hold, that language has
words for, and this room can read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from posdevkit.documents import Raster
from posdevkit.layout import CutPaper, KickDrawer, Operation, PagePart, PrintPage, PrintRaster, RawBytes, placed
from posdevkit.layout.pages import LINE_SPACING
from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect

from .display import Item, Pane, Stroke, Ticket
from .geometry import Geometry
from .languages import renderer_for
from .painter import paint

__all__ = ["drawn", "drawn_page"]


def drawn(operations: Iterable[Operation], profile: Profile) -> list[Operation]:
    """`operations` with all that prints turned into pictures as wide as the paper; cuts, drawers and raw bytes stay.

    Raises MissingExtra where there is a QR code and `qrcode` is not installed.
    """
    result: list[Operation] = []
    run: list[Operation] = []
    for operation in operations:
        if isinstance(operation, CutPaper | KickDrawer | RawBytes):
            result += _pictures(run, profile)
            run.clear()
            result.append(operation)
        else:
            run.append(operation)
    return result + _pictures(run, profile)


def drawn_page(page: PrintPage, profile: Profile) -> PrintRaster:
    """A page as one picture; what stands in its areas has been turned into dots where it is no text.

    Raises BadDocument where an area is too low for what stands in it.
    """
    items: list[Item] = [Stroke(bar.x, bar.y, bar.width, bar.height) for bar in page.bars]
    for part in page.parts:
        placed(part, profile)
        items.append(Pane(part.x, part.y, _upright(part, profile), part.turns))
    raster: Raster = Ticket(profile.width, page.height, tuple(items), profile.dpi).raster()
    return PrintRaster(raster, "left")


def _upright(part: PagePart, profile: Profile) -> Ticket:
    """What stands in an area, as it is read."""
    within = replace(profile, width=part.across)
    geometry = replace(Geometry.of(within), language="escpos", line_spacing=LINE_SPACING)
    found = _printed(part.operations, within, geometry)
    items = () if found is None else found.items
    return Ticket(part.across, part.along, items, profile.dpi)


def _pictures(run: list[Operation], profile: Profile) -> list[Operation]:
    ticket = _printed(run, profile, replace(Geometry.of(profile), language="escpos")) if run else None
    return [] if ticket is None else [PrintRaster(strip, "left") for strip in paint(ticket)]


def _printed(operations: Sequence[Operation], profile: Profile, geometry: Geometry) -> Ticket | None:
    speaks = dialect("escpos")
    renderer = renderer_for(geometry)
    for command in speaks.decoder().feed(speaks.compile_job(operations, profile).data):
        for _ in renderer.render(command):
            pass
    return renderer.finish()
