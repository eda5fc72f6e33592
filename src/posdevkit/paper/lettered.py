"""Tickets whose lines of dots are characters again, where it is known what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from posdevkit.documents import Raster

from .display import Item, Pane, RasterBlock, TextCells, Ticket

__all__ = ["lettered"]


def lettered(ticket: Ticket, lines: Mapping[Raster, Sequence[TextCells]]) -> Ticket:
    """`ticket` with characters in the place of each picture that `lines` knows; their places count from its corner.

    For reading: what is painted of it has the letters of the built-in fonts.
    """
    items: list[Item] = []
    for item in ticket.items:
        if isinstance(item, Pane):
            items.append(replace(item, ticket=lettered(item.ticket, lines)))
        elif isinstance(item, RasterBlock) and item.raster in lines:
            items += [replace(cells, x=item.x + cells.x, y=item.y + cells.y) for cells in lines[item.raster]]
        else:
            items.append(item)
    return replace(ticket, items=tuple(items))
