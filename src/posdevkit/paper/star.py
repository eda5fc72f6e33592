"""A Star printer's mechanism: StarPRNT, Star Line Mode and raster mode, on the paper and by the steps of `renderer`.

Raster mode fills an image buffer, and an executing command prints it: in steps of 32 rows, so that paper can run out
within a picture. A real printer begins before the buffer is full; where the paper stands in the end is the same.

Where it deviates from Star's specifications: a symbol too wide prints nothing; upperlines, logos, reduced printing and
colours are not drawn; characters of font C are drawn as B's. Code 128 chooses its code sets to be shortest, where the
specifications leave changes within the data to the printer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

from posdevkit.documents import Raster
from posdevkit.protocols.star.commands import graphics, mechanism, position, raster, symbols, text
from posdevkit.protocols.vocabulary import Command

from .bits import columns_to_rows, cropped, turned
from .display import DrawerKick
from .geometry import Geometry
from .line import Line
from .marks import place_bars, place_qr
from .mechanism import DrawerKicked, Handler, Renderer, Step
from .page_commands import STAR_PAGE_HANDLERS
from .rows import RowBuffer
from .star_bars import symbol_of
from .star_settings import SETTINGS

__all__ = ["StarRenderer"]

C = TypeVar("C", bound=Command)
_Steps = Iterator[Step]
_HANDLERS: dict[type[Command], Handler] = dict(STAR_PAGE_HANDLERS)

_PULSE: Final = (200, 200)
_FEEDS: Final = (2, 3, 9, 13)
_FULL_CUTS: Final = (8, 9)
_PARTIAL_CUTS: Final = (12, 13)
_DEFAULT_MODE: Final = 13
_FF, _EOT, _LF, _EM = 0, 4, 10, 25


class StarRenderer(Renderer):
    """A Star printer's."""

    handlers = _HANDLERS
    settings = SETTINGS
    at_line_start = frozenset(
        (text.UpsideDownOn, text.UpsideDownOff, position.SetAlignment, position.SetLeftMargin, position.SetRightMargin)
    )

    def __init__(self, geometry: Geometry) -> None:
        super().__init__(geometry)
        self.pulse = _PULSE
        self.buffer = RowBuffer(geometry.width)
        self.executed: dict[int, int] = {}
        """What each executing command does after printing, by its argument; those not set do the default."""

    def discard(self) -> None:
        """Forget what is set, stored or buffered and not printed."""
        super().discard()
        self.buffer.clear()

    def reset(self) -> None:
        """Initialization, or power-on; the drawer's pulse stays as it was set."""
        super().reset()
        self.reset_raster()

    def reset_raster(self) -> None:
        """Empty the image buffer; raster settings back to their defaults."""
        self.buffer = RowBuffer(self.geometry.width)
        self.executed = {}

    def print_rows(self) -> _Steps:
        """Print what the image buffer holds."""
        yield from self.flush()
        for block in self.buffer.take():
            yield from self.place(block.items(self.rows), block.height)

    def execute(self, mode: int) -> _Steps:
        """Print the rows, feed and cut as the mode says; nothing where there are none."""
        if not self.buffer.empty:
            yield from self.print_rows()
            yield from self.after_rows(mode)

    def after_rows(self, mode: int) -> _Steps:
        """Feed and cut as the mode says."""
        mode = mode or _DEFAULT_MODE
        if mode in _FEEDS:
            yield from self.feed(self.geometry.cutter_feed)
        if mode in _FULL_CUTS or mode in _PARTIAL_CUTS:
            yield from self.cut(mode in _PARTIAL_CUTS)

    def cuts(self, command: Command) -> bool:
        """Whether a command of raster mode would cut now."""
        if self.buffer.empty:
            return False
        if isinstance(command, raster.QuitRaster):
            mode = self.executed.get(_EOT, 0)
        elif isinstance(command, raster.ExecuteRaster) and command.mode != _LF:
            mode = self.executed.get(command.mode, 0)
        else:
            return False
        return (mode or _DEFAULT_MODE) in (*_FULL_CUTS, *_PARTIAL_CUTS)

    def open_drawer(self, pin: int, pulse: tuple[int, int]) -> _Steps:
        """Drive a drawer."""
        kick = DrawerKick(self.rows, pin, *pulse)
        self.kick(kick)
        yield DrawerKicked(kick.pin, kick.on_ms, kick.off_ms)


