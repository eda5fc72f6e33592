"""Which renderer reads a profile's language; each is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from posdevkit.profiles import ReceiptLanguage

from .geometry import Geometry
from .mechanism import Renderer

__all__ = ["renderer_for"]

_PLACES: Final[Mapping[ReceiptLanguage, tuple[str, str]]] = {
    "escpos": ("renderer", "EscPosRenderer"),
    "star-prnt": ("star", "StarRenderer"),
    "star-line": ("star", "StarRenderer"),
    "star-graphic": ("star", "StarRenderer"),
}


def renderer_for(geometry: Geometry) -> Renderer:
    """A renderer of the geometry's language, with new paper."""
    module, name = _PLACES[geometry.language]
    made = getattr(import_module(f"{__package__}.{module}"), name)(geometry)
    assert isinstance(made, Renderer)
    return made
