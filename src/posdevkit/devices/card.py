"""What a swipe gives."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.secret import Secret

__all__ = ["Card", "GarbledSwipe"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was swiped. `number.reveal()` is the only way to its number; shown is the last four digits."""

    number: Secret
    name: Secret | None
    expiry: Secret | None
    """YYMM."""
    service: Secret | None
    problems: tuple[str, ...] = ()
    """Why a track could not be read; at least one could."""


@dataclass(frozen=True, slots=True)
class GarbledSwipe:
    """A swipe of which nothing could be read: swipe again."""

    problems: tuple[str, ...]
