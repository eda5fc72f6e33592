"""Serial ports by their names alone: none is opened, since opening one may reset what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from posdevkit.errors import MissingExtra
from posdevkit.links.serial import serial_ports
from posdevkit.links.url import DeviceUrl
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

from .base import Found

__all__ = ["SerialSource"]


class SerialSource:
    """A Source for the serial ports that a USB adapter or device stands behind; bare ports tell nothing."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The ports that are there. Raises MissingExtra."""
        return await in_thread(_find, name="posdevkit-serial-search")


def _find() -> list[Found]:
    try:
        import_module("serial")
    except ImportError:
        raise MissingExtra("serial ports need pyserial", remedy="pip install 'posdevkit[serial]'") from None
    return [
        Found(str(DeviceUrl("serial", port.path)), "unknown", port.what, None, "a serial port on USB")
        for port in serial_ports()
    ]
