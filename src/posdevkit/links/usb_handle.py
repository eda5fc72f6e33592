"""One claimed USB interface, for the one thread that owns it. Every call blocks, none for long."""

from __future__ import annotations

import array
import ctypes
import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from posdevkit.errors import BadUrl, Disconnected, PosError

from .url import DeviceUrl
from .usb_bus import Pipes, UsbDescription, all_devices, describe, need, pipes_of, read_address
from .usb_failures import not_there, open_failure

if TYPE_CHECKING:
    import usb.core

__all__ = ["PrinterHandle", "UsbHandle", "Wrote", "find_one"]

_READ_SIZE: Final = 4096
"""A multiple of every packet size, so that no device can send more than was asked for."""
_STALE_MS: Final = 5
_STALE_READS: Final = 64
_TIMED_OUT: Final = -7
"""LIBUSB_ERROR_TIMEOUT."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """What became of one write."""

    taken: int
    """Bytes that the device took; where the backend does not tell after an error, all that it may have taken."""
    problem: Exception | None = None


class PrinterHandle(Protocol):
    """A printer on USB that is open, for the one thread that owns it. Every call blocks, none for long."""

    @property
    def about(self) -> UsbDescription:
        """Which device it is."""
        ...

    @property
    def packet(self) -> int:
        """Bytes that fit one packet to the device."""
        ...

    @property
    def answers(self) -> bool:
        """Whether it may talk back."""
        ...

    def drop_stale(self) -> None:
        """Drop answers to somebody who listened before. Raises OSError."""
        ...

    def write(self, data: memoryview, milliseconds: int) -> Wrote:
        """Offer bytes for that long. What was not taken has to be offered again, or withdrawn."""
        ...

    def withdraw(self) -> Wrote:
        """Offer nothing any more; what was taken meanwhile."""
        ...

    def read(self, milliseconds: int) -> bytes:
        """What comes within that time, b"" for nothing. Raises OSError."""
        ...

    def close(self) -> None:
        """Give everything back. Never raises: the device may be gone."""
        ...


class UsbHandle:
    """A printer's interface, with its kernel driver detached until `close` gives it back."""

    def __init__(self, device: usb.core.Device, pipes: Pipes, about: UsbDescription) -> None:
        """Claim it. Raises PosError; then nothing is held."""
        self.pipes = pipes
        self.about = about
        self._device = device
        self._detached = False
        self._timeout: type[Exception] = need("usb.core").USBTimeoutError
        self._failure: type[OSError] = need("usb.core").USBError
        try:
            self._claim()
        except Exception:
            self.close()
            raise

    @property
    def packet(self) -> int:
        return self.pipes.packet

    @property
    def answers(self) -> bool:
        return self.pipes.source is not None

    def withdraw(self) -> Wrote:
        """Nothing is left on offer between two calls."""
        return Wrote(0)

    def _claim(self) -> None:
        device, pipes, util = self._device, self.pipes, need("usb.util")
        try:
            if device.is_kernel_driver_active(pipes.interface):
                device.detach_kernel_driver(pipes.interface)
                self._detached = True
        except NotImplementedError:
            pass  # a system on which drivers are no obstacle
        # Setting the configuration that is set already would reset the printer.
        if self._configuration() != pipes.configuration:
            device.set_configuration(pipes.configuration)
        util.claim_interface(device, pipes.interface)
        if pipes.alternate:
            device.set_interface_altsetting(pipes.interface, pipes.alternate)

    def _configuration(self) -> int:
        try:
            return cast(int, self._device.get_active_configuration().bConfigurationValue)
        except self._failure:
            return 0

    def drop_stale(self) -> None:
        """Answers to somebody who listened before us lie in the printer still; they must not answer our questions."""
        for _ in range(_STALE_READS):
            if not self.read(_STALE_MS):
                return

    def write(self, data: memoryview, milliseconds: int) -> Wrote:
        """Offer bytes for that long. A stalled endpoint is cleared, and what it did not take may be offered again."""
        wrote = self._write(data, milliseconds)
        if isinstance(wrote.problem, OSError) and wrote.problem.errno == errno.EPIPE:
            return Wrote(wrote.taken, self._clear(self.pipes.sink))
        return wrote

    def read(self, milliseconds: int) -> bytes:
        """What comes within that time, b"" for nothing. A stalled endpoint is cleared. Raises what pyusb raises."""
        if self.pipes.source is None:
            return b""
        try:
            return bytes(self._device.read(self.pipes.source, _READ_SIZE, milliseconds))
        except self._timeout:
            return b""
        except self._failure as problem:
            if problem.errno != errno.EPIPE:
                raise
        if (failed := self._clear(self.pipes.source)) is not None:
            raise failed
        return b""

    def close(self) -> None:
        """Give everything back. Never raises: the device may be gone."""
        util = need("usb.util")
        try:
            util.release_interface(self._device, self.pipes.interface)
        except (self._failure, NotImplementedError):
            pass
        if self._detached:
            self._detached = False
            try:
                self._device.attach_kernel_driver(self.pipes.interface)
            except (self._failure, NotImplementedError):
                pass
        try:
            util.dispose_resources(self._device)
        except self._failure:
            pass

    def _clear(self, endpoint: int) -> Exception | None:
        try:
            self._device.clear_halt(endpoint)
        except self._failure as problem:
            return problem
        return None

    def _write(self, data: memoryview, milliseconds: int) -> Wrote:
        direct = _transfer(self._device, self.pipes.sink, data, milliseconds)
        if direct is not None:
            taken, code = direct
            if code in (0, _TIMED_OUT):
                return Wrote(taken)
            number = need("usb.backend.libusb1")._libusb_errno.get(code) or errno.EIO
            return Wrote(taken, OSError(number, f"libusb error {code}"))
        try:
            return Wrote(self._device.write(self.pipes.sink, bytes(data), milliseconds))
        except self._timeout:
            return Wrote(0)
        except self._failure as problem:
            # pyusb forgets what was taken before the error; a backend of ours may tell.
            return Wrote(getattr(problem, "transferred", len(data)), problem)


