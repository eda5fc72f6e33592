"""A printer's mechanism, whatever its language: modes, print buffer, page and paper, and the steps of its work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from posdevkit.documents import Raster
from posdevkit.protocols.escpos.commands.settings import ExecuteMacro, MacroDefinition
from posdevkit.protocols.vocabulary import Command, Text

from .bits import cropped, turned
from .counter import Macro
from .display import CellStyle, Cut, DrawerKick, Item, RasterBlock, RollChange, Stroke, Symbol, TextCells, Ticket
from .fonts import columns
from .geometry import Geometry
from .kept import KEPT, KeptPictures
from .line import Line, aligned
from .page import Sheet
from .pairs import PairReader
from .settings import Setting
from .state import Modes
from .user_characters import styled

__all__ = ["NO_STEP", "DrawerKicked", "Handler", "LinePrinted", "Renderer", "Step", "TicketFinished", "signed"]


@dataclass(frozen=True, slots=True)
class LinePrinted:
    """The paper moved on by `dots`, with or without ink on it."""

    dots: int


_line_printed = lru_cache(maxsize=256)(LinePrinted)


@dataclass(frozen=True, slots=True)
class TicketFinished:
    """The paper was cut."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class DrawerKicked:
    """A pulse on the drawer connector, on pin 2 or 5."""

    pin: int
    on_ms: int
    off_ms: int


_MARKS = frozenset((MacroDefinition, ExecuteMacro))

Step = LinePrinted | TicketFinished | DrawerKicked
NO_STEP: Iterator[Step] = iter(())
"""What text gives that waits in a line."""
Handler = Callable[["Renderer", Command], Iterator[Step]]


def signed(value: int) -> int:
    """A length of two bytes in two's complement."""
    return value - 0x10000 if value >= 0x8000 else value


