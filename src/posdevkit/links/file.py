"""`file:///dev/usb/lp0`: a printer's device file, as Linux's driver `usblp` makes one; also a FIFO or a plain file.

A device file carries both ways where its driver does, tells of the paper by a line of its port, and goes away with its
cable. A FIFO or a plain file is a place for bytes: nothing ever comes back, and a plain file is written behind its end.

What `usblp` does (Linux, drivers/usb/class/usblp.c): a write that need not wait hands over up to 8 KiB and counts them
as written, whether the printer takes them or not; the file is ready for more (POLLOUT) once it has, and closing drops
what is under way. So `send` waits for that, and `taken` is never less than what the printer took. Of a transfer that
fails meanwhile the driver says nothing: only a printer that answers can tell. A printer without a way back is read with
EINVAL; on old kernels its file is not even readable when the cable is out, but a write of nothing then fails.
"""

from __future__ import annotations

import asyncio
import errno
import os
import select
import stat
import sys
from pathlib import Path
from typing import Final

from posdevkit.errors import BadUrl, Claimed, Closed, Disconnected, PosError, Unsupported
from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .descriptor import DescriptorLink, Port
from .url import DeviceUrl

__all__ = ["FileLink", "port_lines"]

_GET_STATUS: Final = 0x060B
"""LPGETSTATUS (Linux, include/uapi/linux/lp.h); `usblp` answers it with the device's own GET_PORT_STATUS."""
_NO_PAPER, _SELECTED, _NO_ERROR = 0x20, 0x10, 0x08
"""USB Device Class Definition for Printing Devices 1.1, 4.2.2: bits 5, 4 and 3 of the port status."""
_REFUSALS: Final = 3
"""How often a printer may fail to tell its port's lines before it is no longer asked: some do not know the request."""
_ALIVE_SECONDS: Final = 1.0
"""How often a device that says nothing is looked after."""
_NOTHING_YET_SECONDS: Final = 0.05
"""Some printers send empty packets without end: how long one of them is worth."""


if sys.platform != "win32":
    import fcntl

    _HERE: Final = True
    _FLAGS: Final = os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    _MAY_WRITE: Final = select.POLLOUT

    def _polled(descriptor: int, events: int) -> int:
        """What of `events`, an error or a hang-up is the case now; 0 for nothing."""
        watch = select.poll()
        watch.register(descriptor, events)
        return next((told for _, told in watch.poll(0)), 0)

    def _lines_of(descriptor: int) -> int:
        """LPGETSTATUS. Raises OSError."""
        return fcntl.ioctl(descriptor, _GET_STATUS, b"\0" * 4)[0]

else:
    _HERE: Final = False
    _FLAGS: Final = 0
    _MAY_WRITE: Final = 0

    def _polled(descriptor: int, events: int) -> int:
        raise OSError(errno.ENOSYS, "device files are of POSIX")

    def _lines_of(descriptor: int) -> int:
        raise OSError(errno.ENOSYS, "device files are of POSIX")


class FileLink(DescriptorLink):
    """A StreamLink over a device file, a FIFO or a plain file; OneWay and PortStatus as far as it can."""

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for any option, and for a path that is not absolute."""
        url.only()
        super().__init__(url)
        self._over: asyncio.Event | None = None
        if not _HERE:
            raise Unsupported(
                f"{url}: device files are not driven on Windows", remedy="Use usb:// or spooler:// there."
            )
        if not Path(url.address).is_absolute():
            raise BadUrl(f"{str(url)!r} is no absolute path", remedy="Write it from the root: file:///dev/usb/lp0.")

    @property
    def one_way(self) -> bool:
        """Whether nothing may ever come back."""
        return isinstance(self._port, _FilePort) and not self._port.answers

    async def port_status(self) -> PrinterStatus:
        """What the port's lines tell; nothing where it has none."""
        if not isinstance(self._port, _FilePort):
            raise Closed(str(self._url))
        port = self._port
        # The request may take the kernel five seconds, of a printer that does not answer; the file may be let go
        # meanwhile, so it is made on a descriptor of its own.
        descriptor = port.lent()
        try:
            lines = await in_thread(lambda: port.status(descriptor), name="posdevkit-port-status")
        except OSError as problem:
            raise self._lost(problem) from problem
        return port_lines(lines)

    async def send(self, data: bytes | memoryview) -> None:
        await super().send(data)
        port, readiness = self._opened()
        while self._port is port and port.unsent():
            await readiness.writable()
        if self._port is not port:
            raise self._let_go_by_us()
        if isinstance(port, _FilePort) and port.watched and port.broken:
            raise self._lost(OSError(errno.EPIPE, "it went away before it had taken all"))

    async def receive(self) -> bytes:
        while True:
            port = self._port
            if isinstance(port, _FilePort) and not port.answers:
                await self._until_over(port)
            data = await super().receive()
            if data or not isinstance(port, _FilePort) or self._port is not port or port.broken:
                return data
            self._ended = False  # an empty packet is no end
            await SYSTEM_CLOCK.sleep(_NOTHING_YET_SECONDS)

    async def _until_over(self, port: _FilePort) -> None:
        """Return when this end was closed; raise Disconnected when the other side has gone."""
        assert self._over is not None
        while self._port is port and self._readiness is not None:
            if not port.watched:
                await self._over.wait()
                continue
            try:
                patience = Deadline.after(_ALIVE_SECONDS if port.device else None)
                await within(patience, self._readiness.readable())
            except TimeoutError:
                try:
                    port.probe()
                except OSError as problem:
                    raise self._lost(problem) from problem
            if self._port is port and port.broken:
                raise self._lost(OSError(errno.EPIPE, "nobody reads it any more"))

    def _lost(self, problem: OSError) -> Disconnected:
        if problem.errno != errno.ENOSPC:
            return super()._lost(problem)
        if isinstance(self._port, _FilePort) and self._port.device:
            return Disconnected(f"{self._url}: it takes nothing more", remedy="Look whether the printer has paper.")
        return Disconnected(f"{self._url}: the disk is full", remedy="Make room on it, or name a file on another one.")

    def _let_go(self) -> None:
        super()._let_go()
        if self._over is not None:
            self._over.set()

    def _open_port(self) -> Port:
        path = self._url.address
        self._over = asyncio.Event()
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116  # the path is text and stays it
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not stat.S_ISCHR(mode):
                return _FilePort(os.open(path, _FLAGS | os.O_WRONLY | os.O_APPEND), mode, answers=False)
            try:
                return _FilePort(os.open(path, _FLAGS | os.O_RDWR), mode, answers=True)
            except OSError as problem:
                if problem.errno not in (errno.EACCES, errno.EROFS, errno.EINVAL):
                    raise
                return _FilePort(os.open(path, _FLAGS | os.O_WRONLY), mode, answers=False)
        except OSError as problem:
            raise _failure(self._url, problem) from problem


