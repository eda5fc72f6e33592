"""By which address another machine finds this one."""

from __future__ import annotations

import socket

__all__ = ["own_address"]


def own_address() -> str:
    """The address of the network card that leads outside; the loopback where none does. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
        try:
            # A datagram socket is only pointed somewhere: 192.0.2.1 is for documentation (RFC 5737).
            ask.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(ask.getsockname()[0])
