"""Epson printers on the network, by Epson's own way of asking (ENPC)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.discovery import enpc
from posdevkit.runtime.deadline import Deadline

from .base import Found, Kind
from .models import suggested_profile
from .network import LISTEN_SECONDS, heard, places, subnets

__all__ = ["EpsonSource"]


class EpsonSource:
    """A Source for Epson's printers and interface boards."""

    def __init__(self, ask: Sequence[str] = ()) -> None:
        """`ask`: addresses instead of this machine's subnets. Raises UsageError."""
        self._places = places(ask, enpc.PORT)

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """Those that answer. Raises Disconnected without a network."""
        asked = self._places or [(subnet, enpc.PORT) for subnet in subnets()]
        told: dict[str, dict[str, str]] = defaultdict(dict)
        for host, datagram in await heard((enpc.ASK_NAME, enpc.ASK_MODEL), asked, deadline.at_most(LISTEN_SECONDS)):
            if (reply := enpc.read_reply(datagram)) is not None:
                given = {"model": reply.model, "name": reply.name, "hardware": reply.hardware}
                told[host] |= {key: text for key, text in given.items() if text}
        return [_told(host, facts) for host, facts in told.items()]


def _told(host: str, facts: dict[str, str]) -> Found:
    model = facts.get("model") or facts.get("name") or "printer"
    profile = suggested_profile(model)
    kind: Kind = "receipt-printer" if profile or model.startswith("TM-") else "printer"
    hardware = f", {facts['hardware']}" if "hardware" in facts else ""
    return Found(
        str(DeviceUrl("tcp", host, 9100)),
        kind,
        f"EPSON {model}{hardware}",
        profile,
        "answers Epson's ENPC as a printer",
    )
