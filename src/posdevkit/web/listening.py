"""Taking a port."""

from __future__ import annotations

import os
import socket

from posdevkit.errors import PortInUse

__all__ = ["listen"]


def listen(host: str, port: int, *, waiting: int) -> socket.socket:
    """A socket that listens; port 0: any free one. `waiting`: connections that may wait. Raises PortInUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends at once (TCP_NODELAY) only where it is; else each answer, whose head
    # and body are two writes, waits 40 ms for the other side's acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two programs listen on one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(waiting)
    except OSError as problem:
        listening.close()
        raise PortInUse(f"{host}:{port}: {problem.strerror or problem}") from None
    return listening
