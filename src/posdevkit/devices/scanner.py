"""The barcode scanner: one handle, one line to the device that is kept up, and every code as an event."""

from __future__ import annotations

import asyncio
import codecs
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from posdevkit.codes import Misread, Scan
from posdevkit.errors import BadUrl, Closed, PosError
from posdevkit.events import DeviceEvent, LinkLost, LinkRestored
from posdevkit.links.base import ReportLink, StreamLink, Tuned
from posdevkit.links.url import DeviceUrl, url_of
from posdevkit.protocols.keys import WedgeSession
from posdevkit.protocols.scan import NOISE_REASONS, Code, Garbled, HidSession, ScanSession, StreamSession
from posdevkit.registry import DeviceKind
from posdevkit.registry.links import carries_reports, open_link, open_report_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening
from posdevkit.runtime.silence import heard
from posdevkit.runtime.subscription import Broadcaster, Subscription
from posdevkit.secret import Secret

from .lifecycle import State, Trigger, next_state
from .same_device import SameDevice

__all__ = ["KIND", "Scanner"]

logger = logging.getLogger("posdevkit.devices")

_RETRY_SECONDS: Final = (0.0, 0.5, 1.5)
"""Pauses before the attempts to reach a scanner that went away; three misses and it counts as gone."""
_LATER_SECONDS: Final = 3.0
"""How often a scanner that is gone is looked for: somebody will plug it in again."""
_STREAM_OPTIONS: Final = ("suffix", "prefix")
_KEY_OPTIONS: Final = ("layout",)
_OWN_OPTIONS: Final = (*_STREAM_OPTIONS, *_KEY_OPTIONS, "encoding")
_KEYS: Final = "evdev"


class _Receiving(Protocol):
    """What a scanner needs of a link of either kind."""

    async def open(self, deadline: Deadline) -> None: ...

    async def receive(self) -> bytes: ...

    async def close(self) -> None: ...

    def abort(self) -> None: ...


