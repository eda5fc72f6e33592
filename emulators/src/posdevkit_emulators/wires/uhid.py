"""uhid: an emulated HID device behind a Linux kernel's own HID layer, which makes hidraw and input devices of it.

Linux, include/uapi/linux/uhid.h and Documentation/hid/uhid.rst. No USB is involved, as with a scanner on Bluetooth.
Needs the right to write to /dev/uhid, and the module `uhid`. As with `usbip`, the program under test must be another
process: the kernel may keep that one waiting for answers of this one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import struct
import threading
from typing import Final, Self

__all__ = ["UhidDevice"]

_NODE: Final = "/dev/uhid"
_DESTROY, _OPEN, _CLOSE, _OUTPUT = 1, 4, 5, 6
_GET_REPORT, _GET_REPORT_REPLY, _CREATE, _INPUT, _SET_REPORT, _SET_REPORT_REPLY = 9, 10, 11, 12, 13, 14
_KIND: Final = struct.Struct("<I")
_CREATED: Final = struct.Struct("<128s64s64sHHIIII4096s")
_OUTPUT_TAIL: Final = struct.Struct("<HB")
_DATA_MAX: Final = 4096
_EVENT_SIZE: Final = _KIND.size + _CREATED.size
_BUS_USB: Final = 3


class UhidDevice:
    """One device, plugged in from the start; `with` pulls it out. Thread-safe."""

    def __init__(self, descriptor: bytes, vendor: int, product: int, *, name: str, serial: str = "") -> None:
        """`descriptor` is its report descriptor. Raises OSError where there is no uhid, or no right to it."""
        self.sent: list[tuple[int, bytes]] = []
        """Reports that the host sent: id (0 without) and bytes, the id in front."""
        self._features: dict[int, bytes] = {}
        self._opened = threading.Condition()
        self._readers = 0
        self._present = True
        self._file = os.open(_NODE, os.O_RDWR)
        self._leave, self._left = os.pipe()
        body = _CREATED.pack(
            name.encode(), b"", serial.encode(), len(descriptor), _BUS_USB, vendor, product, 0, 0, descriptor
        )
        self._say(_CREATE, body)
        self._thread = threading.Thread(target=self._serve, name="emulator: uhid", daemon=True)
        self._thread.start()

    def send(self, report: bytes) -> None:
        """An input report, its id in front where it has one. Whoever has the device open gets it, nobody else."""
        self._say(_INPUT, struct.pack("<H", len(report)) + report)

    def opened(self, seconds: float) -> bool:
        """Wait until a program has it open; False when none did in time."""
        with self._opened:
            return self._opened.wait_for(lambda: self._readers > 0, seconds)

    def unplug(self) -> None:
        """Leave. Without effect on a second call."""
        if not self._present:
            return
        self._present = False
        self._say(_DESTROY, b"")
        os.close(self._left)
        self._thread.join()
        for number in (self._leave, self._file):
            os.close(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def _say(self, kind: int, body: bytes) -> None:
        os.write(self._file, _KIND.pack(kind) + body)

    def _serve(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._file, selectors.EVENT_READ)
            ready.register(self._leave, selectors.EVENT_READ)
            while not any(key.fd == self._leave for key, _ in ready.select()):
                event = os.read(self._file, _EVENT_SIZE)
                with contextlib.suppress(OSError):  # destroyed meanwhile
                    self._heard(_KIND.unpack_from(event)[0], event[_KIND.size :])

    def _heard(self, kind: int, body: bytes) -> None:
        if kind in (_OPEN, _CLOSE):
            with self._opened:
                self._readers += 1 if kind == _OPEN else -1
                self._opened.notify_all()
        elif kind == _OUTPUT:
            size, _ = _OUTPUT_TAIL.unpack_from(body, _DATA_MAX)
            self.sent.append((body[0], body[:size]))
        elif kind == _SET_REPORT:
            number, report, _, size = struct.unpack_from("<IBBH", body)
            data = body[8 : 8 + size]
            self._features[report] = data
            self.sent.append((report, data))
            self._say(_SET_REPORT_REPLY, struct.pack("<IH", number, 0))
        elif kind == _GET_REPORT:
            number, report, _ = struct.unpack_from("<IBB", body)
            data = self._features.get(report, b"")
            answer = struct.pack("<IHH", number, 0 if data else errno.EIO, len(data)) + data
            self._say(_GET_REPORT_REPLY, answer)
