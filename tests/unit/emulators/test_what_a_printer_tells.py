"""What an emulated printer answers about memories, symbols and itself: bytes as Epson's pages have them."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from posdevkit.documents import Raster
from posdevkit.events import Fault
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.logos import ACK, KeyList, delete_logo, store_logo
from posdevkit_emulators.printers import ReceiptPrinterModel, What

KEPT, DOWNLOADED = 384 * 1024, 12 * 1024
CUT = b"\x1dVA\x00"


def make(profile: str = "epson-tm-t88v", **changes: object) -> ReceiptPrinterModel:
    model = ReceiptPrinterModel(replace(load_profile(profile), **changes) if changes else load_profile(profile))  # type: ignore[arg-type]
    model.connected()
    return model


def symbol(kind: int, function: int, arguments: bytes = b"") -> bytes:
    return b"\x1d(k" + struct.pack("<H", 2 + len(arguments)) + bytes([kind, function]) + arguments


def memory(function: int, arguments: bytes = b"") -> bytes:
    return b"\x1d(C" + struct.pack("<H", 3 + len(arguments)) + bytes([0, function, 0]) + arguments


def setup(function: int, arguments: bytes = b"") -> bytes:
    return b"\x1d(E" + struct.pack("<H", 1 + len(arguments)) + bytes([function]) + arguments


# Memories of pictures (guide 10.01, p. 225, 230, 231 and 251).

CAPACITY, ROOM, DOWNLOAD_ROOM = (b"\x1d(L\x02\x000" + bytes([function]) for function in (48, 51, 52))


def test_the_memories_of_pictures_tell_their_size_and_what_is_left() -> None:
    model = make()
    picture = Raster(16, 10, bytes(20))
    assert model.receive(CAPACITY).writes == b"\x37\x30" + b"%d" % KEPT + b"\0"
    assert model.receive(ROOM).writes == b"\x37\x31" + b"%d" % KEPT + b"\0"
    assert model.receive(DOWNLOAD_ROOM).writes == b"\x37\x32" + b"%d" % DOWNLOADED + b"\0"
    model.receive(store_logo("A1", picture) + store_logo("A1", picture, downloaded=True))
    assert model.receive(ROOM).writes == b"\x37\x31" + b"%d" % (KEPT - 44) + b"\0"
    assert model.receive(DOWNLOAD_ROOM).writes == b"\x37\x32" + b"%d" % (DOWNLOADED - 44) + b"\0"
    assert model.receive(delete_logo("A1") + ROOM).writes == b"\x37\x31" + b"%d" % KEPT + b"\0"


def test_the_numbers_of_functions_may_be_digits_or_not() -> None:
    assert make().receive(b"\x1d(L\x02\x000\x00").writes == make().receive(CAPACITY).writes


def test_downloaded_keys_are_listed_apart_from_kept_ones() -> None:
    model = make()
    assert model.receive(b"\x1d(L\x04\x000\x50KC").writes == b"\x37\x73\x40\0"
    model.receive(store_logo("A1", Raster(8, 1, b"\xff"), downloaded=True) + store_logo("B2", Raster(8, 1, b"\xff")))
    assert model.receive(b"\x1d(L\x04\x000\x50KC").writes == b"\x37\x73\x40A1\0"
    assert model.receive(b"\x1d(L\x04\x000\x40KC").writes == b"\x37\x72\x40B2\0"
    model.receive(b"\x1b@")
    assert model.receive(b"\x1d(L\x04\x000\x50KC").writes == b"\x37\x73\x40\0"


def test_more_than_forty_downloaded_keys_come_in_blocks() -> None:
    model = make()
    keys = [f"{number:02d}" for number in range(45)]
    model.receive(b"".join(store_logo(key, Raster(8, 1, b"\xff"), downloaded=True) for key in keys))
    found = KeyList(downloaded=True)
    block = model.receive(b"\x1d(L\x04\x000\x50KC").writes
    assert found.take(block[0], block[1:-1])
    assert not found.complete
    block = model.receive(ACK).writes
    assert found.take(block[0], block[1:-1])
    assert (found.keys, found.complete, found.blocks) == (keys, True, 2)


def test_a_model_without_stored_pictures_tells_nothing_of_them() -> None:
    assert make(stored_logos=False).receive(CAPACITY + ROOM + DOWNLOAD_ROOM).writes == b""


# How large a symbol would be (guide 10.01, p. 527, 538 and 546; gs_lparen_lk_fn482).


def size(identifier: int, width: int, height: int, cannot: int = 0) -> bytes:
    return b"\x37" + bytes([identifier]) + b"%d\x1f%d\x1f1\x1f%d\0" % (width, height, cannot)


ASKED = b"\x30"


def test_the_size_of_a_qr_code_is_that_of_its_modules() -> None:
    model = make()
    store = symbol(0x31, 0x43, b"\x05") + symbol(0x31, 0x50, b"0hello")
    assert model.receive(store + symbol(0x31, 0x52, ASKED)).writes == size(0x36, 21 * 5, 21 * 5)
    assert model.uncut().height == 0


def test_the_sizes_of_the_others() -> None:
    model = make(symbols=frozenset(("PDF417", "MAXICODE", "DATABAR-STACKED")))
    pdf417 = symbol(0x30, 0x41, b"\x02") + symbol(0x30, 0x43, b"\x03") + symbol(0x30, 0x50, b"0hello")
    told = model.receive(pdf417 + symbol(0x30, 0x52, ASKED)).writes
    width, height, one, cannot = told[2:-1].split(b"\x1f")
    assert (told[:2], int(width), one, cannot) == (b"\x37\x2f", (69 + 2 * 17) * 3, b"1", b"0")
    assert int(height) % (3 * 3) == 0
    assert model.receive(symbol(0x32, 0x50, b"0hello") + symbol(0x32, 0x52, ASKED)).writes.startswith(b"\x37\x37")
    stacked = symbol(0x33, 0x43, b"\x04") + symbol(0x33, 0x50, b"0\x481234567890123")
    assert model.receive(stacked + symbol(0x33, 0x52, ASKED)).writes == size(0x4F, 50 * 4, 13 * 4)


def test_the_size_of_a_composite_has_its_characters_in_it() -> None:
    model = make()
    parts = symbol(0x34, 0x50, b"0\x30\x46" + b"0570123456789") + symbol(0x34, 0x50, b"0\x31\x41(17)261130")
    ask = symbol(0x34, 0x52, ASKED)
    plain = model.receive(parts + ask).writes
    assert plain.startswith(b"\x37\x50200\x1f")
    with_text = model.receive(symbol(0x34, 0x48, b"1") + ask).writes
    assert int(with_text.split(b"\x1f")[1]) == int(plain.split(b"\x1f")[1]) + 24


def test_what_is_too_wide_or_not_there_cannot_be_printed() -> None:
    model = make()
    assert model.receive(symbol(0x31, 0x52, ASKED)).writes == size(0x36, 0, 0, 1)
    wide = symbol(0x31, 0x43, b"\x10") + symbol(0x31, 0x50, b"0" + b"x" * 200)
    told = model.receive(wide + symbol(0x31, 0x52, ASKED)).writes
    assert told.endswith(b"\x1f1\x1f1\0")
    assert int(told[2:].split(b"\x1f")[0]) > 576


def test_a_model_without_the_symbol_does_not_answer() -> None:
    assert make(qr=False).receive(symbol(0x31, 0x50, b"0hello") + symbol(0x31, 0x52, ASKED)).writes == b""


# The user memory (guide 10.01, p. 555 to 566; TM-T88III specification, sheets 109 and 110).


def test_records_are_stored_told_counted_listed_and_deleted() -> None:
    model = make()
    assert model.receive(memory(3)).writes == b"\x37\x280\0"
    assert model.receive(memory(4)).writes == b"\x37\x291024\0"
    model.receive(memory(1, b"A1hello") + memory(49, b"A2there"))
    assert model.receive(memory(2, b"A1")).writes == b"\x37\x70\x40hello\0"
    assert model.receive(memory(50, b"A3")).writes == b"\x37\x70\x40\0"
    assert model.receive(memory(3) + memory(4)).writes == b"\x37\x2816\0\x37\x291008\0"
    assert model.receive(memory(5)).writes == b"\x37\x71\x40A1A2\0"
    assert model.receive(memory(0, b"A1") + memory(53)).writes == b"\x37\x71\x40A2\0"
    assert model.receive(memory(6, b"CLR") + memory(5)).writes == b"\x37\x71\x40\0"


def test_a_long_record_comes_in_parts_of_eighty_and_outlives_the_power() -> None:
    model = make()
    record = bytes(0x20 + at % 90 for at in range(200))
    model.receive(memory(1, b"A1" + record))
    model.power_cycle()
    model.connected()
    assert model.receive(memory(2, b"A1")).writes == b"\x37\x70\x41" + record[:80] + b"\0"
    assert model.receive(ACK).writes == b"\x37\x70\x41" + record[80:160] + b"\0"
    assert model.receive(ACK).writes == b"\x37\x70\x40" + record[160:] + b"\0"
    assert model.receive(ACK).writes == b""


def test_what_does_not_fit_the_user_memory_is_not_kept() -> None:
    model = make()
    model.receive(memory(1, b"A1" + b"x" * 1000) + memory(1, b"A2" + b"y" * 30))
    assert model.receive(memory(5)).writes == b"\x37\x71\x40A1\0"
    assert model.receive(memory(1, b"A1" + b"z" * 1021) + memory(3)).writes == b"\x37\x281024\0"


def test_bytes_by_address() -> None:
    model = make()
    write = b"\x1cg1\0" + struct.pack("<IH", 1000, 24) + b"a" * 24
    read = b"\x1cg2\0" + struct.pack("<IH", 998, 26)
    assert model.receive(write + read).writes == b"\x5f\0\0" + b"a" * 24 + b"\0"
    beyond = b"\x1cg1\0" + struct.pack("<IH", 1001, 24) + b"b" * 24
    assert model.receive(beyond + read).writes == b"\x5f\0\0" + b"a" * 24 + b"\0"
    assert model.receive(b"\x1cg2\0" + struct.pack("<IH", 0, 81)).writes == b""
    assert model.receive(b"\x1cg2\0" + struct.pack("<IH", 1000, 25)).writes == b""


# The user setting mode (guide 10.01, p. 575 to 585; TM-H6000II programming guide, p. 4-30).


def test_switches_and_values_change_in_the_setting_mode_alone() -> None:
    model = make()
    switch, value = setup(3, b"\x01" + b"22222221"), setup(5, b"\x01\x03\x00")
    assert model.receive(switch + value + setup(4, b"\x01")).writes == b"\x37\x2100000000\0"
    assert model.receive(setup(1, b"IN")).writes == b"\x37\x20\0"
    model.receive(switch + value + setup(3, b"\x01" + b"12222222") + setup(2, b"OUT"))
    assert model.receive(setup(4, b"\x01")).writes == b"\x37\x2110000001\0"
    assert model.receive(setup(6, b"\x01")).writes == b"\x37\x271\x1f3\0"
    model.receive(switch + setup(3, b"\x02" + b"11111111"))
    assert model.receive(setup(4, b"\x02")).writes == b"\x37\x2100000000\0"


def test_leaving_the_setting_mode_is_a_reset() -> None:
    model = make()
    model.receive(b"\x1b!\x30" + setup(1, b"IN") + setup(2, b"OUT") + b"plain\n")
    assert model.uncut().height == 30


# Itself.


def test_the_old_questions_for_paper_and_drawer() -> None:
    """Samsung SRP-275 manual, p. 4-16: as `GS r` 1 and 2 answer."""
    model = make()
    assert model.receive(b"\x1bv\x1bu\x00").writes == b"\x00\x01"[:1] + model.receive(b"\x1dr\x02").writes
    model.near_end()
    assert model.receive(b"\x1bv").writes == b"\x03"


def test_it_tells_once_when_it_goes_offline_if_it_is_asked_to() -> None:
    """Guide 10.01, p. 430 and 431."""
    model = make()
    assert model.open_cover().writes == b""
    model.close_cover()
    model.receive(b"\x1d(H\x03\x00101")
    assert model.open_cover().writes == b"\x37\x23\0"
    assert model.run_out().writes == b""
    model.load_paper()
    assert model.jam().writes == b"\x37\x23\0"
    model.clear_error()
    model.receive(b"\x1d(H\x03\x00\x31\x30\x00")
    assert model.open_cover().writes == b""


def test_status_is_transmitted_at_once() -> None:
    model = make()
    assert model.receive(b"\x10\x14\x07\x01").writes == model.receive(b"\x1da\x0f").writes
    assert model.receive(b"\x10\x14\x07\x04").writes == b"\x37\x23\0"
    assert model.receive(b"\x10\x14\x07\x05").writes == b""  # no battery


def test_the_cuts_that_can_be_set_back_and_those_that_cannot() -> None:
    model = make()
    model.receive((b"x\n" + CUT) * 3)
    assert model.receive(b"\x1dg2\0\x32\0").writes == b"\x5f3\0"
    model.receive(b"\x1dg0\0\x32\0" + b"x\n" + CUT)
    assert model.receive(b"\x1dg2\0\x32\0\x1dg2\0\xb2\0").writes == b"\x5f1\0\x5f4\0"


def test_it_gets_ready_to_be_switched_off_if_that_was_enabled() -> None:
    """TM-T90 specification, sheet 79."""
    model = make()
    off = b"\x10\x14\x02\x01\x08"
    assert model.receive(off + b"one\n").writes == b""
    assert model.uncut().text() == "one\n"
    done = model.receive(b"\x1d(D\x03\x00\x14\x02\x01" + off + b"two\n")
    assert done.writes == b"\x3b\x30\0"
    assert [event.what for event in done.events] == [What.STANDBY]
    assert not model.status.online
    assert model.receive(off + b"three\n").writes == b""
    assert model.uncut().text() == "one\n"
    model.power_cycle()
    model.connected()
    model.receive(b"four\n" + off + b"five\n")
    assert model.uncut().text() == "one\nfour\nfive\n"


def test_the_buzzer_at_once() -> None:
    sound = b"\x10\x14\x03\x00\x00\x02\x01\x01"
    (heard,) = make(buzzer="esc_paren_a").receive(sound).events
    assert (heard.what, heard.detail) == (What.BUZZER, "2 times")
    assert make(buzzer=None).receive(sound).events == ()


@pytest.mark.parametrize("ask", [b"\x10\x04\x07\x01", b"\x10\x04\x08\x03", b"\x10\x04\x12\x01", b"\x1dj\x03"])
def test_what_it_has_not_is_not_told(ask: bytes) -> None:
    assert make().receive(ask + b"\x10\x04\x01").writes == make().receive(b"\x10\x04\x01").writes


def test_a_macro_that_cuts_waits_for_a_jammed_cutter() -> None:
    model = make()
    model.receive(b"\x1d:one\n" + CUT + b"\x1d:")
    assert model.tickets_out == 1
    model.jam(Fault.CUTTER)
    model.receive(b"\x1d^\x02\x00\x00")
    assert model.tickets_out == 1
    model.clear_error()
    assert model.tickets_out == 3
