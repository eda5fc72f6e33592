"""The built-in bitmap font for lines that are drawn: the same cells in which a printer sets its own characters."""

from __future__ import annotations

import unicodedata

from posdevkit.documents import Style
from posdevkit.layout import char_cells
from posdevkit.profiles import FontMetrics

from .display import CellStyle
from .fonts import load_font
from .shapes import cell_rows

__all__ = ["BuiltIn"]

_THAI = range(0x0E00, 0x0E80)


class BuiltIn:
    """Characters of one cell that stand by themselves: no marks, and nothing that joins its neighbours."""

    def has(self, char: str, style: Style) -> bool:
        """Whether it has a shape for `char` that is right wherever it stands."""
        return (
            char in load_font("A" if style.font == "A" else "B")
            and char_cells(char) == 1
            and ord(char) not in _THAI
            and char != "\ufffd"
            and unicodedata.category(char) not in ("Mn", "Me", "Mc", "Cf", "Cc")
            and unicodedata.bidirectional(char) not in ("AL", "AN")
        )

    def rows(self, char: str, style: Style, font: FontMetrics) -> tuple[list[int], int]:
        """Rows from the top and their width; neither underlined nor reversed."""
        return cell_rows(
            char,
            CellStyle(style.font, font.width, font.height, width=style.width, height=style.height, bold=style.bold),
        )
