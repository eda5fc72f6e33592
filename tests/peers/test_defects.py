"""What other libraries get wrong and we do not, where no other test says so: see docs/explanation/defects.md."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from posdevkit import Receipt, preview
from posdevkit.compat.escpos.printer import Dummy
from posdevkit.devices.compose import compose
from posdevkit.profiles import load_profile

TM = load_profile("epson-tm-t88v")


def dark(png: bytes) -> list[list[bool]]:
    """The dots of a picture, row by row: True is black."""
    with Image.open(io.BytesIO(png)) as picture:
        grey = picture.convert("L")
        data = grey.tobytes()
        return [[dot < 128 for dot in data[y * grey.width : (y + 1) * grey.width]] for y in range(grey.height)]


def test_one_letter_that_cannot_be_set_leaves_the_others_alone() -> None:
    (ticket,) = preview(Receipt().text("茶 Café 2€"), TM)
    assert ticket.text().strip() == "?? Café 2€"


def test_a_letter_and_its_accent_are_one_character() -> None:
    (ticket,) = preview(Receipt().text("Cafe\u0301"), TM)
    assert ticket.text().strip() == "Café"


def test_a_tall_white_picture_in_the_centre_stays_white() -> None:
    (ticket,) = preview(Receipt().image(Image.new("L", (96, 2000), 255), align="center"), TM)
    assert not any(map(any, dark(ticket.png())))


def test_a_tall_picture_stands_in_the_centre_from_top_to_bottom() -> None:
    (ticket,) = preview(Receipt().image(Image.new("L", (96, 2000), 0), align="center"), TM)
    rows = [row for row in dark(ticket.png()) if any(row)]
    assert len(rows) == 2000
    assert {row.index(True) for row in rows} == {(TM.width - 96) // 2}


def test_a_native_qr_code_can_be_centred() -> None:
    (ticket,) = preview(Receipt().qr("https://r.example/8F2", module=4, align="center"), TM)
    columns = [x for row in dark(ticket.png()) for x, black in enumerate(row) if black]
    assert abs(min(columns) - (TM.width - 1 - max(columns))) <= 1


def test_nothing_is_written_to_the_terminal_and_no_folder_stays(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    p = Dummy(profile="TM-T88V")
    p.text("№ 1 茶\n")
    p.barcode("5901234123457", "EAN13", width=2)
    p.qr("x")
    assert p.output
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


def test_a_full_cut_is_a_full_cut_where_the_model_makes_one() -> None:
    data = compose(Receipt().cut(partial=False), load_profile("generic-80mm")).compiled.data
    assert b"\x1dV\x41" in data
