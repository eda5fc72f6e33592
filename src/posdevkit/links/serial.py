"""`serial:///dev/ttyUSB0?baud=9600`, `serial://COM10`: a serial port, also one that a USB adapter or a pty stands for.

pyserial sets the port up. On POSIX its descriptor is then watched by the event loop, so nothing blocks, no thread is
needed, and the count of bytes taken is the kernel's own.
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from posdevkit.errors import BadUrl, Claimed, Disconnected, MissingExtra, PosError, Unsupported

from .descriptor import DescriptorLink, Port
from .url import DeviceUrl

if TYPE_CHECKING:
    from serial import Serial

__all__ = ["PortName", "SerialLink", "serial_ports"]

_CHOICES: Final[dict[str, dict[str, str | int]]] = {
    "bits": {"8": 8, "7": 7},
    "parity": {"none": "N", "even": "E", "odd": "O"},
    "stop": {"1": 1, "2": 2},
    "flow": {"none": "", "rtscts": "rtscts", "xonxoff": "xonxoff"},
}
_FASTEST: Final = 4_000_000
_PSEUDO: Final = "/dev/pts/"


@dataclass(frozen=True, slots=True)
class PortName:
    """A serial port that could be opened."""

    path: str
    what: str
    """What its adapter calls itself."""


class SerialLink(DescriptorLink):
    """A StreamLink over a serial port, held by this program alone.

    Options of the URL: `baud` (9600), `bits` (8, 7), `parity` (none, even, odd), `stop` (1, 2), `flow` (none, rtscts,
    xonxoff). A pseudo terminal takes them all and has no use for any.
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know, Unsupported on Windows."""
        url.only("baud", *_CHOICES)
        super().__init__(url)
        self._baud = _baud(url)
        self._chosen = {name: _choice(url, name, known) for name, known in _CHOICES.items()}
        if sys.platform == "win32":
            raise Unsupported(f"{url}: serial ports are not driven on Windows yet", remedy="Use Linux or macOS for it.")

    def _open_port(self) -> Port:
        try:
            library = import_module("serial")
        except ImportError:
            raise MissingExtra(f"{self._url} needs pyserial", remedy="pip install 'posdevkit[serial]'") from None
        path = self._url.address
        plain = os.path.realpath(path).startswith(_PSEUDO)  # the kernel refuses parity and modem lines there
        chosen = self._chosen
        try:
            port = library.Serial(
                path,
                self._baud,
                bytesize=8 if plain else chosen["bits"],
                parity="N" if plain else chosen["parity"],
                stopbits=1 if plain else chosen["stop"],
                rtscts=not plain and chosen["flow"] == "rtscts",
                xonxoff=not plain and chosen["flow"] == "xonxoff",
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (OSError, ValueError) as problem:  # SerialException is an OSError
            raise _failure(self._url, problem) from problem
        except Exception as problem:
            # termios.error is no OSError: a setting that this port cannot do.
            raise Disconnected(f"{self._url}: the port refuses these settings ({problem})") from problem
        _wait_for_bytes(port.fileno())
        return _SerialPort(port)


class _SerialPort(Port):
    def __init__(self, port: Serial) -> None:
        self._port = port
        self._descriptor = port.fileno()

    def fileno(self) -> int:
        return self._descriptor

    def unsent(self) -> int:
        try:
            return self._port.out_waiting
        except OSError:
            return 0  # the device has gone

    def close(self) -> None:
        # Output that is still queued would make the kernel wait for it inside `close`.
        for step in (self._port.reset_output_buffer, self._port.close):
            try:
                step()
            except Exception:  # noqa: BLE001, S110  # termios.error for a port that was unplugged
                pass


def serial_ports() -> list[PortName]:
    """The serial ports behind USB that are there now. It blocks for a moment and opens none."""
    listing = import_module("serial.tools.list_ports")
    return [
        PortName(port.device, " ".join(word for word in (port.manufacturer, port.product) if word) or port.device)
        for port in listing.comports()
        if port.vid is not None
    ]


def _wait_for_bytes(descriptor: int) -> None:
    """pyserial lets a read of nothing succeed, which is how a port that hangs up looks as well: ask for one byte."""
    if sys.platform != "win32":
        import termios

        settings = termios.tcgetattr(descriptor)
        settings[6][termios.VMIN] = 1
        settings[6][termios.VTIME] = 0
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def _failure(url: DeviceUrl, problem: Exception) -> PosError:
    number = getattr(problem, "errno", None)
    if number in (errno.EAGAIN, errno.EBUSY):
        return Claimed(f"{url}")
    if number in (errno.EACCES, errno.EPERM):
        return Disconnected(
            f"{url}: not permitted",
            remedy="Let this user read and write it: on Linux, join the group dialout; 'posdevkit doctor' tells how.",
        )
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return Disconnected(
            f"{url}: there is no such port", remedy="Plug the device in; 'posdevkit discover' lists the ports."
        )
    return Disconnected(f"{url}: {getattr(problem, 'strerror', None) or problem}")


def _baud(url: DeviceUrl) -> int:
    text = url.option("baud", "9600") or ""
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and 50 <= int(text) <= _FASTEST):
        raise BadUrl(f"{str(url)!r} has baud={text!r}", remedy=f"Give a speed from 50 to {_FASTEST}, such as 9600.")
    return int(text)


def _choice(url: DeviceUrl, name: str, known: dict[str, str | int]) -> str | int:
    text = url.option(name) or next(iter(known))
    if text not in known:
        raise BadUrl(f"{str(url)!r} has {name}={text!r}", remedy=f"Use one of {', '.join(known)}.")
    return known[text]
