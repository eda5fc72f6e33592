"""How programs of the tests are run, with `-W error` on their command lines."""

from __future__ import annotations

from typing import Final

__all__ = ["CAREFUL"]

CAREFUL: Final = {"PYTHONMALLOC": "debug", "PYTHONFAULTHANDLER": "1"}
"""Development mode without asyncio's own, which writes a line wherever the machine was slow for a moment."""
