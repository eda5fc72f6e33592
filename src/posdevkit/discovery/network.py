"""Asking a network who is there: a few datagrams out, and all that is heard in answer.

Without other word the machine's own subnets are asked, by their broadcast addresses; no router passes that on.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Final

from posdevkit.errors import Disconnected, UsageError
from posdevkit.runtime.deadline import Deadline, within

__all__ = ["LISTEN_SECONDS", "Heard", "heard", "places", "subnets"]

LISTEN_SECONDS: Final = 1.5
"""Printers answer within a second; a busy one now and then a little later."""
_MOST: Final = 1_000
"""Answers that are kept, whoever sends them."""
_LIMITED: Final = "255.255.255.255"
"""The broadcast of whichever subnet the system sends it to (RFC 919)."""

Place = tuple[str, int]
Heard = tuple[str, bytes]
"""Who sent a datagram, as an address, and the datagram."""


def places(ask: Sequence[str], port: int) -> list[Place]:
    """Addresses in `ask`, each as 192.168.1.255 or 192.168.1.255:3289, with `port` where none is written.

    Raises UsageError.
    """
    found = []
    for text in ask:
        host, colon, digits = text.partition(":")
        try:
            ipaddress.IPv4Address(host)
            number = int(digits) if colon else port
            if not 0 < number < 65536:
                raise ValueError
        except ValueError:
            raise UsageError(
                f"{text!r} is no address to ask", remedy="Write an IPv4 address, such as 192.168.1.255."
            ) from None
        found.append((host, number))
    return found


def subnets() -> list[str]:
    """The broadcast addresses of this machine's subnets, where the system tells them; else the limited one."""
    return (_linux_subnets() if sys.platform == "linux" else []) or [_LIMITED]


async def heard(questions: Sequence[bytes], asked: Sequence[Place], deadline: Deadline) -> list[Heard]:
    """Send each question to each place, twice, since datagrams get lost, and listen until the deadline.

    Raises Disconnected where none could be sent.
    """
    answers: dict[Heard, None] = {}

    class Listener(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            if len(answers) < _MOST:
                answers[addr[0], data] = None

    inside = all(ipaddress.ip_address(host).is_loopback for host, _ in asked)
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asking.setblocking(False)
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        asking.bind(("127.0.0.1" if inside else "", 0))
        _send(asking, questions, asked)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Listener, sock=asking)
    except OSError as problem:
        asking.close()
        raise Disconnected(f"the network cannot be asked: {problem.strerror or problem}") from None
    except BaseException:
        asking.close()
        raise
    try:
        await _until(deadline.at_most((deadline.remaining() or 0.0) / 2))
        _send(asking, questions, asked, again=True)
        await _until(deadline)
    finally:
        transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn
    return list(answers)


def _send(asking: socket.socket, questions: Sequence[bytes], asked: Sequence[Place], *, again: bool = False) -> None:
    """Raises the last OSError if nothing left and it is the first time."""
    sent, last = again, OSError("nobody to ask")
    for place in asked:
        for question in questions:
            try:
                asking.sendto(question, place)
                sent = True
            except OSError as problem:
                last = problem
    if not sent:
        raise last


async def _until(deadline: Deadline) -> None:
    try:
        await within(deadline, asyncio.get_running_loop().create_future())
    except TimeoutError:
        pass


if sys.platform == "linux":
    import fcntl

    _SIOCGIFBRDADDR: Final = 0x8919
    """netdevice(7): the broadcast address of an interface."""
    _SIOCGIFFLAGS: Final = 0x8913
    _UP_AND_BROADCAST: Final = 0x1 | 0x2

    def _linux_subnets() -> list[str]:
        found = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            for _, name in socket.if_nameindex():
                request = struct.pack("16s24x", name.encode()[:15])
                try:
                    flags = struct.unpack_from("H", fcntl.ioctl(asking, _SIOCGIFFLAGS, request), 16)[0]
                    told = fcntl.ioctl(asking, _SIOCGIFBRDADDR, request)
                except OSError:
                    continue  # no IPv4 address
                if flags & _UP_AND_BROADCAST == _UP_AND_BROADCAST:
                    found.append(socket.inet_ntoa(told[20:24]))
        return [address for address in dict.fromkeys(found) if address != "0.0.0.0"]  # noqa: S104  # no binding

else:

    def _linux_subnets() -> list[str]:
        return []
