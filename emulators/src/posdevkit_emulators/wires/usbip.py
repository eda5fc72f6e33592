"""USB/IP: an emulated device on the virtual host controller of a Linux kernel, which takes it for plugged-in hardware.

Linux, Documentation/usb/usbip_protocol.rst (version 1.1.1): after the import only transfers cross the socket. The
kernel takes any connected stream socket, so a socketpair does, and neither a port nor the tool `usbip` is needed.
Needs root and the module `vhci-hcd`.

The device must not live in the process of the program under test: hidapi closes a device while it holds the
interpreter's lock, and the kernel then waits for an answer that only another thread of that process could give.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Final

from .usb_device import UsbDevice

__all__ = ["attach"]

_CONTROLLER: Final = Path("/sys/devices/platform/vhci_hcd.0")
_HEADER: Final = struct.Struct(">IIIII")
_SUBMIT: Final = struct.Struct(">IiiiI8s")
_CMD_SUBMIT, _CMD_UNLINK, _RET_SUBMIT, _RET_UNLINK = 1, 2, 3, 4
_HEADER_SIZE: Final = 48
_OUT: Final = 0
_FREE: Final = 4
"""VDEV_ST_NULL in the controller's file `status`."""
_FULL_SPEED: Final = 2
_BUS: Final = 1 << 16


def attach(device: UsbDevice) -> None:
    """Plug it into this machine, at full speed; `device.unplugged` pulls it out.

    Raises OSError where the kernel has no such controller, no free port, or grants no right.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        port = _free_port()
        words = f"{port} {theirs.fileno()} {_BUS + port + 1} {_FULL_SPEED}"
        try:
            (_CONTROLLER / "attach").write_text(words)
        except OSError:
            ours.close()
            raise
    carrier = threading.Thread(target=_carry, args=(ours, device), name="emulator: usbip", daemon=True)
    device.unplugged = lambda: _pull_out(ours, carrier)
    carrier.start()


def _free_port() -> int:
    for line in (_CONTROLLER / "status").read_text().splitlines()[1:]:
        hub, port, state = line.split()[:3]
        if hub == "hs" and int(state) == _FREE:
            return int(port)
    raise OSError("every port of the virtual controller is taken")


def _pull_out(wire: socket.socket, carrier: threading.Thread) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    carrier.join()


def _carry(wire: socket.socket, device: UsbDevice) -> None:
    sending = threading.Lock()

    def say(kind: int, number: int, *rest: int, data: bytes = b"") -> None:
        head = struct.pack(f">IIIII{len(rest)}i", kind, number, 0, 0, 0, *rest).ljust(_HEADER_SIZE, b"\0")
        with sending, contextlib.suppress(OSError):
            wire.sendall(head + data)

    def submitted(number: int, endpoint: int, body: bytes) -> None:
        _, length, _, _, _, setup = _SUBMIT.unpack(body)
        data = _exactly(wire, length) if not endpoint & 0x80 and length else b""

        def answer(status: int, found: bytes, taken: int) -> None:
            say(_RET_SUBMIT, number, status, len(found) if endpoint & 0x80 else taken, data=found)

        device.submit(number, endpoint, answer, setup=setup, length=length, data=data)

    with wire, contextlib.suppress(OSError, EOFError):
        while True:
            head = _exactly(wire, _HEADER_SIZE)
            command, number, _, direction, endpoint = _HEADER.unpack(head[: _HEADER.size])
            if command == _CMD_SUBMIT:
                submitted(number, endpoint | (0 if direction == _OUT else 0x80), head[_HEADER.size :])
            elif command == _CMD_UNLINK:
                # What was done of the transfer is told by ending it, since the answer to an unlink has no room for
                # that; the kernel then takes the 0 for "it had ended already".
                device.take_back(int.from_bytes(head[20:24], "big"))
                say(_RET_UNLINK, number, 0)


def _exactly(wire: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = wire.recv(size - len(found))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)
