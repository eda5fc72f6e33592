"""What is shown of a smart card's answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.protocols.cards.masking import masked_hex, status_meaning

PAN = "4111111111111111"
TRACK2 = bytes.fromhex("57134111111111111111D29121010000000000000F")  # EMV Book 3, tag 57: number, D, expiry
NUMBER = bytes.fromhex("5A08" + PAN)


def test_numbers_are_stars_and_the_rest_can_be_read() -> None:
    assert masked_hex(NUMBER[:1] + b"\x0a" + NUMBER[2:]) == "5A0A" + "*" * 16
    assert PAN not in masked_hex(TRACK2)
    assert masked_hex(PAN.encode()) == "*" * 32
    assert masked_hex(b"2PAY.SYS.DDF01") == "325041592E5359532E4444463031"
    assert masked_hex(b"") == ""


@given(
    before=st.binary(max_size=20),
    digits=st.text("0123456789", min_size=12, max_size=19),
    after=st.binary(max_size=20),
    packed=st.booleans(),
)
def test_wherever_a_number_stands_none_of_its_digits_is_shown(
    before: bytes, digits: str, after: bytes, packed: bool
) -> None:
    body = bytes.fromhex(digits + "F" * (len(digits) % 2)) if packed else digits.encode()
    shown = masked_hex(before + body + after)
    assert len(shown) == 2 * len(before + body + after)
    place = 2 * len(before)
    assert set(shown[place : place + (len(digits) if packed else 2 * len(digits))]) == {"*"}


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (0x9000, "done"),
        (0x610F, "done, and 15 more bytes can be fetched"),
        (0x6C00, "wrong length: it would be 256"),
        (0x6A82, "there is no such file or application"),
        (0x9F11, ""),
    ],
)
def test_status_bytes(status: int, meaning: str) -> None:
    assert status_meaning(*divmod(status, 256)) == meaning
