"""The check digit of GS1 keys (GS1 General Specifications 7.9.1): weights 3 and 1 from the right."""

from __future__ import annotations

__all__ = ["check_digit", "checked"]


def check_digit(digits: str) -> str:
    """The digit that belongs behind `digits`, which are ASCII digits without their own check digit."""
    total = 3 * sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def checked(digits: str) -> bool:
    """Whether the last of `digits` is their check digit."""
    return digits[-1] == check_digit(digits[:-1])
