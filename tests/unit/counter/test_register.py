"""A register: one commit per sale, the same sale once, and all that a day brings."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from posdevkit.aio import Register
from posdevkit.contract import (
    Campaign,
    Change,
    Customer,
    CustomerEdited,
    Movement,
    Product,
    Sale,
    ShiftClosed,
    uuid7,
)
from posdevkit.counter import JournalReport
from posdevkit.errors import BadRefund, BadTender, Claimed, Closed, JobConflict, NotFound, OutputFailed, UsageError
from posdevkit.money import Money
from posdevkit.runtime.threads import in_thread
from posdevkit.store import DeadLetters, Journal, Mirror, Outbox, PointsLedger, Sales, Settings, StockLedger, Store
from posdevkit.till import Basket, Catalogue, Paid
from posdevkit.till.journal import Entry, Verifier
from posdevkit.till.signing import Ed25519Signer

COFFEE = Product("coffee", "Flat white", 3800, 2500, group="bar")
APPLES = Product("apples", "Æbler", 2495, 2500, by_weight=True)
POINTS = Campaign("club", "Klub", "earn", amount=1000, members_only=True)
SPEND = Campaign("spend", "Brug point", "redeem", amount=100, members_only=True)
ANNA = Customer("0198c1a2-b3c4-7000-8000-000000000001", "Anna", phone="+4512345678", points=50)

pytestmark = pytest.mark.asyncio


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 14, 10, 32, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest_asyncio.fixture
async def register(tmp_path: Path, wall: Wall) -> AsyncIterator[Register]:
    catalogue = Catalogue((COFFEE, APPLES))
    async with Register.open(
        tmp_path / "till.db", catalogue=catalogue, campaigns=(POINTS, SPEND), wall=wall, day_starts=time(4)
    ) as opened:
        yield opened


def cash(kroner: int) -> tuple[Paid, ...]:
    return (Paid("cash", Money.of(kroner)),)


async def two_coffees(register: Register) -> Basket:
    return (await register.basket()).add(COFFEE, 2)


async def test_a_sale_moves_everything_at_once(register: Register) -> None:
    basket = (await register.basket(ANNA)).add(COFFEE, 2).add(APPLES, Decimal("0.455"))
    sold = await register.sell(basket, cash(100), cashier="Bo")
    assert (sold.receipt, sold.sale.total, sold.sale.rounding) == ("1-000001", 8735, 15)
    assert (sold.change, sold.pieces) == (Money(1250), {1000: 1, 200: 1, 50: 1})
    assert await register.stock("coffee") == -2
    assert await register.stock("apples") == Decimal("-0.455")
    with register._store.reading() as connection:
        assert PointsLedger().balance(connection, ANNA.id) == 8
        assert Outbox().backlog(connection).facts == 1
        assert [entry.kind for entry in Journal().entries(connection)] == ["shift-opened", "sale"]
    report = await register.journal()
    assert (report.rows, report.broken) == (2, None)


async def test_what_cannot_be_paid_leaves_nothing(register: Register) -> None:
    with pytest.raises(BadTender, match="short of the total"):
        await register.sell(await two_coffees(register), cash(50))
    with register._store.reading() as connection:
        assert Outbox().backlog(connection).facts == 0
    assert (await register.sell(await two_coffees(register), cash(76))).receipt == "1-000001"


async def test_the_same_sale_is_made_once(register: Register, wall: Wall) -> None:
    identifier, basket = uuid7(), await two_coffees(register)
    first = await register.sell(basket, cash(100), id=identifier)
    wall.time += timedelta(days=1)
    again = await register.sell(basket, cash(100), id=identifier)
    assert (first.new, again.new) == (True, False)
    assert again.fact == first.fact
    with pytest.raises(JobConflict, match=r"receipt 1-000001"):
        await register.sell(basket.add(COFFEE), cash(200), id=identifier)
    assert await register.stock("coffee") == -2


async def test_sales_at_once_get_numbers_without_a_gap(register: Register) -> None:
    basket = await two_coffees(register)
    sold = await asyncio.gather(*(register.sell(basket, cash(100)) for _ in range(20)))
    assert sorted(one.sale.sequence for one in sold) == list(range(1, 21))
    with register._store.reading() as connection:
        assert Sales().gaps(connection, "1") == []


async def test_refunds_in_parts_and_no_more_than_was_sold(register: Register) -> None:
    sold = await register.sell(await two_coffees(register), cash(76))
    identifier = uuid7()
    one = await register.refund(sold.receipt, {0: 1}, means="cash", id=identifier)
    assert (one.sale.total, one.change) == (-3800, Money(3800))
    assert (await register.refund(sold.receipt, {0: 1}, means="cash", id=identifier)).new is False
    with pytest.raises(BadRefund):
        await register.refund(sold.receipt, {0: 2}, means="cash")
    await register.refund(sold.receipt, {0: 1}, means="cash")
    assert await register.stock("coffee") == 0
    with pytest.raises(NotFound, match="at the register that sold it"):
        await register.refund("2-000001")


async def test_change_without_coins_for_it_is_still_told(register: Register, tmp_path: Path, wall: Wall) -> None:
    basket = (await register.basket()).add(APPLES, Decimal("0.455"))
    exact = await register.sell(basket, (Paid("cash", Money(1135)),))
    back = await register.refund(exact.receipt)
    assert (back.change, back.pieces) == (Money(1135), {})
    async with Register.open(tmp_path / "yen.db", catalogue=Catalogue((COFFEE,), currency="JPY"), wall=wall) as other:
        sold = await other.sell((await other.basket()).add(COFFEE), (Paid("cash", Money(5000, "JPY")),))
        assert (sold.change, sold.pieces) == (Money(1200, "JPY"), {})


async def test_what_a_refund_comes_to_is_told_before_it_is_booked(register: Register) -> None:
    sold = await register.sell(await two_coffees(register), [Paid("card", Money(7600), "12")])
    (due,) = await register.refund_due(sold.receipt, {0: 1}, means="card")
    assert (due.means, due.amount, due.reference) == ("card", -3800, "")
    back = await register.refund(sold.receipt, {0: 1}, means="card", reference="13")
    assert (back.receipt, back.sale.tenders) == ("1-000002", (replace(due, reference="13"),))  # nothing was booked
    assert (await register.refund_due(sold.receipt, means="card"))[0].amount == -3800
    with pytest.raises(BadRefund, match="1 are left"):
        await register.refund_due(sold.receipt, {0: 2}, means="card")
    with pytest.raises(NotFound):
        await register.refund_due("2-000001")


async def test_of_two_refunds_at_once_the_second_sees_the_first(register: Register) -> None:
    sold = await register.sell((await register.basket()).add(COFFEE), cash(38))
    done = await asyncio.gather(
        *(register.refund(sold.receipt, means="cash") for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["BadRefund"] * 4 + ["Sold"]
    assert await register.stock("coffee") == 0


async def test_a_basket_that_is_paid_after_midnight_costs_what_it_was_rung_up_for(
    register: Register, wall: Wall
) -> None:
    yesterday = Campaign("late", "I dag", "percent", basis_points=5000, ends="2026-03-14")
    basket = replace(await register.basket(), campaigns=(yesterday,)).add(COFFEE)
    wall.time += timedelta(days=1)
    sold = await register.sell(basket, cash(19))
    assert (sold.sale.total, sold.sale.business_day) == (1900, "2026-03-15")


async def test_a_shift_from_its_float_to_its_z_report(register: Register, wall: Wall) -> None:
    with pytest.raises(NotFound, match="no shift"):
        await register.x_report()
    await register.open_shift(opening_cash=Money.of(500), cashier="Bo")
    await register.sell(await two_coffees(register), cash(100))
    await register.sell(await two_coffees(register), (Paid("card", Money(7600)),))
    looked = await register.x_report()
    assert (looked.sales, looked.expected_cash) == (2, 57600)
    wall.time += timedelta(hours=8)
    closed = await register.z_report(counted_cash=Money.of(575), cashier="Bo")
    assert closed == replace(looked, counted_cash=57500, closed_at=wall.time.isoformat())
    with pytest.raises(NotFound):
        await register.z_report()
    await register.sell(await two_coffees(register), cash(100))
    assert (await register.z_report()).number == 2
    with register._store.reading() as connection:
        kinds = [entry.kind for entry in Journal().entries(connection)]
    assert kinds == ["shift-opened", "sale", "sale", "x-report", "z-report", "shift-opened", "sale", "z-report"]


async def test_before_the_day_starts_it_is_yesterday(register: Register, wall: Wall) -> None:
    wall.time = datetime(2026, 3, 15, 3, 59, tzinfo=UTC)
    assert (await register.sell(await two_coffees(register), cash(76))).sale.business_day == "2026-03-14"
    basket = await two_coffees(register)
    wall.time = datetime(2026, 3, 15, 4, 0, tzinfo=UTC)
    assert (await register.sell(basket, cash(76))).sale.business_day == "2026-03-15"


async def test_parking(register: Register) -> None:
    basket = await two_coffees(register)
    await register.park("milk", basket)
    with pytest.raises(UsageError, match="parked already"):
        await register.park("milk", basket)
    assert [one.name for one in await register.parked()] == ["milk"]
    assert await register.resume("milk") == basket
    with pytest.raises(UsageError, match="no basket"):
        await register.resume("milk")
    assert (await register.journal()).rows == 2


async def test_points_that_were_spent_offline_cannot_be_spent_again(register: Register) -> None:
    with register._store.transaction() as transaction:
        Mirror().apply(transaction, Change(1, ANNA))
    for word in (ANNA.id, ANNA.phone):
        assert (await register.customer(word)).points == 50
    basket = (await register.basket(await register.customer(ANNA.id))).add(COFFEE, 2).redeem(40)
    await register.sell(basket, (Paid("card", basket.total),))
    # 76,00 less 40 points of a krone: 36,00 are paid, and earn three points.
    assert (await register.customer(ANNA.id)).points == 50 - 40 + 3
    with pytest.raises(NotFound) as caught:
        await register.customer("+4599999999")
    assert "99999999" not in str(caught.value)


async def test_what_the_cloud_told_is_sold(register: Register) -> None:
    with register._store.transaction() as transaction:
        Mirror().apply(transaction, Change(1, replace(COFFEE, price=3900, version=1)))
        Settings().set_cursor(transaction, 1)
    assert (await register.catalogue()).products["coffee"].price == 3900
    with register._store.transaction() as transaction:
        Mirror().apply(transaction, Change(2, replace(COFFEE, price=4000, version=2)))
        Settings().set_cursor(transaction, 2)
        Mirror().apply(transaction, Change(2, Campaign("half", "Halv pris", "percent", basis_points=5000)))
    catalogue = await register.catalogue()
    basket = (await register.basket()).add(catalogue.products["coffee"])
    assert (len(catalogue), basket.total) == (2, Money(2000))


async def test_stock_and_customers_are_facts_and_the_journal_keeps_no_name(register: Register) -> None:
    await register.move_stock([Movement("coffee", Decimal(100), "delivery")], note="mandag")
    await register.edit_customer(CustomerEdited(ANNA.id, name="Anna Hansen"))
    assert await register.stock("coffee") == 100
    with register._store.reading() as connection:
        rows = [entry.payload for entry in Journal().entries(connection)]
        kinds = [one.text for one in Outbox().batch(connection, facts=9, bytes_=9999)]
    assert "Hansen" not in "".join(rows)
    assert '"fields":["name"]' in rows[1]
    assert "Hansen" in kinds[1]


async def test_one_program_sells_at_a_register_and_one_register_in_a_file(
    register: Register, tmp_path: Path, wall: Wall
) -> None:
    with pytest.raises(Claimed, match="sells at this register"):
        await Register.open(tmp_path / "till.db")
    await register.close()
    with pytest.raises(Closed):
        await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))
    with pytest.raises(UsageError, match="belongs to register '1'"):
        await Register.open(tmp_path / "till.db", register="2")
    async with Register.open(tmp_path / "till.db", wall=wall) as again:
        assert (await again.sell(Basket("2026-03-14").add(COFFEE), cash(38))).receipt == "1-000001"


async def test_a_clock_that_was_set_back_orders_nothing(tmp_path: Path, wall: Wall) -> None:
    facts = []
    for hours in (0, -5, 1):
        wall.time += timedelta(hours=hours)
        async with Register.open(tmp_path / "till.db", wall=wall) as register:
            facts.append((await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))).fact)
    assert [one.hlc for one in facts] == sorted(one.hlc for one in facts)


async def test_a_full_disk_sells_nothing_and_gives_the_number_back(register: Register) -> None:
    basket = await two_coffees(register)
    await register.sell(basket, cash(76))
    connection = register._store._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputFailed, match="full"):
        for _ in range(100):
            await register.sell(basket, cash(76))
    connection.execute("PRAGMA max_page_count = 1000000")
    await register.sell(basket, cash(76))
    with register._store.reading() as reading:
        assert Sales().gaps(reading, "1") == []
        assert StockLedger().recount(reading) == []
        (count,) = reading.execute("SELECT count(*) FROM sale").fetchone()
        assert Outbox().backlog(reading).facts == count
        assert StockLedger().balance(reading, "coffee") == -2 * count
    assert (await register.journal()).broken is None


async def test_a_signed_journal_and_a_word_from_another_program(tmp_path: Path, wall: Wall) -> None:
    signer = Ed25519Signer.generate()
    async with Register.open(tmp_path / "till.db", wall=wall, signer=signer) as register:
        sold = await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))
    store = Store(tmp_path / "till.db")
    with store.transaction() as transaction:
        (pending,) = Outbox().batch(transaction, facts=1, bytes_=1)
        DeadLetters().bury(transaction, pending, "bad-fact", "no")
        DeadLetters().discard(transaction, sold.fact.id, by="Åse", reason="a test")
    store.close()
    async with Register.open(tmp_path / "till.db", wall=wall, signer=signer) as register:
        report = await register.journal(verifier=signer.verifier)
        assert (report.rows, report.broken) == (3, None)
        assert report.head is not None
        assert (report.head.kind, report.head.actor) == ("discarded", "Åse")
        unsigned = await register.journal()
        assert unsigned.broken is not None
        assert unsigned.broken.why == "signature"


class Dwelling:
    """Checks signatures, and stops at the third until it is told to go on: a journal of years, looked through."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._seen = 0
        self.stopped, self.goes_on = threading.Event(), threading.Event()

    def verify(self, data: bytes, signature: str) -> bool:
        self._seen += 1
        if self._seen == 3:
            self.stopped.set()
            assert self.goes_on.wait(30)
        return self._verifier.verify(data, signature)


