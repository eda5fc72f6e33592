from __future__ import annotations

import pytest

from posdevkit.errors import BadProfile
from posdevkit.profiles import code_page_names, decode_table, encode_table
from posdevkit.profiles.codepages import UNMAPPED


@pytest.mark.parametrize("name", code_page_names())
def test_no_page_has_a_byte_that_could_be_a_command(name: str) -> None:
    table = encode_table(name)
    assert all(0x20 <= byte <= 0x7E or 0x80 <= byte <= 0xFF for byte in table.values())
    assert all(char.isprintable() or char in "\u00a0\u00ad\u200e\u200f\u200c\u200d" for char in table)


@pytest.mark.parametrize("name", code_page_names())
def test_the_low_half_is_ascii_and_controls_print_nothing(name: str) -> None:
    table = decode_table(name)
    assert len(table) == 256
    assert "".join(table[0x20:0x7F]) == "".join(map(chr, range(0x20, 0x7F)))
    assert set(table[:0x20]) == {UNMAPPED}
    assert table[0x7F] == UNMAPPED


@pytest.mark.parametrize("name", code_page_names())
def test_what_is_encoded_decodes_to_itself(name: str) -> None:
    table = decode_table(name)
    assert all(table[byte] == char for char, byte in encode_table(name).items())
    assert sum(char != UNMAPPED for char in table[0x80:]) >= 50


def test_disputed_bytes_are_left_out_on_both_sides() -> None:
    assert decode_table("cp1125")[0xFA] == UNMAPPED
    assert "\u00b7" not in encode_table("cp1125")


def test_an_unknown_page_is_named() -> None:
    with pytest.raises(BadProfile, match="cp9999") as caught:
        decode_table("cp9999")
    assert "cp437" in caught.value.remedy()


def test_tables_are_read_only() -> None:
    with pytest.raises(TypeError):
        encode_table("cp437")["x"] = 1  # type: ignore[index]
