"""The kernel's own USB devices, which nobody here wrote: its printer, HID and serial gadgets on its dummy controller.

Linux, Documentation/usb/gadget_configfs.rst, gadget_printer.rst and gadget_hid.rst. The gadget's end of each function
is a device file; what stands behind it is played by this file. Runs in the emulators' process.
"""

from __future__ import annotations

import errno
import os
import select
import sys
import threading
import time
import tty
from pathlib import Path
from typing import Final

__all__ = ["Gadget"]

_ROOT: Final = Path("/sys/kernel/config/usb_gadget/lab")
_CONTROLLER: Final = "dummy_udc.0"
_ENGLISH: Final = "strings/0x409"
_SECONDS: Final = 40.0


class Gadget:
    """One USB device with three functions: a printer, a HID scanner and a serial port."""

    def __init__(self, serial: str, report_descriptor: bytes, report_size: int) -> None:
        """Plug it in. Raises OSError where the kernel has no such modules."""
        values: dict[str, str | bytes] = {
            "idVendor": "0x0525",
            "idProduct": "0xa4a8",
            f"{_ENGLISH}/manufacturer": "Linux",
            f"{_ENGLISH}/product": "gadget",
            f"{_ENGLISH}/serialnumber": serial,
            "functions/printer.lab/pnp_string": "MFG:Linux;MDL:gadget;CLS:PRINTER;SN:1;",
            "functions/printer.lab/q_len": "10",
            "functions/hid.lab/protocol": "0",
            "functions/hid.lab/subclass": "0",
            "functions/hid.lab/report_length": str(report_size),
            "functions/hid.lab/report_desc": report_descriptor,
        }
        _ROOT.mkdir()
        for name in (_ENGLISH, "configs/c.1", "functions/printer.lab", "functions/hid.lab", "functions/acm.lab"):
            (_ROOT / name).mkdir()
        for name, value in values.items():
            (_ROOT / name).write_bytes(value.encode() if isinstance(value, str) else value)
        for name in ("printer", "hid", "acm"):
            (_ROOT / f"configs/c.1/{name}").symlink_to(_ROOT / f"functions/{name}.lab")
        self._taken = bytearray()
        self._port = -1
        self.plug()

    def plug(self) -> None:
        (_ROOT / "UDC").write_text(_CONTROLLER)
        self._printer = _opened("/dev/g_printer0")
        self._leave, self._left = os.pipe()
        # The printer's function takes no byte from the host unless somebody reads.
        self._reader = threading.Thread(target=self._print, name="emulator: gadget", daemon=True)
        self._reader.start()
        self._port = _opened("/dev/ttyGS0")
        if sys.platform == "linux":
            tty.setraw(self._port)

    def unplug(self) -> None:
        # First nobody has its files open: Linux 6.1 would go on using a printer's after freeing what they stand for.
        os.close(self._left)
        self._reader.join()
        for number in (self._leave, self._printer, self._port):
            os.close(number)
        self._port = -1
        (_ROOT / "UDC").write_text("\n")

    def report(self, data: bytes) -> None:
        """An input report of the scanner's."""
        with open("/dev/hidg0", "wb", buffering=0) as end:
            end.write(data)

    def say(self, data: bytes) -> None:
        """What hangs on the serial port says something."""
        os.write(self._port, data)

    def heard(self) -> bytes:
        """What the host has said to it meanwhile."""
        try:
            return os.read(self._port, 4096)
        except BlockingIOError:
            return b""

    def printed(self) -> bytes:
        """All that the printer has taken."""
        return bytes(self._taken)

    def answer(self, data: bytes) -> None:
        """The printer answers."""
        os.write(self._printer, data)

    def close(self) -> None:
        """Take it apart."""
        if self._port >= 0:
            self.unplug()
        for name in ("printer", "hid", "acm"):
            (_ROOT / f"configs/c.1/{name}").unlink()
            (_ROOT / f"functions/{name}.lab").rmdir()
        for name in ("configs/c.1", _ENGLISH, "."):
            (_ROOT / name).rmdir()

    def _print(self) -> None:
        while True:
            ready, _, _ = select.select([self._printer, self._leave], [], [])
            if self._leave in ready:
                return
            try:
                self._taken += os.read(self._printer, 4096)
            except BlockingIOError:
                continue


if sys.platform == "linux":
    _FLAGS: Final = os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY
else:
    _FLAGS: Final = os.O_RDWR


def _opened(path: str) -> int:
    """Open the gadget's end of a function, which is not there before the host has configured the device."""
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return os.open(path, _FLAGS)
        except OSError as problem:
            if problem.errno not in (errno.ENODEV, errno.ENOENT) or time.monotonic() > end:
                raise
            time.sleep(0.01)
