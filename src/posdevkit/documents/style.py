"""How characters look and lines stand, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from posdevkit.errors import BadDocument

__all__ = ["PLAIN", "Align", "Font", "Style", "TextEffect"]

Align = Literal["left", "center", "right"]
Font = Literal["A", "B", "C"]
TextEffect = Literal["smooth", "second_color", "rotate", "upside_down", "spacing"]


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look. `width` and `height` are whole multiples of the font's cell, 1 to 8."""

    bold: bool = False
    underline: bool = False
    invert: bool = False
    width: int = 1
    height: int = 1
    font: Font = "A"
    smooth: bool = False
    """Rounded edges of enlarged characters."""
    second_color: bool = False
    """The other colour of two-colour paper."""
    rotate: bool = False
    """Each character turned by 90 degrees clockwise, its cell with it."""
    upside_down: bool = False
    """The whole line turned by 180 degrees; all pieces of a line agree on it."""
    spacing: int = 0
    """Blank dots to the right of each character, 0 to 255, multiplied by `width`."""
    effects: tuple[TextEffect, ...] = field(init=False, repr=False, compare=False, default=())
    """What it asks for beyond what every receipt printer has: the five above, as far as they are set."""
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        for name, value in (("width", self.width), ("height", self.height)):
            if not 1 <= value <= 8:
                raise BadDocument(f"a style's {name} is 1 to 8, not {value}")
        if self.font not in ("A", "B", "C"):
            raise BadDocument(f"a style's font is A, B or C, not {self.font!r}")
        if not 0 <= self.spacing <= 255:
            raise BadDocument(f"a style's spacing is 0 to 255 dots, not {self.spacing}")
        # Of numbers alone, whose hash is the same in every process: a pickled style must still find itself.
        flags = (self.smooth, self.second_color, self.rotate, self.upside_down, self.spacing)
        look = (self.bold, self.underline, self.invert, self.width, self.height, ord(self.font))
        if any(flags):
            object.__setattr__(self, "effects", tuple([name for name in _EFFECTS if getattr(self, name)]))
        object.__setattr__(self, "_hash", hash((look, flags)))

    def __hash__(self) -> int:
        # Every change of style looks its bytes up by two styles: worked out once, since a receipt has many changes.
        return self._hash


_EFFECTS: tuple[TextEffect, ...] = get_args(TextEffect)
PLAIN = Style()
