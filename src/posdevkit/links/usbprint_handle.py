"""One printer of Windows' own driver, for the one thread that owns it. Every call blocks, none for long.

A write that the printer does not take stays with Windows and is waited for again: called back, it may not tell how much
of it was taken. It is called back only when its sender gives up. A read stays as well, so that nothing said is lost.
"""

from __future__ import annotations

import time
from typing import Final

from posdevkit.errors import BadUrl, Claimed, Disconnected, PosError

from .url import DeviceUrl
from .usb_bus import UsbDescription, read_address
from .usb_failures import not_there, unplugged
from .usb_handle import Wrote
from .usbprint import ABORTED, Control, Transfer, UsbPrint, UsbPrinter

__all__ = ["UsbPrintHandle", "find_printer"]

_PACKET: Final = 64
"""Bytes that fit one packet of any printer (USB 2.0: 64 at full speed, 512 at high): taken whole or not at all."""
_READ_SIZE: Final = 4096
_LIVELY_SECONDS: Final = 0.05
"""How long after it took something a printer is trusted with more than one packet."""
_BACK_MS: Final = 40
_CONTROL_MS: Final = 60
"""What a turn of the thread may take: a program that wants to stop waits for it."""
_STALE_MS: Final = 5
_STALE_READS: Final = 64
_ID_SIZE: Final = 1024
"""Some printers fail when asked for much more (Microsoft's page on the request names 4094 as the most)."""
_ONE_WAY: Final = frozenset({1, 50})
"""ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED: what a read is answered with where there is nothing to read from."""
_WORDS: Final = {
    21: "it is not ready",
    22: "it does not know the command",
    31: "it was unplugged or does not work",
    121: "it did not take it in time",
    433: "it was unplugged",
    995: "it was unplugged",
    1117: "it was unplugged or does not work",
    1167: "it was unplugged",
}
_lost: list[Transfer] = []
"""What Windows never gave back: the memory has to stay."""


class UsbPrintHandle:
    """A printer, held by this program alone until `close`."""

    packet = _PACKET

    def __init__(self, calls: UsbPrint, printer: UsbPrinter) -> None:
        """Open it. Raises OSError."""
        self.about: UsbDescription = printer.about
        self.answers = True
        """Whether it may talk back: False once a read was refused."""
        self._calls = calls
        self._handle = calls.open(printer.path)
        self._writing: Transfer | None = None
        self._reading: Transfer | None = None
        self._read_once = False
        self._took_at = -_LIVELY_SECONDS

    def drop_stale(self) -> None:
        """Answers to somebody who listened before us lie in the printer still; they must not answer our questions."""
        for _ in range(_STALE_READS):
            if not self.read(_STALE_MS):
                return

    def write(self, data: memoryview, milliseconds: int) -> Wrote:
        """Offer bytes for that long; while they are not taken, the next call has to offer the same again.

        After a pause one packet goes first: of a printer that takes nothing it is certain that it took nothing.
        """
        end = time.monotonic() + milliseconds / 1000
        taken = 0
        while taken < len(data):
            if self._writing is None:
                lively = time.monotonic() - self._took_at < _LIVELY_SECONDS
                self._writing = self._calls.write(
                    self._handle, bytes(data[taken:] if lively else data[taken:][:_PACKET])
                )
            left = max(0, round((end - time.monotonic()) * 1000))
            if not self._calls.settled(self._handle, self._writing, left):
                break
            done, self._writing = self._writing, None
            if done.error:
                return Wrote(taken + _perhaps(done), _problem(done.error))
            if not done.moved:
                break
            taken += done.moved
            self._took_at = time.monotonic()
        return Wrote(taken)

    def withdraw(self) -> Wrote:
        """Call back what was offered and not taken; what of it was taken after all, or may have been."""
        back, self._writing = self._writing, None
        if back is None:
            return Wrote(0)
        if not self._calls.called_back(self._handle, back, _BACK_MS):
            _lost.append(back)
            return Wrote(back.size, _problem(ABORTED))
        return Wrote(_perhaps(back), None if back.error in (0, ABORTED) else _problem(back.error))

    def read(self, milliseconds: int) -> bytes:
        """What comes within that time, b"" for nothing. Raises OSError."""
        if not self.answers:
            return b""
        if self._reading is None:
            self._reading = self._calls.read(self._handle, _READ_SIZE)
        if not self._calls.settled(self._handle, self._reading, milliseconds):
            return b""
        done, self._reading = self._reading, None
        if done.error in _ONE_WAY and not self._read_once:
            self.answers = False
            return b""
        if done.error:
            raise _problem(done.error)
        self._read_once = True
        if not done.moved:
            time.sleep(milliseconds / 1000)  # some printers send empty packets without end
        return done.data

    def port_status(self) -> int:
        """GET_PORT_STATUS (USB printer class 1.1, 4.2.2); 0 where it does not tell."""
        told = self._ask(Control.GET_LPT_STATUS, size=4)
        return told[0] if told else 0

    def device_id(self) -> str:
        """The IEEE 1284 id, such as `MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;`; empty where it does not tell."""
        told = self._ask(Control.GET_1284_ID, size=_ID_SIZE) or b""
        return told[2:].partition(b"\0")[0].decode("utf-8", "replace")

    def soft_reset(self) -> bool:
        """SOFT_RESET (4.2.3): the printer drops what it has; whether it was done."""
        return self._ask(Control.SOFT_RESET) is not None

    def vendor_get(self, request: int, value: int, size: int) -> bytes | None:
        """A maker's own question: request code, value (two bytes), at most `size` bytes back. None where it fails."""
        return self._ask(Control.VENDOR_GET_COMMAND, bytes([request]) + value.to_bytes(2, "big"), size)

    def vendor_set(self, request: int, value: int, data: bytes) -> bool:
        """A maker's own command with `data`; whether it was done."""
        return self._ask(Control.VENDOR_SET_COMMAND, bytes([request]) + value.to_bytes(2, "big") + data) is not None

    def close(self) -> None:
        """Give it back. Never raises: the printer may be gone."""
        under_way = [one for one in (self._writing, self._reading) if one is not None]
        self._writing = self._reading = None
        open_still = [one for one in under_way if not self._calls.called_back(self._handle, one, _BACK_MS)]
        self._calls.close(self._handle)
        _lost.extend(open_still)

    def _ask(self, code: Control, data: bytes = b"", size: int = 0) -> bytes | None:
        asked = self._calls.control(self._handle, code, data, size)
        if not self._calls.settled(self._handle, asked, _CONTROL_MS):
            if not self._calls.called_back(self._handle, asked, _BACK_MS):
                _lost.append(asked)
            return None
        return None if asked.error else asked.data


