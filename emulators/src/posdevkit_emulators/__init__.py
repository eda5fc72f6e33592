"""Emulated point-of-sale devices that a driver cannot tell from real ones."""

from posdevkit._version import __version__

__all__ = ["__version__"]
