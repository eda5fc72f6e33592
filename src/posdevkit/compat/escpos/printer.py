"""Printers by the names and arguments of their python-escpos namesakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from posdevkit.blocking import ReceiptPrinter
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import BadUrl, Disconnected
from posdevkit.events import Outcome, PrinterStatus
from posdevkit.links.url import DeviceUrl
from posdevkit.profiles import Profile

from .escpos import Escpos
from .exceptions import translated
from .profile import profile_of

__all__ = ["LP", "CupsPrinter", "Dummy", "File", "Network", "Serial", "Usb", "Win32Raw", "redirect"]


class _Device:
    """A printer behind a URL."""

    instead: str | None = None
    """Where everything goes instead, while a script is tried out."""

    def __init__(self, url: str, profile: str | Profile | None, allowed: float | Literal["auto"] | None) -> None:
        with translated():
            self.profile = profile_of(profile)
        self.url = self.instead or url
        self.allowed = allowed or None
        """Seconds that a job may take: a number, as long as its size needs, or without end."""
        self._printer: ReceiptPrinter | None = None

    def open(self) -> None:
        self._ready()

    def _ready(self) -> ReceiptPrinter:
        if self._printer is None:
            self._printer = ReceiptPrinter.open(self.url, profile=self.profile)
        return self._printer

    def print(self, receipt: Receipt) -> Outcome | None:
        return self._ready().print(receipt, timeout=self.allowed)

    def status(self) -> PrinterStatus:
        return self._ready().status()

    def close(self) -> None:
        printer, self._printer = self._printer, None
        if printer is not None:
            printer.close()


class _Bytes:
    """Bytes in memory, or at the end of a file; nothing can be asked."""

    def __init__(self, profile: str | Profile | None, path: str | None = None) -> None:
        with translated():
            self.profile = profile_of(profile)
        self.jobs: list[bytes] = []
        self._path = path

    def open(self) -> None:
        if self._path is not None and not Path(self._path).exists():
            raise Disconnected(f"there is no {self._path!r}")

    def print(self, receipt: Receipt) -> Outcome | None:
        self.open()
        data = compose(receipt, self.profile).compiled.data
        if self._path is None:
            self.jobs.append(data)
            return None
        try:
            with Path(self._path).open("ab") as file:
                file.write(data)
        except OSError as problem:
            raise Disconnected(f"{self._path}: {problem.strerror}") from problem
        return None

    def status(self) -> PrinterStatus:
        return PrinterStatus()

    def close(self) -> None:
        pass


def redirect(url: str | None) -> None:
    """Let every printer made from now on be the one behind `url` instead; None: each its own again."""
    _Device.instead = url


class Network(Escpos):
    """A printer on the network."""

    def __init__(
        self,
        host: str = "",
        port: int = 9100,
        timeout: float = 60,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del magic_encode_args  # which characters a printer has is the profile's to say
        self.host, self.port, self.timeout = host, port, timeout
        super().__init__(_Device(f"tcp://{f'[{host}]' if ':' in host else host}:{port}", profile, timeout))


class Usb(Escpos):
    """A printer on USB; its endpoints are found, not guessed."""

    def __init__(
        self,
        idVendor: int | None = None,
        idProduct: int | None = None,
        usb_args: Mapping[str, object] | None = None,
        timeout: float = 0,
        in_ep: int = 0x82,
        out_ep: int = 0x01,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del in_ep, out_ep, magic_encode_args
        found = dict(usb_args or {})
        vendor, product = idVendor or found.get("idVendor"), idProduct or found.get("idProduct")
        with translated():
            if not (isinstance(vendor, int) and isinstance(product, int)):
                raise BadUrl("a USB printer without its numbers", remedy="Give idVendor and idProduct, as in lsusb.")
        # Theirs is of one transfer, and tells nothing of a job but that 0 waits for ever.
        super().__init__(_Device(f"usb://{vendor:04x}:{product:04x}", profile, "auto" if timeout else None))


_PARITIES: Final = {"E": "even", "O": "odd"}


class Serial(Escpos):
    """A printer on a serial port."""

    def __init__(
        self,
        devfile: str = "",
        baudrate: int = 9600,
        bytesize: int = 8,
        timeout: float | None = 1,
        parity: str | None = None,
        stopbits: float | None = None,
        xonxoff: bool = False,
        dsrdtr: bool = True,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del timeout, dsrdtr, magic_encode_args  # what a job may take follows from the job
        options = [f"baud={baudrate}"]
        options += [f"bits={bytesize}"] * (bytesize != 8)
        if (letter := (parity or "N").upper()[:1]) in _PARITIES:
            options.append(f"parity={_PARITIES[letter]}")
        if stopbits is not None and stopbits != 1:
            options.append(f"stop={stopbits:g}")
        options += ["flow=xonxoff"] * xonxoff
        self.devfile = devfile
        super().__init__(_Device(f"serial://{devfile}?{'&'.join(options)}", profile, 60))


class _Queue(Escpos):
    """A queue of the system: it takes whole jobs, and nothing comes back."""

    def __init__(self, scheme: str, place: str, printer_name: str, profile: str | Profile | None) -> None:
        with translated():
            if not printer_name.strip():
                raise BadUrl("a print queue without its name", remedy="Give printer_name; `lpstat -p` lists them.")
            url = str(DeviceUrl(scheme, f"{place}{printer_name}"))
        self.printer_name = printer_name
        super().__init__(_Device(url, profile, 60))


class CupsPrinter(_Queue):
    """A raw queue of CUPS, on this machine or on `host`."""

    def __init__(
        self,
        printer_name: str = "",
        host: str = "localhost",
        port: int = 631,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del magic_encode_args
        self.host, self.port = host, port
        super().__init__("cups", f"{f'[{host}]' if ':' in host else host}:{port}/", printer_name, profile)


class LP(_Queue):
    """The same queue under the name of the command that the original calls for it."""

    def __init__(
        self,
        printer_name: str = "",
        auto_flush: bool = True,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del auto_flush, magic_encode_args
        super().__init__("cups", "localhost/", printer_name, profile)


class Win32Raw(_Queue):
    """A printer of Windows, which is given raw data."""

    def __init__(
        self, printer_name: str = "", *, profile: str | Profile | None = None, magic_encode_args: object = None
    ) -> None:
        del magic_encode_args
        super().__init__("spooler", "", printer_name, profile)


class File(Escpos):
    """A device file or a plain one; each job is written at its end, and nothing is heard back."""

    def __init__(
        self,
        devfile: str = "",
        auto_flush: bool = True,
        *,
        profile: str | Profile | None = None,
        magic_encode_args: object = None,
    ) -> None:
        del auto_flush, magic_encode_args
        self.devfile = devfile
        super().__init__(_Bytes(profile, devfile))


class Dummy(Escpos):
    """No printer: `output` is what would be sent."""

    def __init__(self, *, profile: str | Profile | None = None, magic_encode_args: object = None) -> None:
        del magic_encode_args
        self._bytes = _Bytes(profile)
        super().__init__(self._bytes)

    @property
    def output(self) -> bytes:
        """The bytes of all jobs; the last one is what has been gathered since the last cut."""
        self.flush()
        return b"".join(self._bytes.jobs)

    def clear(self) -> None:
        """Forget all of it."""
        self.flush()
        self._bytes.jobs.clear()
