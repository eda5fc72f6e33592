"""The payment terminal: a charge is written down before it leaves, and never made twice because an answer was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

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
from posdevkit.protocols.zvt import Answered, Ended, Nonsense, Printed, Shown, Told, ZvtEvent, ZvtSession
from posdevkit.protocols.zvt.redact import ApduRedactor
from posdevkit.protocols.zvt.tables import OK, TRY_LATER, WITHDRAWN, currency_number, result_text
from posdevkit.registry import open_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.secret import MASK, Secret

from .opening import Opening
from .payment import Payment, PaymentState
from .payment_journal import Entry, PaymentJournal

__all__ = ["PaymentTerminal"]

_GRACE_SECONDS: Final = 5.0
"""How long a terminal that was told to abort may take to say so."""
_NO_TRANSACTION: Final = "none"


@dataclass(slots=True)
class _Heard:
    """What one command brought."""

    told: Told | None = None
    ended: Ended | None = None
    accepted: bool = False
    refused: int | None = None
    out_of_step: bool = False
    """Refused after it was accepted: the terminal means an answer of ours, and does not know where we are."""
    nonsense: str = ""
    lines: tuple[str, ...] = ()


class PaymentTerminal:
    """A payment terminal behind a URL. All methods run on one event loop. Make one with `open`.

    Each charge has an `intent`, your name for it, such as the number of the sale. An intent is charged at most once: it
    is on record before the charge leaves, and while its fate is unknown nothing else is charged here.
    """

    def __init__(self, url: str | DeviceUrl, *, journal: str | Path | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        parsed = parse_url(url) if isinstance(url, str) else url
        if parsed.scheme != "zvt":
            raise BadUrl(f"{parsed.scheme}:// is no payment terminal", remedy="Write zvt://ADDRESS.")
        self._url = parsed.without("password")
        self._password = Secret(parsed.option("password") or "000000")
        try:
            ZvtSession(self._password.reveal())
        except ValueError as problem:
            raise BadUrl(f"{self._url}: {problem}") from None
        self._clock = clock
        self._link: StreamLink | None = None
        self._known_as = ""
        """The currency in which this connection is registered."""
        self._session = ZvtSession(self._password.reveal())
        self._aborting = False
        """An abort is out, and what is refused may be that."""
        self._turn = asyncio.Lock()
        self._closed = False
        open_link(self._url)
        self._journal = PaymentJournal(journal)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        journal: str | Path | None = None,
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[PaymentTerminal]:
        """Connect to `zvt://HOST[:20007][?password=000000]`, `timeout` in seconds.

        `journal` is a file that remembers intents over a restart; without one they live as long as this handle. Raises
        BadUrl, Disconnected, Claimed for a journal that another program uses.
        """
        terminal = cls(url, journal=journal, clock=clock)

        async def connect() -> PaymentTerminal:
            try:
                await terminal._connected(Deadline.after(timeout, clock))
            except TimeoutError:
                await terminal.close()
                raise Disconnected(f"{terminal._url}: no connection in time") from None
            except BaseException:
                await terminal.close()
                raise
            return terminal

        return Opening(connect)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<PaymentTerminal {self._url}>"

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
            heard = _Heard()
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
            return self._keep(_judged(entry, heard), heard)

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
                return _payment(entry)
            try:
                await self._idle(deadline, entry.amount.currency)
                last = await self._last(deadline)
            except TimeoutError:
                self._drop()
                raise DeadlineExceeded(f"{self._url}: no answer; {intent!r} stays unknown") from None
            return self._keep(_found(entry, last), last)

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
            return _payment(entry)

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
        return _payment(entry) if entry.state is PaymentState.APPROVED else None

    async def _before(self, currency: str, deadline: Deadline) -> str:
        """The terminal's last transaction, on a connection that is proven to work. Nothing has been charged yet."""
        try:
            if self._link is not None and self._known_as == currency:
                try:
                    return _mark(await self._last(deadline))
                except Disconnected:
                    pass  # it broke while nobody looked
            await self._registered(deadline, currency)
            return _mark(await self._last(deadline))
        except TimeoutError:
            self._drop()
            raise DeadlineExceeded(f"{self._url}: no answer; nothing was charged") from None

    async def _idle(self, deadline: Deadline, currency: str) -> None:
        """A fresh connection to a terminal that is not in the middle of something."""
        self._drop()
        await self._registered(deadline, currency)
        heard = await self._command(self._session.status_enquiry(), _Heard(), deadline)
        if heard.refused is not None or heard.nonsense:
            raise TerminalRefused(f"{self._url}: {_why(heard)}")

    async def _registered(self, deadline: Deadline, currency: str) -> None:
        await self._connected(deadline)
        heard = await self._command(self._session.registration(currency), _Heard(), deadline)
        if heard.refused is not None or heard.nonsense or heard.ended != Ended(None):
            self._drop()
            raise TerminalRefused(f"{self._url}: {_why(heard)}")
        self._known_as = currency

    async def _last(self, deadline: Deadline) -> _Heard:
        heard = await self._command(self._session.repeat_receipt(), _Heard(), deadline)
        if heard.nonsense:
            self._drop()
            raise TerminalRefused(f"{self._url}: {heard.nonsense}")
        if heard.refused == TRY_LATER:
            self._drop()  # what it is in the middle of may be an exchange of ours that went wrong; begin anew
            raise TerminalRefused(f"{self._url}: {result_text(TRY_LATER)}")
        return heard

    # The exchange

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
        self, data: bytes, heard: _Heard, deadline: Deadline, on_text: Callable[[str], None] | None = None
    ) -> _Heard:
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
        self, link: StreamLink, heard: _Heard, deadline: Deadline, on_text: Callable[[str], None] | None
    ) -> None:
        while heard.ended is None and heard.refused is None:
            data = await within(deadline, link.receive())
            if not data:
                raise Disconnected(str(self._url))
            for event in self._session.receive(data):
                _note(event, heard, on_text)
            if heard.out_of_step and not self._aborting:
                raise Disconnected(str(self._url))
            heard.out_of_step = False  # it refuses the abort, and goes on
            if answers := self._session.answers():
                await within(deadline, link.send(answers))

    async def _give_up(self, heard: _Heard, on_text: Callable[[str], None] | None) -> None:
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

    def _keep(self, entry: Entry, heard: _Heard) -> Payment:
        self._journal.write(entry)
        card = heard.told.number if heard.told is not None and entry.state is not PaymentState.UNKNOWN else None
        return replace(_payment(entry), lines=heard.lines, card=card or _payment(entry).card)


