"""The table of Star's commands. Loaded at first use; a new command goes into the module of its kind."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Language

__all__ = ["STAR"]

STAR = Language(
    "Star",
    tuple(
        f"{__package__}.commands.{kind}"
        for kind in (
            "text",
            "position",
            "page",
            "kanji",
            "graphics",
            "raster",
            "symbols",
            "mechanism",
            "status",
            "settings",
            "stored",
        )
    ),
)
