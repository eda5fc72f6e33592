"""What a visit of the doctor gives."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.discovery import Survey

from .findings import Finding, Severity
from .machine import Machine

__all__ = ["Diagnosis", "PluggedIn"]


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """One device that is there."""

    what: str
    """What it calls itself, for people."""
    kind: str
    """What it seems to be, a `discovery.Kind`."""
    url: str | None
    """What a driver opens; None where it cannot be opened as it is."""
    place: str
    """Where it is plugged in, as 1-2.3 (bus, then ports); empty where nobody knows."""
    driver: str
    """What drives it now, in the system's words; empty for nothing."""
    profile: str | None = None
    """The profile to begin with, if its name suggests one."""

    @property
    def label(self) -> str:
        """What findings call it."""
        return f"{self.what} ({self.place})" if self.place else self.what


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a visit found."""

    machine: Machine
    devices: tuple[PluggedIn, ...]
    findings: tuple[Finding, ...]
    """First what has to be mended, then advice, then notes."""
    survey: Survey
    """What discovery found on all cables, the network's included, and which it could not search."""

    @property
    def well(self) -> bool:
        """Whether nothing has to be mended. Advice and notes do not count."""
        return all(finding.severity is not Severity.MEND for finding in self.findings)
