"""`rfcomm://AA:BB:CC:DD:EE:FF[/CHANNEL]`: a serial port over classic Bluetooth, as mobile receipt printers have it.

Python's own sockets speak it on Linux and Windows. The device has to be paired with the system before. Which channel
its serial port has would tell SDP, which Python does not speak: channel 1 is taken, as nearly all printers have it.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from types import ModuleType
from typing import Final, Protocol

from posdevkit.errors import BadUrl, Claimed, Disconnected, PosError, Unsupported
from posdevkit.runtime.deadline import Deadline, within

from .descriptor import Port, PortLink
from .readiness import Readiness
from .url import DeviceUrl

__all__ = ["RfcommLink", "Sockets"]

_PLACE: Final = re.compile(r"(?P<device>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})(?:/(?P<channel>\d{1,2}))?")
_USUAL_CHANNEL: Final = 1
_CHANNELS: Final = range(1, 31)
"""RFCOMM has 30 server channels (Bluetooth RFCOMM 1.2, 5.4)."""
_UNDER_WAY: Final = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035, 10036})
"""The last two are Windows' numbers."""


class Sockets(Protocol):
    """What makes a Bluetooth socket: Python's module `socket`, or what stands for a radio in tests."""

    def rfcomm(self) -> socket.socket:
        """A socket that is not connected. Raises OSError, and AttributeError where Python knows no Bluetooth."""
        ...


class _System:
    """This machine's own radio."""

    def rfcomm(self) -> socket.socket:
        module: ModuleType = socket
        return socket.socket(module.AF_BLUETOOTH, socket.SOCK_STREAM, module.BTPROTO_RFCOMM)


class RfcommLink(PortLink):
    """A StreamLink over one RFCOMM connection."""

    def __init__(self, url: DeviceUrl, *, sockets: Sockets | None = None) -> None:
        """Raises BadUrl for any option, and for an address that is no device and channel."""
        url.only()
        place = _PLACE.fullmatch(url.address)
        channel = int((place and place["channel"]) or _USUAL_CHANNEL)
        if place is None or channel not in _CHANNELS:
            raise BadUrl(
                f"{str(url)!r} is no Bluetooth address with a channel from 1 to 30",
                remedy="Write it as rfcomm://AA:BB:CC:DD:EE:FF, or with a channel as rfcomm://AA:BB:CC:DD:EE:FF/2.",
            )
        super().__init__(url)
        self._device, self._channel = place["device"].upper(), channel
        self._sockets = sockets or _System()

    async def _connect(self, deadline: Deadline) -> Port:
        try:
            new = self._sockets.rfcomm()
        except (AttributeError, OSError) as problem:
            raise Unsupported(
                f"{self._url}: classic Bluetooth cannot be used here ({problem})",
                remedy="Use Linux with BlueZ or Windows, and a Python that was built with Bluetooth; or let the system "
                "make a serial port of it, and write serial://.",
            ) from None
        try:
            new.setblocking(False)
            await within(deadline, _connected(new, (self._device, self._channel)))
        except (OSError, TimeoutError) as problem:
            new.close()
            raise self._failure(problem) from problem
        except BaseException:
            new.close()
            raise
        return _SocketPort(new)

    def _failure(self, problem: OSError | TimeoutError) -> PosError:
        if isinstance(problem, TimeoutError) and problem.errno is None:
            return Disconnected(f"{self._url}: no answer in time", remedy=_NEAR)
        match problem.errno:
            case errno.EBUSY | errno.EADDRINUSE:
                return Claimed(str(self._url))
            case errno.ECONNREFUSED:
                return Disconnected(
                    f"{self._url}: nothing listens on channel {self._channel}",
                    remedy="Ask the device for the channel of its serial port: sdptool browse ADDRESS. Then write it "
                    "behind the address, as in rfcomm://AA:BB:CC:DD:EE:FF/2.",
                )
            case errno.EACCES | errno.EPERM:
                return Disconnected(f"{self._url}: not permitted", remedy="Pair the device with this machine first.")
            case errno.ENODEV | errno.ENETDOWN:
                return Disconnected(
                    f"{self._url}: this machine has no Bluetooth radio that is switched on", remedy="Switch it on."
                )
        return Disconnected(f"{self._url}: {problem.strerror or problem}", remedy=_NEAR)


_NEAR: Final = "Check that the device is switched on, near, and paired with this machine; most serve one at a time."


class _SocketPort(Port):
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._descriptor = connected.fileno()

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: memoryview) -> int:
        return self._socket.send(data)

    def read(self, size: int) -> bytes:
        return self._socket.recv(size)

    def unsent(self) -> int:
        """Linux: SIOCOUTQ, which the Bluetooth sockets of its kernel answer as well (net/bluetooth/af_bluetooth.c)."""
        if sys.platform == "linux":
            import fcntl
            import termios

            try:
                return int.from_bytes(fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, b"\0" * 4), sys.byteorder)
            except OSError:
                pass  # the connection is gone
        return 0

    def close(self) -> None:
        self._socket.close()


async def _connected(new: socket.socket, place: tuple[str, int]) -> None:
    """Not the loop's own way: on Windows that knows internet addresses alone."""
    number = new.connect_ex(place)
    if number not in _UNDER_WAY:
        raise OSError(number, os.strerror(number))
    if number:
        readiness = Readiness(new)
        try:
            await readiness.writable()
        finally:
            readiness.stop()
    if problem := new.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(problem, os.strerror(problem))
