"""A printer's status as plain values for JSON."""

from __future__ import annotations

from posdevkit.events import PrinterStatus

from .troubles import trouble_of

__all__ = ["status_json"]


def status_json(status: PrinterStatus, language: str = "en") -> dict[str, str | bool | None]:
    """What the printer told; `None` and `unknown` where it has not. `problem` (a slug) is what keeps it from printing,
    `remedy` what a person can do about it, in `language`."""
    trouble = trouble_of(status)
    return {
        "can_print": status.can_print,
        "online": status.online,
        "paper": status.paper.value,
        "cover_open": status.cover_open,
        "fault": status.fault.value,
        "paused": status.paused,
        "ribbon_out": status.ribbon_out,
        "drawer_pin_high": status.drawer_pin_high,
        "drawer_open": status.drawer_open,
        "problem": trouble.slug if trouble else None,
        "message": trouble().message(language) if trouble else None,
        "remedy": trouble().remedy(language) if trouble else None,
    }
