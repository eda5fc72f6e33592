"""Bytes that displays and scales understand and send, worked out by hand.

CD5220 from pages that were read; Epson DM-D and the scale from notes on their manuals, so unproven.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from posdevkit.protocols.displays.dialects import DIALECTS, line_bytes
from posdevkit.protocols.scales.mt8217 import ASK_WEIGHT, NoWeight, ReplyDecoder, Weight, WhyNoWeight

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
