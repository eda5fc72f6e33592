"""What is plugged in, what would claim it, what stands in the way, and the one command that mends each of these."""

from .bundle import write_bundle
from .diagnosis import Diagnosis, PluggedIn
from .examine import examine
from .findings import Finding, Severity
from .machine import Machine
from .systems import Looker
from .udev import udev_rules
from .visit import diagnose

__all__ = [
    "Diagnosis",
    "Finding",
    "Looker",
    "Machine",
    "PluggedIn",
    "Severity",
    "diagnose",
    "examine",
    "udev_rules",
    "write_bundle",
]
