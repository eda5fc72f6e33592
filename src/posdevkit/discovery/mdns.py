"""Printers that announce a service by multicast DNS (DNS-SD), whoever made them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.discovery import dns
from posdevkit.runtime.deadline import Deadline

from .base import Found
from .models import suggested_profile
from .network import LISTEN_SECONDS, heard, places

__all__ = ["MdnsSource"]

_RAW: Final = "_pdl-datastream._tcp"
_SERVICES: Final = (_RAW, "_printer._tcp", "_ipp._tcp")
"""The best first: only a raw port is told with its number; who has one of the others as a rule has port 9100 too."""
_RAW_PORT: Final = 9100


class MdnsSource:
    """A Source for printers that announce themselves on the local network."""

    def __init__(self, ask: Sequence[str] = ()) -> None:
        """`ask`: addresses instead of the multicast group. Raises UsageError."""
        self._places = places(ask, dns.PORT) or [(dns.MULTICAST, dns.PORT)]

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """Those that answer. Raises Disconnected without a network."""
        question = dns.query([dns.name_of(f"{service}.local") for service in _SERVICES])
        answers = await heard((question,), self._places, deadline.at_most(LISTEN_SECONDS))
        best: dict[str, tuple[int, dns.Instance]] = {}
        # A printer answers for itself, and may spread its records over several datagrams.
        for sender in dict.fromkeys(host for host, _ in answers):
            records = [one for host, datagram in answers if host == sender for one in dns.records(datagram)]
            for one in dns.instances(records):
                if one.service not in _SERVICES:
                    continue
                host, rank = _host(one, sender), _SERVICES.index(one.service)
                if host not in best or rank < best[host][0]:
                    best[host] = rank, one
        return [_told(host, one) for host, (_, one) in best.items()]


def _host(one: dns.Instance, sender: str) -> str:
    plain = [text for text in one.addresses if ipaddress.ip_address(text).version == 4]
    # A link-local address of IPv6 means nothing without the interface.
    reachable = [*plain, *(text for text in one.addresses if not ipaddress.ip_address(text).is_link_local)]
    return reachable[0] if reachable else sender


def _told(host: str, one: dns.Instance) -> Found:
    maker = " ".join(filter(None, (one.text.get("usb_mfg"), one.text.get("usb_mdl"))))
    name = one.text.get("ty") or maker or one.name
    profile = suggested_profile(f"{name} {one.name}")
    raw = one.service == _RAW and one.port > 0
    why = f"announces {one.service}" + ("" if raw else f"; raw bytes are taken on port {_RAW_PORT} as a rule")
    return Found(
        str(DeviceUrl("tcp", host, one.port if raw else _RAW_PORT)),
        "receipt-printer" if profile else "printer",
        name,
        profile,
        why,
    )
