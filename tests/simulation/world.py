"""A shop in a bad world: tills and a cloud whose network, clocks and processes fail by a seed.

Everything that is judged is the real thing (a register's book and store, the client's pusher and puller, the server's
taking of facts and its changes, on SQLite files); only the wire between them is played, and the seed decides what
becomes of each exchange and at which named point a process dies.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal
from uuid import UUID, uuid4

from sqlalchemy import func, select

from posdevkit.cloud.backoff import Timing
from posdevkit.cloud.http import Reply
from posdevkit.cloud.keeper import Keeper
from posdevkit.cloud.pulling import Puller
from posdevkit.cloud.pushing import Pusher
from posdevkit.contract import Campaign, Customer, HlcClock, Movement, Sale, StockMoved, fact_from_json, uuid7
from posdevkit.counter.book import Book, verified
from posdevkit.errors import BadRefund, CloudError, CloudOffline
from posdevkit.money import Money
from posdevkit.server import tables
from posdevkit.server.changes import entries_after
from posdevkit.server.database import Database
from posdevkit.server.demo import TENANT, create_shop
from posdevkit.server.taking import Device, read, take
from posdevkit.server.tokens import access_of, create_token
from posdevkit.store import DeadLetters, Mirror, Outbox, Sales, Settings, StockLedger, Store
from posdevkit.till import Basket, Catalogue, Paid, refund_of, sale_of

__all__ = ["FATES", "Crash", "Fate", "World"]

STORE: Final = "nord"
ANNA: Final = "01890000-0000-7000-8000-000000000000"
"""The demo shop's first customer."""
COFFEE: Final = "1005"
BUN: Final = "1100"
EARN: Final = Campaign("points", "Points", "earn", amount=1000, members_only=True)
SPEND: Final = Campaign("spend", "Spend", "redeem", amount=100, members_only=True)
MILLION: Final = 1_000_000

Fate = Literal["well", "cut before", "cut after", "twice", "rolled back", "sign-in page", "nonsense", "late"]
FATES: Final[tuple[Fate, ...]] = (
    "well", "well", "well", "cut before", "cut after", "twice", "rolled back", "sign-in page", "nonsense", "late",
)  # fmt: skip


class Crash(BaseException):
    """The process dies here. No `except` of the program sees it coming."""


class Wall:
    """A wall clock that jumps."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 14, 8, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, a second after the last one."""
        self.time += timedelta(seconds=1)
        return self.time

    def seconds(self) -> float:
        """Since 1970."""
        return self.time.timestamp()


class Cloud:
    """The server behind a wire that is played."""

    def __init__(self, folder: Path, *, unique: bool = True) -> None:
        self.database = Database(f"sqlite:///{folder / 'cloud.db'}")
        tokens = create_shop(self.database)
        assert tokens is not None
        with self.database.writing() as connection:
            self.tokens = {
                str(number): create_token(connection, TENANT, "terminal", store_id=STORE, terminal=str(number)).reveal()
                for number in range(1, 5)
            }
        self._clock = HlcClock("cloud")
        self._unique = unique
        self._late: list[tuple[str, bytes]] = []

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def push(self, token: str, body: bytes, *, commits: bool = True) -> bytes:
        """Take a batch as the route does; `commits=False` is a server that dies before its commit."""
        facts = json.loads(body)["facts"]
        sent = [fact["id"] for fact in facts]
        if not self._unique:
            # The control: a server that takes each arrival for something new.
            for fact in facts:
                fact["id"] = str(uuid4())
        try:
            with self.database.writing() as connection:
                access = access_of(connection, token)
                assert access is not None
                results = take(connection, access, read(access, facts), Device(), self._clock)
                if not commits:
                    raise Crash
        except Crash:
            return b""
        answers = [asdict(one) | {"id": name} for one, name in zip(results, sent, strict=True)]
        return json.dumps({"results": answers}).encode()

    def pull(self, token: str, after: int) -> bytes:
        """A small page, so that there are several."""
        with self.database.reading() as connection:
            access = access_of(connection, token)
            assert access is not None
            page = entries_after(connection, access, TENANT, after, 7)
        changes = ",".join(entry.wire for entry in page.entries)
        return f'{{"changes":[{changes}],"next":{page.next},"more":{json.dumps(page.more)}}}'.encode()

    def later(self, token: str, body: bytes) -> None:
        """A batch that the network holds back: it arrives after others."""
        self._late.append((token, body))

    def arrive(self) -> None:
        """What was held back arrives, and its answer reaches nobody."""
        late, self._late = self._late, []
        for token, body in late:
            self.push(token, body)


