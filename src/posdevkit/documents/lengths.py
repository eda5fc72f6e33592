"""Lengths in millimetres: exact as they were written, and in a device's dots by one rounding."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from posdevkit.errors import BadDocument

from .checks import shown

__all__ = ["MOST_MM", "Millimetres", "exact_mm", "to_dots"]

Millimetres = int | float | Decimal

MOST_MM = 3000


@lru_cache(maxsize=4096)
def to_dots(mm: Decimal, dpmm: Decimal) -> int:
    """Whole dots for a length, rounded half up, once: what was exact in millimetres does not drift."""
    return int((mm * dpmm).to_integral_value(ROUND_HALF_UP))


def exact_mm(value: Millimetres, name: str, *, least: str = "0") -> Decimal:
    """The length as it was written. Raises BadDocument, with the `name`, for what is none or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadDocument(
            f"{name}: {shown(value)} is no length in millimetres", remedy="Give an int, a float or a Decimal."
        )
    return _exact(value, name, least)


@lru_cache(maxsize=4096, typed=True)
def _exact(value: Millimetres, name: str, least: str) -> Decimal:
    # The shortest decimal that means this float is what its writer meant.
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or not Decimal(least) <= number <= MOST_MM:
        raise BadDocument(f"{name}: {value} mm, expected {least} to {MOST_MM}")
    return number