def _prints(*kinds: type[C]) -> Callable[[Callable[[StarRenderer, C], _Steps]], Callable[[StarRenderer, C], _Steps]]:
    def register(function: Callable[[StarRenderer, C], _Steps]) -> Callable[[StarRenderer, C], _Steps]:
        for kind in kinds:
            _HANDLERS[kind] = cast(Handler, function)
        return function

    return register


# Text and lines


@_prints(text.Initialize, text.Cancel)
def _initialize(printer: StarRenderer, command: Command) -> _Steps:
    printer.reset()
    return iter(())


@_prints(position.LineFeed)
def _line_feed(printer: StarRenderer, command: position.LineFeed) -> _Steps:
    return printer.print_line(printer.modes.line_spacing)


@_prints(position.FeedLines)
def _feed_lines(printer: StarRenderer, command: position.FeedLines) -> _Steps:
    spacing = printer.modes.line_spacing
    yield from printer.print_line(spacing)
    for _ in range(command.lines - 1):
        yield from printer.advance(spacing)


@_prints(position.FeedQuarters)
def _quarters(printer: StarRenderer, command: position.FeedQuarters) -> _Steps:
    return printer.print_line(2 * command.quarters)


@_prints(position.FeedEighths)
def _eighths(printer: StarRenderer, command: position.FeedEighths) -> _Steps:
    return printer.print_line(command.eighths)


@_prints(position.HorizontalTab)
def _tab(printer: StarRenderer, command: position.HorizontalTab) -> _Steps:
    printer.to_tab()
    return iter(())


@_prints(position.SetAbsolutePosition)
def _absolute(printer: StarRenderer, command: position.SetAbsolutePosition) -> _Steps:
    printer.line.move(command.dots)
    return iter(())


@_prints(position.SetRelativePosition)
def _relative(printer: StarRenderer, command: position.SetRelativePosition) -> _Steps:
    printer.move_by(command.dots)
    return iter(())


# Pictures


def _into_line(printer: StarRenderer, picture: Raster) -> _Steps:
    line: Line = printer.line
    picture = cropped(picture, max(0, line.room - line.cursor))
    if picture.width:
        line.put_columns(turned(picture) if printer.modes.turned else picture)
    return iter(())


@_prints(graphics.ColumnImage)
def _columns(printer: StarRenderer, command: graphics.ColumnImage) -> _Steps:
    return _into_line(printer, columns_to_rows(command.data, command.columns, 3))


@_prints(graphics.BandImage)
def _band(printer: StarRenderer, command: graphics.BandImage) -> _Steps:
    return _into_line(printer, Raster(8 * command.width_bytes, 24, command.data))


@_prints(graphics.RasterImage)
def _raster_image(printer: StarRenderer, command: graphics.RasterImage) -> _Steps:
    yield from printer.flush()
    yield from printer.print_raster(Raster(8 * command.width_bytes, command.rows, command.data))


# Raster mode


@_prints(raster.InitializeRaster, raster.EnterRaster)
def _enter(printer: StarRenderer, command: Command) -> _Steps:
    yield from printer.flush()
    printer.reset_raster()


@_prints(raster.ClearRaster)
def _clear(printer: StarRenderer, command: raster.ClearRaster) -> _Steps:
    printer.buffer.clear()
    return iter(())


@_prints(raster.QuitRaster)
def _quit(printer: StarRenderer, command: raster.QuitRaster) -> _Steps:
    return printer.execute(printer.executed.get(_EOT, 0))