class Wire:
    """Stands where `cloud.http.Http` does."""

    def __init__(self, cloud: Cloud, token: str, fate: Callable[[], Fate]) -> None:
        self._cloud = cloud
        self._token = token
        self._fate = fate

    async def post(self, _path: str, body: bytes, _headers: dict[str, str]) -> Reply:
        """A push, and what becomes of it."""
        match self._fate():
            case "cut before":
                raise CloudOffline("cut before it arrived")
            case "rolled back":
                self._cloud.push(self._token, body, commits=False)
                raise CloudOffline("the server died before its commit")
            case "cut after":
                self._cloud.push(self._token, body)
                raise CloudOffline("cut after the commit")
            case "late":
                self._cloud.later(self._token, body)
                raise CloudOffline("no answer in time")
            case "twice":
                self._cloud.push(self._token, body)
            case "sign-in page":
                return Reply(200, {"content-type": "text/html"}, b"<h1>Free wifi</h1>")
            case "nonsense":
                return _json(b'{"results":[]}')
        return _json(self._cloud.push(self._token, body))

    async def get(self, path: str) -> Reply:
        """A pull."""
        fate = self._fate()
        if fate in ("cut before", "rolled back", "late"):
            raise CloudOffline("cut")
        after = int(path.partition("after=")[2].partition("&")[0])
        answer = _json(self._cloud.pull(self._token, after))
        if fate == "cut after":
            raise CloudOffline("cut")
        return Reply(200, {"content-type": "text/html"}, b"") if fate == "sign-in page" else answer


def _json(body: bytes) -> Reply:
    return Reply(200, {"content-type": "application/json"}, body)


@dataclass
class Wanted:
    """A sale that a cashier is ringing up: asked for under one identifier until it is answered."""

    id: UUID
    basket: Basket
    answered: bool = False


