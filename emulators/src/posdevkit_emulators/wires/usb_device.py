"""What a USB device does, transfer by transfer, for whoever carries them: USB/IP into a kernel, or a fake of usbfs.

Universal Serial Bus Specification 2.0, 8.5 and 9.4. A transfer that the device cannot serve yet waits (on the wire it
answers NAK), in both directions, until it can or the host takes the transfer back.
"""

from __future__ import annotations

import errno
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .usb_descriptors import Device, configuration_bytes, device_bytes, string_descriptor

__all__ = ["STALLED", "Answer", "Request", "Setup", "UsbDevice"]

STALLED: Final = -errno.EPIPE
_TAKEN_BACK: Final = -errno.ECONNRESET
_IN: Final = 0x80
_STANDARD, _KIND, _RECIPIENT = 0x00, 0x60, 0x1F
_GET_STATUS, _CLEAR_FEATURE, _SET_FEATURE, _SET_ADDRESS = 0, 1, 3, 5
_GET_DESCRIPTOR, _GET_CONFIGURATION, _SET_CONFIGURATION, _GET_INTERFACE, _SET_INTERFACE = 6, 8, 9, 10, 11
_DEVICE_DESCRIPTOR, _CONFIGURATION_DESCRIPTOR, _STRING_DESCRIPTOR = 1, 2, 3
_TO_ENDPOINT: Final = 2

Answer = Callable[[int, bytes, int], None]
"""Called once with a status (0, or minus an errno), the bytes for the host, and how many of the host's were taken."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The eight bytes that begin a control transfer (9.3)."""

    kind: int
    request: int
    value: int
    index: int
    length: int

    @classmethod
    def unpack(cls, data: bytes) -> Setup:
        return cls(*struct.unpack("<BBHHH", data))


Request = Callable[[Setup, bytes], bytes | None]
"""What the device does with a request of its class: the bytes for the host, or None to stall."""


@dataclass(slots=True, eq=False)
class _Transfer:
    endpoint: int
    length: int
    data: bytes
    answer: Answer
    done: int = 0
    """Bytes of the host's that were taken."""
    found: bytearray = field(default_factory=bytearray)
    """Bytes for the host."""