async def looked_at(register: Register, dwelling: Dwelling, head: Entry | None = None) -> asyncio.Task[JournalReport]:
    """A look through the journal that is under way."""
    looking = asyncio.create_task(register.journal(verifier=dwelling, head=head))
    assert await in_thread(lambda: dwelling.stopped.wait(30), name="waiting")
    return looking


@pytest.mark.parametrize("piece", [1, 2, 500])
async def test_selling_goes_on_while_the_journal_is_looked_through(
    tmp_path: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr("posdevkit.counter.book.PIECE", piece)
    signer = Ed25519Signer.generate()
    async with Register.open(tmp_path / "till.db", wall=wall, signer=signer) as register:
        for _ in range(4):
            await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))
        kept = (await register.journal(verifier=signer.verifier)).head
        dwelling = Dwelling(signer.verifier)
        looking = await looked_at(register, dwelling, kept)
        try:
            async with asyncio.timeout(10):
                await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))
        finally:
            dwelling.goes_on.set()
        report = await looking
        assert (report.rows, report.head, report.broken) == (5, kept, None)
        after = await register.journal(verifier=signer.verifier, head=kept)
        assert (after.rows, after.broken) == (6, None)


async def test_a_register_that_is_closed_is_looked_through_no_further(
    tmp_path: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.counter.book.PIECE", 1)
    signer = Ed25519Signer.generate()
    dwelling = Dwelling(signer.verifier)
    async with Register.open(tmp_path / "till.db", wall=wall, signer=signer) as register:
        for _ in range(4):
            await register.sell(Basket("2026-03-14").add(COFFEE), cash(38))
        looking = await looked_at(register, dwelling)
    dwelling.goes_on.set()
    with pytest.raises(Closed):
        await looking
    with pytest.raises(Closed):
        await register.journal(verifier=signer.verifier)


async def test_without_a_printer_printing_is_refused(register: Register) -> None:
    sold = await register.sell(await two_coffees(register), cash(76))
    for attempt in (register.print_copy(sold.receipt), register.open_drawer("change")):
        with pytest.raises(UsageError, match="has no printer"):
            await attempt
    with pytest.raises(UsageError, match="for a reason"):
        await register.open_drawer(" ")
    assert isinstance(sold.sale, Sale)
    assert isinstance(await register.z_report(), ShiftClosed)
