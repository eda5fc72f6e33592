"""The table of ZPL commands. Loaded at first use; a new command goes into the module of its kind."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Language

__all__ = ["ZPL"]

ZPL = Language("ZPL II", tuple(f"{__package__}.commands.{kind}" for kind in ("label", "field", "symbols", "control")))
