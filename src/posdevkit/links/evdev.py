"""`evdev:///dev/input/by-id/...-event-kbd`: the raw key events of one keyboard on Linux, for scanners that type.

The device is grabbed: what it types reaches this program alone, and no window that happens to have the focus. A FIFO in
place of the device is read as it is. What comes are the bytes of `struct input_event`.
"""

from __future__ import annotations

import errno
import os
import sys

from posdevkit.errors import Claimed, Disconnected, PosError, Unsupported

from .descriptor import DescriptorLink, Port
from .evdev_grab import open_grabbed
from .url import DeviceUrl
from .usb_node import NodeKeeper

__all__ = ["EvdevLink"]


class EvdevLink(DescriptorLink):
    """A StreamLink that only receives. Sending raises Disconnected, since a keyboard takes nothing."""

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for any option, Unsupported elsewhere than on Linux."""
        url.only()
        super().__init__(url)
        self._node = NodeKeeper(url)
        if sys.platform != "linux":
            raise Unsupported(
                f"{url}: key events are read on Linux only", remedy="Set the scanner to serial or HID POS."
            )

    @property
    def identity(self) -> tuple[str, str] | None:
        """What tells the USB device behind it: model, serial number where it has one, interface."""
        return self._node.identity

    def expect(self, identity: tuple[str, str]) -> None:
        """Open only that device."""
        self._node.identity = identity

    def _open_port(self) -> Port:
        self._node.check(self._url.address)  # before opening as well: that keeps its keys from everybody else
        try:
            device = _InputDevice(open_grabbed(self._url.address))
        except OSError as problem:
            raise _failure(self._url, problem) from problem
        try:
            self._node.check(device.fileno())
        except PosError:
            device.close()
            raise
        return device


class _InputDevice(Port):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def unsent(self) -> int:
        return 0

    def close(self) -> None:
        os.close(self._descriptor)  # the grab ends with it


def _failure(url: DeviceUrl, problem: OSError) -> PosError:
    match problem.errno:
        case errno.EBUSY:
            return Claimed(str(url))
        case errno.EACCES | errno.EPERM:
            return Disconnected(
                f"{url}: not permitted", remedy="Join the group input; 'posdevkit doctor' tells the command."
            )
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return Disconnected(f"{url}: there is no such device", remedy="Plug the scanner in, and check the path.")
        case errno.ENOTTY | errno.EINVAL:
            return Disconnected(f"{url}: it is no input device", remedy="Use a path below /dev/input.")
    return Disconnected(f"{url}: {problem.strerror or problem}")