def _note(event: ZvtEvent, heard: _Heard, on_text: Callable[[str], None] | None) -> None:
    match event:
        case Answered(code):
            if code == OK:
                heard.accepted = True
            elif heard.accepted:
                heard.out_of_step = True
            else:
                heard.refused = code
        case Shown():
            if on_text is not None and event.text:
                on_text(event.text)
        case Told():
            heard.told = event
        case Printed():
            heard.lines += event.lines
        case Ended():
            heard.ended = event
        case Nonsense():
            heard.nonsense = event.what


def _judged(entry: Entry, heard: _Heard) -> Entry:
    """What a payment's own exchange proves."""
    told, ended = heard.told, heard.ended
    if heard.refused is not None:
        return replace(entry, state=PaymentState.ABORTED, reason=result_text(heard.refused))
    if ended is None:
        return replace(entry, reason="the connection was lost before the terminal was through")
    if ended.code is not None and ended.code != OK:
        # 06 1E: no charge stands. An approval told before was reversed by the terminal.
        state = PaymentState.ABORTED if ended.code == WITHDRAWN else PaymentState.DECLINED
        return replace(entry, state=state, reason=result_text(ended.code))
    if told is None:
        return replace(entry, reason="the terminal ended without saying what became of the payment")
    if told.result != OK:
        # A payment that failed ends with 06 1E; one that ends well and tells a failure contradicts itself.
        return replace(entry, reason=f"the terminal ended well and tells: {told.text or result_text(told.result)}")
    if told.amount is not None and told.amount != entry.amount.minor:
        return replace(entry, reason=f"the terminal tells another amount: {told.amount}")
    return _approved(entry, told)


def _found(entry: Entry, last: _Heard) -> Entry:
    """What the terminal's last receipt proves of an intent."""
    told = last.told
    if told is None or not entry.before or not _mark(last):
        return replace(entry, reason="the terminal does not tell its receipts apart")
    if _mark(last) == entry.before:
        return replace(entry, state=PaymentState.ABORTED, reason="the terminal made no payment since it began")
    if told.amount != entry.amount.minor:
        return replace(entry, reason="the terminal's last receipt is over another amount")
    if told.result != OK:
        return replace(entry, state=PaymentState.DECLINED, reason=told.text or result_text(told.result))
    return _approved(entry, told)


def _approved(entry: Entry, told: Told) -> Entry:
    return replace(
        entry,
        state=PaymentState.APPROVED,
        reason="",
        receipt=told.receipt,
        trace=told.trace,
        brand=told.brand,
        last_four=told.number.hint if told.number is not None else "",
    )


def _mark(heard: _Heard) -> str:
    """What tells the terminal's last transaction from the next one; empty where nothing does."""
    told = heard.told
    if told is None:
        return _NO_TRANSACTION
    numbers = (told.trace, told.receipt, told.turnover)
    return "/".join(map(str, numbers)) if any(numbers) else ""


def _payment(entry: Entry) -> Payment:
    card = Secret(MASK + entry.last_four, hint=entry.last_four) if entry.last_four else None
    return Payment(entry.intent, entry.amount, entry.state, entry.reason, entry.receipt, entry.brand, card)


def _why(heard: _Heard) -> str:
    if heard.nonsense:
        return heard.nonsense
    code = heard.refused if heard.refused is not None else heard.ended.code if heard.ended is not None else None
    return "no answer" if code is None else result_text(code)
