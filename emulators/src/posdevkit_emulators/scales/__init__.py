"""Emulated scales."""

from .model import ScaleModel

__all__ = ["ScaleModel"]