class _FilePort(Port):
    def __init__(self, descriptor: int, mode: int, *, answers: bool) -> None:
        self._descriptor = descriptor
        self.answers = answers
        self.watched = not stat.S_ISREG(mode)
        self.device = self._tells = stat.S_ISCHR(mode)
        self._refusals = 0

    def fileno(self) -> int:
        return self._descriptor

    def read(self, size: int) -> bytes:
        try:
            return super().read(size)
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # usblp, of a printer that only takes
                raise
            self.answers = False
            return b""

    @property
    def broken(self) -> bool:
        """Whether whatever took the bytes has gone: the kernel tells of an error or a hang-up."""
        return bool(_polled(self._descriptor, 0))

    def unsent(self) -> int:
        """`usblp` drops on closing what is still on its way, and is ready for more when nothing is."""
        if not self.device:
            return 0
        return 0 if _polled(self._descriptor, _MAY_WRITE) else 1

    def probe(self) -> None:
        """Write nothing: raises OSError where the device has gone."""
        try:
            os.write(self._descriptor, b"")
        except BlockingIOError:
            pass  # it has something under way

    def lent(self) -> int:
        """Another descriptor of the same file, for `status`; -1 where that is not asked. Raises OSError."""
        return os.dup(self._descriptor) if self._tells else -1

    def status(self, descriptor: int) -> int:
        """The port's lines as `usblp` and `lp` give them; 0 where there are none. It closes the descriptor."""
        if descriptor < 0:
            return 0
        try:
            lines = _lines_of(descriptor)
        except OSError as problem:
            # `usblp` says EIO of a printer that does not answer the request, ENODEV of one that has gone.
            self._refusals += 1
            if problem.errno not in (errno.ENOTTY, errno.EINVAL, errno.ENOSYS, errno.EIO):
                raise
            self._tells = problem.errno == errno.EIO and self._refusals < _REFUSALS
            return 0
        finally:
            os.close(descriptor)
        self._refusals = 0
        return lines

    def close(self) -> None:
        os.close(self._descriptor)


def port_lines(status: int) -> PrinterStatus:
    """What a port status tells. 0 tells nothing: printers that know no better say so, also with paper in."""
    if not status:
        return PrinterStatus()
    return PrinterStatus(
        online=bool(status & _SELECTED),
        paper=Paper.OUT if status & _NO_PAPER else Paper.OK,
        fault=Fault.NONE if status & _NO_ERROR else Fault.RECOVERABLE,
    )


def _failure(url: DeviceUrl, problem: OSError) -> PosError:
    match problem.errno:
        case errno.EBUSY:
            return Claimed(str(url))
        case errno.EACCES | errno.EPERM:
            return Disconnected(f"{url}: not permitted", remedy="Let this user write it: on Linux, join the group lp.")
        case errno.ENOENT | errno.ENODEV:
            return Disconnected(
                f"{url}: there is no such file",
                remedy="Plug the printer in, and check the path; a plain file is not made.",
            )
        case errno.ENXIO:
            return Disconnected(f"{url}: nobody reads it", remedy="Start what reads this FIFO, or plug the printer in.")
        case errno.EISDIR:
            return Disconnected(f"{url}: it is a directory", remedy="Name a device or a file in it.")
    return Disconnected(f"{url}: {problem.strerror or problem}")
