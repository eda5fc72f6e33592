"""Events and the values they carry: frozen, free of behaviour, shared by every room above."""

from .device import DeviceEvent, JobEvent, JobState, LinkLost, LinkRestored, ProfileChosen, StatusChanged
from .outcome import Delivery, Evidence, Outcome
from .status import Fault, Paper, PrinterStatus

__all__ = [
    "Delivery",
    "DeviceEvent",
    "Evidence",
    "Fault",
    "JobEvent",
    "JobState",
    "LinkLost",
    "LinkRestored",
    "Outcome",
    "Paper",
    "PrinterStatus",
    "ProfileChosen",
    "StatusChanged",
]
