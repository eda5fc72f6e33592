"""Drive point-of-sale hardware: one API, one error vocabulary, blocking and async."""

from posdevkit._version import __version__

__all__ = ["__version__"]
