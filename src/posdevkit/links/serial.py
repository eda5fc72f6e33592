"""`serial:///dev/ttyUSB0?baud=9600`, `serial://COM10`: a serial port, also one that a USB adapter or a pty stands for.

pyserial sets the port up. On POSIX its descriptor is then watched by the event loop, so nothing blocks, no thread is
needed, and the count of bytes taken is the kernel's own. Windows has nothing to watch: see `serial_threads`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posdevkit.errors import MissingExtra, PosError

from .descriptor import DescriptorLink, Port
from .serial_failures import open_failure
from .serial_settings import OPTIONS, Settings, read_settings
from .serial_threads import BlockingPort, ThreadedPortLink
from .url import DeviceUrl
from .usb_node import NodeKeeper

if TYPE_CHECKING:
    from serial import Serial

__all__ = ["PortName", "SerialLink", "ThreadedSerialLink", "serial_link", "serial_ports"]

_PARITY: Final = {"none": "N", "even": "E", "odd": "O"}
_PSEUDO: Final = "/dev/pts/"
_READ_SECONDS: Final = 0.5
"""How long a read on a thread waits at most: two wakeups a second of an idle port."""


@dataclass(frozen=True, slots=True)
class PortName:
    """A serial port that could be opened."""

    path: str
    what: str
    """What its adapter calls itself."""


class SerialLink(DescriptorLink):
    """A StreamLink over a serial port, held by this program alone.

    Options of the URL: `baud` (9600), `bits` (8, 7), `parity` (none, even, odd), `stop` (1, 2), `flow` (none, rtscts,
    xonxoff), and whether the lines `dtr` and `rts` are raised (on, off). A pseudo terminal takes them all and has
    no use for any.
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know."""
        url.only(*OPTIONS)
        super().__init__(url)
        self._settings = read_settings(url)
        self._node = NodeKeeper(url)

    @property
    def settings(self) -> str:
        return str(self._settings)

    @property
    def identity(self) -> tuple[str, str] | None:
        """On Linux what tells the USB device behind the port: model, serial number where it has one, interface."""
        return self._node.identity

    def expect(self, identity: tuple[str, str]) -> None:
        """Open only the port of that device."""
        self._node.identity = identity

    def _open_port(self) -> Port:
        # Before opening as well: that raises a line, which resets some devices.
        self._node.check(self._url.address)
        port = _opened(self._url, self._settings, timeout=0, write_timeout=0)
        try:
            self._node.check(port.fileno())
        except PosError:
            port.close()
            raise
        _wait_for_bytes(port.fileno())
        return _SerialPort(port)


class ThreadedSerialLink(ThreadedPortLink):
    """The same where no event loop can watch a port: on Windows. Its options are those of SerialLink."""

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know."""
        url.only(*OPTIONS)
        self._settings = settings = read_settings(url)

        def make() -> BlockingPort:
            return _opened(url, settings, timeout=_READ_SECONDS, write_timeout=None)

        super().__init__(url, make)

    @property
    def settings(self) -> str:
        return str(self._settings)


def serial_link(url: DeviceUrl) -> SerialLink | ThreadedSerialLink:
    """The link for this system. Raises BadUrl."""
    return ThreadedSerialLink(url) if sys.platform == "win32" else SerialLink(url)


def _opened(url: DeviceUrl, said: Settings, *, timeout: float, write_timeout: float | None) -> Serial:
    """The port, open and held by this program alone. Raises PosError."""
    try:
        library = import_module("serial")
    except ImportError:
        raise MissingExtra(f"{url} needs pyserial", remedy="pip install 'posdevkit[serial]'") from None
    path = url.address
    plain = os.path.realpath(path).startswith(_PSEUDO)  # the kernel refuses parity and modem lines there
    try:
        port: Serial = library.Serial(
            None,
            said.baud,
            bytesize=8 if plain else said.bits,
            parity="N" if plain else _PARITY[said.parity],
            stopbits=1 if plain else said.stop,
            rtscts=not plain and said.flow == "rtscts",
            xonxoff=not plain and said.flow == "xonxoff",
            timeout=timeout,
            write_timeout=write_timeout,
            exclusive=True,
        )
        # Before opening: a line that is raised for a moment resets some devices. pyserial passes over a port that has
        # no such lines.
        port.dtr, port.rts = said.dtr, said.rts
        port.port = path
        port.open()
    except Exception as problem:  # termios.error is neither an OSError nor a ValueError
        raise open_failure(url, said, problem, _group(path)) from problem
    return port


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


def _group(path: str) -> str:
    """The group of those who may use the port: dialout on Debian, uucp on Arch."""
    if sys.platform != "win32":
        try:
            return Path(path).group()
        except (OSError, KeyError):
            pass
    return "dialout"
