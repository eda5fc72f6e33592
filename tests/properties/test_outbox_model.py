"""Sales, refunds, crashes, partitions, lost answers and late copies in any order: in the end all is there, once.

The model is what was sold. The server is played in memory: facts by identifier, stock by product. The control stores
whatever comes, and the same run finds its sums wrong.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from posdevkit.contract import Line, Movement, Points, Tender, VatTotal
from posdevkit.store import DeadLetters, Outbox, Pending, PointsLedger, Sales, StockLedger, Store, record
from tests.unit.cloud.facts import a_sale

CUSTOMER = "01980000-0000-7000-8000-000000000001"


class Shop(RuleBasedStateMachine):
    """One till and the server that hears from it."""

    unique = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store(self.folder / "till.db")
        self.sold: list[str] = []
        self.pieces = 0
        self.points = 0
        self.server: list[tuple[str, str]] = []
        self.flying: list[list[Pending]] = []
        """Batches that the network may deliver again, however late."""
        self.refused: set[str] = set()
        self.discarded: set[str] = set()

    def teardown(self) -> None:
        self.heal()
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(count=st.integers(1, 3), fails=st.booleans())
    def sell(self, count: int, fails: bool) -> None:
        """A sale; or one that is broken off after everything was written and before the commit."""
        self._commit(count, None, fails)

    @precondition(lambda self: self.sold)
    @rule(data=st.data(), fails=st.booleans())
    def refund(self, data: st.DataObject, fails: bool) -> None:
        self._commit(-1, data.draw(st.sampled_from(self.sold)), fails)

    def _commit(self, count: int, refund_of: str | None, fails: bool) -> None:
        total = 3800 * count
        try:
            with self.store.transaction() as transaction:
                fact = a_sale(
                    Sales().next_sequence(transaction, "1"),
                    lines=(Line("coffee", "Flat white", Decimal(count), 3800, total, 2500),),
                    tenders=(Tender("card", total),),
                    vat=(VatTotal(2500, total, 760 * count),),
                    total=total,
                    movements=(Movement("coffee", Decimal(-count), "refund" if refund_of else "sale"),),
                    points=(Points(CUSTOMER, "club", "reverse" if refund_of else "earn", 38 * count),),
                    refund_of=refund_of,
                )
                record(transaction, fact)
                if fails:
                    raise KeyError
        except KeyError:
            return
        self.sold.append(str(fact.id))
        self.pieces -= count
        self.points += 38 * count

    @rule(most=st.integers(1, 4), arrives=st.booleans(), answered=st.booleans())
    def push(self, most: int, arrives: bool, answered: bool) -> None:
        """A batch: it may be lost on the way there, or its answer on the way back."""
        with self.store.transaction() as transaction:
            batch = Outbox().batch(transaction, facts=most, bytes_=100_000)
            Outbox().attempted(transaction, batch)
        if not batch:
            return
        self.flying.append(batch)
        if not arrives:
            return
        verdicts = self._receive(batch)
        if answered:
            self._settle(batch, verdicts)

    def _receive(self, batch: Sequence[Pending]) -> list[bool]:
        known = dict(self.server)
        verdicts = []
        for one in batch:
            if one.id in self.refused:
                verdicts.append(False)
                continue
            if not self.unique or one.id not in known:
                self.server.append((one.id, one.text))
                known[one.id] = one.text
            assert known[one.id] == one.text
            verdicts.append(True)
        return verdicts

    def _settle(self, batch: Sequence[Pending], verdicts: Sequence[bool]) -> None:
        with self.store.transaction() as transaction:
            for one, taken in zip(batch, verdicts, strict=True):
                if taken:
                    Outbox().remove(transaction, [one])
                else:
                    DeadLetters().bury(transaction, one, "bad-fact", "")

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def deliver_late(self, data: st.DataObject) -> None:
        """The network brings a batch of long ago once more; nobody hears the answer."""
        self._receive(data.draw(st.sampled_from(self.flying)))

    @rule()
    def crash(self) -> None:
        """The process is gone, the file is as it was committed."""
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / "till.db"
        for part in self.folder.glob("till.db*"):
            shutil.copy(part, copy.with_name(part.name))
        self.store.close()
        for part in self.folder.glob("till.db*"):
            part.unlink()
        for part in copy.parent.glob("till.db*"):
            shutil.copy(part, self.folder / part.name)
        self.store = Store(self.folder / "till.db")

    @precondition(lambda self: self.sold)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        """The server takes a dislike to a fact that it does not have."""
        identifier = data.draw(st.sampled_from(self.sold))
        if identifier not in dict(self.server):
            self.refused.add(identifier)

    @rule(data=st.data(), discards=st.booleans())
    def a_person_decides(self, data: st.DataObject, discards: bool) -> None:
        with self.store.transaction() as transaction:
            waiting = DeadLetters().waiting(transaction)
            if not waiting:
                return
            letter = data.draw(st.sampled_from(waiting))
            if discards:
                DeadLetters().discard(transaction, letter.id, by="Bo", reason="by hand")
                self.discarded.add(letter.id)
            else:
                self.refused.discard(letter.id)
                DeadLetters().retry(transaction, letter.id)

    @invariant()
    def the_books_are_right(self) -> None:
        with self.store.reading() as connection:
            assert StockLedger().recount(connection) == []
            assert PointsLedger().recount(connection) == []
            assert StockLedger().balance(connection, "coffee") == self.pieces
            assert PointsLedger().balance(connection, CUSTOMER) == self.points
            assert Sales().gaps(connection, "1") == []
            (count,) = connection.execute("SELECT count(*) FROM sale").fetchone()
            assert count == len(self.sold)
            # Every fact is in the outbox, a dead letter, or on the server (or both, where an answer was lost).
            waiting = {row[0] for row in connection.execute("SELECT fact_id FROM outbox")}
            dead = {row[0] for row in connection.execute("SELECT fact_id FROM dead_letter")}
        assert not waiting & dead
        assert set(self.sold) == waiting | dead | {identifier for identifier, _ in self.server}

    def heal(self) -> None:
        """The network is well, the server takes everything: it ends with every fact once, and with the same stock."""
        self.refused.clear()
        while True:
            with self.store.transaction() as transaction:
                for letter in DeadLetters().waiting(transaction):
                    DeadLetters().retry(transaction, letter.id)
                batch = Outbox().batch(transaction, facts=100, bytes_=256_000)
            if not batch:
                break
            self._settle(batch, self._receive(batch))
        arrived = [identifier for identifier, _ in self.server]
        assert sorted(arrived) == sorted(set(self.sold) - (self.discarded - set(arrived)))
        moved = sum(
            Decimal(one["quantity"]) for _, text in self.server for one in json.loads(text)["body"]["movements"]
        )
        lost = self.discarded - set(arrived)
        if not lost:
            assert moved == self.pieces


class Control(Shop):
    """A server that does not look at identifiers."""

    unique = False


SOME = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_everything_arrives_once() -> None:
    run_state_machine_as_test(Shop, settings=SOME)


def test_the_control_is_found_out() -> None:
    # The first run that fails is enough; nobody needs the shortest.
    once = settings(SOME, max_examples=200, report_multiple_bugs=False, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Control, settings=once)
