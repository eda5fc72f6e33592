"""The stripe reader: swipes become cards whose numbers nobody sees by accident."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from posdevkit.errors import Closed, DeadlineExceeded, Disconnected
from posdevkit.links.base import StreamLink
from posdevkit.protocols.cards.stream import Swipe, SwipeSession, redacted
from posdevkit.registry import open_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within

from .card import Card, GarbledSwipe
from .opening import Opening

__all__ = ["CardReader"]

_PAUSE: Final = 0.5
"""Seconds without a byte that end a swipe whose carriage return never comes."""


class CardReader:
    """A reader of magnetic stripes. All methods run on one event loop. Make one with `open`."""

    def __init__(self, url: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._made: StreamLink | None = self._new_link(url)  # a URL that is wrong shows now
        self._link: StreamLink | None = None
        self._url = url
        self._clock = clock
        self._session = SwipeSession()
        self._ready: list[Swipe] = []
        self._closed = False

    @classmethod
    def open(cls, url: str, *, timeout: float | None = 10.0, clock: Clock = SYSTEM_CLOCK) -> Opening[CardReader]:
        """Connect, `timeout` in seconds. Raises BadUrl, Disconnected, Claimed."""
        reader = cls(url, clock=clock)

        async def connect() -> CardReader:
            await reader._opened(Deadline.after(timeout, clock))
            return reader

        return Opening(connect)

    def __repr__(self) -> str:
        return f"<CardReader {self._url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def read(self, *, timeout: float | None = None) -> Card | GarbledSwipe:
        """The next swipe. A garbled one is told as such, and the one after it is read.

        Raises DeadlineExceeded after `timeout` seconds without one, Disconnected when the reader went away (the next
        call connects again), Closed.
        """
        deadline = Deadline.after(timeout, self._clock)
        while not self._ready:
            try:
                await self._more(deadline)
            except TimeoutError:
                raise DeadlineExceeded(f"{self._url}: no card was swiped") from None
        return _card(self._ready.pop(0))

    async def close(self) -> None:
        """Let go of the reader."""
        self._closed = True
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    @staticmethod
    def _new_link(url: str) -> StreamLink:
        return open_link(url, redact=redacted)

    def _still_open(self) -> None:
        if self._closed:
            raise Closed(self._url)

    async def _opened(self, deadline: Deadline) -> StreamLink:
        self._still_open()
        if self._link is None:
            link, self._made = self._made or self._new_link(self._url), None
            await link.open(deadline)
            try:
                self._still_open()
            except Closed:  # meanwhile
                await link.close()
                raise
            self._link = link
        return self._link

    async def _more(self, deadline: Deadline) -> None:
        link = await self._opened(deadline)
        begun = self._session.begun
        try:
            data = await within(deadline.at_most(_PAUSE) if begun else deadline, link.receive())
        except TimeoutError:
            if deadline.expired or not begun:
                raise
            self._end()
        except Disconnected as problem:
            await self._lost(link, problem)
        else:
            self._ready += self._session.receive(data)
            if not data:
                await self._lost(link, Disconnected(self._url))

    async def _lost(self, link: StreamLink, problem: Disconnected) -> None:
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
