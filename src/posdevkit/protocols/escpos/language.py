"""The table of ESC/POS commands. Loaded at first use; a new command goes into the module of its kind."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Language

__all__ = ["ESCPOS"]

ESCPOS = Language(
    "ESC/POS",
    tuple(
        f"{__package__}.commands.{kind}"
        for kind in (
            "text",
            "position",
            "page",
            "kanji",
            "graphics",
            "stored",
            "symbols",
            "matrix",
            "stacked",
            "mechanism",
            "status",
            "settings",
            "slip",
            "clones",
        )
    ),
)
