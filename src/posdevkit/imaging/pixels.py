"""Packed dots for programs that work with Pillow's images."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

from .extras import need

if TYPE_CHECKING:
    from PIL.Image import Image

    Pixels: TypeAlias = Image

__all__ = ["pillow_image"]


def pillow_image(png: bytes) -> Pixels:
    """A PNG file as a Pillow image. Raises MissingExtra without Pillow."""
    image: Pixels = need("PIL.Image", "a picture as a Pillow image").open(io.BytesIO(png))
    image.load()
    return image
