"""What went wrong with a TCP connection, in words that name the host, the port and what to do."""

from __future__ import annotations

import errno
import socket
from typing import Final

from posdevkit.errors import Disconnected

from .url import DeviceUrl

__all__ = ["connect_failure", "lost", "silence"]

# errno -> what happened, what to do. {at} is host:port, {host} the host alone.
_CONNECT: Final = {
    errno.ECONNREFUSED: (
        "connection refused",
        "Nothing listens on {at}: check that the printer is switched on, and the port.",
    ),
    errno.EHOSTUNREACH: (
        "no route to the host",
        "Nothing answers at {host}: check the network cable, that the printer is switched on, and its address.",
    ),
    errno.ENETUNREACH: (
        "the network cannot be reached",
        "This machine has no way to {host}: check its own network connection and the address.",
    ),
    errno.ECONNRESET: (
        "the other side hung up at once",
        "Another computer may be connected to {at}: most printers serve one at a time. Try again when it has finished.",
    ),
    errno.EACCES: ("not permitted", "A firewall on this machine forbids {at}: allow it."),
    errno.EPERM: ("not permitted", "A firewall on this machine forbids {at}: allow it."),
}
_TIMEOUT: Final = (
    "no answer in time",
    "Nothing answered at {at}: check that the printer is switched on and on this network, and its address.",
)
_GONE: Final = "Check the power and the network cable of what is at {at}, and of what lies between."
_UNKNOWN_NAME: Final = (
    "unknown host name",
    "No address is known for {host}: check the spelling, or write the printer's IP address.",
)
_SAME: Final = {
    errno.EHOSTDOWN: errno.EHOSTUNREACH,
    errno.ENETDOWN: errno.ENETUNREACH,
    errno.EADDRNOTAVAIL: errno.ENETUNREACH,
    # Windows tells in numbers of its own (WSAECONNREFUSED and its neighbours).
    10061: errno.ECONNREFUSED,
    10065: errno.EHOSTUNREACH,
    10051: errno.ENETUNREACH,
    10054: errno.ECONNRESET,
    10013: errno.EACCES,
}


def connect_failure(url: DeviceUrl, port: int, problem: Exception) -> Disconnected:
    """The error for a connection that did not come about."""
    host = f"[{url.address}]" if ":" in url.address else url.address
    if isinstance(problem, (socket.gaierror, UnicodeError)):
        what, remedy = _UNKNOWN_NAME
    elif isinstance(problem, TimeoutError):
        what, remedy = _TIMEOUT
    else:
        number = getattr(problem, "errno", None) or 0
        entry = _CONNECT.get(_SAME.get(number, number))
        if entry is None:
            return Disconnected(f"{url}: {problem}")
        what, remedy = entry
    return Disconnected(f"{url}: {what}", remedy=remedy.format(at=f"{host}:{port}", host=host))


def silence(url: DeviceUrl, port: int, taken: int, seconds: float) -> Disconnected:
    """The error for a host that has stopped answering, without a word, for `seconds`."""
    return Disconnected(
        f"{url}: nothing has answered for {seconds:g} seconds, after {taken} bytes",
        remedy=_GONE.format(at=f"{url.address}:{port}"),
    )


def lost(url: DeviceUrl, taken: int, problem: OSError) -> Disconnected:
    """The error for a connection that broke; `taken` bytes had been taken."""
    if isinstance(problem, TimeoutError):  # ETIMEDOUT: the kernel's own probes stayed unanswered
        return Disconnected(
            f"{url}: nothing answers any more, after {taken} bytes", remedy=_GONE.format(at=url.address)
        )
    return Disconnected(f"{url}: the connection broke after {taken} bytes ({problem.strerror or problem})")
