"""What an unknown printer told of itself."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.profiles import Completion
from posdevkit.profiles.model import ReceiptLanguage

__all__ = ["Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the printer told of itself; empty and False where it stayed silent."""

    language: ReceiptLanguage = "escpos"
    answers: bool = False
    realtime_status: bool = False
    asb: bool = False
    identity: bool = False
    maker: str = ""
    model: str = ""
    firmware: str = ""
    model_id: int | None = None
    cutter: bool | None = None
    """Whether a cutter is fitted, by the type that `GS I` 2 answers."""
    completion: Completion = "none"
    realtime_clear: bool = False
    stored_logos: bool = False
    download_room: int = 0
    """Bytes of working memory for pictures, by `GS ( L` 52."""
