"""Whether anybody is still there: a printer that lost its power or its network cable says no goodbye.

While a connection is idle the kernel asks (keep-alive), and a host that answers nothing is told within the time set
here. While bytes wait to be acknowledged the kernel asks nothing of the kind and goes on for a quarter of an hour; then
`silent` tells, from what the kernel knows. TCP_USER_TIMEOUT would do the same but for one case: tcp(7) lets it also end
a connection whose other side acknowledges and takes no data, and that is a printer that waits for paper.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import Final

__all__ = ["SECONDS", "keep_alive", "silent", "unacknowledged"]

SECONDS: Final = 25
"""How long a host may answer nothing before it counts as gone, unless the URL says otherwise."""

_PROBES: Final = 3
_IDLE: Final = ("TCP_KEEPIDLE", "TCP_KEEPALIVE")
"""Linux and Windows; macOS."""
_TCP_INFO: Final = 11
_FIELDS: Final = struct.Struct("=8B13I")
"""The start of Linux's `struct tcp_info`, up to tcpi_last_ack_recv (linux/tcp.h)."""
_RETRANSMITS, _PROBED, _LAST_ACK_MS = 2, 3, 20


def keep_alive(connected: socket.socket, seconds: int) -> None:
    """Have the kernel ask while the connection is idle, so that silence ends it after about `seconds` (2 to 3600)."""
    probes = min(_PROBES, seconds - 1)
    between = max(1, seconds // (_PROBES + 2))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    idle = next((name for name in _IDLE if hasattr(socket, name)), "")
    for name, value in ((idle, seconds - probes * between), ("TCP_KEEPINTVL", between), ("TCP_KEEPCNT", probes)):
        if (option := getattr(socket, name, None)) is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


def silent(connected: socket.socket, seconds: float) -> bool:
    """Whether the other side has acknowledged nothing for `seconds` although it was asked. False where nobody knows.

    A printer that takes no data still answers the kernel's probes, however far apart they are: so only what was asked
    and stayed unanswered counts, never the silence between two questions.
    """
    if sys.platform == "linux":
        try:
            known = connected.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _FIELDS.size)
        except OSError:
            return False
        if len(known) < _FIELDS.size:
            return False
        fields = _FIELDS.unpack(known)
        # One probe may be on its way right now; a retransmission is only ever sent after an answer failed to come.
        asked = fields[_RETRANSMITS] >= 1 or fields[_PROBED] >= 2
        return bool(asked and fields[_LAST_ACK_MS] > seconds * 1000)
    else:
        return False


def unacknowledged(connected: socket.socket) -> int | None:
    """Bytes (FIN counts one) that the other side's TCP has not acknowledged; None where the kernel does not tell.

    Linux, tcp(7): SIOCOUTQ, the same number as TIOCOUTQ.
    """
    if sys.platform == "linux":
        import fcntl
        import termios

        try:
            answer = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        except OSError:
            return None
        return int.from_bytes(answer, sys.byteorder)
    else:
        return None
