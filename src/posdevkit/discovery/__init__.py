"""Which devices are there: one source for each cable, asked side by side. Nothing is imported before it is asked."""

from .base import Found, Skipped, Source, Survey
from .survey import ENTRY_POINTS, OWN, discover

__all__ = ["ENTRY_POINTS", "OWN", "Found", "Skipped", "Source", "Survey", "discover"]