@dataclass
class Till:
    """One register; its process may die at any named point and is started again."""

    name: str
    path: Path
    cloud: Cloud
    chance: random.Random
    crash_rate: float
    wall: Wall = field(default_factory=Wall)
    wanted: list[Wanted] = field(default_factory=list)
    crashes: int = 0
    calm: bool = False
    """Nothing goes wrong any more."""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """The process starts."""
        self.store = Store(self.path)
        self.store._connection.execute("PRAGMA synchronous=OFF")  # processes die here, not the power
        self.book = Book(self.store, self.name, signer=None, wall=self.wall)
        self.book.passed = self._may_die
        self.keeper = Keeper(self.store, Timing(wall=self.wall.seconds))
        self.keeper.passed = self._may_die
        wire = Wire(self.cloud, self.cloud.tokens[self.name], self._fate)
        self.pusher = Pusher(wire, self.keeper)  # type: ignore[arg-type]  # the played wire
        self.puller = Puller(wire, self.keeper)  # type: ignore[arg-type]  # the played wire

    def stop(self) -> None:
        """The process ends."""
        self.store.close()

    def _may_die(self, _point: object) -> None:
        if not self.calm and self.chance.random() < self.crash_rate:
            raise Crash

    def _fate(self) -> Fate:
        return "well" if self.calm else self.chance.choice(FATES)

    def doing(self, act: Callable[[], object]) -> None:
        """Do it; where the process dies in it, it starts again."""
        try:
            act()
        except Crash:
            self.crashes += 1
            self.stop()
            self.start()

    # What a cashier does.

    def ring_up(self, goods: Catalogue, *, coffees: int, redeem: int = 0, member: bool = False) -> None:
        """Sell something, perhaps to a member who pays with points."""
        points = self._points() if member else 0
        customer = Customer(ANNA, points=points) if member else None
        basket = Basket("2026-03-14", campaigns=(EARN, SPEND)).for_customer(customer)
        basket = basket.add(goods.products[COFFEE], coffees).add(goods.products[BUN])
        if member and 0 < redeem <= points:
            basket = basket.redeem(redeem)
        self.wanted.append(Wanted(uuid7(), basket))
        self.doing(lambda: self.answer(self.wanted[-1]))

    def _points(self) -> int:
        with self.store.reading() as connection:
            known = Mirror().customer(connection, ANNA)
        return max(0, known.points) if known else 0

    def answer(self, wanted: Wanted) -> None:
        """Ask for the sale under its identifier."""
        paid = [Paid("cash", Money.of(10_000))]

        def make(number: int, _at: datetime) -> Sale:
            receipt = f"{self.name}-{number:06}"
            return sale_of(wanted.basket, paid, receipt=receipt, register=self.name, sequence=number)

        self.book.sell(make, lambda fact: None, id=wanted.id, actor="")
        wanted.answered = True

    def refund(self) -> None:
        """Give back one coffee of some sale, if one is left."""
        done = [wanted for wanted in self.wanted if wanted.answered]
        if done:
            wanted = self.chance.choice(done)
            self.doing(lambda: self._refund(wanted.id))

    def _refund(self, identifier: UUID) -> None:
        with self.store.reading() as connection:
            fact = Sales().sale(connection, identifier)
            earlier = [one.body for one in Sales().refunds_of(connection, identifier) if isinstance(one.body, Sale)]
        assert fact is not None
        assert isinstance(fact.body, Sale)
        sale = fact.body

        def make(number: int, _at: datetime) -> Sale:
            return refund_of(
                sale,
                str(identifier),
                receipt=f"{self.name}-{number:06}",
                register=self.name,
                sequence=number,
                business_day="2026-03-14",
                quantities={0: 1},
                earlier=earlier,
                means="cash",
            )

        try:
            self.book.sell(make, lambda fact: None, id=None, actor="")
        except BadRefund:
            pass  # all of it has been given back

    def deliver(self) -> None:
        """A delivery of coffee."""
        moved = StockMoved((Movement(COFFEE, Decimal("10.5"), "delivery"),))
        self.doing(lambda: self.book.happened(moved, actor=""))

    # What the client does.

    def push(self) -> None:
        """Send a batch, whatever becomes of it."""
        self.doing(lambda: asyncio.run(self._tried(self.pusher.step)))

    def pull(self) -> None:
        """Pull a page."""
        self.doing(lambda: asyncio.run(self._tried(self.puller.page)))

    async def _tried(self, step: Callable[[], object]) -> None:
        try:
            await step()  # type: ignore[misc]  # both are coroutine functions
        except CloudError as problem:
            await self.keeper.troubled(problem)

    def settle(self) -> None:
        """Everything that is wanted is answered and sent, and all changes are here."""
        for wanted in self.wanted:
            if not wanted.answered:
                self.answer(wanted)
        while asyncio.run(self.pusher.step()):
            pass
        while asyncio.run(self.puller.page())[1]:
            pass


