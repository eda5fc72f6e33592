"""Bytes that displays and scales understand and send, worked out by hand.

Displays from pages that were read, but for what the tables call facts; the scale from notes on its manual, so unproven.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from posdevkit.protocols.displays.dialects import DIALECTS, line_bytes
from posdevkit.protocols.scales.mt8217 import ASK_WEIGHT, NoWeight, ReplyDecoder, Weight, WhyNoWeight
from posdevkit_emulators.displays import DisplayModel

# Partner CD5220 manual, table 6-1 (the same in POS-X XP8200 manual 4.1.8 and Epson-badged CD5220 user's manual 7.2).
CD5220 = {
    "show": "1B 51 41 48 65 6A 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 0D "
    "1B 51 42 33 38 2C 30 30 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 0D",
    "clear": "0C",
    "brightness": "0C 1B 2A 02",
}
# Notes on the Epson DM-D command reference: US $, CLR, US X.
DMD = {
    "show": "1F 24 01 01 48 65 6A 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 "
    "1F 24 01 02 33 38 2C 30 30 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20",
    "clear": "0C",
    "brightness": "1F 58 02",
}


@pytest.mark.parametrize(("name", "wanted"), [("cd5220", CD5220), ("epson-dm-d", DMD)])
def test_display_bytes(name: str, wanted: dict[str, str]) -> None:
    dialect = DIALECTS[name]
    page = next(iter(dialect.pages))
    assert dialect.show(line_bytes("Hej", page), line_bytes("38,00", page)) == bytes.fromhex(wanted["show"])
    assert dialect.clear() == bytes.fromhex(wanted["clear"])
    assert dialect.brightness(2) == bytes.fromhex(wanted["brightness"])


def test_what_a_display_is_set_up_with() -> None:
    assert DIALECTS["cd5220"].begin(None) == bytes.fromhex("0C 1B 40 1B 5F 00")
    assert DIALECTS["epson-dm-d"].begin(19) == bytes.fromhex("1B 3D 02 1B 40 1F 01 1F 43 00 1B 74 13")


# By POS-X XP8200 manual 4.1.2 and 4.1.8, and Epson DM-D110 specification, sheets 41 to 58: what stands there then.
MOVES = {
    ("epson-dm-d", "41 08 42"): ("B", ""),  # BS
    ("epson-dm-d", "41 09 42"): ("A B", ""),  # HT
    ("epson-dm-d", "41 0A 42"): ("A", " B"),  # LF
    ("epson-dm-d", "41 42 0D 43"): ("CB", ""),  # CR
    ("epson-dm-d", "0A 41 1F 0A 42"): (" B", "A"),  # US LF
    ("epson-dm-d", "1F 0D 41"): (" " * 19 + "A", ""),  # US CR
    ("epson-dm-d", "1F 42 41"): ("", " " * 19 + "A"),  # US B
    ("epson-dm-d", "0A 41 0B 42"): ("B", "A"),  # HOM
    ("epson-dm-d", "1F 2E 31 1F 2C 32 1F 3B 33"): ("123", ""),  # US . US , US ;
    ("epson-dm-d", "41 1F 40 42"): ("B", ""),  # US @
    ("epson-dm-d", "1B 57 01 01 01 01 05 02 41 1B 57 01 00 42"): ("AB", ""),  # ESC W, its end without a place
    ("epson-dm-d", "1B 26 01 41 42 02 FF FF 00 41"): ("A", ""),  # ESC &
    ("epson-dm-d", "1F 23 01 05 1F 72 01 1F 54 0C 1E 1F 55 1F 76 01 1B 25 01 1B 3F 41 41"): ("A", ""),
    ("epson-dm-d", "1F 3A 41 1F 3A 1F 5E 01 02 42"): ("AB", ""),  # US : and US ^ are known, and not run
    ("epson-dm-d", "1F 28 41 03 00 30 31 00 1F 28 45 03 00 01 49 4E 41"): ("A", ""),
    ("cd5220", "41 08 42"): ("B", ""),
    ("cd5220", "41 09 42"): ("A B", ""),
    ("cd5220", "41 0A 42 0D 43"): ("A", "CB"),
    ("cd5220", "41 1B 5B 44 42"): ("B", ""),
    ("cd5220", "41 1B 5B 43 42"): ("A B", ""),
    ("cd5220", "41 1B 5B 42 42 1B 5B 41 43"): ("A C", " B"),
    ("cd5220", "41 42 1B 5B 4C 43"): ("CB", ""),
    ("cd5220", "1B 5B 52 41"): (" " * 19 + "A", ""),
    ("cd5220", "1B 5B 4B 41 1B 5B 48 42"): ("B", " " * 19 + "A"),
    ("cd5220", "1B 57 01 01 0A 02 1B 26 01 41 41 01 FF 1B 3F 41 1B 25 00 1B 63 41 41"): ("A", ""),
}


@pytest.mark.parametrize(("name", "wire"), MOVES, ids=str)
def test_where_the_cursor_goes(name: str, wire: str) -> None:
    upper, lower = MOVES[name, wire]
    for pieces in (1, 1000):
        model = DisplayModel(name)
        data = bytes.fromhex(wire)
        for at in range(0, len(data), pieces):
            model.receive(data[at : at + pieces])
        assert model.lines == (upper.ljust(20), lower.ljust(20))


# Notes on the Datalogic Magellan 8500 manual, pages 39 to 45: STX, weight, N for net, CR; or STX, ?, status, CR.
WEIGHTS = {
    "02 30 31 2E 32 33 34 0D": Weight(Decimal(1234)),
    "02 30 30 2E 30 30 30 0D": Weight(Decimal(0)),
    "02 30 31 2E 32 33 34 4E 0D": Weight(Decimal(1234), net=True),
    "02 3F 41 0D": NoWeight((WhyNoWeight.MOTION,)),
    "02 3F 42 0D": NoWeight((WhyNoWeight.OVERLOAD,)),
    "02 3F 44 0D": NoWeight((WhyNoWeight.UNDER_ZERO,)),
    "02 3F 48 0D": NoWeight((WhyNoWeight.OUTSIDE_ZERO,)),
    "02 3F 45 0D": NoWeight((WhyNoWeight.MOTION, WhyNoWeight.UNDER_ZERO)),
    "02 3F 50 0D": NoWeight(()),
    # Bit 7 is parity, bit 6 always set: neither says anything, and a converter may leave the parity in every byte.
    "02 3F C1 0D": NoWeight((WhyNoWeight.MOTION,)),
    "82 3F 41 8D": NoWeight((WhyNoWeight.MOTION,)),
}


@pytest.mark.parametrize("wire", list(WEIGHTS))
def test_scale_answers(wire: str) -> None:
    data = bytes.fromhex(wire)
    assert ReplyDecoder().feed(data) == [WEIGHTS[wire]]
    decoder = ReplyDecoder()
    assert [answer for byte in data for answer in decoder.feed(bytes([byte]))] == [WEIGHTS[wire]]


def test_the_scale_is_asked_by_one_letter_and_pounds_are_converted() -> None:
    assert ASK_WEIGHT == b"W"
    assert ReplyDecoder("lb").feed(b"\x0201.00\r") == [Weight(Decimal("453.5923700"))]


@pytest.mark.parametrize("noise", [b"\x02\x02", b"\x02??", b"W\x02ab.cd\r", b"\x020123456789012345678\r", b"\xff\x00"])
def test_noise_gives_nothing_and_the_next_answer_counts(noise: bytes) -> None:
    decoder = ReplyDecoder()
    assert decoder.feed(noise) == []
    assert decoder.feed(b"\x0201.234\r")[-1:] == [Weight(Decimal(1234))]
