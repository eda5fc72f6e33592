"""Macros, the serial counter and the settings a printer begins with: programs and prints of Epson's guide."""

from __future__ import annotations

import pytest

from posdevkit.paper import EscPosRenderer, Geometry, render_job
from posdevkit.paper.display import Stroke, TextCells
from posdevkit.protocols.escpos import Decoder

MACRO = b"\x1d:"


def run(times: int) -> bytes:
    return b"\x1d^" + bytes([times]) + b"\x05\x00"


def printed(job: bytes) -> list[str]:
    return "".join(ticket.text() for ticket in render_job(job, Geometry())).splitlines()


def test_a_macro_is_executed_while_it_is_defined_and_again_when_it_is_run() -> None:
    assert printed(MACRO + b"one\ntwo\n" + MACRO + b"between\n" + run(2)) == [
        "one",
        "two",
        "between",
        *["one", "two"] * 2,
    ]


def test_running_within_the_definition_ends_and_clears_it() -> None:
    """Epson TM-T88III specification, sheet 121."""
    assert printed(MACRO + b"one\n" + run(3) + b"after\n" + run(3)) == ["one", "after"]


def test_a_definition_of_nothing_leaves_nothing_to_run() -> None:
    assert printed(MACRO + b"one\n" + MACRO + MACRO + MACRO + run(2) + b"end\n") == ["one", "end"]


def test_initialize_does_not_clear_a_macro_and_may_be_in_it() -> None:
    assert printed(MACRO + b"\x1b@one\n" + MACRO + b"\x1b@" + run(1)) == ["one", "one"]


def test_power_on_clears_a_macro() -> None:
    printer = EscPosRenderer(Geometry())
    for command in Decoder().feed(MACRO + b"one\n" + MACRO):
        list(printer.render(command))
    assert printer.macro.commands
    printer.power_on()
    assert not printer.macro.commands


def test_a_macro_holds_2048_bytes() -> None:
    line = b"1234567\n"
    assert len(printed(MACRO + line * 256 + MACRO + run(1))) == 512
    assert len(printed(MACRO + line * 257 + b"more\n" + MACRO + run(1))) == 257 + 1 + 256


def test_what_three_bytes_can_have_done_is_bounded() -> None:
    lines = printed(MACRO + b"x\n" * 1000 + MACRO + run(255))
    assert len(lines) == 1000 + 2048 // 2


def test_a_cut_within_a_macro_gives_a_ticket_each_time() -> None:
    assert len(render_job(MACRO + b"No.\x1dc\n\x1dVA\x00" + MACRO + run(3), Geometry())) == 4


# The serial counter.


def test_the_print_sample_of_the_digits() -> None:
    """Guide 10.01, p. 636: three digits with blanks before them, then four with zeros."""
    assert printed(b"\x1dC0\x03\x00AAAAA\x1dc\n\x1dC0\x04\x01BBBBB\x1dc\n") == ["AAAAA  1", "BBBBB0002"]


def test_the_print_sample_of_counting_down() -> None:
    """ESC/POS TM-L60II guide 4.0, p. 1332: from 300 to 1, each number twice, beginning at 100."""
    job = b"\x1dC;300;1;1;2;100;\x1dC0\x04\x01" + b"No. \x1dc\n" * 5
    assert printed(job) == ["No. 0100", "No. 0100", "No. 0099", "No. 0099", "No. 0098"]


def test_arguments_that_are_left_out_stay_as_they_are() -> None:
    assert printed(b"\x1dC;;;5;;100;" + b"\x1dc\n" * 3) == ["100", "105", "110"]


def test_counting_begins_again_at_its_end() -> None:
    assert printed(b"\x1dC1\x08\x00\x0a\x00\x01\x01\x1dC2\x09\x00" + b"\x1dc\n" * 4) == ["9", "10", "8", "9"]


def test_a_value_out_of_the_range_becomes_the_first() -> None:
    assert printed(b"\x1dC1\x08\x00\x0a\x00\x01\x01\x1dC2\x63\x00" + b"\x1dc\n" * 2) == ["8", "9"]