class UsbDevice:
    """One device from plugging in to pulling out. Thread-safe; `take` and `request` are called with its lock held."""

    def __init__(
        self, device: Device, request: Request | None = None, take: Callable[[int, bytes], None] | None = None
    ) -> None:
        """`take` gets what comes for an endpoint. All of it is let in until `let_in` says otherwise."""
        self.device = device
        self.unplugged: Callable[[], None] = lambda: None
        """How whoever carries the transfers pulls the cable out."""
        self._request = request or (lambda setup, data: None)
        self._take = take or (lambda endpoint, data: None)
        self._sizes = {e.bEndpointAddress: e.wMaxPacketSize for one in device.interfaces for e in one.endpoints}
        self._lock = threading.RLock()
        self._waiting: dict[int, _Transfer] = {}
        self._unread: dict[int, deque[bytes]] = {endpoint: deque() for endpoint in self._sizes}
        self._inlet: dict[int, int] = {}
        self._halted: set[int] = set()
        self._configured = 0

    # The device's side.

    def let_in(self, endpoint: int, size: int) -> None:
        """Take up to `size` bytes in one piece, then none until this is called again."""
        with self._lock:
            self._inlet[endpoint] = size
            self._pump()

    def send(self, endpoint: int, data: bytes) -> None:
        """Bytes for the host, in packets as full as the endpoint has them; a last one that is full ends no transfer
        that has room for more (8.5.3.2)."""
        size = self._sizes[endpoint]
        with self._lock:
            self._unread[endpoint].extend(data[at : at + size] for at in range(0, len(data), size))
            self._pump()

    def unread(self, endpoint: int) -> int:
        """Bytes that the host has not fetched."""
        with self._lock:
            return sum(map(len, self._unread[endpoint]))

    def stall(self, endpoint: int) -> None:
        """Halt an endpoint until the host clears it."""
        with self._lock:
            self._halted.add(endpoint)
            self._pump()

    # The host's side.

    def submit(
        self, number: int, endpoint: int, answer: Answer, *, setup: bytes = bytes(8), length: int = 0, data: bytes = b""
    ) -> None:
        """A transfer begins; `endpoint` has its direction bit, 0 and 0x80 are the control endpoint."""
        with self._lock:
            if not endpoint & 0x7F:
                self._control(Setup.unpack(setup), data, answer)
            elif endpoint not in self._sizes:
                answer(STALLED, b"", 0)
            else:
                self._waiting[number] = _Transfer(endpoint, length, data, answer)
                self._pump()

    def take_back(self, number: int) -> bool:
        """The host no longer wants a transfer: it is answered with what was done of it. False when it has ended."""
        with self._lock:
            transfer = self._waiting.pop(number, None)
            if transfer is not None:
                transfer.answer(_TAKEN_BACK, bytes(transfer.found), transfer.done)
            return transfer is not None

    def _pump(self) -> None:
        """Go on with every transfer that can go on, in the order in which they came."""
        for number, transfer in list(self._waiting.items()):
            if number not in self._waiting:
                continue
            if transfer.endpoint in self._halted:
                self._end(number, STALLED)
            elif transfer.endpoint & _IN:
                self._fill(number, transfer)
            else:
                self._drain(number, transfer)

    def _end(self, number: int, status: int) -> None:
        transfer = self._waiting.pop(number)
        transfer.answer(status, bytes(transfer.found), transfer.done)

    def _fill(self, number: int, transfer: _Transfer) -> None:
        """Bytes to the host: the transfer ends when it is full or with a short packet, and waits for that."""
        packets, size = self._unread[transfer.endpoint], self._sizes[transfer.endpoint]
        while packets:
            packet = packets[0]
            if len(transfer.found) + len(packet) > transfer.length:
                self._end(number, -errno.EOVERFLOW)  # babble
                return
            transfer.found += packets.popleft()
            if len(packet) < size or len(transfer.found) == transfer.length:
                self._end(number, 0)
                return

    def _drain(self, number: int, transfer: _Transfer) -> None:
        endpoint = transfer.endpoint
        if any(other.endpoint == endpoint for earlier, other in self._waiting.items() if earlier < number):
            return
        left = transfer.data[transfer.done :]
        piece = left[: self._inlet.get(endpoint, len(left))]
        if piece:
            transfer.done += len(piece)
            if endpoint in self._inlet:
                self._inlet[endpoint] = 0
            self._take(endpoint, piece)
        if transfer.done == len(transfer.data) and number in self._waiting:
            self._end(number, 0)

    def _control(self, setup: Setup, data: bytes, answer: Answer) -> None:
        found = self._standard(setup) if setup.kind & _KIND == _STANDARD else None
        if found is None:
            found = self._request(setup, data)
        if found is None:
            answer(STALLED, b"", 0)
        else:
            answer(0, found[: setup.length] if setup.kind & _IN else b"", len(data))

    def _standard(self, setup: Setup) -> bytes | None:
        """The requests of 9.4 that every device knows; None for the others, such as the descriptors of a class."""
        match setup.request:
            case request if request == _GET_DESCRIPTOR and not setup.kind & _RECIPIENT:
                return self._descriptor(setup.value >> 8, setup.value & 0xFF)
            case request if request == _GET_STATUS:
                return b"\0\0"
            case request if request == _CLEAR_FEATURE and setup.kind & _RECIPIENT == _TO_ENDPOINT:
                self._halted.discard(setup.index)
            case request if request == _GET_CONFIGURATION:
                return bytes((self._configured,))
            case request if request == _SET_CONFIGURATION:
                self._configured = setup.value
                self._halted.clear()
            case request if request == _GET_INTERFACE:
                return b"\0"
            case request if request not in (_SET_FEATURE, _SET_ADDRESS, _SET_INTERFACE, _CLEAR_FEATURE):
                return None
        return b""

    def _descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == _DEVICE_DESCRIPTOR:
            return device_bytes(self.device)
        if kind == _CONFIGURATION_DESCRIPTOR:
            return configuration_bytes(self.device)
        return string_descriptor(self.device.strings, index) if kind == _STRING_DESCRIPTOR else None