def _transfer(device: usb.core.Device, endpoint: int, data: memoryview, milliseconds: int) -> tuple[int, int] | None:
    """One bulk transfer by libusb itself, which tells what was taken also when it failed; None where it is not libusb.

    libusb 1.0, `libusb_bulk_transfer`: `transferred` is set whatever is returned. pyusb 1.3 raises without it.
    """
    context = getattr(device, "_ctx", None)
    call = getattr(getattr(getattr(context, "backend", None), "lib", None), "libusb_bulk_transfer", None)
    handle = getattr(getattr(context, "handle", None), "handle", None)
    if call is None or handle is None:
        return None
    buffer = array.array("B", data)
    address, length = buffer.buffer_info()
    taken = ctypes.c_int()
    pointer = ctypes.cast(address, ctypes.POINTER(ctypes.c_ubyte))
    code = call(handle, endpoint, pointer, length, ctypes.byref(taken), milliseconds)
    return taken.value, int(code)


def find_one(url: DeviceUrl, expected: tuple[str, str] | None, backend: object | None) -> UsbHandle:
    """Find and claim the device that the URL means, and that has the `expected` identity where one is given.

    Raises Disconnected (not there, not permitted, no printer), BadUrl (several it could be), Claimed, MissingExtra.
    """
    wanted = read_address(url)
    identity = tuple(
        pair for pair in (*url.options, *((expected,) if expected else ())) if pair[0] in ("serial", "port")
    )
    failures = (need("usb.core").USBError, NotImplementedError)
    found: list[tuple[usb.core.Device, UsbDescription]] = []
    seen: list[UsbDescription] = []
    kept: usb.core.Device | None = None
    try:
        for device in all_devices(backend):
            if (device.idVendor, device.idProduct) != (wanted.vendor, wanted.product):
                continue
            about = describe(device)
            seen.append(about)
            if all(getattr(about, key) == value for key, value in identity):
                found.append((device, about))
            else:
                need("usb.util").dispose_resources(device)
        device, about = _the_one(url, found, seen)
        kept = device
        pipes = pipes_of(device)
        if pipes is None:
            raise Disconnected(
                f"{url}: no interface of it takes bulk data",
                remedy="It is no printer, or speaks IPP alone: check vendor and product with: posdevkit discover",
            )
        return UsbHandle(device, pipes, about)
    except PosError:
        if kept is not None:
            need("usb.util").dispose_resources(kept)
        raise
    except failures as problem:
        raise open_failure(url, problem) from problem


def _the_one(
    url: DeviceUrl, found: list[tuple[usb.core.Device, UsbDescription]], seen: list[UsbDescription]
) -> tuple[usb.core.Device, UsbDescription]:
    if not found:
        raise not_there(url, [str(about.url) for about in seen])
    if len(found) == 1:
        return found[0]
    for device, _ in found:
        need("usb.util").dispose_resources(device)
    choices = " or ".join(str(about.url) for _, about in found)
    raise BadUrl(f"{str(url)!r} could be any of {len(found)} devices", remedy=f"Write {choices}.")
