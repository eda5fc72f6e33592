"""Star printers on the network, by Star's own way of asking."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.discovery import star
from posdevkit.runtime.deadline import Deadline

from .base import Found
from .models import suggested_profile
from .network import LISTEN_SECONDS, heard, places, subnets

__all__ = ["StarSource"]


class StarSource:
    """A Source for Star's printers."""

    def __init__(self, ask: Sequence[str] = ()) -> None:
        """`ask`: addresses instead of this machine's subnets. Raises UsageError."""
        self._places = places(ask, star.PORT)

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """Those that answer. Raises Disconnected without a network."""
        asked = self._places or [(subnet, star.PORT) for subnet in subnets()]
        answers = await heard((star.ASK,), asked, deadline.at_most(LISTEN_SECONDS))
        told = {host: reply for host, datagram in answers if (reply := star.read_reply(datagram)) is not None}
        return [_told(host, reply) for host, reply in told.items()]


def _told(host: str, reply: star.Reply) -> Found:
    firmware = f", firmware {reply.firmware}" if reply.firmware else ""
    return Found(
        str(DeviceUrl("tcp", host, 9100)),
        "receipt-printer",
        f"Star {reply.model}{firmware}",
        suggested_profile(reply.model),
        "answers Star's broadcast as a printer",
    )