@_prints(raster.ExecuteRaster)
def _execute(printer: StarRenderer, command: raster.ExecuteRaster) -> _Steps:
    mode = printer.executed.get(command.mode, 0)
    if command.mode == _LF:  # LF mode prints and does nothing else
        return printer.print_rows()
    if command.mode == _EM and printer.buffer.empty:  # EM mode is done without rows too
        return printer.after_rows(mode)
    return printer.execute(mode)


@_prints(raster.SetFfMode)
def _ff_mode(printer: StarRenderer, command: raster.SetFfMode) -> _Steps:
    return _set_mode(printer, _FF, command.digits)


@_prints(raster.SetEotMode)
def _eot_mode(printer: StarRenderer, command: raster.SetEotMode) -> _Steps:
    return _set_mode(printer, _EOT, command.digits)


@_prints(raster.SetEmMode)
def _em_mode(printer: StarRenderer, command: raster.SetEmMode) -> _Steps:
    return _set_mode(printer, _EM, command.digits)


def _set_mode(printer: StarRenderer, which: int, digits: bytes) -> _Steps:
    if printer.buffer.empty:
        printer.executed[which] = raster.number(digits)
    return iter(())


@_prints(raster.SetRasterLeft)
def _raster_left(printer: StarRenderer, command: raster.SetRasterLeft) -> _Steps:
    if printer.buffer.empty:
        printer.buffer.left = 8 * min(raster.number(command.digits), printer.geometry.width // 8 - 1)
    return iter(())


@_prints(raster.Row)
def _row(printer: StarRenderer, command: raster.Row) -> _Steps:
    printer.buffer.lay(command.data)
    printer.buffer.down(1)
    return printer.print_rows() if printer.buffer.full else iter(())


@_prints(raster.RowOver)
def _row_over(printer: StarRenderer, command: raster.RowOver) -> _Steps:
    printer.buffer.lay(command.data)
    return iter(())


@_prints(raster.SkipRows)
def _skip(printer: StarRenderer, command: raster.SkipRows) -> _Steps:
    printer.buffer.down(raster.number(command.digits))
    return printer.print_rows() if printer.buffer.full else iter(())


@_prints(raster.RasterDrawer)
def _raster_drawer(printer: StarRenderer, command: raster.RasterDrawer) -> _Steps:
    which = raster.number(command.digits) if printer.buffer.empty else 0
    if which & 1:
        yield from printer.open_drawer(2, printer.pulse)
    if which & 2:
        yield from printer.open_drawer(5, _PULSE)


# Symbols


@_prints(symbols.Barcode)
def _barcode(printer: StarRenderer, command: symbols.Barcode) -> _Steps:
    symbol = symbol_of(command)
    if symbol is None:
        return
    yield from printer.flush()
    modes = printer.modes
    modes.barcode_module, modes.barcode_wide = symbol.narrow, symbol.wide
    modes.barcode_height = command.height
    modes.hri = 2 if symbol.readable else 0
    yield from printer.place(*place_bars(symbol.name, symbol.bars, modes, printer.here))


@_prints(symbols.QrPrint)
def _qr(printer: StarRenderer, command: symbols.QrPrint) -> _Steps:
    yield from printer.flush()
    yield from printer.place(*place_qr(printer.modes, printer.here), hangs=True)


# Mechanism


@_prints(mechanism.Cut)
def _cut(printer: StarRenderer, command: mechanism.Cut) -> _Steps:
    yield from printer.flush()
    if command.feeds:
        yield from printer.feed(printer.geometry.cutter_feed)
    yield from printer.cut(command.partial)


@_prints(mechanism.SetPulse)
def _pulse(printer: StarRenderer, command: mechanism.SetPulse) -> _Steps:
    printer.pulse = (10 * command.on, 10 * command.off)
    return iter(())


@_prints(mechanism.OpenFirst, mechanism.OpenFirstAtOnce)
def _first(printer: StarRenderer, command: Command) -> _Steps:
    return printer.open_drawer(2, printer.pulse)


@_prints(mechanism.OpenSecond, mechanism.OpenSecondAtOnce)
def _second(printer: StarRenderer, command: Command) -> _Steps:
    return printer.open_drawer(5, _PULSE)
