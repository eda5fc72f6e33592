"""A whole job as tickets: what `posdevkit render` shows."""

from __future__ import annotations

from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect

from .display import Ticket
from .geometry import Geometry
from .languages import renderer_for
from .mechanism import TicketFinished

__all__ = ["render_job"]


def render_job(data: bytes, profile: Profile | Geometry) -> tuple[Ticket, ...]:
    """The tickets a printer of this model makes of `data`, in order; what is printed after the last cut is the last.

    Never raises for any bytes. Raises MissingExtra where the job has a QR code and `qrcode` is not installed.
    """
    geometry = profile if isinstance(profile, Geometry) else Geometry.of(profile)
    renderer = renderer_for(geometry)
    tickets = [
        step.ticket
        for command in dialect(geometry.language).decoder().feed(data)
        for step in renderer.render(command)
        if isinstance(step, TicketFinished)
    ]
    rest = renderer.finish()
    return (*tickets, rest) if rest is not None else tuple(tickets)
