"""What an ESC/POS printer remembers of a job: a macro, a serial counter, the settings that it begins with.

Sources: Epson TM-T88III specification, sheet 121 (`GS :`); TM-P60 specification, sheet 89 (`GS ( M`); guide 10.01,
p. 636 (`GS C 0`) and 641 (`GS C ;`), guide 10.05, p. 708 (`GS C 1`). Assumed, since no page tells: a counter without a
number of digits is printed with as many as it has, and with fewer digits than it has the last ones are printed. A macro
that waits for the feed button runs at once, and takes no time between its runs: nobody presses a button here. What
three bytes can have done is bounded: a run ends after 2,048 commands, where a printer would go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from itertools import chain, islice, repeat
from typing import Final, TypeVar, cast

from posdevkit.protocols.escpos.commands import settings, text
from posdevkit.protocols.vocabulary import Command

from .counter import Counter
from .mechanism import Handler, Renderer, Step
from .settings import Setting
from .state import Modes

__all__ = ["COUNTER_SETTINGS", "REMEMBERED_HANDLERS"]

C = TypeVar("C", bound=Command)
_Steps = Iterator[Step]

_LONGEST_RUN: Final = 2048
_SAVE, _LOAD, _AT_START = 1, 2, 3
_SAVED: Final = (
    *("right_spacing", "underline", "emphasis", "font", "country", "page", "characters", "upside_down"),
    *("width", "height", "reverse", "line_spacing", "tabs", "align", "left_margin", "area_width"),
    *("hri", "hri_font", "barcode_height", "barcode_module", "barcode_wide"),
)
"""Of the modes, what `GS ( M` keeps."""
assert {field.name for field in fields(Modes)}.issuperset(_SAVED)


def _macro(printer: Renderer, command: Command) -> _Steps:
    printer.define_macro(printer.recording is None)
    return iter(())


def _execute(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, settings.ExecuteMacro)
    if printer.recording is not None:
        printer.define_macro(False)
        printer.macro.clear()
    commands = printer.macro.commands
    for one in islice(chain.from_iterable(repeat(commands, command.times)), _LONGEST_RUN):
        yield from printer.render(one)


def _count(printer: Renderer, command: Command) -> _Steps:
    return printer.set_bytes(printer.modes.counter.printed())


def _customize(printer: Renderer, command: Command) -> _Steps:
    assert isinstance(command, settings.CustomizeDefaults)
    function, value = command.function % 48, command.value % 48
    if function == _SAVE and value == 1:
        printer.defaults = {name: getattr(printer.modes, name) for name in _SAVED}
    elif function == _LOAD:
        _load(printer, value)
    elif function == _AT_START:
        printer.begins_with_defaults = value == 1
    return iter(())


def _load(printer: Renderer, value: int) -> None:
    initial = Modes(printer.geometry)
    source = printer.defaults if value == 1 else {name: getattr(initial, name) for name in _SAVED}
    for name, kept in source.items():
        setattr(printer.modes, name, kept)
    if printer.line.empty:
        printer.start_line()


def _initialize(printer: Renderer, command: Command) -> _Steps:
    printer.reset()
    if printer.begins_with_defaults:
        _load(printer, 1)
    return iter(())


REMEMBERED_HANDLERS: Final[Mapping[type[Command], Handler]] = {
    text.Initialize: _initialize,
    settings.MacroDefinition: _macro,
    settings.ExecuteMacro: _execute,
    settings.PrintCounter: _count,
    settings.CustomizeDefaults: _customize,
}
"""By command class."""


def _sets(kind: type[C], change: Callable[[Counter, C], None]) -> tuple[type[Command], Setting]:
    def setting(modes: Modes, command: Command) -> None:
        change(modes.counter, cast(C, command))

    return kind, setting


def _look(counter: Counter, command: settings.SetCounterMode) -> None:
    align = command.align % 48
    if command.digits % 48 <= 5 and align <= 2:
        counter.digits, counter.align = command.digits % 48, align


def _range(counter: Counter, command: settings.SetCounterRange) -> None:
    counter.count(command.first, command.last, command.step, command.repeat)


def _value(counter: Counter, command: settings.SetCounter) -> None:
    counter.value = command.value


def _by_text(counter: Counter, command: settings.SetCounterByText) -> None:
    given = [int(part) if part else None for part in command.data.split(b";")[:5]]
    if all(number is None or number <= 65_535 for number in given):
        before = (counter.first, counter.last, counter.step, counter.repeat, counter.value)
        numbers = [old if new is None else new for old, new in zip(before, given, strict=True)]
        counter.count(*numbers[:4])
        counter.value = numbers[4]


COUNTER_SETTINGS: Final[Mapping[type[Command], Setting]] = dict(
    (
        _sets(settings.SetCounterMode, _look),
        _sets(settings.SetCounterRange, _range),
        _sets(settings.SetCounter, _value),
        _sets(settings.SetCounterByText, _by_text),
    )
)
"""By command class."""