@pytest.mark.parametrize(
    "stop", [b"\x08\x00\x08\x00\x01\x01", b"\x01\x00\x0a\x00\x00\x01", b"\x01\x00\x0a\x00\x01\x00"]
)
def test_a_counter_that_stands_still(stop: bytes) -> None:
    assert printed(b"\x1dC1" + stop + b"\x1dC2\x08\x00" + b"\x1dc\n" * 3) == ["8", "8", "8"]


def test_the_counter_is_text_of_the_line_and_goes_with_it() -> None:
    (ticket,) = render_job(b"\x1d!\x11\x1dC0\x05\x02\x1dc|\n", Geometry())
    (cells,) = [item for item in ticket.items if isinstance(item, TextCells)]
    assert (cells.text, cells.style.width) == ("1    |", 2)


# The settings it begins with.


def heights(job: bytes) -> list[int]:
    (ticket,) = render_job(job, Geometry())
    return [item.height for item in ticket.items if isinstance(item, TextCells)]


SAVE, LOAD, LOAD_INITIAL = b"\x1d(M\x02\x00\x01\x01", b"\x1d(M\x02\x00\x02\x01", b"\x1d(M\x02\x00\x02\x00"
BEGIN_WITH_SAVED, BEGIN_AS_EVER = b"\x1d(M\x02\x00\x33\x31", b"\x1d(M\x02\x00\x33\x30"


def test_settings_are_saved_loaded_and_set_back() -> None:
    tall = b"\x1d!\x01"
    assert heights(tall + SAVE + b"\x1b@" + b"a\n" + LOAD + b"b\n" + LOAD_INITIAL + b"c\n") == [24, 48, 24]
    assert heights(tall + SAVE + BEGIN_WITH_SAVED + b"\x1b@a\n" + BEGIN_AS_EVER + b"\x1b@b\n") == [48, 24]
    assert heights(LOAD + b"a\n") == [24]


# Lines along the paper.


def along(x: int, on: int, style: int = 1) -> bytes:
    return b"\x1d(Q\x07\x003" + x.to_bytes(2, "little") + bytes([on, 1, style, 48])


def strokes(job: bytes) -> list[list[tuple[int, int, int, int]]]:
    return [
        [(item.x, item.y, item.width, item.height) for item in ticket.items if isinstance(item, Stroke)]
        for ticket in render_job(job, Geometry())
    ]


def test_a_line_along_the_paper_is_as_long_as_the_paper_moved() -> None:
    assert strokes(b"a\n" + along(100, 1) + b"b\nc\n" + along(100, 0) + b"d\n") == [[(100, 30, 2, 60)]]


def test_it_goes_on_over_a_cut_and_ends_with_initialize_and_with_the_paper() -> None:
    cut = b"\x1dV\x00"
    assert strokes(along(8, 1, 3) + b"a\n" + cut + b"b\n\x1b@c\n" + cut) == [[(8, 0, 6, 30)], [(8, 0, 6, 30)]]
    assert strokes(along(8, 1) + b"a\n") == [[(8, 0, 2, 30)]]


def test_a_double_line_and_one_beyond_the_paper() -> None:
    assert strokes(along(8, 1, 4) + b"a\n" + along(8, 0, 4)) == [[(8, 0, 2, 30), (12, 0, 2, 30)]]
    assert strokes(along(60_000, 1) + b"a\n" + along(60_000, 0)) == [[]]


def test_what_hangs_out_of_the_printer_shows_the_lines_that_have_begun() -> None:
    printer = EscPosRenderer(Geometry())
    for command in Decoder().feed(along(100, 1) + b"b\n"):
        list(printer.render(command))
    assert [item for item in printer.snapshot().items if isinstance(item, Stroke)] == [Stroke(100, 0, 2, 30)]
    assert printer.snapshot().raster().data.count(b"\x0c") == 30
