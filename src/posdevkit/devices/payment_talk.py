"""One command after the other with a payment terminal, over a connection that comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from posdevkit.errors import Closed, Disconnected, TerminalRefused
from posdevkit.links.base import StreamLink
from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.zvt import Ended, ZvtSession
from posdevkit.protocols.zvt.redact import ApduRedactor
from posdevkit.protocols.zvt.tables import TRY_LATER, result_text
from posdevkit.registry import open_link
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.secret import Secret

from .payment_proof import Heard

__all__ = ["TerminalTalk"]

_GRACE_SECONDS: Final = 5.0
"""How long a terminal that was told to abort may take to say so."""


class TerminalTalk:
    """The connection and what is said over it. Knows nothing of intents: what an answer proves, others judge."""

    def __init__(self, url: DeviceUrl, password: Secret, clock: Clock) -> None:
        self._url = url
        self._password = password
        self._clock = clock
        self._link: StreamLink | None = None
        self._known_as = ""
        """The currency in which this connection is registered."""
        self.session = ZvtSession(password.reveal())
        """Of this connection."""
        self._aborting = False
        """An abort is out, and what is refused may be that."""
        self._closed = False

    async def reach(self, deadline: Deadline) -> None:
        """Connect. Raises Disconnected."""
        try:
            await self._connected(deadline)
        except TimeoutError:
            raise Disconnected(f"{self._url}: no connection in time") from None

    def drop(self) -> None:
        """Let go of the connection; the next command makes a new one."""
        link, self._link = self._link, None
        if link is not None:
            link.abort()

    async def close(self) -> None:
        """Let go of it for good."""
        self._closed = True
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def proven(self, currency: str, deadline: Deadline) -> Heard:
        """The terminal's last transaction, told over a connection that works and is registered."""
        if self._link is not None and self._known_as == currency:
            try:
                return await self.last(deadline)
            except Disconnected:
                pass  # it broke while nobody looked
        await self._registered(currency, deadline)
        return await self.last(deadline)

    async def idle(self, currency: str, deadline: Deadline) -> None:
        """A fresh connection to a terminal that is not in the middle of something."""
        self.drop()
        await self._registered(currency, deadline)
        heard = await self.command(self.session.status_enquiry(), Heard(), deadline)
        if heard.refused is not None or heard.nonsense:
            raise TerminalRefused(f"{self._url}: {heard.why}")

    async def last(self, deadline: Deadline) -> Heard:
        """What the terminal tells of its last transaction."""
        heard = await self.command(self.session.repeat_receipt(), Heard(), deadline)
        if heard.nonsense:
            self.drop()
            raise TerminalRefused(f"{self._url}: {heard.nonsense}")
        if heard.refused == TRY_LATER:
            self.drop()  # what it is in the middle of may be an exchange of ours that went wrong; begin anew
            raise TerminalRefused(f"{self._url}: {result_text(TRY_LATER)}")
        return heard

    async def command(
        self, data: bytes, heard: Heard, deadline: Deadline, on_text: Callable[[str], None] | None = None
    ) -> Heard:
        """Send a command and hear the terminal until it is through. Raises Disconnected, TimeoutError.

        `heard` has what came also where this raises.
        """
        link = self._link
        if link is None:
            raise Disconnected(str(self._url))
        self._aborting = False
        try:
            await within(deadline, link.send(data))
            await self._listen(link, heard, deadline, on_text)
        except (Disconnected, Closed):
            self.drop()
            raise Disconnected(str(self._url)) from None
        return heard

    async def abort(self) -> None:
        """Ask the terminal to end what is going on. Whoever waits for that hears how it ended."""
        if self._link is not None:
            self._aborting = True
            with suppress(Disconnected, Closed):
                await self._link.send(self.session.abort())

    async def give_up(self, heard: Heard, on_text: Callable[[str], None] | None) -> None:
        """The time is over: have it aborted, and hear how it ended, which may still be with an approval."""
        link = self._link
        if link is None:
            return
        deadline = Deadline.after(_GRACE_SECONDS, self._clock)
        self._aborting = True
        try:
            await within(deadline, link.send(self.session.abort()))
            await self._listen(link, heard, deadline, on_text)
        except (TimeoutError, Disconnected, Closed):
            self.drop()

    async def _connected(self, deadline: Deadline) -> None:
        if self._closed:
            raise Closed(str(self._url))
        if self._link is None:
            link = open_link(self._url, redact=ApduRedactor())
            await within(deadline, link.open(deadline))
            self._link = link
            self._known_as = ""
            self.session = ZvtSession(self._password.reveal())

    async def _registered(self, currency: str, deadline: Deadline) -> None:
        await self._connected(deadline)
        heard = await self.command(self.session.registration(currency), Heard(), deadline)
        if heard.refused is not None or heard.nonsense or heard.ended != Ended(None):
            self.drop()
            raise TerminalRefused(f"{self._url}: {heard.why}")
        self._known_as = currency

    async def _listen(
        self, link: StreamLink, heard: Heard, deadline: Deadline, on_text: Callable[[str], None] | None
    ) -> None:
        while heard.ended is None and heard.refused is None:
            data = await within(deadline, link.receive())
            if not data:
                raise Disconnected(str(self._url))
            for event in self.session.receive(data):
                heard.note(event, on_text)
            if heard.out_of_step and not self._aborting:
                raise Disconnected(str(self._url))
            heard.out_of_step = False  # it refuses the abort, and goes on
            if answers := self.session.answers():
                await within(deadline, link.send(answers))
