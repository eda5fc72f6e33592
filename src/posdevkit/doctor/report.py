"""A diagnosis for a program: what `posdevkit doctor --json` writes and what goes to support."""

from __future__ import annotations

from .diagnosis import Diagnosis, PluggedIn
from .findings import Finding

__all__ = ["report_of"]


def report_of(diagnosis: Diagnosis, language: str = "en") -> dict[str, object]:
    """Plain values alone, ready for JSON."""
    return {
        "ok": diagnosis.well,
        "system": diagnosis.machine.system,
        "devices": [_device(one) for one in diagnosis.devices],
        "findings": [_finding(one, language) for one in diagnosis.findings],
        "skipped": [one.facts(language) for one in diagnosis.survey.skipped],
    }


def _device(one: PluggedIn) -> dict[str, object]:
    return {
        "what": one.what,
        "kind": one.kind,
        "url": one.url,
        "place": one.place,
        "driver": one.driver,
        "profile": one.profile,
    }


def _finding(one: Finding, language: str) -> dict[str, object]:
    return {
        "slug": one.slug,
        "severity": one.severity.value,
        "subject": one.subject,
        "message": one.message(language),
        "remedy": one.remedy(language),
        "command": one.command,
    }
