"""Automatic status by the bits of Star's specifications, and frames that real printers sent.

Sources: STAR Line Mode Command Specifications rev 0.00 pp. 5-9 and 5-11 and TSP600, TSP700 manuals (bits, header 2 by
generation), rev 1.12 p. 5-15 (what follows a frame over a network). Frames of a real TSP143: the tests of a printing
program on GitHub, which has "23 86 00 00 00 00 00 00 00 00 00" for a printer that is ready.

Every byte below was written by hand from those tables; nothing is computed by the code under test.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.profiles import load_profile
from posdevkit.protocols.star.replies import Asb, ReplyDecoder, Stray
from posdevkit.protocols.star.status import five_bits, read_asb, spread
from posdevkit_emulators.printers import Effects, PrinterModel
from posdevkit_emulators.printers.star import StarPrinterModel

# Header 2 by generation: TSP600 manual, p. 65.
GENERATIONS = [(1, 0x02), (2, 0x04), (3, 0x06), (7, 0x0E), (8, 0x20), (10, 0x24), (16, 0x40), (30, 0x6C), (31, 0x6E)]


@pytest.mark.parametrize(("number", "byte"), GENERATIONS)
def test_five_bits_as_the_manual_spreads_them(number: int, byte: int) -> None:
    assert spread(number) == byte
    assert five_bits(byte) == number


def test_frames_of_a_real_printer_on_a_network() -> None:
    ready, troubled = bytes.fromhex("2386000000000000000000"), bytes.fromhex("2386200000080000000000")
    (first, second) = ReplyDecoder().feed(ready + troubled)
    assert first == Asb(ready[:9])
    assert isinstance(second, Asb)
    status, counter = read_asb(ready[:9])
    assert (status.can_print, status.paper, status.cover_open, counter) == (True, Paper.OK, False, 0)
    status, _ = read_asb(second.frame)
    assert (status.cover_open, status.paper) == (True, Paper.OUT)


FRAMES: list[tuple[str, str, PrinterStatus, int]] = [
    ("fine", "23 06 00 00 00 00 00 00 00", PrinterStatus(True, False, Paper.OK, Fault.NONE), 0),
    ("cover", "23 06 28 00 00 00 00 00 00", PrinterStatus(False, True, Paper.OK, Fault.NONE), 0),
    ("paper out", "23 06 08 00 00 0C 00 00 00", PrinterStatus(False, False, Paper.OUT, Fault.NONE), 0),
    ("near end", "23 06 00 00 00 04 00 00 00", PrinterStatus(True, False, Paper.NEAR_END, Fault.NONE), 0),
    ("near end, outer", "23 06 00 00 00 02 00 00 00", PrinterStatus(True, False, Paper.NEAR_END, Fault.NONE), 0),
    ("cutter", "23 06 08 08 00 00 00 00 00", PrinterStatus(False, False, Paper.OK, Fault.CUTTER), 0),
    ("mechanical", "23 06 08 04 00 00 00 00 00", PrinterStatus(False, False, Paper.OK, Fault.RECOVERABLE), 0),
    ("broken", "23 06 08 2C 00 00 00 00 00", PrinterStatus(False, False, Paper.OK, Fault.UNRECOVERABLE), 0),
    ("head hot", "23 06 00 40 00 00 00 00 00", PrinterStatus(True, False, Paper.OK, Fault.AUTO_RECOVERABLE), 0),
    ("counter 5", "23 06 02 00 00 00 00 0A 00", PrinterStatus(True, False, Paper.OK, Fault.NONE), 5),
    ("counter 31", "23 06 02 00 00 00 00 6E 00", PrinterStatus(True, False, Paper.OK, Fault.NONE), 31),
]


@pytest.mark.parametrize(("frame", "expected", "counter"), [row[1:] for row in FRAMES], ids=[row[0] for row in FRAMES])
def test_what_a_frame_tells(frame: str, expected: PrinterStatus, counter: int) -> None:
    status, counted = read_asb(bytes.fromhex(frame))
    told = (status.online, status.cover_open, status.paper, status.fault)
    assert told == (expected.online, expected.cover_open, expected.paper, expected.fault)
    assert counted == counter


def test_the_drawers_switch_and_the_feed_button() -> None:
    status, _ = read_asb(bytes.fromhex("230644000000000000"))
    assert (status.drawer_pin_high, status.feed_button) == (True, True)


def test_noise_and_flow_control_are_no_status() -> None:
    found = ReplyDecoder().feed(b"\x11\x13\xff" + bytes.fromhex("230600000000000000") + b"\x0b")
    assert found == [Stray(0x11), Stray(0x13), Stray(0xFF), Asb(bytes.fromhex("230600000000000000")), Stray(0x0B)]
    # A frame that broke off does not swallow the one behind it.
    again = ReplyDecoder().feed(bytes.fromhex("230600230600000000000000"))
    assert again[-1] == Asb(bytes.fromhex("230600000000000000"))


def printer(name: str = "star-tsp650ii") -> StarPrinterModel:
    model = StarPrinterModel(load_profile(name))
    model.connected()
    return model


def cover_and_drawer(model: PrinterModel) -> Effects:
    model.open_cover()
    return model.set_drawer(True)


STATES: list[tuple[str, Callable[[PrinterModel], Effects], str]] = [
    ("drawer", lambda model: model.set_drawer(True), "23 06 04 00 00 00 00 00 00"),
    ("near end", lambda model: model.near_end(), "23 06 00 00 00 04 00 00 00"),
    ("paper out", lambda model: model.run_out(), "23 06 08 00 00 0C 00 00 00"),
    ("cover", lambda model: model.open_cover(), "23 06 28 00 00 00 00 00 00"),
    ("cover and drawer", cover_and_drawer, "23 06 2C 00 00 00 00 00 00"),
    ("cutter", lambda model: model.jam(), "23 06 08 08 00 00 00 00 00"),
    ("unrecoverable", lambda model: model.jam(Fault.UNRECOVERABLE), "23 06 08 20 00 00 00 00 00"),
]


@pytest.mark.parametrize(("bring_about", "frame"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_a_printer_tells_by_itself_and_when_asked(bring_about: Callable[[PrinterModel], Effects], frame: str) -> None:
    model = printer()
    assert model.receive(b"\x1b\x06\x01").writes == bytes.fromhex("230600000000000000")
    assert model.receive(b"\x1b\x1ea\x01").writes == b""
    assert bring_about(model).writes == bytes.fromhex(frame)
    assert model.receive(b"\x1b\x06\x01").writes == bytes.fromhex(frame)


def test_an_etb_is_told_when_what_stands_before_it_is_printed_and_not_before() -> None:
    model = printer()
    model.receive(b"\x1b\x1ea\x01")
    assert model.receive(b"hello\n\x17").writes == bytes.fromhex("230600000000000200")
    model.run_out()
    assert model.receive(b"world\n\x17").writes == b""
    assert model.load_paper().writes.endswith(bytes.fromhex("230600000000000400"))
    # Half a line is not printed: what comes behind it waits for its end.
    assert model.receive(b"half a line\x17").writes == b""
    assert model.receive(b"\n").writes == bytes.fromhex("230600000000000600")
    assert model.receive(b"\x1b\x1eE0").writes == b""
    assert model.receive(b"\x1b\x06\x01").writes == bytes.fromhex("230600000000000000")


def test_counting_outlives_a_connection_and_no_power_cut() -> None:
    model = printer()
    model.receive(b"\x17\x17")
    model.disconnected()
    model.connected()
    assert model.receive(b"\x1b\x06\x01").writes == bytes.fromhex("230600000000000400")
    model.power_cycle()
    model.connected()
    assert model.receive(b"\x1b\x06\x01").writes == bytes.fromhex("230600000000000000")


def test_a_question_is_answered_while_the_printer_waits_and_never_inside_data() -> None:
    model = printer("star-mc-print3")
    model.run_out()
    assert model.receive(b"waiting\n" * 5 + b"\x1b\x06\x01").writes.hex() == "270a0800000c0000000000"
    model = printer("star-mc-print3")
    picture = b"\x1b\x1dS\x01\x03\x00\x01\x00\x00" + b"\x1b\x06\x01"
    assert model.receive(picture).writes == b""
    assert model.receive(b"\x1b\x06\x01").writes != b""


def test_half_a_command_ends_with_its_connection() -> None:
    model = printer("star-mc-print3")
    model.receive(b"\x1b@first\n\x1b\x1dS\x01\x48\x00\xff\x00\x00" + bytes(100))
    model.disconnected()
    model.connected()
    assert model.receive(b"\x1b\x06\x01").writes != b""
    model.receive(b"\x1b@second\n\x1bd\x03")
    assert model.uncut().height == 0
