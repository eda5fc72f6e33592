"""How characters look and lines stand, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from .checks import flag, one_of, whole

__all__ = ["ALIGNS", "PLAIN", "Align", "Font", "Style", "TextEffect"]

Align = Literal["left", "center", "right"]
ALIGNS: Final[tuple[Align, ...]] = get_args(Align)
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
        for name in _FLAGS:
            flag(getattr(self, name), f"a style's {name}")
        for name in ("width", "height"):
            whole(getattr(self, name), 1, 8, f"a style's {name} is 1 to 8")
        one_of(self.font, _FONTS, "a style's font")
        whole(self.spacing, 0, 255, "a style's spacing is 0 to 255 dots")
        # Of numbers alone, whose hash is the same in every process: a pickled style must still find itself.
        flags = (self.smooth, self.second_color, self.rotate, self.upside_down, self.spacing)
        look = (self.bold, self.underline, self.invert, self.width, self.height, ord(self.font))
        if any(flags):
            object.__setattr__(self, "effects", tuple([name for name in _EFFECTS if getattr(self, name)]))
        object.__setattr__(self, "_hash", hash((look, flags)))

    def __hash__(self) -> int:
        # Every change of style looks its bytes up by two styles: worked out once, since a receipt has many changes.
        return self._hash


_FLAGS = ("bold", "underline", "invert", "smooth", "second_color", "rotate", "upside_down")
_FONTS = get_args(Font)
_EFFECTS: tuple[TextEffect, ...] = get_args(TextEffect)
PLAIN = Style()
