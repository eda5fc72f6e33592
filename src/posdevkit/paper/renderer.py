"""An ESC/POS printer's mechanism: decoded commands in, paper out, one printed line at a time.

How to drive it, from a preview or from an emulator:

    renderer = EscPosRenderer(Geometry.of(profile))
    for command in decoder.feed(data):
        for step in renderer.render(command):       # a generator: nothing more happens until the next step is asked for
            match step:
                case LinePrinted(dots): ...         # the paper has moved; is there any left? then ask for the next step
                case TicketFinished(ticket): ...    # a cut
                case DrawerKicked(pin, on_ms): ...
    rest = renderer.finish()                        # what was printed and not cut; None if nothing was

- A `LinePrinted` comes after each physical line: a line of text (also one that is full and wraps by itself), each line
  of a feed, a band of a picture, a symbol, the way to the cutter. One command can give none, one, or many. To stop in
  the middle of a command, keep its generator and ask for the next step when there is paper again: the printer goes on
  exactly there. To drop the rest of a command, close the generator.
- `discard()` forgets the half-set line, stored graphics and symbol data, as `DLE ENQ 2` and `DLE DC4 8` do; what is on
  paper stays, and so do the modes. `reset()` is a power-on: everything but the paper and the stored pictures.
- `snapshot()` is the ticket so far. `new_roll()` marks on it where another roll begins.
- Commands that print nothing and set nothing here (status, identity, real-time ones, unknown bytes) give no step.

What real printers do, and this one too: `ESC @` drops a half-set line. A line prints only when something prints it
(line feed, feed, wrap, cut, picture or symbol); at the end of input an unfinished line is lost. A line advances by its
tallest cell or by the line spacing, whichever is more. Alignment, margins and upside-down take effect at the start of a
line only. Underline does not run through tabs and positions. A barcode or QR code that is too wide prints nothing;
refused barcode data prints as text (seen on a TM-T70). Bytes that a code page leaves open print as U+FFFD.

Where it deviates from Epson's manual: a picture, symbol or cut in the middle of a line prints that line first, as many
compatible printers do, while Epson's ignore the command. A cut without feeding ends the ticket after the last line and
tells `Cut.through`, where a real blade would go through the lines between head and cutter. Motion units are dots until
`GS P` says otherwise. The second colour shows in pictures of the paper; dot for dot all ink is black. Smoothing is not
drawn. Two-byte characters are read as `pairs` says; one that only begins before a command shows as U+FFFD. Bitmaps
(`GS D`) of more than two colours, and logos at top and bottom (`FS ( E`) are not drawn as such. Page mode is
told of in `page`, macros, counters and saved settings in `remembered`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, TypeVar, cast

from posdevkit.protocols.escpos.commands import mechanism, position, stacked, symbols
from posdevkit.protocols.vocabulary import Command

from .display import DrawerKick
from .marks import bars_of, place_bars, place_qr, placed_symbol
from .matrices import MATRIX_PRINTS, MATRIX_SETTINGS, place_matrix
from .mechanism import DrawerKicked, Handler, Renderer, Step, signed
from .page_commands import PAGE_HANDLERS
from .pictures import PICTURE_HANDLERS, PICTURE_SETTINGS
from .remembered import COUNTER_SETTINGS, REMEMBERED_HANDLERS
from .settings import AT_LINE_START, SETTINGS, Setting
from .stacked import STACKED_SETTINGS, place_composite, stacked_picture

__all__ = ["EscPosRenderer"]


C = TypeVar("C", bound=Command)
_Steps = Iterator[Step]
_HANDLERS: dict[type[Command], Handler] = {**PAGE_HANDLERS, **PICTURE_HANDLERS, **REMEMBERED_HANDLERS}


def _prints(kind: type[C]) -> Callable[[Callable[[EscPosRenderer, C], _Steps]], Callable[[EscPosRenderer, C], _Steps]]:
    def register(function: Callable[[EscPosRenderer, C], _Steps]) -> Callable[[EscPosRenderer, C], _Steps]:
        _HANDLERS[kind] = cast(Handler, function)
        return function

    return register


class EscPosRenderer(Renderer):
    """An ESC/POS printer's."""

    handlers = _HANDLERS
    settings: ClassVar[Mapping[type[Command], Setting]] = {
        **SETTINGS,
        **PICTURE_SETTINGS,
        **MATRIX_SETTINGS,
        **STACKED_SETTINGS,
        **COUNTER_SETTINGS,
    }
    at_line_start = AT_LINE_START


@_prints(position.LineFeed)
def _line_feed(printer: EscPosRenderer, command: position.LineFeed) -> _Steps:
    return printer.print_line(printer.modes.line_spacing)


