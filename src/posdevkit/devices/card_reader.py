"""The stripe reader: swipes become cards whose numbers nobody sees by accident."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posdevkit.errors import Closed, DeadlineExceeded, Disconnected
from posdevkit.links.base import ReportLink, StreamLink
from posdevkit.links.url import parse_url
from posdevkit.protocols.cards.reports import SwipeReportSession
from posdevkit.protocols.cards.stream import Swipe, SwipeSession, redacted
from posdevkit.registry import carries_reports, open_link, open_report_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within

from .card import Card, GarbledSwipe
from .opening import Closing, Opening, opening

__all__ = ["CardReader"]

_PAUSE: Final = 0.5
"""Seconds without a byte that end a swipe whose carriage return never comes."""


class CardReader(Closing):
    """A reader of magnetic stripes. All methods run on one event loop. Make one with `open`.

    `serial://`, `tcp://` and other streams carry tracks as text; `hid://` the reports of a HID reader.
    """

    def __init__(self, url: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._link = _link(url)
        self._clock = clock
        self._session: SwipeSession | SwipeReportSession = SwipeSession()
        self._ready: list[Swipe] = []
        self._closed = False

    @classmethod
    def open(cls, url: str, *, timeout: float | None = 10.0, clock: Clock = SYSTEM_CLOCK) -> Opening[CardReader]:
        """Connect, `timeout` in seconds. Raises BadUrl, Disconnected."""
        reader = cls(url, clock=clock)
        return opening(reader, lambda: reader._connect(Deadline.after(timeout, clock)))

    def __repr__(self) -> str:
        return f"<CardReader {self._link.url}>"

    async def read(self, *, timeout: float | None = None) -> Card | GarbledSwipe:
        """The next swipe. A garbled one is told as such, and the one after it is read.

        Raises DeadlineExceeded after `timeout` seconds without one, Disconnected, Closed.
        """
        deadline = Deadline.after(timeout, self._clock)
        while not self._ready:
            if self._closed:
                raise Closed(str(self._link.url))
            try:
                await self._more(deadline)
            except TimeoutError:
                raise DeadlineExceeded(f"{self._link.url}: no card was swiped") from None
        return _card(self._ready.pop(0))

    async def close(self) -> None:
        """Let go of the reader."""
        self._closed = True
        await self._link.close()

    async def _connect(self, deadline: Deadline) -> None:
        await self._link.open(deadline)
        if isinstance(self._link, ReportLink):
            self._session = SwipeReportSession(self._link.descriptor)

    async def _more(self, deadline: Deadline) -> None:
        begun = self._session.begun
        try:
            data = await within(deadline.at_most(_PAUSE) if begun else deadline, self._link.receive())
        except TimeoutError:
            if deadline.expired or not begun:
                raise
            self._end()
            return
        if data:
            self._ready += self._session.receive(data)
            return
        self._end()
        if not self._ready:
            raise Disconnected(str(self._link.url))

    def _end(self) -> None:
        if (swipe := self._session.end()) is not None:
            self._ready.append(swipe)


def _link(url: str) -> StreamLink | ReportLink:
    parsed = parse_url(url)
    if not carries_reports(parsed):
        return open_link(parsed, redact=redacted)
    if parsed.option("usage_page") is None:
        # Of a reader with several collections: that of magnetic stripes.
        parsed = replace(parsed, options=(*parsed.options, ("usage_page", "8e")))
    return open_report_link(parsed)


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
