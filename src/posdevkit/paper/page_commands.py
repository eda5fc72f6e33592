"""What the commands of page mode do, in ESC/POS and in Star's languages: both have one kind of page.

How thick the lines of `GS ( Q` are differs by model and is told on no page that was at hand: 2, 4 and 6 dots here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar, cast

from posdevkit.protocols.escpos.commands import page
from posdevkit.protocols.star.commands import page as star
from posdevkit.protocols.vocabulary import Command

from .display import Item, Stroke
from .mechanism import Handler, Renderer, Step, signed

__all__ = ["PAGE_HANDLERS", "STAR_PAGE_HANDLERS"]

C = TypeVar("C", bound=Command)
_Steps = Iterator[Step]
_HANDLERS: dict[type[Command], Handler] = {}
PAGE_HANDLERS: Final[Mapping[type[Command], Handler]] = _HANDLERS
"""ESC/POS, by command class."""
_ALL: Final = 0xFFFF


def _does(kind: type[C]) -> Callable[[Callable[[Renderer, C], _Steps | None]], Callable[[Renderer, C], _Steps | None]]:
    def register(function: Callable[[Renderer, C], _Steps | None]) -> Callable[[Renderer, C], _Steps | None]:
        def handler(printer: Renderer, command: Command) -> _Steps:
            return function(printer, cast(C, command)) or iter(())

        _HANDLERS[kind] = handler
        return function

    return register


def _enter(printer: Renderer) -> None:
    if not printer.sheet.on and printer.line.empty:  # printers ignore it while a line is half set
        printer.sheet.on = True
        printer.set_up_page()


def _leave(printer: Renderer) -> None:
    if printer.sheet.on:
        printer.leave_page()


def _print(printer: Renderer) -> _Steps:
    if printer.sheet.on:
        yield from printer.print_page()


def _print_and_leave(printer: Renderer) -> _Steps:
    if printer.sheet.on:
        yield from printer.print_page()
        printer.leave_page()


def _clear(printer: Renderer) -> None:
    if printer.sheet.on:
        printer.sheet.clear_area()
        printer.sheet.turn(printer.sheet.area.turns)
        printer.set_up_page()


def _choose(printer: Renderer, x: int, y: int, width: int, height: int) -> None:
    if printer.sheet.on:
        printer.keep_line()
    if printer.sheet.choose(x, y, width, height) and printer.sheet.on:
        printer.set_up_page()


def _turn(printer: Renderer, direction: int) -> None:
    if printer.sheet.on:
        printer.keep_line()
    printer.sheet.turn(direction & 3)  # 48 to 51 mean 0 to 3
    if printer.sheet.on:
        printer.set_up_page()


def _move(printer: Renderer, to: int) -> None:
    if printer.sheet.on:
        printer.keep_line()
        printer.sheet.move(to)


@_does(page.EnterPageMode)
def _enter_page(printer: Renderer, command: page.EnterPageMode) -> None:
    _enter(printer)


@_does(page.LeavePageMode)
def _leave_page(printer: Renderer, command: page.LeavePageMode) -> None:
    _leave(printer)


@_does(page.PrintPage)
def _print_page(printer: Renderer, command: page.PrintPage) -> _Steps:
    return _print(printer)


@_does(page.PrintPageAndLeave)
def _print_page_and_leave(printer: Renderer, command: page.PrintPageAndLeave) -> _Steps:
    return _print_and_leave(printer)


@_does(page.CancelPage)
def _cancel(printer: Renderer, command: page.CancelPage) -> None:
    _clear(printer)


@_does(page.SetPageArea)
def _area(printer: Renderer, command: page.SetPageArea) -> None:
    # Across and along the paper, whatever the direction of printing.
    across, along = printer.modes.on_paper
    _choose(printer, across(command.x), along(command.y), across(command.width), along(command.height))


@_does(page.SetPageDirection)
def _direction(printer: Renderer, command: page.SetPageDirection) -> None:
    _turn(printer, command.direction)


@_does(page.SetPageOptions)
def _options(printer: Renderer, command: page.SetPageOptions) -> None:
    across, along = printer.modes.on_paper
    sheet = printer.sheet
    if sheet.on:
        return
    sheet.width = min(printer.geometry.width, _ALL if command.width == _ALL else across(command.width))
    sheet.height = along(command.height)
    sheet.leave()


@_does(page.SetAbsoluteVertical)
def _vertical(printer: Renderer, command: page.SetAbsoluteVertical) -> None:
    _move(printer, printer.modes.along(command.units))


@_does(page.SetRelativeVertical)
def _vertical_by(printer: Renderer, command: page.SetRelativeVertical) -> None:
    _move(printer, printer.sheet.level + printer.modes.along(signed(command.units)))


def _thick(style: int) -> int:
    return 2 * (style - 3 if style > 3 else style)


def _strokes(x1: int, y1: int, x2: int, y2: int, style: int) -> list[Stroke]:
    """A line from corner to corner of what it covers; a double one has as much white between."""
    thick = _thick(style)
    if x1 != x2 and y1 != y2:
        return _slanted(x1, y1, x2, y2, style)
    flat = y1 == y2
    length = abs(x2 - x1 if flat else y2 - y1) + (0 if flat else thick)
    found: list[Stroke] = []
    for at in (0, 2 * thick)[: 2 if style > 3 else 1]:
        if flat:
            found.append(Stroke(min(x1, x2), y1 + at, length, thick))
        else:
            found.append(Stroke(x1 + at, min(y1, y2), thick, length))
    return found


def _slanted(x1: int, y1: int, x2: int, y2: int, style: int) -> list[Stroke]:
    """Steps from corner to corner, each of the dots in which the ideal line is nearest to one row, or one column.

    How a model thickens such a line is told on no page that was at hand: downwards here where it lies, and to the right
    where it stands.
    """
    thick = _thick(style)
    flat = abs(x2 - x1) >= abs(y2 - y1)
    # Along the longer side, and how far the other side goes with it.
    (begin, start), (end, last) = sorted(((x1, y1), (x2, y2)) if flat else ((y1, x1), (y2, x2)))
    length, rise = end - begin, last - start
    step = 1 if rise > 0 else -1
    found: list[Stroke] = []
    at = begin
    for number in range(abs(rise) + 1):
        # Where the line passes half a dot beyond this row; the last row goes to the end.
        until = min(end, begin + ((2 * number + 1) * length - 1) // (2 * abs(rise)))
        place, size = start + step * number, until - at + 1
        if size > 0:
            places = (place, place + 2 * thick)[: 2 if style > 3 else 1]
            found += [Stroke(at, one, size, thick) if flat else Stroke(one, at, thick, size) for one in places]
        at = until + 1
    return found


@_does(page.DrawPageLine)
def _line(printer: Renderer, command: page.DrawPageLine) -> None:
    across, along = printer.modes.across, printer.modes.along
    x1, y1, x2, y2 = across(command.x1), along(command.y1), across(command.x2), along(command.y2)
    if not printer.sheet.on:
        return
    area = printer.sheet.area
    outside = max(x1, x2) >= area.across or max(y1, y2) >= area.along
    if outside and x1 != x2 and y1 != y2:  # a step for each of 65,535 rows: nothing a page can show
        return
    printer.sheet.add(_strokes(x1, y1, x2, y2, command.style))


@_does(page.DrawPageBox)
def _box(printer: Renderer, command: page.DrawPageBox) -> None:
    if not printer.sheet.on:
        return
    across, along = printer.modes.across, printer.modes.along
    left, right = sorted((across(command.x1), across(command.x2)))
    top, bottom = sorted((along(command.y1), along(command.y2)))
    for ends in ((left, top, right, top), (left, bottom, right, bottom)):
        printer.sheet.add(_strokes(*ends, command.style))
    for ends in ((left, top, left, bottom), (right, top, right, bottom)):
        printer.sheet.add(_strokes(*ends, command.style))


@_does(page.DrawLineAcross)
def _across(printer: Renderer, command: page.DrawLineAcross) -> _Steps:
    if printer.sheet.on:
        return
    yield from printer.flush()
    left, room = printer.modes.area
    x1, x2 = sorted(min(printer.modes.across(x), room) for x in (command.x1, command.x2))
    strokes: list[Item] = [*_strokes(left + x1, printer.here, left + x2, printer.here, command.style)]
    yield from printer.place(strokes if x2 > x1 else [], printer.modes.along(command.feed))


@_does(page.DrawLineAlong)
def _along(printer: Renderer, command: page.DrawLineAlong) -> _Steps:
    if printer.sheet.on:
        return
    yield from printer.flush()
    x = printer.modes.area[0] + printer.modes.across(command.x)
    double = command.style > 3
    for at in (0, 2 * _thick(command.style))[: 2 if double else 1]:
        if command.on % 48:
            printer.begin_along(x + at, _thick(command.style))
        else:
            printer.end_along(x + at)


_FUNCTIONS: Final[Mapping[int, Callable[[Renderer], _Steps | None]]] = {
    0: _enter,
    1: _leave,
    6: _print,
    7: _print_and_leave,
    8: _clear,
}


def _star_mode(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, star.PageMode)
    return _FUNCTIONS[command.function & 15](printer) or iter(())  # 48 to 56 mean 0 to 8


def _star_direction(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, star.PageDirection)
    _turn(printer, command.direction)
    return iter(())


def _star_area(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, star.PageArea)
    _choose(printer, command.left, command.top, command.width, command.height)
    return iter(())


def _star_position(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, star.PagePosition)
    relative = command.function in (5, 53)
    _move(printer, printer.sheet.level + signed(command.dots) if relative else command.dots)
    return iter(())


STAR_PAGE_HANDLERS: Final[Mapping[type[Command], Handler]] = {
    star.PageMode: _star_mode,
    star.PageDirection: _star_direction,
    star.PageArea: _star_area,
    star.PagePosition: _star_position,
}
"""Star's languages, by command class. Where the base line stands is assumed to be as in ESC/POS."""
