"""A register: sells, refunds, reports and prints from one file that survives the power, with or without a network."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from posdevkit.contract import (
    Campaign,
    Customer,
    CustomerEdited,
    Fact,
    Means,
    Movement,
    Sale,
    ShiftClosed,
    StockMoved,
    Tender,
    uuid7,
)
from posdevkit.devices.receipt_printer import DEFAULT_PROFILE
from posdevkit.documents import Receipt
from posdevkit.errors import Closed, UsageError
from posdevkit.money import Money
from posdevkit.printqueue import PrintQueue
from posdevkit.profiles import Profile, load_profile
from posdevkit.runtime.clock import LOCAL_TIME, WallClock
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.process_lock import ProcessLock
from posdevkit.runtime.threads import in_thread
from posdevkit.store import (
    Mirror,
    ParkedBasket,
    ParkedBaskets,
    Settings,
    Shift,
    StockLedger,
    Store,
)
from posdevkit.till import Basket, Catalogue, Paid, Seller, cash_of
from posdevkit.till.journal import Entry
from posdevkit.till.order import Language

from .book import Book, Promise, Receipts, verified_meanwhile
from .lookup import customer_reached, refunds_of, sold, sold_or_given_back
from .papers import Papers
from .sold import JournalReport, Sold
from .terms import Terms

if TYPE_CHECKING:
    from posdevkit.till.journal import Signer, Verifier

__all__ = ["Register"]

T = TypeVar("T")

DRAWER_SECONDS: Final = 10.0
"""In which a drawer that is opened without a sale must open."""


class Register(Closing):
    """One register of a shop. All methods run on one event loop; make one with `open`; `async with` closes it.

    Whatever happens at it is one commit: a sale's fact with its number, stock and points, its row in the journal, its
    place in the outbox and its print job. A sale that was answered is on the disk; one that was not answered can be
    made again under the same `id` and is made once.
    """

    def __init__(
        self,
        path: str | Path,
        terms: Terms,
        catalogue: Catalogue,
        campaigns: Sequence[Campaign] = (),
        *,
        signer: Signer | None = None,
        wall: WallClock = LOCAL_TIME,
    ) -> None:
        self.path = Path(path)
        self.name = terms.register
        self._terms = terms
        self._catalogue = catalogue
        self._campaigns = tuple(campaigns)
        self._wall = wall
        self._goods: tuple[int, Catalogue] | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self._queue: PrintQueue | None = None
        self._papers: Papers | None = None
        remedy = "Stop the other program that sells at this register, or give this one a file of its own."
        self._lock = ProcessLock(self.path.with_name(f"{self.path.name}.register.lock"), remedy=remedy)
        with ExitStack() as undo:
            undo.callback(self._lock.release)
            self._store = Store(self.path)
            undo.callback(self._store.close)
            self._book = Book(self._store, self.name, signer=signer, wall=wall)
            undo.pop_all()

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        register: str = "1",
        seller: Seller | None = None,
        catalogue: Catalogue | str | Path | None = None,
        campaigns: Sequence[Campaign] = (),
        printer: str | None = None,
        profile: str | Path | Profile = DEFAULT_PROFILE,
        country: str = "",
        language: Language = "da",
        day_starts: time = time(0),
        signer: Signer | None = None,
        wall: WallClock = LOCAL_TIME,
    ) -> Opening[Register]:
        """Open or make the register's file at `path`.

        `seller` heads the receipts. `catalogue` (or its CSV file) and `campaigns` are what it sells from until the
        cloud has told others. With `printer`, a URL, receipts are printed through a durable queue in the same file; the
        printer may be off. `country` (two letters) where cash is handled unlike elsewhere in the currency; sales before
        `day_starts` belong to the business day before.

        Raises Claimed while another program sells at this register, UsageError where the file is another register's
        or `country` is none, BadCatalogue, BadUrl, BadProfile, InputFailed, OutputFailed.
        """
        chosen = profile if printer is None or isinstance(profile, Profile) else load_profile(profile)
        goods = Catalogue(()) if catalogue is None else catalogue
        if not isinstance(goods, Catalogue):
            goods = Catalogue.read(goods)
        cash_of(goods.currency, country)  # refused here rather than at the first sale
        terms = Terms(register, seller or Seller("posdevkit"), goods.currency, country, language, day_starts)

        async def start() -> Register:
            found = cls(path, terms, goods, campaigns, signer=signer, wall=wall)
            try:
                if printer is not None and isinstance(chosen, Profile):
                    name = f"register-{register}"
                    found._queue = await PrintQueue.open(path, printer, profile=chosen, name=name)
                    found._papers = Papers(terms, name, chosen)
            except BaseException:
                await found.close()
                raise
            return found

        return Opening(start)

    @property
    def queue(self) -> PrintQueue:
        """Its print jobs; a sale's key is `sold.receipt`. Raises UsageError for a register without a printer."""
        if self._queue is None:
            raise self._no_printer()
        return self._queue

    def __repr__(self) -> str:
        return f"<Register {self.name} in {self.path.name}>"

    async def close(self) -> None:
        """Let the receipt under way end. What is not printed or sent yet waits in the file for the next `open`."""
        if self._closed:
            return
        self._closed = True
        async with self._turn:
            try:
                if self._queue is not None:
                    await self._queue.close()
            finally:
                self._store.close()
                self._lock.release()

    # What is for sale

    async def catalogue(self) -> Catalogue:
        """The catalogue it was opened with, and what the cloud has told since."""

        return await self._read(self._goods_in)

    async def basket(self, customer: Customer | None = None) -> Basket:
        """An empty basket of today's business day, with the campaigns that the cloud told, or those given at `open`."""
        told = await self._read(lambda connection: tuple(Mirror().campaigns(connection)))
        basket = Basket(self.business_day(), self._catalogue.currency, campaigns=told or self._campaigns)
        return basket.for_customer(customer)

    async def customer(self, word: str) -> Customer:
        """The customer with this identifier, phone number or e-mail address, as the cloud told it last.

        Points that moved here and have not reached the cloud yet are counted. Raises NotFound, also where two match.
        """

        return await self._read(lambda connection: customer_reached(connection, word))

    def business_day(self) -> str:
        """The day that a sale belongs to now, as 2026-03-14."""
        return self._terms.day_of(self._wall.now())

    # What is sold

    async def sell(
        self,
        basket: Basket,
        payments: Iterable[Paid],
        *,
        id: UUID | None = None,
        cashier: str = "",
    ) -> Sold:
        """Sell the basket: when this returns, the sale and all that it moves are on the disk.

        `id` names the attempt: the same one with the same basket and payments gives the sale there is, so that a
        caller that was interrupted asks again and sells once. Raises BadTender (too little, or change for a card),
        BadOrder, JobConflict (`id` is another sale's), OutputFailed (a full disk: nothing was sold).
        """
        paid = tuple(payments)

        def make(number: int, at: datetime) -> Sale:
            return self._terms.sale(basket, paid, number, at, cashier)

        return await self._sell(make, id, cashier)

    async def refund(
        self,
        receipt: str,
        quantities: Mapping[int, Decimal | int] | None = None,
        *,
        means: Means | None = None,
        reference: str = "",
        id: UUID | None = None,
        cashier: str = "",
    ) -> Sold:
        """Give back a sale of this register, whole or so much of some lines (by place, from 0), to the last øre.

        `means` is how the money goes back; a whole sale goes back the way it came without it. `reference` is the number
        of the terminal's own receipt where a card got it back (`PaymentTerminal.refund` or `reverse`). `id` as in
        `sell`. Raises NotFound for a receipt of another register, and BadRefund for more than is left.
        """
        make = self._giving_back(receipt, quantities, means=means, reference=reference, identifier=id, cashier=cashier)
        return await self._sell(make, id, cashier, refunded=receipt)

    async def refund_due(
        self, receipt: str, quantities: Mapping[int, Decimal | int] | None = None, *, means: Means | None = None
    ) -> tuple[Tender, ...]:
        """What `refund` would pay back, in negative amounts: for a terminal, which gives it before it is booked.

        Books nothing. Raises as `refund` does.
        """
        make = self._giving_back(receipt, quantities, means=means)
        return (await self._do(lambda: make(1, self._wall.now()))).tenders

    async def print_copy(self, receipt: str, *, cashier: str = "") -> str:
        """Print a receipt once more, marked as a copy; the journal tells of it. Gives the print job's key.

        Raises NotFound for an unknown receipt, and UsageError without a printer.
        """
        (fact, sale, refunded), goods = await self._read(
            lambda connection: (sold_or_given_back(connection, receipt), self._goods_in(connection))
        )
        document = self._terms.paper(sale, fact.at, goods, refunded=refunded, copy=True)
        return await self._print("copy", document, {"receipt": receipt}, cashier)

    async def open_drawer(self, reason: str, *, cashier: str = "") -> str:
        """Open the drawer without a sale; the journal keeps the reason. Gives the print job's key.

        Within ten seconds or never: nobody stands at a drawer that opens when the printer comes back. The job is
        cancelled then. Raises UsageError without a reason or a printer.
        """
        if not reason.strip():
            raise UsageError("the drawer is opened for a reason", remedy="Say why in a few words.")
        return await self._print("drawer", Receipt().drawer(), {"reason": reason}, cashier, within=DRAWER_SECONDS)

    # Baskets put aside

    async def park(self, name: str, basket: Basket, *, cashier: str = "") -> None:
        """Put a basket aside under a name. Raises UsageError where the name is taken."""
        text = basket.park()
        await self._change(lambda transaction: ParkedBaskets().park(transaction, name, text), "parked", name, cashier)

    async def resume(self, name: str, *, cashier: str = "") -> Basket:
        """Take a parked basket back. Raises UsageError where there is none."""
        found: list[Basket] = []

        def take(transaction: sqlite3.Connection) -> None:
            found.append(Basket.resume(ParkedBaskets().take(transaction, name)))

        await self._change(take, "resumed", name, cashier)
        return found[0]

    async def parked(self) -> list[ParkedBasket]:
        """All that are put aside, the one that waits longest first."""
        return await self._read(ParkedBaskets().parked)

    # Shifts

    async def open_shift(self, *, opening_cash: Money | None = None, cashier: str = "") -> Shift:
        """Begin a shift with so much in the drawer; the first sale does so with nothing. Raises UsageError."""
        cash = opening_cash.minor if opening_cash else 0
        return await self._do(lambda: self._book.open_shift(actor=cashier, opening_cash=cash))

    async def x_report(self, *, cashier: str = "") -> ShiftClosed:
        """The shift so far, printed where there is a printer. Raises NotFound if none is open."""
        shift, sales = await self._read(self._book.shift_so_far)
        figures = self._terms.figures(shift, sales, self._wall.now())
        if self._papers is not None:
            await self._print("x-report", self._terms.report(figures, "X"), {"shift": shift.number}, cashier)
        else:
            await self._do(lambda: self._book.noted("x-report", {"shift": shift.number}, actor=cashier))
        return figures

    async def z_report(self, *, counted_cash: Money | None = None, cashier: str = "") -> ShiftClosed:
        """Close the shift, with what was counted in the drawer; printed and sent to the cloud. Raises NotFound."""
        counted = counted_cash.minor if counted_cash is not None else None

        def printing(fact: Fact) -> Promise | None:
            return self._papers.z_report(fact) if self._papers is not None else None

        def count(shift: Shift, sales: list[Sale], at: datetime) -> ShiftClosed:
            return self._terms.figures(shift, sales, at, counted)

        fact = await self._do(lambda: self._book.close_shift(count, printing, actor=cashier))
        assert isinstance(fact.body, ShiftClosed)
        return fact.body

    # Everything else that happens

    async def move_stock(self, movements: Iterable[Movement], *, note: str = "", cashier: str = "") -> Fact:
        """A delivery, a count or waste."""
        body = StockMoved(tuple(movements), note)
        return await self._do(lambda: self._book.happened(body, actor=cashier))

    async def edit_customer(self, edited: CustomerEdited, *, cashier: str = "") -> Fact:
        """A new customer (with an identifier from `contract.uuid7`), or other words for a known one."""
        return await self._do(lambda: self._book.happened(edited, actor=cashier))

    async def stock(self, sku: str) -> Decimal:
        """What this register's own movements add up to, in pieces or kilograms; the cloud has all registers'."""
        return await self._read(lambda connection: StockLedger().balance(connection, sku))

    async def journal(self, *, verifier: Verifier | None = None, head: Entry | str | None = None) -> JournalReport:
        """Look through the whole journal as it stands (`till.journal.verify`); selling goes on meanwhile."""

        def look() -> JournalReport:
            return verified_meanwhile(self._store, verifier=verifier, head=head, closed=lambda: self._closed)

        return await in_thread(look, name="posdevkit-journal")

    # Inside

    def _goods_in(self, connection: sqlite3.Connection) -> Catalogue:
        # Products come with the cursor: while that stands, so does the catalogue.
        cursor = Settings().cursor(connection)
        if self._goods is None or self._goods[0] != cursor:
            self._goods = (cursor, self._catalogue.updated(Mirror().products(connection)))
        return self._goods[1]

    def _giving_back(
        self,
        receipt: str,
        quantities: Mapping[int, Decimal | int] | None,
        *,
        means: Means | None,
        reference: str = "",
        identifier: UUID | None = None,
        cashier: str = "",
    ) -> Receipts:
        def make(number: int, at: datetime) -> Sale:
            # Looked up in the register's own turn: of two refunds at once, the second sees the first.
            with self._store.reading() as connection:
                fact, sale = sold(connection, receipt)
                earlier = refunds_of(connection, fact, identifier)
            return self._terms.refund(
                sale,
                fact.id,
                earlier,
                number,
                at,
                quantities=quantities,
                means=means,
                reference=reference,
                cashier=cashier,
            )

        return make

    async def _sell(self, make: Receipts, identifier: UUID | None, cashier: str, *, refunded: str = "") -> Sold:
        def printing(fact: Fact) -> Promise | None:
            if self._papers is None:
                return None
            with self._store.reading() as connection:
                goods = self._goods_in(connection)
            return self._papers.receipt(fact, goods, refunded=refunded)

        fact, new = await self._do(lambda: self._book.sell(make, printing, id=identifier, actor=cashier))
        return Sold(fact, new, self._terms.country)

    async def _print(
        self, kind: str, document: Receipt, facts: dict[str, object], cashier: str, *, within: float | None = None
    ) -> str:
        """Print something that no fact tells of, in one commit with its row in the journal."""
        papers = self._papers
        if papers is None:
            raise self._no_printer()

        def note() -> str:
            promise = papers.other(document, kind, uuid7(), within=within)
            self._book.noted(kind, facts, actor=cashier, promise=promise)
            return promise.key

        return await self._do(note)

    def _no_printer(self) -> UsageError:
        return UsageError(f"register {self.name} has no printer", remedy="Open it with printer='tcp://...'.")

    async def _change(self, change: Callable[[sqlite3.Connection], object], kind: str, name: str, cashier: str) -> None:
        await self._do(lambda: self._book.changed(change, kind, {"name": name}, actor=cashier))

    async def _read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        def work() -> T:
            with self._store.reading() as connection:
                return question(connection)

        return await self._do(work)

    async def _do(self, work: Callable[[], T]) -> T:
        """One thing after the other, beside the event loop; then the queue looks for what it is to print."""
        async with self._turn:
            if self._closed:
                raise Closed(f"register {self.name}")
            done = await in_thread(work, name="posdevkit-register")
        if self._queue is not None:
            self._queue.look()
        return done