class Scanner(Closing):
    """A scanner behind a URL. All methods run on one event loop.

    `serial://`, `tcp://` and other streams carry codes that end with a suffix; `hid://` carries the reports of a HID
    POS scanner; `evdev://` the keys of one that types. Make one with `open`; `async with` closes it. The handle
    reconnects by itself for as long as it is open.

    Options of the URL, besides those of its cable: `suffix` (cr, lf, crlf, etx, tab, none), `prefix` (none, stx),
    `layout` (us, dk: the keyboard that the scanner plays), `encoding` of codes that are no UTF-8.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        *,
        name: str = "",
        make_link: Callable[[], StreamLink | ReportLink] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        parsed = url_of(url)
        self.name = name or str(parsed)
        self.url = str(parsed)
        self.encoding = _encoding(parsed)
        self._parsed = parsed
        self._clock = clock
        self._cable = parsed.without(*_OWN_OPTIONS)
        self._same = SameDevice(make_link or self._own_link)
        self._scans: Broadcaster[Scan] = Broadcaster()
        self._events: Broadcaster[DeviceEvent] = Broadcaster()
        self._session(b"")  # an option that is wrong shows now
        if make_link is None:
            self._own_link()
        self._state = State.CLOSED
        self._keeper: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._link: _Receiving | None = None
        self._collecting = 0
        self._closing = False

    @classmethod
    def open(
        cls, url: str, *, name: str = "", timeout: float | None = 10.0, clock: Clock = SYSTEM_CLOCK
    ) -> Opening[Scanner]:
        """Connect, within `timeout` seconds. `name` is what its events call it.

        Raises BadUrl, MissingExtra, Disconnected, Claimed.
        """
        scanner = cls(url, name=name, clock=clock)
        return opening(scanner, lambda: scanner.connect(timeout))

    def __repr__(self) -> str:
        return f"<Scanner {self.name}: {self._state.value}>"

    async def connect(self, timeout: float | None = 10.0) -> None:
        """Connect now. Raises Disconnected, Claimed; does nothing while it is kept connected."""
        async with self._opening:
            if self._closing:
                raise Closed(self.name)
            if self._keeper is not None:
                return
            link = await self._open_link(Deadline.after(timeout, self._clock))
            self._kept(self._keep(link))

    async def keep_looking(self) -> None:
        """Connect as soon as it is there, now or later, and return at once; LinkRestored tells when.

        Does nothing while it is kept connected. Raises Closed.
        """
        async with self._opening:
            if self._closing:
                raise Closed(self.name)
            if self._keeper is None:
                self._kept(self._look())

    def _kept(self, work: Coroutine[object, object, None]) -> None:
        self._keeper = asyncio.create_task(work, name=f"posdevkit-scanner-{self.name}")

    async def close(self) -> None:
        """Let go of the scanner. Subscriptions end once they have been read."""
        self._closing = True
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        link, self._link = self._link, None
        if link is not None:
            await link.close()
        self._move(Trigger.CLOSE)
        self._scans.close()
        self._events.close()

    @property
    def state(self) -> State:
        """Where the handle is in its life."""
        return self._state

    def scans(self, limit: int = 1024) -> Subscription[Scan]:
        """Every code read from now on. `limit` unread ones are kept; EventsLost tells of those beyond."""
        return self._scans.subscribe(limit=limit)

    def events(self, limit: int = 1024) -> Subscription[DeviceEvent]:
        """All that happens from now on: Scan, Misread, LinkLost, LinkRestored."""
        return self._events.subscribe(limit=limit)

    def collecting_payment(self) -> AbstractContextManager[None]:
        """Within this, digits that customers' wallets show are payment codes; outside they never are.

        A code counts by the moment at which it was read, not at which its meaning is asked.
        """
        return self._collects()

    @contextmanager
    def _collects(self) -> Iterator[None]:
        self._collecting += 1
        try:
            yield
        finally:
            self._collecting -= 1

    # The line

    def _own_link(self) -> StreamLink | ReportLink:
        if carries_reports(self._cable):
            return open_report_link(self._cable)
        return open_link(self._cable, redact=_veil)

    def _session(self, descriptor: bytes) -> ScanSession:
        option = self._parsed.option
        if carries_reports(self._cable):
            self._refuse(*_STREAM_OPTIONS, *_KEY_OPTIONS)
            return HidSession(descriptor)
        if self._cable.scheme == _KEYS:
            self._refuse(*_STREAM_OPTIONS)
            return WedgeSession(option("layout") or "us")
        self._refuse(*_KEY_OPTIONS)
        return StreamSession(suffix=option("suffix") or "cr", prefix=option("prefix") or "none")

    def _refuse(self, *options: str) -> None:
        """Raise BadUrl for options that another kind of cable has."""
        known = [key for key, _ in self._parsed.options if key not in options]
        self._parsed.only(*known)

    def _move(self, trigger: Trigger) -> None:
        self._state = next_state(self._state, trigger)

    async def _open_link(self, deadline: Deadline) -> _Receiving:
        self._move(Trigger.OPEN)
        try:
            link: _Receiving = await self._same.open(deadline)
        except BaseException:
            self._move(Trigger.REFUSED)
            raise
        self._move(Trigger.CONNECTED)
        self._move(Trigger.GREETED)
        self._link = link
        return link

    async def _look(self) -> None:
        link = await self._found_again(0)
        logger.info("%s: connected", self.name)
        self._events.publish(LinkRestored(self.name, self._clock.monotonic()))
        await self._keep(link)

    async def _keep(self, link: _Receiving) -> None:
        """Read until the line breaks, then look for the scanner again, until cancelled."""
        while True:
            began = self._clock.monotonic()
            reason = await self._read(link)
            self._link = None
            link.abort()
            await link.close()  # the system lets go before it is opened anew
            self._move(Trigger.LOST)
            logger.warning("%s: connection lost: %s", self.name, reason)
            self._events.publish(LinkLost(self.name, self._clock.monotonic(), reason))
            # A port that opens and ends at once must not be tried without a pause.
            link = await self._found_again(int(self._clock.monotonic() - began < _LATER_SECONDS))
            logger.info("%s: connected again", self.name)
            self._events.publish(LinkRestored(self.name, self._clock.monotonic()))

    async def _read(self, link: _Receiving) -> str:
        session = self._session(link.descriptor if isinstance(link, ReportLink) else b"")
        while True:
            patience = session.patience
            try:
                if patience is None:
                    data = await link.receive()
                else:
                    data = await heard(link.receive, Deadline.after(patience, self._clock))
            except TimeoutError:
                self._tell(session.quiet())
                continue
            except PosError as problem:
                self._tell(_cut_off(session.quiet()))
                return problem.detail
            if not data:
                self._tell(_cut_off(session.quiet()))
                return "the device ended the connection"
            self._tell(session.receive(data))

    async def _found_again(self, misses: int) -> _Receiving:
        while True:
            pause = _RETRY_SECONDS[misses] if misses < len(_RETRY_SECONDS) else _LATER_SECONDS
            if pause:
                await self._clock.sleep(pause)
            try:
                return await self._open_link(Deadline.after(5.0, self._clock))
            except PosError as problem:
                logger.debug("%s: not back yet: %s", self.name, problem.detail)
            misses += 1
            if misses == len(_RETRY_SECONDS):
                self._move(Trigger.GONE)

    def _tell(self, found: list[Code | Garbled]) -> None:
        for one in found:
            at = self._clock.monotonic()
            if isinstance(one, Garbled):
                reason = one.reason + self._settings_of_a_noisy_line(one)
                logger.warning("%s: misread: %s (%d dropped)", self.name, reason, one.length)
                self._events.publish(Misread(self.name, at, reason, one.length))
                continue
            payload = Secret(one.data.decode("latin-1"))
            scan = Scan(self.name, at, payload, one.aim, one.symbology, self._collecting > 0, self.encoding)
            logger.info("%s: %d bytes read, %s", self.name, len(payload), scan.symbology or "no symbology told")
            self._scans.publish(scan)
            self._events.publish(scan)

    def _settings_of_a_noisy_line(self, garbled: Garbled) -> str:
        """On a line whose ends have to be set alike, how this end is: a wrong speed brings noise and nothing else."""
        link: object = self._link
        if garbled.reason not in NOISE_REASONS or not isinstance(link, Tuned) or not link.settings:
            return ""
        return f"; the line is read at {link.settings}: set it as the scanner is, by the URL"


def _cut_off(found: list[Code | Garbled]) -> list[Code | Garbled]:
    """What was under way when the line broke. Where silence ends a code, this one might still have gone on."""
    broken = "the connection broke within a code"
    return [Garbled(broken, len(one.data)) if isinstance(one, Code) else one for one in found]


def _veil(_: str, data: bytes) -> bytes:
    """What a trace shows of scans: where codes begin and end, and how long they are. Any of them may be money, and
    pieces of one cannot be told from the others."""
    return bytes(byte if byte < 0x20 else 0x2A for byte in data)


def _encoding(url: DeviceUrl) -> str:
    name = url.option("encoding") or ""
    if name:
        try:
            codecs.lookup(name)
        except LookupError:
            raise BadUrl(f"{str(url)!r} has encoding={name!r}", remedy="Use a name such as gb18030.") from None
    return name


KIND: Final = DeviceKind("serial:///dev/ttyUSB0", Scanner, Scanner)
