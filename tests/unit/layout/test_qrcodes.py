from __future__ import annotations

from dataclasses import replace

import pytest

from posdevkit.documents import QrCode
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.layout import check_qr, qr_capacity, qr_version, qr_width
from posdevkit.profiles import load_profile

WIDE = load_profile("generic-80mm")


def test_what_fits_stays_as_it_is() -> None:
    qr = QrCode("https://r.example/8F2")
    assert check_qr(qr, WIDE) is qr


@pytest.mark.parametrize(
    ("size", "level", "version"),
    [(14, "M", 1), (15, "M", 2), (2331, "M", 40), (2332, "M", None), (17, "L", 1), (230, "L", 9)],
)
def test_the_smallest_version(size: int, level: str, version: int | None) -> None:
    assert qr_version(size, level) == version


def test_width_in_dots() -> None:
    assert [qr_width(version, 6) for version in (1, 2, 40)] == [126, 150, 1062]
    assert qr_capacity(40, "L") == 2953


def test_utf8_counts() -> None:
    # Seven of these are 14 bytes and fit version 1, eight do not: the symbol grows from 21 to 25 modules.
    profile = replace(WIDE, width=21 * 6)
    check_qr(QrCode("ø" * 7), profile)
    with pytest.raises(DocumentTooWide, match="takes 150 dots") as caught:
        check_qr(QrCode("ø" * 8), profile)
    assert "module=5" in caught.value.remedy()


def test_too_much_data() -> None:
    with pytest.raises(BadDocument, match="level H holds 1273") as caught:
        check_qr(QrCode("x" * 1274, level="H", module=1), WIDE)
    assert "level='L'" in caught.value.remedy()


@pytest.mark.parametrize("data", ["\x10\x04\x01", "a\x00", "\ud800"])
def test_data_that_could_be_a_real_time_command(data: str) -> None:
    with pytest.raises(BadDocument, match=r"U\+"):
        check_qr(QrCode(data), WIDE)


def test_lines_in_a_code_are_data() -> None:
    card = QrCode("BEGIN:VCARD\r\nFN:Ågot\r\nEND:VCARD")
    assert check_qr(card, WIDE) is card
