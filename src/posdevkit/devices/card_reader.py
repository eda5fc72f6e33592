"""The stripe reader: swipes become cards whose numbers nobody sees by accident."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posdevkit.errors import Closed, DeadlineExceeded, Disconnected
from posdevkit.links.base import ReportLink, StreamLink
from posdevkit.links.url import DeviceUrl, url_of
from posdevkit.protocols.cards.reports import SwipeReportSession
from posdevkit.protocols.cards.stream import Swipe, SwipeSession, redacted
from posdevkit.registry import DeviceKind, carries_reports, open_link, open_report_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening
from posdevkit.runtime.silence import heard

from .card import Card, GarbledSwipe
from .same_device import SameDevice

__all__ = ["KIND", "CardReader"]

_PAUSE: Final = 0.5
"""Seconds without a byte that end a swipe whose carriage return never comes."""


class CardReader(Closing):
    """A reader of magnetic stripes. All methods run on one event loop. Make one with `open`.

    `serial://`, `tcp://` and other streams carry tracks as text; `hid://` the reports of a HID reader. After a lost
    connection the next `read` connects again.
    """

    def __init__(self, url: str | DeviceUrl, *, name: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
        self._url = url_of(url)
        self.name = name or str(self._url)
        self._clock = clock
        self._link: StreamLink | ReportLink | None = None
        self._session: SwipeSession | SwipeReportSession = SwipeSession()
        self._ready: list[Swipe] = []
        self._closed = False
        self._cable = SameDevice(lambda: _new_link(self._url))
        _new_link(self._url)  # a URL that is wrong shows now

    @classmethod
    def open(
        cls, url: str, *, name: str = "", timeout: float | None = 10.0, clock: Clock = SYSTEM_CLOCK
    ) -> Opening[CardReader]:
        """Connect, `timeout` in seconds. Raises BadUrl, Disconnected, Claimed."""
        reader = cls(url, name=name, clock=clock)

        async def connect() -> None:
            await reader._connected(Deadline.after(timeout, clock))

        return opening(reader, connect)

    def __repr__(self) -> str:
        return f"<CardReader {self.name}>"

    async def read(self, *, timeout: float | None = None) -> Card | GarbledSwipe:
        """The next swipe. A garbled one is told as such, and the one after it is read.

        Raises DeadlineExceeded after `timeout` seconds without one, Disconnected when the reader went away (the next
        call connects again), Closed.
        """
        deadline = Deadline.after(timeout, self._clock)
        while not self._ready:
            try:
                await self._more(await self._connected(deadline), deadline)
            except TimeoutError:
                raise DeadlineExceeded(f"{self.name}: no card was swiped") from None
        return _card(self._ready.pop(0))

    async def close(self) -> None:
        """Let go of the reader."""
        self._closed = True
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    def _still_open(self) -> None:
        if self._closed:
            raise Closed(self.name)

    async def _connected(self, deadline: Deadline) -> StreamLink | ReportLink:
        self._still_open()
        if self._link is None:
            link = await self._cable.open(deadline)
            try:
                self._still_open()
            except Closed:  # meanwhile
                await link.close()
                raise
            if isinstance(link, ReportLink):
                self._session = SwipeReportSession(link.descriptor)
            self._link = link
        return self._link

    async def _more(self, link: StreamLink | ReportLink, deadline: Deadline) -> None:
        begun = self._session.begun
        try:
            data = await heard(link.receive, deadline.at_most(_PAUSE) if begun else deadline)
        except TimeoutError:
            if deadline.expired or not begun:
                raise
            self._end()
        except Disconnected as problem:
            await self._lost(link, problem)
        else:
            self._ready += self._session.receive(data)
            if not data:
                await self._lost(link, Disconnected(self.name))

    async def _lost(self, link: StreamLink | ReportLink, problem: Disconnected) -> None:
        """Half a swipe is told before the loss, which the next call then finds out about."""
        if self._link is link:
            self._link = None
            link.abort()
            await link.close()
        self._end()
        if not self._ready:
            self._still_open()
            raise problem

    def _end(self) -> None:
        if (swipe := self._session.end()) is not None:
            self._ready.append(swipe)


def _new_link(url: DeviceUrl) -> StreamLink | ReportLink:
    if not carries_reports(url):
        return open_link(url, redact=redacted)
    if url.option("usage_page") is None:
        # Of a reader with several collections: that of magnetic stripes.
        url = replace(url, options=(*url.options, ("usage_page", "8e")))
    return open_report_link(url)


def _card(swipe: Swipe) -> Card | GarbledSwipe:
    if not swipe.tracks:
        return GarbledSwipe(swipe.problems)
    # Track 1 comes first and is the one with the name; track 2 fills in what it left open.
    first = swipe.tracks[0]
    return Card(
        first.pan,
        next((track.name for track in swipe.tracks if track.name), None),
        next((track.expiry for track in swipe.tracks if track.expiry), None),
        next((track.service for track in swipe.tracks if track.service), None),
        swipe.problems,
    )


KIND: Final = DeviceKind("serial:///dev/ttyUSB2", _new_link, CardReader)
