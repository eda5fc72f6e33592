"""Card numbers, tracks and payment codes: values that show a mask wherever they are shown.

`repr`, `str`, `format` and logs give the mask; JSON and pickle refuse them. Only `reveal`
gives the value, so that every place which needs it can be found by searching for that word.
"""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

__all__ = ["MASK", "Secret"]

MASK: Final = "****"


class Secret:
    """A text that is nobody's business. Equal to another of the same text; neither iterable nor a string."""

    __slots__ = ("_value", "hint")

    def __init__(self, value: str, *, hint: str = "") -> None:
        """`hint` is what may be shown beside the mask, such as a card's last four digits."""
        self._value = value
        self.hint = hint

    def reveal(self) -> str:
        """The value. Never log, store or send what this returns except where the payment itself needs it."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(("posdevkit.secret", self._value))

    def __str__(self) -> str:
        return f"{MASK}{self.hint}"

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: it would leave the process in clear")
