"""What pictures of paper show of characters that the bundled font has not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.imaging import glyphs
from posdevkit.paper import render_job
from posdevkit.profiles import load_profile

FONTS = Path(__file__).parents[2] / "fixtures" / "fonts"
TEA = b"\x1c&" + "茶猫".encode("gb18030") + b"\n"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    glyphs._faces.cache_clear()
    glyphs.glyph.cache_clear()
    yield
    glyphs._faces.cache_clear()
    glyphs.glyph.cache_clear()


def test_a_font_that_is_there_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = load_profile("generic-80mm", {"multibyte": "gb18030"})
    (boxes,) = render_job(TEA, profile)
    without = boxes.raster()
    monkeypatch.setenv("POSDEVKIT_FONTS", str(FONTS))
    glyphs._faces.cache_clear()
    glyphs.glyph.cache_clear()
    (drawn,) = render_job(TEA, profile)
    assert drawn.text() == boxes.text() == "茶猫\n"
    assert drawn.raster() != without
    assert (drawn.raster().width, drawn.raster().height) == (without.width, without.height)


def test_a_glyph_keeps_its_cell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "none.ttf").write_bytes(b"no font")
    monkeypatch.setenv("POSDEVKIT_FONTS", os.pathsep.join((str(tmp_path), str(FONTS))))
    rows = glyphs.glyph("茶", 24, 24)
    assert rows is not None
    assert len(rows) == 24
    assert 0 < max(rows) < 1 << 24
    assert glyphs.glyph("龘", 24, 24) is None
