"""Emulated customer displays."""

from .model import DisplayModel

__all__ = ["DisplayModel"]
