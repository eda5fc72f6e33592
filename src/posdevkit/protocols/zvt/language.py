"""The table of ZVT commands."""

from __future__ import annotations

from typing import Final

from posdevkit.protocols.vocabulary import Language

__all__ = ["ZVT"]

ZVT: Final = Language("ZVT", ("posdevkit.protocols.zvt.commands",))
"""Class and instruction to command class. Lengths are the framer's business: see `framing`."""
