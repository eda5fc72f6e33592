"""The payment terminal: a charge is written down before it leaves, and never made twice because an answer was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from posdevkit.errors import (
    BadUrl,
    Closed,
    DeadlineExceeded,
    Disconnected,
    PaymentUnresolved,
    TerminalRefused,
    UsageError,
)
from posdevkit.links.base import StreamLink
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.money import Money
from posdevkit.protocols.zvt import Ended, ZvtSession
from posdevkit.protocols.zvt.redact import ApduRedactor
from posdevkit.protocols.zvt.tables import TRY_LATER, currency_number, result_text
from posdevkit.registry import DeviceKind, Key, Place, open_link, values
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.opening import Closing, Opening, opening
from posdevkit.secret import Secret

from .payment import Payment, PaymentState
from .payment_journal import Entry, PaymentJournal
from .payment_proof import Heard, found, judged, mark, payment_of

__all__ = ["KIND", "PaymentTerminal"]

_GRACE_SECONDS: Final = 5.0
"""How long a terminal that was told to abort may take to say so."""
_FACTORY_SETTING: Final = "000000"


class PaymentTerminal(Closing):
    """A payment terminal behind a URL. All methods run on one event loop. Make one with `open`.

    Each charge has an `intent`, your name for it, such as the number of the sale. An intent is charged at most once: it
    is on record before the charge leaves, and while its fate is unknown nothing else is charged here.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        *,
        journal: str | Path | None = None,
        password: Secret | None = None,
        name: str = "",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        parsed = parse_url(url) if isinstance(url, str) else url
        self._url = parsed.without("password")
        self._password = password or Secret(parsed.option("password") or _FACTORY_SETTING)
        _check_url(self._url)
        _check_password(self._password, BadUrl if password is None else UsageError)
        self.name = name or str(self._url)
        self._clock = clock
        self._link: StreamLink | None = None
        self._known_as = ""
        """The currency in which this connection is registered."""
        self._session = ZvtSession(self._password.reveal())
        self._aborting = False
        """An abort is out, and what is refused may be that."""
        self._turn = asyncio.Lock()
        self._closed = False
        self._journal = PaymentJournal(journal)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        journal: str | Path | None = None,
        password: Secret | None = None,
        name: str = "",
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[PaymentTerminal]:
        """Connect to `zvt://HOST[:20007][?password=000000]`, `timeout` in seconds.

        `journal` is a file that remembers intents over a restart; without one they live as long as this handle.
        `password` is the one in the URL otherwise. Raises BadUrl, UsageError (a password that is not six digits),
        Disconnected, Claimed for a journal that another program uses.
        """
        terminal = cls(url, journal=journal, password=password, name=name, clock=clock)
        return opening(terminal, lambda: terminal._reach(Deadline.after(timeout, clock)))

    def __repr__(self) -> str:
        return f"<PaymentTerminal {self.name}>"

    async def pay(
        self,
        amount: Money,
        *,
        intent: str,
        timeout: float | None = 180.0,
        on_text: Callable[[str], None] | None = None,
    ) -> Payment:
        """Charge `amount` for `intent` and tell what became of it; `on_text` gets what the customer is shown.

        An approved intent gives its payment again and charges nothing; a declined or aborted one is tried anew. After
        `timeout` seconds the terminal is told to abort. A lost connection gives the state unknown: call `recover`.

        Raises PaymentUnresolved while any intent's fate is unknown, UsageError for an intent with another amount, and
        before anything is charged Disconnected, DeadlineExceeded and TerminalRefused.
        """
        self._check(amount, intent)
        deadline = Deadline.after(timeout, self._clock)
        async with self._turn:
            self._still_open()
            if (known := self._settled(amount, intent)) is not None:
                return known
            before = await self._before(amount.currency, deadline)
            entry = Entry(intent, amount, before)
            try:
                charge = self._session.authorisation(amount.minor, amount.currency)
                self._journal.write(entry)
            except ValueError as problem:
                raise UsageError(f"{amount}: {problem}") from None
            heard = Heard()
            try:
                await self._command(charge, heard, deadline, on_text)
            except TimeoutError:
                await self._give_up(heard, on_text)
            except Disconnected:
                pass  # what was heard tells all that is known
            except BaseException:
                self._drop()  # cancelled: half an exchange must not meet the next
                raise
            if heard.refused is not None or heard.nonsense:
                self._drop()  # what it goes on with, if anything, it must not go on with in the next exchange
            return self._keep(judged(entry, heard), heard)

    async def cancel(self) -> None:
        """Ask the terminal to end what is going on. `pay` then tells how it ended, which may still be approved."""
        if self._link is not None:
            self._aborting = True
            with suppress(Disconnected, Closed):
                await self._link.send(self._session.abort())

    async def recover(self, intent: str, *, timeout: float | None = 30.0) -> Payment:
        """Find out what became of an intent, by the terminal's last receipt. Charges nothing.

        Approved if the terminal made this payment after the intent began, aborted if it made none since; unknown while
        neither is certain. Raises UsageError for an intent that nobody knows, Disconnected, DeadlineExceeded,
        TerminalRefused while the terminal is busy.
        """
        deadline = Deadline.after(timeout, self._clock)
        async with self._turn:
            self._still_open()
            entry = self._journal.get(intent)
            if entry is None:
                raise UsageError(f"no payment was begun under {intent!r}", remedy="Name the intent given to pay().")
            if entry.state is not PaymentState.UNKNOWN:
                return payment_of(entry)
            try:
                await self._idle(deadline, entry.amount.currency)
                last = await self._last(deadline)
            except TimeoutError:
                self._drop()
                raise DeadlineExceeded(f"{self._url}: no answer; {intent!r} stays unknown") from None
            return self._keep(found(entry, last), last)

    async def resolve(self, intent: str, *, paid: bool) -> Payment:
        """Put on record what a person found out where `recover` cannot. Raises UsageError unless it is unknown."""
        async with self._turn:
            self._still_open()
            entry = self._journal.get(intent)
            if entry is None or entry.state is not PaymentState.UNKNOWN:
                raise UsageError(f"{intent!r} is no payment of unknown fate", remedy="Name one of `unresolved`.")
            state = PaymentState.APPROVED if paid else PaymentState.ABORTED
            entry = replace(entry, state=state, reason="decided by a person")
            self._journal.write(entry)
            return payment_of(entry)

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The intents of which nobody knows whether they were charged."""
        return tuple(entry.intent for entry in self._journal.unresolved)

    async def close(self) -> None:
        """Let go of the terminal and the journal."""
        self._closed = True
        link, self._link = self._link, None
        if link is not None:
            await link.close()
        self._journal.close()

    # What stands before a charge

    def _still_open(self) -> None:
        if self._closed:
            raise Closed(str(self._url))

    def _check(self, amount: Money, intent: str) -> None:
        if not intent or not intent.isprintable():
            raise UsageError(f"{intent!r} is no name for a payment", remedy="Give the number of the sale as intent.")
        if amount.minor <= 0:
            raise UsageError(f"{amount} is no amount to charge")
        try:
            currency_number(amount.currency)
        except ValueError as problem:
            raise UsageError(str(problem)) from None

    def _settled(self, amount: Money, intent: str) -> Payment | None:
        if unresolved := self._journal.unresolved:
            raise PaymentUnresolved(f"{unresolved[0].intent!r} over {unresolved[0].amount}")
        entry = self._journal.get(intent)
        if entry is None:
            return None
        if entry.amount != amount:
            raise UsageError(f"{intent!r} was begun over {entry.amount}, not {amount}", remedy="Use another intent.")
        return payment_of(entry) if entry.state is PaymentState.APPROVED else None

    async def _before(self, currency: str, deadline: Deadline) -> str:
        """The terminal's last transaction, on a connection that is proven to work. Nothing has been charged yet."""
        try:
            if self._link is not None and self._known_as == currency:
                try:
                    return mark(await self._last(deadline))
                except Disconnected:
                    pass  # it broke while nobody looked
            await self._registered(deadline, currency)
            return mark(await self._last(deadline))
        except TimeoutError:
            self._drop()
            raise DeadlineExceeded(f"{self._url}: no answer; nothing was charged") from None

    async def _idle(self, deadline: Deadline, currency: str) -> None:
        """A fresh connection to a terminal that is not in the middle of something."""
        self._drop()
        await self._registered(deadline, currency)
        heard = await self._command(self._session.status_enquiry(), Heard(), deadline)
        if heard.refused is not None or heard.nonsense:
            raise TerminalRefused(f"{self._url}: {heard.why}")

    async def _registered(self, deadline: Deadline, currency: str) -> None:
        await self._connected(deadline)
        heard = await self._command(self._session.registration(currency), Heard(), deadline)
        if heard.refused is not None or heard.nonsense or heard.ended != Ended(None):
            self._drop()
            raise TerminalRefused(f"{self._url}: {heard.why}")
        self._known_as = currency

    async def _last(self, deadline: Deadline) -> Heard:
        heard = await self._command(self._session.repeat_receipt(), Heard(), deadline)
        if heard.nonsense:
            self._drop()
            raise TerminalRefused(f"{self._url}: {heard.nonsense}")
        if heard.refused == TRY_LATER:
            self._drop()  # what it is in the middle of may be an exchange of ours that went wrong; begin anew
            raise TerminalRefused(f"{self._url}: {result_text(TRY_LATER)}")
        return heard

    # The exchange

    async def _reach(self, deadline: Deadline) -> None:
        try:
            await self._connected(deadline)
        except TimeoutError:
            raise Disconnected(f"{self._url}: no connection in time") from None

    async def _connected(self, deadline: Deadline) -> StreamLink:
        if self._link is None:
            self._still_open()
            link = open_link(self._url, redact=ApduRedactor())
            await within(deadline, link.open(deadline))
            self._link = link
            self._known_as = ""
            self._session = ZvtSession(self._password.reveal())
        return self._link

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.abort()

    async def _command(
        self, data: bytes, heard: Heard, deadline: Deadline, on_text: Callable[[str], None] | None = None
    ) -> Heard:
        link = self._link
        if link is None:
            raise Disconnected(str(self._url))
        self._aborting = False
        try:
            await within(deadline, link.send(data))
            await self._listen(link, heard, deadline, on_text)
        except (Disconnected, Closed):
            self._drop()
            raise Disconnected(str(self._url)) from None
        return heard

    async def _listen(
        self, link: StreamLink, heard: Heard, deadline: Deadline, on_text: Callable[[str], None] | None
    ) -> None:
        while heard.ended is None and heard.refused is None:
            data = await within(deadline, link.receive())
            if not data:
                raise Disconnected(str(self._url))
            for event in self._session.receive(data):
                heard.note(event, on_text)
            if heard.out_of_step and not self._aborting:
                raise Disconnected(str(self._url))
            heard.out_of_step = False  # it refuses the abort, and goes on
            if answers := self._session.answers():
                await within(deadline, link.send(answers))

    async def _give_up(self, heard: Heard, on_text: Callable[[str], None] | None) -> None:
        """The time is over: have it aborted, and hear how it ended, which may still be with an approval."""
        link = self._link
        if link is None:
            return
        deadline = Deadline.after(_GRACE_SECONDS, self._clock)
        self._aborting = True
        try:
            await within(deadline, link.send(self._session.abort()))
            await self._listen(link, heard, deadline, on_text)
        except (TimeoutError, Disconnected, Closed):
            self._drop()

    def _keep(self, entry: Entry, heard: Heard) -> Payment:
        self._journal.write(entry)
        card = heard.told.number if heard.told is not None and entry.state is not PaymentState.UNKNOWN else None
        return replace(payment_of(entry), lines=heard.lines, card=card or payment_of(entry).card)


# In a shop's file.


def _check_url(url: DeviceUrl) -> None:
    if url.scheme != "zvt":
        raise BadUrl(f"{url.scheme}:// is no payment terminal", remedy="Write zvt://ADDRESS.")
    open_link(url)


def _check_password(password: Secret, error: type[UsageError] = UsageError) -> None:
    try:
        ZvtSession(password.reveal())
    except ValueError as problem:
        raise error(str(problem), remedy="Write the six digits that the terminal's manual or provider names.") from None


def _fits(settings: Mapping[str, object]) -> None:
    password = settings["password"]
    assert isinstance(password, Secret)
    _check_password(password)


def _beside_the_file(place: Place) -> str:
    return str(place.folder / f"payments-{quote(place.name, safe=' ')}.jsonl")


KIND: Final = DeviceKind(
    "zvt://192.168.1.90",
    _check_url,
    PaymentTerminal,
    {
        "password": Key(values.secret, agrees=_fits),
        "journal": Key(values.file, _beside_the_file, own=True),
    },
    secrets=("password",),
)
