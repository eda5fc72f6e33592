"""A Bluetooth radio played by TCP: what is sent to any device and channel goes to one port of the loopback."""

from __future__ import annotations

import socket
from typing import Final

__all__ = ["OverTcp"]


_ROOM: Final = 16 * 1024
"""Bytes on their way: a radio holds no megabytes, as TCP does on a loopback, that a printer would still have to read
long after the link was given up."""


class _Played(socket.socket):
    """A socket that takes a Bluetooth address and connects elsewhere."""

    def lead(self, port: int, asked: list[tuple[str, int]]) -> _Played:
        """Remember where it leads."""
        self._port, self._asked = port, asked
        return self

    def connect_ex(self, place: tuple[str, int]) -> int:  # type: ignore[override]  # Bluetooth's address, not any
        self._asked.append(place)
        return super().connect_ex(("127.0.0.1", self._port))

    __slots__ = ("_asked", "_port")


class OverTcp:
    """Stands for this machine's radio: see `posdevkit.links.rfcomm.Sockets`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[tuple[str, int]] = []
        """Device and channel of every attempt."""

    def rfcomm(self) -> socket.socket:
        """A socket that is not connected."""
        played = _Played(socket.AF_INET, socket.SOCK_STREAM)
        played.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        return played.lead(self._port, self.asked)
