"""`emu://receipt-printer`: an emulated printer inside the driver's own process, for a first try without any cable.

Options of the URL: `profile`, `fault` (several parted by commas), `scenario`, `save` (a directory for tickets),
`speed` (`real`, or so many times as fast) and `name`. The printer lives as long as the link object; under a name it
lives as long as the process, and `emulated_printer(name)` gives its paper and lends hands. Closing the link tears off
what is printed and not cut.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from posdevkit.errors import BadUrl, Closed, Disconnected, UsageError
from posdevkit.links.url import DeviceUrl
from posdevkit.runtime.background import run_on
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pipes import PipeEnd, pipe

from .bench import ReceiptPrinterBench
from .hands import Hands
from .station import PrinterStation
from .wires.memory import PipeStream
from .wires.session import Session

__all__ = ["EmulatedLink", "emulated_printer"]

_DEVICES: Final = ("receipt-printer",)
_DRAIN_SECONDS: Final = 5.0

_named: dict[str, _Printer] = {}
_named_lock = threading.Lock()


class _Printer:
    """A printer whose cable is plugged in by the links that open it. It lives on the loop of the link that is open."""

    def __init__(self, url: DeviceUrl) -> None:
        self.url = str(url)
        self.bench = ReceiptPrinterBench(
            self._wired,
            profile=url.option("profile") or "epson-tm-t88v",
            faults=[faults] if (faults := url.option("fault")) else [],
            scenario=url.option("scenario"),
            save=url.option("save"),
            speed=url.option("speed"),
        )
        self.bench.printer = Hands(self.station, self._run)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: Session | None = None
        self._started = False

    def _wired(self, station: PrinterStation) -> _Printer:
        self.station = station
        return self

    async def open(self) -> None:
        """Hosts come by `plug`."""

    async def close(self) -> None:
        """The connection, if there is one, ends."""
        session, self._session = self._session, None
        if session is not None:
            await session.stop()

    async def plug(self) -> PipeEnd:
        await self.close()
        self._loop = asyncio.get_running_loop()
        if not self._started:
            await self.bench.open()
            self._started = True
        near, far = pipe(self.url, capacity=self.bench.profile.receive_buffer)
        self._session = Session(PipeStream(far), self.station)
        return near

    async def put_away(self) -> None:
        """The host has ended politely: wait until it is through, and take the paper."""
        await self.bench.close()
        self._started = False
        self._loop = None

    def _run(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None or loop.is_closed() or _running_loop() is loop:
            call()
            return

        async def called() -> None:
            call()

        run_on(loop, called)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class EmulatedLink:
    """A StreamLink to an emulated printer in the same process."""

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl (another device, an unknown option), BadProfile, UsageError (a fault), BadConfiguration."""
        if url.address not in _DEVICES:
            raise BadUrl(
                f"{str(url)!r}: no emulated device is called {url.address!r}",
                remedy=f"Use emu://{_DEVICES[0]}.",
            )
        url.only("profile", "fault", "scenario", "save", "speed", "name")
        self._url = url
        self._end: PipeEnd | None = None
        self._taken = 0
        name = url.option("name")
        if name is None:
            self._printer = _Printer(url)
            return
        with _named_lock:
            if name not in _named:
                _named[name] = _Printer(url)
            self._printer = _named[name]

    @property
    def url(self) -> DeviceUrl:
        """Where it leads."""
        return self._url

    @property
    def taken(self) -> int:
        """Bytes that the printer's cable has taken since `open`."""
        return self._taken if self._end is None else self._end.taken

    @property
    def bench(self) -> ReceiptPrinterBench:
        """The printer's paper, events and hands."""
        return self._printer.bench

    async def open(self, deadline: Deadline) -> None:
        """Plug the cable in. Raises OutputFailed for a directory of tickets that cannot be written."""
        if self._end is not None:
            raise RuntimeError(f"{self._url} is open")
        if deadline.expired:
            raise Disconnected(f"{self._url}: the deadline passed before it was opened")
        self._end = await self._printer.plug()

    async def send(self, data: bytes | memoryview) -> None:
        """Return when all of `data` is taken."""
        await self._opened().send(data)

    async def receive(self) -> bytes:
        """The next bytes; b"" when the printer has ended."""
        return await self._opened().receive()

    async def send_eof(self) -> None:
        """Send no more; receiving goes on."""
        self._opened().eof()

    async def close(self) -> None:
        """End without losing the tail of what was sent."""
        end = self._end
        if end is None:
            return
        try:
            end.eof()
            while await within(Deadline.after(_DRAIN_SECONDS), end.receive()):
                pass
        except (Disconnected, TimeoutError):
            pass
        finally:
            end.close()
            self._let_go(end)
        await self._printer.put_away()

    def abort(self) -> None:
        """Pull the cable; the printer stays as it is."""
        if self._end is not None:
            self._end.abort()
            self._let_go(self._end)

    def _let_go(self, end: PipeEnd) -> None:
        if self._end is end:
            self._taken = end.taken
            self._end = None

    def _opened(self) -> PipeEnd:
        if self._end is None:
            raise Closed(str(self._url))
        return self._end


def emulated_printer(name: str) -> ReceiptPrinterBench:
    """The printer that some `emu://...?name=NAME` opened in this process. Raises UsageError where there is none."""
    with _named_lock:
        printer = _named.get(name)
        known = ", ".join(sorted(_named)) or "none"
    if printer is None:
        raise UsageError(f"no emulated printer is called {name!r}", remedy=f"Names in this process: {known}.")
    return printer.bench