class Renderer:
    """One printer's modes, print buffer and paper. Not thread-safe; one generator of `render` at a time.

    The mechanism is one, whatever the language; a language brings its tables of what each command prints and sets.
    """

    handlers: ClassVar[Mapping[type[Command], Handler]]
    settings: ClassVar[Mapping[type[Command], Setting]]
    at_line_start: ClassVar[frozenset[type[Command]]]

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.modes = Modes(geometry)
        self.line = Line(self.modes.area[1])
        self.kept = KeptPictures(KEPT)
        self.sheet = Sheet(geometry.width, geometry.page_height, geometry.dpi)
        self.macro = Macro()
        self.recording: Macro | None = None
        """The macro, while it is being defined."""
        self.defaults: dict[str, object] = {}
        """Settings that are kept over power cycles, by the names of the modes."""
        self.begins_with_defaults = False
        self._along: dict[int, Stroke] = {}  # lines along the paper that have begun, by where they stand
        self._pairs = PairReader()
        self._items: list[Item] = []
        self._y = 0
        self._inked = 0  # where the lowest ink ends

    @property
    def rows(self) -> int:
        """Dots of paper used since the last cut."""
        return self._y

    @property
    def unprinted(self) -> bool:
        """Whether characters or pictures wait, in a line or on a page, for something to print them."""
        return not self.line.blank or self.sheet.waits

    @property
    def here(self) -> int:
        """Where something that stands by itself begins; on a page `place` moves it to the base line."""
        return 0 if self.sheet.on else self._y

    def render(self, command: Command) -> Iterator[Step]:
        """Execute one command; each step is given when it has happened, and the next happens when it is asked for."""
        kind = type(command)
        if self.recording is not None and kind not in _MARKS:
            self.recording.record(command)
        if kind is Text:
            (data,) = command.values
            assert isinstance(data, bytes)
            return self.set_bytes(data)
        if self._pairs.lose():
            self.line.put_text("\ufffd", self.modes.style)
        handler = self.handlers.get(kind)
        if handler is not None:
            return handler(self, command)
        setting = self.settings.get(kind)
        if setting is not None and (kind not in self.at_line_start or self.line.empty):
            setting(self.modes, command)
            if self.line.empty:
                self.line = Line(self.modes.area[1])
        return iter(())

    def finish(self) -> Ticket | None:
        """The end of input: what was printed since the last cut, or None. A half-set line is lost."""
        self._end_along()
        ticket = self.snapshot() if self._y else None
        self._start_ticket()
        self.discard()
        return ticket

    def snapshot(self) -> Ticket:
        """The ticket so far, without the line that is being set."""
        begun = (replace(line, height=self._y - line.y) for line in self._along.values())
        return Ticket(self.geometry.width, self._y, (*self._items, *begun), self.geometry.dpi)

    def new_roll(self) -> None:
        """The paper ended here and goes on with another roll."""
        self._items.append(RollChange(self._y))

    def discard(self) -> None:
        """Forget everything that is set or stored and not printed; modes and paper stay."""
        self.modes.graphics.clear()
        self.modes.qr_data = self.modes.stacked.data = b""
        self.modes.composite.linear = self.modes.composite.component = b""
        self._pairs.lose()
        for matrix in self.modes.matrices.values():
            matrix.data = b""
        self.leave_page()
        self.line = Line(self.modes.area[1])

    def power_on(self) -> None:
        """Switched off and on: nothing is remembered but the paper, the stored pictures and the defaults."""
        self.define_macro(False)
        self.macro.clear()
        self.reset()

    def reset(self) -> None:
        """`ESC @`, or power-on: every mode back to its default, nothing in the buffers; the paper stays."""
        self._end_along()
        self.modes = Modes(self.geometry)
        self.sheet = Sheet(self.geometry.width, self.geometry.page_height, self.geometry.dpi)
        self.line = Line(self.modes.area[1])
        self._pairs.lose()

    # What the handlers below are made of.

    def begin_along(self, x: int, thick: int) -> None:
        """Draw a line along the paper from here on, until it is ended; one that has begun there goes on."""
        if x < self.geometry.width:
            self._along.setdefault(x, Stroke(x, self._y, thick, 0))

    def end_along(self, x: int) -> None:
        """End such a line."""
        line = self._along.pop(x, None)
        if line is not None and self._y > line.y:
            self._items.append(replace(line, height=self._y - line.y))
            self._inked = self._y

    def _end_along(self) -> None:
        for x in list(self._along):
            self.end_along(x)

    def define_macro(self, begins: bool) -> None:
        """Remember what is executed from here on, or no longer; a new definition takes the place of the last."""
        if begins:
            self.macro.clear()
        self.recording = self.macro if begins else None

    def start_line(self) -> None:
        """An empty line in the print area of the moment."""
        self.line = Line(self.modes.area[1])

    def _start_ticket(self) -> None:
        self._items = []
        self._y = self._inked = 0

    def feed(self, dots: int) -> Iterator[Step]:
        """Move the paper."""
        if not dots:
            return iter(())
        self._y += dots
        return iter((_line_printed(dots),))

    def advance(self, dots: int) -> Iterator[Step]:
        """Move the paper, or the position on a page."""
        if self.sheet.on:
            self.sheet.move(self.sheet.level + dots)
            return iter(())
        return self.feed(dots)

    def place(self, items: list[Item], height: int, hangs: bool = False) -> Iterator[Step]:
        """Put ink on the paper from here on, and move it by `height`.

        On a page it stands on the base line, or `hangs` from it, and what follows goes on at its right.
        """
        if self.sheet.on:
            self._place_on_page(items, hangs)
            return iter(())
        self._items += items
        if items:
            self._inked = self._y + height
        return self.feed(height)

    def _place_on_page(self, items: list[Item], hangs: bool) -> None:
        dots = [item for item in items if isinstance(item, RasterBlock | Symbol)]
        if not dots:
            return
        down = self.sheet.level - (0 if hangs else dots[0].y + dots[0].height)
        right = self.line.cursor
        on_page = [item for item in items if isinstance(item, TextCells | RasterBlock | Symbol | Stroke)]
        self.sheet.add(replace(item, x=item.x + right, y=item.y + down) for item in on_page)
        self.line.move(min(self.line.room, right + dots[0].x + dots[0].width))

    def keep_line(self) -> None:
        """Leave on the page what has been set of a line; what follows goes on behind it."""
        line, self.line = self.line, Line(self.modes.area[1])
        self.sheet.add(line.standing(self.sheet.level))
        self.line.move(min(line.cursor, self.line.room))

    def set_up_page(self) -> None:
        """Begin at the start of the sheet's area, in its direction."""
        area = self.sheet.area
        self.modes.to_pane((area.across, area.turns))
        self.line = Line(area.across)

    def print_page(self) -> Iterator[Step]:
        """Print the page at once; it is still there afterwards."""
        self.keep_line()
        height = self.sheet.used
        self.sheet.waits = False
        self._items += self.sheet.panes(self._y)
        if height:
            self._inked = self._y + height
        return self.feed(height)

    def leave_page(self) -> None:
        """Drop the page and go back to standard mode."""
        self.sheet.leave()
        self.modes.to_pane(None)
        self.line = Line(self.modes.area[1])

    def print_line(self, spacing: int) -> Iterator[Step]:
        """Print the line if there is one, and feed by its height or `spacing`, whichever is more."""
        line, modes = self.line, self.modes
        area = modes.area
        if self.sheet.on:
            self.keep_line()
            self.line = Line(area[1])
            return self.advance(spacing)
        self.line = Line(area[1])
        height = line.height
        if height:
            self._items += line.items(self._y, area, modes.align, modes.upside_down)
            self._inked = self._y + height
        return self.feed(max(height, spacing))

    def flush(self) -> Iterator[Step]:
        """Print a half-set line before something that stands by itself."""
        if self.sheet.on:
            self.keep_line()
        elif not self.line.blank:
            yield from self.print_line(self.modes.line_spacing)
        else:
            self.line = Line(self.modes.area[1])

    def set_bytes(self, data: bytes) -> Iterator[Step]:
        """Characters of the present code page, drawn by the host, or of two bytes; full lines print by themselves."""
        modes = self.modes
        if modes.geometry.multibyte is None and not modes.user.on:  # nearly all text
            style = modes.style
            rest = self.line.put_text(modes.printed(data), style)
            return self._set_text(rest, style) if rest else NO_STEP
        return self._set_mixed(data)

    def _set_mixed(self, data: bytes) -> Iterator[Step]:
        for single, pairs in self._pairs.read(data, self.modes):
            for piece in self.modes.user.pieces(single, self.modes.font):
                if isinstance(piece, bytes):
                    style = self.modes.style
                    yield from self._set_text(self.line.put_text(self.modes.printed(piece), style), style)
                else:
                    yield from self._set_drawn(piece, self.modes.style)
            if pairs:
                yield from self._set_pairs(pairs)

    def _set_pairs(self, pairs: str) -> Iterator[Step]:
        modes = self.modes
        narrow = modes.pair_style
        twice = replace(narrow, cell_width=2 * narrow.cell_width)
        before = modes.pair_spacing * narrow.width
        for drawn, some in groupby(pairs, modes.drawn_pairs.get):
            if drawn is not None:
                for _ in some:
                    self.line.move(self.line.cursor + before)
                    yield from self._set_drawn(drawn, replace(twice, spacing=twice.spacing - before))
                continue
            for wide, characters in groupby(some, lambda char: columns(char) == 2):
                # A printer gives every one of them two cells, also a letter that is as narrow as others by Unicode.
                style = narrow if wide else twice
                yield from self._set_text(self.line.put_text("".join(characters), style, before), style, before)

    def _set_drawn(self, piece: Raster, style: CellStyle) -> Iterator[Step]:
        picture = styled(piece, style)
        if picture.width > self.line.room - self.line.cursor and not self.line.empty:
            yield from self.print_line(self.modes.line_spacing)
        self.line.put_columns(turned(picture) if self.modes.turned else picture)

    def _set_text(self, rest: str, style: CellStyle, before: int = 0) -> Iterator[Step]:
        while rest:
            yield from self.print_line(self.modes.line_spacing)
            rest = self.line.put_text(rest, style, before)

    def print_raster(self, raster: Raster) -> Iterator[Step]:
        """A picture by itself; dots beyond the print area are lost."""
        area = self.modes.area
        if self.sheet.on:
            area = 0, area[1] - self.line.cursor
        raster = cropped(raster, area[1])
        left = aligned(self.modes.placing, area, raster.width)
        if self.modes.turned:
            raster = turned(raster)
            left = 2 * area[0] + area[1] - left - raster.width
        blank = not raster.width or not raster.height
        return self.place([] if blank else [RasterBlock(left, self.here, raster)], raster.height)

    def to_tab(self) -> None:
        """To the next tab stop; a stop beyond the print area is its right edge, and without one nothing happens."""
        line = self.line
        line.move(min(line.room, next((stop for stop in self.modes.tabs if stop > line.cursor), line.cursor)))

    def move_by(self, dots: int) -> None:
        """Set the next character so far from here; two's complement of 16 bits for leftwards."""
        self.line.move(self.line.cursor + signed(dots))

    def kick(self, kick: DrawerKick) -> None:
        """Remember a drawer pulse with the ticket."""
        self._items.append(kick)

    def cut(self, partial: bool) -> Iterator[Step]:
        """End the ticket here; where the paper has not moved since the last cut, there is nothing to cut off."""
        if not self._y:
            return
        going_on = [(line.x, line.width) for line in self._along.values()]
        self._end_along()
        through = self._inked > 0 and self._y - self._inked < self.geometry.cutter_feed
        cut = Cut(self._y, partial or not self.geometry.full_cut, through)
        ticket = Ticket(self.geometry.width, self._y, (*self._items, cut), self.geometry.dpi, cut)
        self._start_ticket()
        for line in going_on:
            self.begin_along(*line)
        yield TicketFinished(ticket)
