"""Page mode: a page is set in memory, area by area, and then printed at once.

Within an area everything is set as it is read, from its own upper left corner; only when the page is printed is an area
turned and brought to its place. The vertical position is that of a base line, not of a top: characters, pictures and
bars stand on it, two-dimensional symbols hang from it. It begins at 21 dots, where characters of 24 dots have their
tops at the top of the area (Epson TM-H6000IV-DT ePOS-Device XML manual, p. 110: the default of `y`, and what it is for
each kind of content; ESC/POS Application Programming Guide 10.01, p. 125: how high the base lines of the fonts are). A
line moves on by the line spacing, however tall it is: only in standard mode does the height count (the same, p. 83).

Not known from any page and so assumed: the paper moves by as much as the lowest area in which something was set;
pictures of `ESC *` stand as characters do; `CAN` clears what was set in just the area of the moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from posdevkit.documents import Raster

from .bits import cropped, quarter_turned, turned
from .display import Item, Pane, RasterBlock, Stroke, Symbol, TextCells, Ticket

__all__ = ["FIRST_LINE", "Area", "Sheet", "pane_dots"]

FIRST_LINE: Final = 21
"""Dots from the top of an area to the first base line."""
_Inked = TextCells | RasterBlock | Symbol | Stroke


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the page in dots from its upper left corner, and how far what is in it is turned against the clock."""

    x: int
    y: int
    width: int
    height: int
    turns: int = 0

    @property
    def across(self) -> int:
        """Dots of a line in it."""
        return self.height if self.turns % 2 else self.width

    @property
    def along(self) -> int:
        """Dots from the top of its first line to its end."""
        return self.width if self.turns % 2 else self.height


@dataclass(slots=True)
class Sheet:
    """The page of a printer of so many dots across, of which the longest has `height` dots along the paper."""

    width: int
    height: int
    dpi: int = 203
    on: bool = False
    """Whether the printer is in page mode; areas and directions may be set before."""
    area: Area = field(init=False)
    level: int = FIRST_LINE
    """The base line of the moment, in dots from the top of the area."""
    _set: dict[Area, list[_Inked]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.area = Area(0, 0, self.width, self.height)

    def choose(self, x: int, y: int, width: int, height: int) -> bool:
        """Another area, cut to the page; False, and nothing is changed, where it begins outside or has no size."""
        if x >= self.width or y >= self.height or not width or not height:
            return False
        size = min(width, self.width - x), min(height, self.height - y)
        self.area = Area(x, y, *size, self.area.turns)
        self.level = FIRST_LINE
        return True

    def turn(self, turns: int) -> None:
        """Another direction, from the beginning of the area."""
        self.area = replace(self.area, turns=turns)
        self.level = FIRST_LINE

    def move(self, to: int) -> None:
        """Another base line; one outside the area is ignored."""
        if 0 <= to <= self.area.along:
            self.level = to

    def add(self, items: Iterable[_Inked]) -> None:
        """What has been set in the area of the moment."""
        found = list(items)
        if found:
            self._set.setdefault(self.area, []).extend(found)

    def clear_area(self) -> None:
        """Forget what was set in the area of the moment."""
        self._set.pop(self.area, None)

    def leave(self) -> None:
        """Back to standard mode: nothing is set, the whole page is the area; the direction stays."""
        self._set.clear()
        self.area = Area(0, 0, self.width, self.height, self.area.turns)
        self.level = FIRST_LINE
        self.on = False

    @property
    def used(self) -> int:
        """Dots along the paper to the end of the lowest area in which something was set."""
        return max((area.y + area.height for area in self._set), default=0)

    def panes(self, top: int) -> Iterator[Item]:
        """What is printed when the upper edge of the page is at `top` on the paper."""
        for area, items in self._set.items():
            ticket = Ticket(area.across, area.along, tuple(items), self.dpi)
            yield Pane(area.x, top + area.y, ticket, area.turns)


def pane_dots(pane: Pane) -> Raster:
    """The dots of an area, turned; what stands above its top or beyond its sides is cut off."""
    ticket = pane.ticket
    above = max((-item.y for item in ticket.items if isinstance(item, _Inked)), default=0)
    if above > 0:
        lower = tuple(replace(item, y=item.y + above) for item in ticket.items if isinstance(item, _Inked))
        whole = replace(ticket, height=ticket.height + above, items=lower).raster()
        raster = Raster(whole.width, ticket.height, whole.data[above * whole.stride :])
    else:
        raster = ticket.raster()
    raster = cropped(raster, ticket.width)
    if pane.turns >= 2:
        raster = turned(raster)
    return quarter_turned(raster) if pane.turns % 2 else raster
