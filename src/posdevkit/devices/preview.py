"""What a receipt will look like on paper, without a printer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from posdevkit.documents import Receipt
from posdevkit.paper import Ticket, render_job
from posdevkit.profiles import Profile, load_profile

from .compose import compose

__all__ = ["preview"]


def preview(
    receipt: Receipt, profile: str | Path | Profile = "generic-80mm", *, fonts: Sequence[str | Path] | None = None
) -> tuple[Ticket, ...]:
    """The tickets that a printer of this model makes of `receipt`: `ticket.text()`, `ticket.png()`.

    `fonts` as for `ReceiptPrinter.open`.

    The very bytes that would be sent are read back and painted. Raises a UsageError for what could not be printed
    either, and MissingExtra where it has a QR code and `qrcode` is not installed.
    """
    chosen = profile if isinstance(profile, Profile) else load_profile(profile)
    return render_job(compose(receipt, chosen, fonts).compiled.data, chosen)
