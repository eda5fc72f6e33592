"""GS1 Composite symbols: a linear symbol and above it a two-dimensional component, drawn by libzint (`zint-bindings`).

zxing-cpp writes none. Of what is drawn here it reads the linear part back, and of the components CC-B and CC-C.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posdevkit.documents import Raster
from posdevkit.errors import BadDocument

from .extras import need
from .symbols import raster_from_rows

__all__ = ["COMPOSITES", "composite_symbol"]

COMPOSITES: Final[Mapping[str, str]] = {
    "EAN8": "EANX_CC",
    "EAN13": "EANX_CC",
    "UPC-A": "UPCA_CC",
    "UPC-E": "UPCE_CC",
    "DATABAR": "DBAR_OMN_CC",
    "DATABAR-TRUNCATED": "DBAR_OMN_CC",
    "DATABAR-STACKED": "DBAR_STK_CC",
    "DATABAR-STACKED-OMNI": "DBAR_OMNSTK_CC",
    "DATABAR-LIMITED": "DBAR_LTD_CC",
    "DATABAR-EXPANDED": "DBAR_EXP_CC",
    "DATABAR-EXPANDED-STACKED": "DBAR_EXPSTK_CC",
    "GS1-128": "GS1_128_CC",
}
"""The linear symbols that can have a component, and what the library calls them."""
_CC_C: Final = 3
_BLACK: Final = bytes(ord("1") if value < 128 else ord("0") for value in range(256))
_COLOURS: Final = 3


def composite_symbol(
    linear: str, data: str, component: str, *, cc_c: bool = False, columns: int | None = None
) -> Raster:
    """The modules of both parts, one dot each, without a quiet zone; heights as the standard has them at the least.

    `linear` is one of `COMPOSITES`, `data` what it says, `component` bracketed GS1 elements such as `(17)261231`;
    `cc_c` with GS1-128 only, else CC-A or CC-B by how much there is; `columns` pairs of characters in a row of the
    stacked expanded DataBar. Raises BadDocument for what either cannot hold, MissingExtra without `zint-bindings`.
    """
    zint = need("zint", f"a {linear} composite symbol", "symbols")
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, COMPOSITES[linear])
    symbol.input_mode = zint.InputMode.GS1 | zint.InputMode.GS1PARENS
    symbol.output_options = zint.OutputOptions.BARCODE_NO_QUIET_ZONES | zint.OutputOptions.COMPLIANT_HEIGHT
    symbol.warn_level = zint.WarningLevel.FAIL_ALL
    symbol.show_text = False
    symbol.scale = 0.5  # a dot for each module
    if cc_c:
        symbol.option_1 = _CC_C
    if columns:
        symbol.option_2 = columns
    try:
        symbol.primary = data
        symbol.encode(component)
        symbol.buffer()
    except (ValueError, RuntimeError, OverflowError) as problem:
        raise BadDocument(f"a {linear} composite symbol of {len(component)} characters: {problem}") from problem
    pixels = memoryview(symbol.bitmap)
    assert pixels.shape is not None
    height, width = pixels.shape[:2]
    dots = pixels.tobytes()[::_COLOURS].translate(_BLACK).decode("ascii")
    return raster_from_rows([dots[row * width : (row + 1) * width] for row in range(height)], width)
