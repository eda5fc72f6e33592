"""Status and process-id answers by the bits of Epson's ESC/POS command reference.

Sources: pages dle_eot, gs_la, gs_lr, gs_ci and gs_lparen_ch of download4.epson.biz/sec_pubs/pos/reference_en/escpos
(facts, as other people's programs read them: ReceiptPrinterStatus `src/main.js`, receiptio `lib/receiptio.js`, emupos
`docs/protocols/escpos-status.md`). Model id 20 of the TM-T88 series: manual of the Samsung SRP-350, GS I (page read).
HPRT: TP80K manual page 77 (model id 27), TP809 manual page 38 (DLE EOT 4).

Every byte below was written by hand from those tables; nothing is computed by the code under test.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.replies import Asb, InOrderByte, RealtimeByte, ReplyDecoder, SeikoAsb, Stray
from posdevkit.protocols.escpos.status import (
    asb_bytes,
    in_order_paper_byte,
    read_asb,
    read_realtime,
    read_seiko_asb,
    realtime_byte,
)
from posdevkit_emulators.printers import Effects, ReceiptPrinterModel

Model = ReceiptPrinterModel


def printer(profile: str = "epson-tm-t88v") -> Model:
    model = Model(load_profile(profile))
    model.connected()
    return model


def nothing(model: Model) -> None:
    """The printer as it was switched on."""


def cover_and_drawer(model: Model) -> None:
    model.open_cover()
    model.set_drawer(True)


# State, then the answers to DLE EOT 1, 2, 3 and 4.
REALTIME: list[tuple[str, Callable[[Model], object], str]] = [
    ("ok", nothing, "12 12 12 12"),
    ("drawer pin 3 high", lambda model: model.set_drawer(True), "16 12 12 12"),
    ("paper near end", lambda model: model.near_end(), "12 12 12 1e"),
    ("paper out", lambda model: model.run_out(), "1a 32 12 7e"),
    ("cover open", lambda model: model.open_cover(), "1a 16 12 12"),
    ("cover open, drawer pin 3 high", cover_and_drawer, "1e 16 12 12"),
    ("cutter", lambda model: model.jam(), "1a 52 1a 12"),
    ("recoverable", lambda model: model.jam(Fault.RECOVERABLE), "1a 52 16 12"),
    ("unrecoverable", lambda model: model.jam(Fault.UNRECOVERABLE), "1a 52 32 12"),
    ("head hot", lambda model: model.jam(Fault.AUTO_RECOVERABLE), "1a 52 52 12"),
]


@pytest.mark.parametrize(("bring_about", "answers"), [row[1:] for row in REALTIME], ids=[row[0] for row in REALTIME])
def test_realtime_status(bring_about: Callable[[Model], object], answers: str) -> None:
    model = printer()
    bring_about(model)
    asked = b"".join(model.receive(bytes([0x10, 0x04, kind])).writes for kind in (1, 2, 3, 4))
    assert asked == bytes.fromhex(answers)


# State, then the four bytes that `GS a` with all bits has the printer send.
AUTOMATIC: list[tuple[str, Callable[[Model], object], str]] = [
    ("drawer pin 3 high", lambda model: model.set_drawer(True), "14 00 00 00"),
    ("paper near end", lambda model: model.near_end(), "10 00 03 00"),
    ("paper out", lambda model: model.run_out(), "18 00 0f 00"),
    ("cover open", lambda model: model.open_cover(), "38 00 00 00"),
    ("cutter", lambda model: model.jam(), "18 08 00 00"),
    ("unrecoverable", lambda model: model.jam(Fault.UNRECOVERABLE), "18 20 00 00"),
]


@pytest.mark.parametrize(("bring_about", "frame"), [row[1:] for row in AUTOMATIC], ids=[row[0] for row in AUTOMATIC])
def test_automatic_status_at_each_change(bring_about: Callable[[Model], Effects], frame: str) -> None:
    model = printer()
    first = model.receive(b"\x1da\x0f").writes
    assert first == bytes.fromhex("10 00 00 00")
    assert bring_about(model).writes == bytes.fromhex(frame)


# Other states have no hand that brings them about: the table of bits itself is judged.
@pytest.mark.parametrize(
    ("status", "frame"),
    [
        (PrinterStatus(online=False), "18 00 00 00"),
        (PrinterStatus(online=True, feed_button=True), "50 00 00 00"),
        (PrinterStatus(online=False, waiting_for_recovery=True), "18 01 00 00"),
    ],
    ids=["offline", "feeding by the button", "waiting for recovery"],
)
def test_automatic_status_of_states_without_a_hand(status: PrinterStatus, frame: str) -> None:
    assert asb_bytes(status) == bytes.fromhex(frame)


def test_offline_without_a_cause() -> None:
    offline = PrinterStatus(online=False)
    assert bytes(realtime_byte(kind, offline) for kind in (1, 2, 3, 4)) == bytes.fromhex("1a 12 12 12")


@pytest.mark.parametrize(
    ("kind", "byte", "paper"),
    # HPRT TP809: 12 paper is there, 1E near its end, the bits 60 tell that it is out.
    [(4, 0x12, Paper.OK), (4, 0x1E, Paper.NEAR_END), (4, 0x72, Paper.OUT), (4, 0x7E, Paper.OUT)],
)
def test_other_makers_bits_read_the_same(kind: int, byte: int, paper: Paper) -> None:
    assert read_realtime(kind, byte, PrinterStatus()).paper is paper


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ("10 00 00 00", (True, False, Paper.OK, Fault.NONE, False)),
        ("14 00 00 00", (True, False, Paper.OK, Fault.NONE, True)),
        ("10 00 03 00", (True, False, Paper.NEAR_END, Fault.NONE, False)),
        ("18 00 0f 00", (False, False, Paper.OUT, Fault.NONE, False)),
        ("38 00 00 00", (False, True, Paper.OK, Fault.NONE, False)),
        ("18 08 00 00", (False, False, Paper.OK, Fault.CUTTER, False)),
        ("18 20 00 00", (False, False, Paper.OK, Fault.UNRECOVERABLE, False)),
    ],
)
def test_automatic_status_read_back(frame: str, told: tuple[bool, bool, Paper, Fault, bool]) -> None:
    status = read_asb(bytes.fromhex(frame))
    assert (status.online, status.cover_open, status.paper, status.fault, status.drawer_pin_high) == told


@pytest.mark.parametrize(
    ("bits", "touch", "told"),
    [
        (0x01, lambda model: model.set_drawer(True), "14 00 00 00"),
        (0x01, lambda model: model.open_cover(), ""),
        (0x02, lambda model: model.open_cover(), "38 00 00 00"),
        (0x02, lambda model: model.near_end(), ""),
        (0x04, lambda model: model.jam(), "18 08 00 00"),
        (0x04, lambda model: model.set_drawer(True), ""),
        (0x08, lambda model: model.near_end(), "10 00 03 00"),
        (0x08, lambda model: model.open_cover(), ""),
    ],
)
def test_each_bit_of_gs_a_watches_its_own(bits: int, touch: Callable[[Model], Effects], told: str) -> None:
    model = printer()
    model.receive(bytes([0x1D, 0x61, bits]))
    assert touch(model).writes == bytes.fromhex(told)


def test_gs_a_zero_tells_nothing() -> None:
    model = printer()
    model.receive(b"\x1da\x0f")
    assert model.receive(b"\x1da\x00").writes == b""
    assert model.open_cover().writes == b""


@pytest.mark.parametrize(
    ("touch", "kind", "answer"),
    [
        (nothing, 1, "00"),
        (lambda model: model.near_end(), 1, "03"),
        (nothing, 2, "00"),
        (lambda model: model.set_drawer(True), 2, "01"),
        (lambda model: model.set_drawer(True), 50, "01"),
    ],
)
def test_in_order_status(touch: Callable[[Model], object], kind: int, answer: str) -> None:
    model = printer()
    touch(model)
    assert model.receive(bytes([0x1D, 0x72, kind])).writes == bytes.fromhex(answer)


def test_in_order_paper_out() -> None:
    # Our model answers in order only while it prints, so it is the table that is judged.
    assert in_order_paper_byte(PrinterStatus(paper=Paper.OUT)) == 0x0F


def test_identity() -> None:
    model = printer()
    told = {kind: model.receive(bytes([0x1D, 0x49, kind])).writes for kind in (1, 2, 66, 67, 68)}
    assert told == {
        1: bytes.fromhex("20"),
        2: bytes.fromhex("02"),
        66: bytes.fromhex("5f 45 50 53 4f 4e 00"),
        67: bytes.fromhex("5f 54 4d 2d 54 38 38 56 00"),
        68: b"\x5fEMU0000001\x00",
    }
    for kind in (65, 69):
        block = model.receive(bytes([0x1D, 0x49, kind])).writes
        assert block[0] == 0x5F
        assert block[-1] == 0


def test_identity_of_another_maker() -> None:
    # HPRT TP80K manual, page 77: model id 27, type 02, maker HPRT, name CAPD347.
    model = printer("hprt-tp80k")
    told = {kind: model.receive(bytes([0x1D, 0x49, kind])).writes for kind in (1, 2, 66, 67)}
    assert told == {
        1: b"\x27",
        2: b"\x02",
        66: bytes.fromhex("5f 48 50 52 54 00"),
        67: bytes.fromhex("5f 43 41 50 44 33 34 37 00"),
    }


def test_identity_of_another_model() -> None:
    # TM-T20III, as emupos tabulates it: model id 63, type 02.
    model = printer("epson-tm-t20iii")
    told = {kind: model.receive(bytes([0x1D, 0x49, kind])).writes for kind in (1, 2, 66, 67)}
    assert told == {
        1: b"\x63",
        2: b"\x02",
        66: bytes.fromhex("5f 45 50 53 4f 4e 00"),
        67: bytes.fromhex("5f 54 4d 2d 54 32 30 49 49 49 00"),
    }


@pytest.mark.parametrize(
    ("frame", "held"),
    # First byte 40: paper is fed by the button. Second byte 02: a button of the panel is on (gs_la). Either tells it.
    [("10 00 00 00", False), ("50 00 00 00", True), ("10 02 00 00", True), ("18 03 00 00", True)],
)
def test_a_button_that_is_held(frame: str, held: bool) -> None:
    assert read_asb(bytes.fromhex(frame)).feed_button is held


@pytest.mark.parametrize(("byte", "held"), [(0x12, False), (0x1A, True)])
def test_paper_fed_by_the_button_in_the_second_answer(byte: int, held: bool) -> None:
    # dle_eot, n = 2: bit 3, paper is being fed by the button.
    assert read_realtime(2, byte, PrinterStatus(feed_button=False)).feed_button is held


def test_process_id_after_printing() -> None:
    model = printer()
    assert model.receive(bytes.fromhex("41 0a 1d 28 48 06 00 30 30 61 62 63 64")).writes == bytes.fromhex(
        "37 22 61 62 63 64 00"
    )


def test_process_id_waits_for_paper() -> None:
    model = printer()
    model.run_out()
    assert model.receive(bytes.fromhex("41 0a 1d 28 48 06 00 30 30 61 62 63 64")).writes == b""
    assert model.load_paper().writes == bytes.fromhex("37 22 61 62 63 64 00")


def test_cleared_buffers_never_confirm() -> None:
    model = printer()
    model.run_out()
    model.receive(bytes.fromhex("41 0a 1d 28 48 06 00 30 30 61 62 63 64"))
    clear = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")
    assert model.receive(clear).writes == bytes.fromhex("37 25 00")
    assert model.load_paper().writes == b""


def test_only_the_latest_id_is_kept_for_a_host_that_cannot_receive() -> None:
    model = printer()
    model.host_listens(False)
    model.receive(bytes.fromhex("1d 28 48 06 00 30 30 31 31 31 31") + bytes.fromhex("1d 28 48 06 00 30 30 32 32 32 32"))
    assert model.host_listens(True).writes == bytes.fromhex("37 22 32 32 32 32 00")


# Seiko's dialect, by the bits that receiptio tests (`lib/receiptio.js`): first byte C0 with 01, 02 or 08 for an error,
# second D0 with 08 for the cover and 01 for paper that is out, fourth D0 with 08 for pin 3. The others are not known.
@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ("c0 d0 80 d0 80 80 80 80", (True, False, Paper.OK, False)),
        ("c0 d0 80 d8 80 80 80 80", (True, False, Paper.OK, True)),
        ("c0 d8 80 d0 80 80 80 80", (False, True, Paper.OK, False)),
        ("c0 d1 80 d0 80 80 80 80", (False, False, Paper.OUT, False)),
        ("c8 d0 80 d0 80 80 80 80", (False, False, Paper.OK, False)),
        ("c0 d0 00 d0 12 10 0f 00", (True, False, Paper.OK, False)),  # whatever stands in the others
    ],
)
def test_seikos_automatic_status(frame: str, told: tuple[bool, bool, Paper, bool]) -> None:
    data = bytes.fromhex(frame)
    assert ReplyDecoder().feed(data) == [SeikoAsb(data)]
    decoder = ReplyDecoder()
    assert [reply for byte in data for reply in decoder.feed(bytes([byte]))] == [SeikoAsb(data)]
    status = read_seiko_asb(data)
    assert (status.online, status.cover_open, status.paper, status.drawer_pin_high) == told


def test_seikos_answer_in_order_is_one_only_behind_its_automatic_status() -> None:
    frame = bytes.fromhex("c0 d0 80 d0 80 80 80 80")
    assert ReplyDecoder().feed(b"\x80") == [Stray(0x80)]
    assert ReplyDecoder().feed(frame + b"\x83") == [SeikoAsb(frame), InOrderByte(3)]
    # Noise that looks like the beginning hides nothing of what comes behind it.
    assert ReplyDecoder().feed(b"\xc1\x12\x14\x00\x00\x00") == [
        Stray(0xC1),
        RealtimeByte(0x12),
        Asb(bytes.fromhex("14 00 00 00")),
    ]
