"""The payment terminal: what moves money is written down before it leaves, and never made twice for a lost answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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
    UsageError,
)
from posdevkit.links.url import DeviceUrl, url_of
from posdevkit.money import Money
from posdevkit.protocols.zvt import ZvtSession
from posdevkit.protocols.zvt.tables import currency_number
from posdevkit.registry import DeviceKind, Key, Place, open_link, values
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening
from posdevkit.secret import Secret

from .payment import Payment, PaymentKind, PaymentState
from .payment_journal import Entry, PaymentJournal
from .payment_proof import Heard, found, judged, mark, payment_of
from .payment_talk import TerminalTalk

__all__ = ["KIND", "PaymentTerminal"]

_FACTORY_SETTING: Final = "000000"


class PaymentTerminal(Closing):
    """A payment terminal behind a URL. All methods run on one event loop. Make one with `open`.

    Each charge, refund and reversal has an `intent`, your name for it, such as the number of the sale. An intent is
    carried out at most once: it is on record before it leaves, and while its fate is unknown no other money moves here.
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
        parsed = url_of(url)
        self._url = parsed.without("password")
        self._password = password or Secret(parsed.option("password") or _FACTORY_SETTING)
        _check_url(self._url)
        _check_password(self._password, BadUrl if password is None else UsageError)
        self.name = name or str(self._url)
        self._clock = clock
        self._talk = TerminalTalk(self._url, self._password, clock)
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
        return opening(terminal, lambda: terminal._talk.reach(Deadline.after(timeout, clock)))

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
        entry = Entry(intent, amount)
        return await self._made(
            entry, lambda session: session.authorisation(amount.minor, amount.currency), timeout, on_text
        )

    async def refund(
        self,
        amount: Money,
        *,
        intent: str,
        timeout: float | None = 180.0,
        on_text: Callable[[str], None] | None = None,
    ) -> Payment:
        """Give `amount` to a card that the customer presents, for a part of a sale or one of another day.

        The terminal does not look for a charge: what may be given back is yours to know. Promises and errors are those
        of `pay`; an intent belongs to one of both alone.
        """
        entry = Entry(intent, amount, kind=PaymentKind.REFUND)
        return await self._made(entry, lambda session: session.refund(amount.minor, amount.currency), timeout, on_text)

    async def reverse(
        self,
        payment: Payment,
        *,
        intent: str,
        timeout: float | None = 180.0,
        on_text: Callable[[str], None] | None = None,
    ) -> Payment:
        """Take a charge of this terminal back, all of it, by its receipt number; terminals do so until their day ends.

        Promises and errors are those of `pay`. UsageError too for what is no approved charge with a receipt number, and
        for one that is on record as reversed. Where the terminal tells another amount than the charge's, as one that
        reverses its last payment whatever it is asked for, the state is unknown.
        """
        if payment.kind is not PaymentKind.CHARGE or not payment.approved:
            raise UsageError(
                f"{payment.intent!r} is a {payment.kind.value}, {payment.state.value}: nothing to reverse",
                remedy="Name a charge that was approved.",
            )
        receipt = payment.receipt
        if receipt is None:
            raise UsageError(f"{payment.intent!r} has no receipt number", remedy="Give its amount back with refund().")
        entry = Entry(intent, payment.amount, kind=PaymentKind.REVERSAL, of=payment.intent)
        return await self._made(entry, lambda session: session.reversal(receipt), timeout, on_text)

    async def cancel(self) -> None:
        """Ask the terminal to end what is going on. Its caller is told how it ended, which may still be approved."""
        await self._talk.abort()

    async def recover(self, intent: str, *, timeout: float | None = 30.0) -> Payment:
        """Find out what became of an intent, by the terminal's last receipt. Moves no money.

        Approved if the terminal made this payment after the intent began, aborted if it made none since; unknown while
        neither is certain. Raises UsageError for an intent that nobody knows, Disconnected, DeadlineExceeded,
        TerminalRefused while the terminal is busy.
        """
        deadline = Deadline.after(timeout, self._clock)
        async with self._turn:
            self._still_open()
            entry = self._journal.get(intent)
            if entry is None:
                raise UsageError(f"no payment was begun under {intent!r}", remedy="Name the intent it was begun under.")
            if entry.state is not PaymentState.UNKNOWN:
                return payment_of(entry)
            try:
                await self._talk.idle(entry.amount.currency, deadline)
                last = await self._talk.last(deadline)
            except TimeoutError:
                self._talk.drop()
                raise DeadlineExceeded(f"{self._url}: no answer; {intent!r} stays unknown") from None
            return self._keep(found(entry, last), last)

    async def resolve(self, intent: str, *, paid: bool) -> Payment:
        """Put on record what a person found out where `recover` cannot; `paid`: the money moved.

        Raises UsageError unless it is unknown.
        """
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
        """The intents of which nobody knows what became of them."""
        return tuple(entry.intent for entry in self._journal.unresolved)

    async def close(self) -> None:
        """Let go of the terminal and the journal."""
        self._closed = True
        await self._talk.close()
        self._journal.close()

    async def _made(
        self,
        entry: Entry,
        command: Callable[[ZvtSession], bytes],
        timeout: float | None,
        on_text: Callable[[str], None] | None,
    ) -> Payment:
        """Carry out an intent, whichever way its money goes: on record first, then on the wire, then judged."""
        _check(entry)
        deadline = Deadline.after(timeout, self._clock)
        async with self._turn:
            self._still_open()
            if (known := self._settled(entry)) is not None:
                return known
            entry = replace(entry, before=await self._before(entry.amount.currency, deadline))
            try:
                data = command(self._talk.session)
                self._journal.write(entry)
            except ValueError as problem:
                raise UsageError(f"{entry.amount}: {problem}") from None
            heard = Heard()
            try:
                await self._talk.command(data, heard, deadline, on_text)
            except TimeoutError:
                await self._talk.give_up(heard, on_text)
            except Disconnected:
                pass  # what was heard tells all that is known
            except BaseException:
                self._talk.drop()  # cancelled: half an exchange must not meet the next
                raise
            if heard.refused is not None or heard.nonsense:
                self._talk.drop()  # what it goes on with, if anything, it must not go on with in the next exchange
            return self._keep(judged(entry, heard), heard)

    # What stands before money moves

    def _still_open(self) -> None:
        if self._closed:
            raise Closed(str(self._url))

    def _settled(self, wanted: Entry) -> Payment | None:
        if unresolved := self._journal.unresolved:
            raise PaymentUnresolved(f"{unresolved[0].intent!r} over {unresolved[0].amount}")
        known = self._journal.get(wanted.intent)
        if known is not None and not known.same_as(wanted):
            raise UsageError(
                f"{wanted.intent!r} was begun as {_named(known)}, not {_named(wanted)}", remedy="Use another intent."
            )
        if known is not None and known.state is PaymentState.APPROVED:
            return payment_of(known)
        if wanted.of and (earlier := self._journal.reversal_of(wanted.of)) is not None:
            raise UsageError(f"{wanted.of!r} was reversed already, as {earlier.intent!r}")
        return None

    async def _before(self, currency: str, deadline: Deadline) -> str:
        """The terminal's last transaction, on a connection that is proven to work. No money has moved yet."""
        try:
            return mark(await self._talk.proven(currency, deadline))
        except TimeoutError:
            self._talk.drop()
            raise DeadlineExceeded(f"{self._url}: no answer; no money moved") from None

    def _keep(self, entry: Entry, heard: Heard) -> Payment:
        self._journal.write(entry)
        card = heard.told.number if heard.told is not None and entry.state is not PaymentState.UNKNOWN else None
        return replace(payment_of(entry), lines=heard.lines, card=card or payment_of(entry).card)


def _check(entry: Entry) -> None:
    if not entry.intent or not entry.intent.isprintable():
        raise UsageError(f"{entry.intent!r} is no name for a payment", remedy="Give the number of the sale as intent.")
    if entry.amount.minor <= 0:
        raise UsageError(f"{entry.amount} is no amount for a card")
    try:
        currency_number(entry.amount.currency)
    except ValueError as problem:
        raise UsageError(str(problem)) from None


def _named(entry: Entry) -> str:
    of = f" of {entry.of!r}" if entry.of else ""
    return f"a {entry.kind.value}{of} over {entry.amount}"


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