def _perhaps(done: Transfer) -> int:
    """Bytes that a write took that came to no good end: what is told, else all that it may have taken."""
    return done.moved or (done.size if done.size > _PACKET else 0)


def _problem(number: int) -> OSError:
    return OSError(
        number, f"{_WORDS[number]}, Windows error {number}" if number in _WORDS else f"Windows error {number}"
    )


def find_printer(url: DeviceUrl, expected: tuple[str, str] | None, calls: UsbPrint) -> UsbPrintHandle:
    """Find and open the printer that the URL means, and that has the `expected` identity where one is given.

    Raises Disconnected (not there), BadUrl (several it could be), Claimed.
    """
    wanted = read_address(url)
    identity = [*url.options, *((expected,) if expected else ())]
    try:
        seen = [printer for printer in calls.printers() if printer.about.id == wanted]
        # One printer may have several interfaces; of those that are alike the first is its main one.
        found = {one.about.identity: one for one in reversed(seen) if all(_is(one.about, *pair) for pair in identity)}
        if not found:
            raise not_there(url, [str(printer.about.url) for printer in seen])
        if len(found) > 1:
            choices = " or ".join(sorted(str(one.about.url) for one in found.values()))
            raise BadUrl(f"{str(url)!r} could be any of {len(found)} devices", remedy=f"Write {choices}.")
        return UsbPrintHandle(calls, *found.values())
    except OSError as problem:
        raise _refusal(url, problem) from problem


def _is(about: UsbDescription, key: str, value: str) -> bool:
    """Windows writes instances in capitals, also what is a small letter in a serial number."""
    told = {"serial": about.serial, "port": about.port}[key]
    return told.casefold() == value.casefold()


def _refusal(url: DeviceUrl, problem: OSError) -> PosError:
    match problem.errno:
        case 5 | 32 | 170:  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_BUSY
            return Claimed(
                f"{url}: another program holds it",
                remedy="Close the other program. If Windows prints on it, wait for its print queue, or use spooler://.",
            )
        case 2 | 3 | 21 | 31 | 433 | 1117 | 1167:
            return unplugged(url)
    return Disconnected(f"{url}: {problem.strerror or problem}", remedy="What is there tells: posdevkit discover")