@_prints(position.PrintAndFeedLines)
def _feed_lines(printer: EscPosRenderer, command: position.PrintAndFeedLines) -> _Steps:
    spacing = printer.modes.line_spacing
    yield from printer.print_line(spacing if command.lines else 0)
    for _ in range(command.lines - 1):
        yield from printer.advance(spacing)


@_prints(position.PrintAndFeed)
def _feed(printer: EscPosRenderer, command: position.PrintAndFeed) -> _Steps:
    return printer.print_line(printer.modes.along(command.units))


@_prints(position.HorizontalTab)
def _tab(printer: EscPosRenderer, command: position.HorizontalTab) -> _Steps:
    printer.to_tab()
    return iter(())


@_prints(position.SetAbsolutePosition)
def _absolute(printer: EscPosRenderer, command: position.SetAbsolutePosition) -> _Steps:
    printer.line.move(printer.modes.across(command.units))
    return iter(())


@_prints(position.SetRelativePosition)
def _relative(printer: EscPosRenderer, command: position.SetRelativePosition) -> _Steps:
    printer.line.move(printer.line.cursor + printer.modes.across(signed(command.units)))
    return iter(())


@_prints(symbols.BarcodeA)
def _barcode_a(printer: EscPosRenderer, command: symbols.BarcodeA) -> _Steps:
    return _barcode(printer, command.symbology, command.data)


@_prints(symbols.BarcodeB)
def _barcode_b(printer: EscPosRenderer, command: symbols.BarcodeB) -> _Steps:
    return _barcode(printer, command.symbology, command.data)


def _barcode(printer: EscPosRenderer, symbology: int, data: bytes) -> _Steps:
    drawn = bars_of(symbology, data)
    if drawn is None:
        yield from printer.set_bytes(bytes(byte for byte in data if byte >= 0x20 and byte != 0x7F))
        return
    yield from printer.flush()
    yield from printer.place(*place_bars(*drawn, printer.modes, printer.here))


@_prints(symbols.QrPrint)
def _qr(printer: EscPosRenderer, command: symbols.QrPrint) -> _Steps:
    yield from printer.flush()
    yield from printer.place(*place_qr(printer.modes, printer.here), hangs=True)


def _matrix(printer: Renderer, command: Command) -> _Steps:
    yield from printer.flush()
    yield from printer.place(*place_matrix(MATRIX_PRINTS[type(command)], printer.modes, printer.here), hangs=True)


_HANDLERS.update(dict.fromkeys(MATRIX_PRINTS, _matrix))


@_prints(stacked.StackedPrint)
def _stacked(printer: EscPosRenderer, command: stacked.StackedPrint) -> _Steps:
    yield from printer.flush()
    name, data, picture = stacked_picture(printer.modes) or ("", "", None)
    yield from printer.place(*placed_symbol(picture, printer.modes, printer.here, name, data), hangs=True)


@_prints(stacked.CompositePrint)
def _composite(printer: EscPosRenderer, command: stacked.CompositePrint) -> _Steps:
    yield from printer.flush()
    yield from printer.place(*place_composite(printer.modes, printer.here), hangs=True)


@_prints(mechanism.Cut)
def _cut(printer: EscPosRenderer, command: mechanism.Cut) -> _Steps:
    yield from printer.flush()
    yield from printer.cut(command.partial)


@_prints(mechanism.FeedAndCut)
def _feed_and_cut(printer: EscPosRenderer, command: mechanism.FeedAndCut) -> _Steps:
    yield from printer.flush()
    yield from printer.feed(printer.geometry.cutter_feed + printer.modes.along(command.units))
    yield from printer.cut(command.partial)


@_prints(mechanism.OldFullCut)
def _old_full_cut(printer: EscPosRenderer, command: mechanism.OldFullCut) -> _Steps:
    # Obsolete: leaves one point uncut, so it is a partial cut by any other name.
    yield from printer.flush()
    yield from printer.cut(partial=True)


@_prints(mechanism.OldPartialCut)
def _old_partial_cut(printer: EscPosRenderer, command: mechanism.OldPartialCut) -> _Steps:
    yield from printer.flush()
    yield from printer.cut(partial=True)


@_prints(mechanism.DrawerPulse)
def _drawer(printer: EscPosRenderer, command: mechanism.DrawerPulse) -> _Steps:
    kick = DrawerKick(printer.rows, 5 if command.pin in (1, 49) else 2, 2 * command.on, 2 * command.off)
    printer.kick(kick)
    yield DrawerKicked(kick.pin, kick.on_ms, kick.off_ms)