class World:
    """Tills and a cloud. `step` does one thing that a seed chooses; `judge` makes peace and looks at everything."""

    def __init__(
        self, folder: Path, seed: int, *, tills: int = 4, crash_rate: float = 0.04, unique: bool = True
    ) -> None:
        self.chance = random.Random(seed)
        self.cloud = Cloud(folder, unique=unique)
        self.goods = Catalogue.demo()
        self.tills = [
            Till(str(number), folder / f"till-{number}.db", self.cloud, self.chance, crash_rate)
            for number in range(1, tills + 1)
        ]

    def close(self) -> None:
        """Let go of all files."""
        for till in self.tills:
            till.stop()
        self.cloud.close()

    def step(self) -> None:
        """One thing happens somewhere."""
        till = self.chance.choice(self.tills)
        acts: Sequence[tuple[int, Callable[[], None]]] = (
            (6, lambda: till.ring_up(self.goods, coffees=self.chance.randint(1, 3))),
            (3, lambda: till.ring_up(self.goods, coffees=1, redeem=self.chance.randint(0, 9), member=True)),
            (2, till.refund),
            (1, till.deliver),
            (6, till.push),
            (2, till.pull),
            (1, self.cloud.arrive),
            (1, lambda: self._jump(till)),
            (1, lambda: till.doing(self._dies)),
        )
        weights = [weight for weight, _ in acts]
        self.chance.choices([act for _, act in acts], weights)[0]()

    def _jump(self, till: Till) -> None:
        till.wall.time += timedelta(hours=self.chance.randint(-30, 30))

    @staticmethod
    def _dies() -> None:
        raise Crash

    def judge(self) -> None:
        """Peace, then: all that was sold is in the cloud once, and every sum agrees."""
        for till in self.tills:
            till.calm = True
            till.settle()
        self.cloud.arrive()
        for till in self.tills:
            till.settle()
        self._tills_are_whole()
        self._cloud_has_all_once()
        self._sums_agree()

    def _tills_are_whole(self) -> None:
        for till in self.tills:
            with till.store.reading() as connection:
                assert Sales().gaps(connection, till.name) == [], f"till {till.name}: a gap in the receipts"
                assert StockLedger().recount(connection) == []
                assert Outbox().backlog(connection).facts == 0
                assert DeadLetters().count(connection) == 0
                assert verified(connection).broken is None, f"till {till.name}: a broken journal"
                for wanted in till.wanted:
                    assert Sales().sale(connection, wanted.id) is not None, "a sale that was answered is lost"
                hlcs = [fact_from_json(json.loads(row[0])).hlc for row in connection.execute(_IN_ORDER)]
                assert hlcs == sorted(hlcs), "a clock that went back changed the order"

    def _sold(self) -> dict[str, Sale]:
        found = {}
        for till in self.tills:
            with till.store.reading() as connection:
                for (text,) in connection.execute(_IN_ORDER):
                    fact = fact_from_json(json.loads(text))
                    assert isinstance(fact.body, Sale)
                    found[str(fact.id)] = fact.body
        return found

    def _cloud_has_all_once(self) -> None:
        sold = self._sold()
        with self.cloud.database.reading() as connection:
            rows = connection.execute(select(tables.order.c.id, tables.order.c.total, tables.order.c.receipt)).all()
        assert len(rows) == len(sold), f"{len(sold)} were sold and {len(rows)} arrived"
        assert {row.id: (row.total, row.receipt) for row in rows} == {
            name: (sale.total, sale.receipt) for name, sale in sold.items()
        }

    def _sums_agree(self) -> None:
        stock: dict[str, Decimal] = {}
        for till in self.tills:
            with till.store.reading() as connection:
                for sku in (COFFEE, BUN):
                    stock[sku] = stock.get(sku, Decimal(0)) + StockLedger().balance(connection, sku)
        points = sum(entry.points for sale in self._sold().values() for entry in sale.points)
        with self.cloud.database.reading() as connection:
            moved = tables.movement.c
            kept = tables.balance.c
            for sku, quantity in stock.items():
                entries = connection.scalar(select(func.coalesce(func.sum(moved.quantity), 0)).where(moved.sku == sku))
                balance = connection.scalar(select(func.coalesce(func.sum(kept.quantity), 0)).where(kept.sku == sku))
                assert entries == balance == quantity * MILLION, f"stock of {sku}"
            entry = tables.points.c
            ledger = connection.scalar(select(func.coalesce(func.sum(entry.points), 0)).where(entry.customer == ANNA))
            customer = tables.customer.c
            shown = connection.scalar(select(customer.points).where(customer.id == ANNA))
            assert ledger == shown == points, "points"
        for till in self.tills:
            with till.store.reading() as connection:
                known = Mirror().customer(connection, ANNA)
                assert known is not None
                assert known.points == points, f"till {till.name} was told {known.points} points of {points}"
                assert Settings().cursor(connection) > 0


_IN_ORDER: Final = "SELECT fact FROM sale ORDER BY register, sequence"
