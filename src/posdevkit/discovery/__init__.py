"""Which devices are there: one source for each cable, asked side by side. Nothing is imported before it is asked."""

from .base import Found, Skipped, Source, Survey
from .survey import ENTRY_POINTS, OWN, discover
from .watch import DeviceCame, DeviceGone, DeviceWatch

__all__ = [
    "ENTRY_POINTS",
    "OWN",
    "DeviceCame",
    "DeviceGone",
    "DeviceWatch",
    "Found",
    "Skipped",
    "Source",
    "Survey",
    "discover",
]
