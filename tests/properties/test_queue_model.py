"""The queue's rows against a model that counts bytes on paper: at most one printing for each word of a person."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from posdevkit.errors import Claimed, UsageError
from posdevkit.events import Delivery, Outcome
from posdevkit.printqueue import Keeping, QueueState
from posdevkit.printqueue.forms import Form, to_other
from posdevkit.printqueue.table import JobTable, Wishes
from posdevkit.printqueue.turns import Found, Turns
from posdevkit.printqueue.upkeep import prune
from posdevkit.protocols.job import Compiled
from posdevkit.store.migrations import MIGRATIONS

NAMES = ("p", "q")
KEYS = ("a", "b", "c", "d")
ENDS = {
    "confirmed": (QueueState.PRINTED, Delivery.CONFIRMED),
    "unknown": (QueueState.UNCONFIRMED, Delivery.UNKNOWN),
}


def job(text: str) -> Compiled:
    return Compiled(text.encode(), (len(text),), len(text))


class Queue(RuleBasedStateMachine):
    """Two printers, several workers of each that may lose sight of what they claimed, and a person."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.file = sqlite3.connect(":memory:", isolation_level=None)
        self.file.execute("PRAGMA foreign_keys=ON")
        self.file.executescript("".join(MIGRATIONS))
        self.table = JobTable("p")
        self.begun: dict[str, int] = {}
        """How often bytes of a key may have left."""
        self.words: dict[str, int] = {}
        """How often a person asked for a key to be printed again."""
        self.promised: set[str] = set()
        self.under_way: dict[str, tuple[Turns, Found]] = {}
        self.count = 0

    def state(self, key: str) -> QueueState:
        return self.table.job(self.file, key).state

    @rule(key=st.sampled_from(KEYS), priority=st.integers(-1, 1))
    def add(self, key: str, priority: int) -> None:
        wishes = Wishes(priority, others={"q": Form(job(key.upper()))})
        self.table.add(self.file, key, job(key), wishes=wishes)
        self.promised.add(key)

    @rule(target=claims, name=st.sampled_from(NAMES))
    def claim(self, name: str) -> tuple[Turns, Found] | None:
        self.count += 1
        turns = Turns(name, f"worker-{self.count}")
        found, _ = turns.claim(self.file, now=float(self.count))
        return None if found is None else (turns, found)

    @rule(claim=claims)
    def begin(self, claim: tuple[Turns, Found] | None) -> None:
        """Also one that was claimed long ago, and has changed hands since."""
        if claim is None:
            return
        turns, found = claim
        try:
            turns.sending(self.file, found, b"0001")
        except Claimed:
            return
        self.begun[found.key] = self.begun.get(found.key, 0) + 1
        self.under_way[found.key] = claim

    @rule(claim=claims)
    def fail_without_a_byte(self, claim: tuple[Turns, Found] | None) -> None:
        if claim is not None and self.under_way.get(claim[1].key) is not claim:
            claim[0].settle(self.file, claim[1].number, QueueState.PENDING, Outcome(Delivery.NONE), "disconnected")

    @rule(key=st.sampled_from(KEYS), end=st.sampled_from(sorted(ENDS)))
    def end(self, key: str, end: str) -> None:
        if key in self.under_way:
            turns, found = self.under_way.pop(key)
            state, delivery = ENDS[end]
            assert turns.settle(self.file, found.number, state, Outcome(delivery), "")

    @rule(name=st.sampled_from(NAMES))
    def die(self, name: str) -> None:
        """The process of one printer dies, and another one takes its lock."""
        Turns(name).recover(self.file)
        self.under_way = {key: one for key, one in self.under_way.items() if one[0].carrier != name}

    @rule(key=st.sampled_from(KEYS), to=st.sampled_from(NAMES), now=st.floats(0, 200))
    def take_over(self, key: str, to: str, now: float) -> None:
        row = self.file.execute("SELECT number FROM print_job WHERE key = ?", (key,)).fetchone()
        if row is not None:
            to_other(self.file, row[0], to, lease_over=now)

    @rule(key=st.sampled_from(KEYS), printed=st.booleans())
    def release(self, key: str, printed: bool) -> None:
        if key in self.promised and self.state(key).for_a_person:
            self.table.release(self.file, key, printed=printed)
            self.words[key] = self.words.get(key, 0) + (not printed)

    @rule(key=st.sampled_from(KEYS))
    def cancel(self, key: str) -> None:
        if key in self.promised:
            began = self.state(key) in (QueueState.SENDING, QueueState.PRINTED, QueueState.UNCONFIRMED)
            if began:
                with pytest.raises(UsageError):
                    self.table.cancel(self.file, key)
            else:
                assert self.table.cancel(self.file, key).state is QueueState.CANCELLED

    @rule()
    def prune(self) -> None:
        before = {one.key: one.state for one in self.table.jobs(self.file)}
        prune(self.file, "p", Keeping(seconds=1.0), now=1e12)
        after = {one.key for one in self.table.jobs(self.file)}
        for key in before.keys() - after:
            assert before[key].finished
            self.promised.discard(key)
            # Its key is forgotten, and so is what the model counts of it.
            self.begun.pop(key, None)
            self.words.pop(key, None)

    @invariant()
    def nothing_prints_twice_without_a_word(self) -> None:
        for key, count in self.begun.items():
            assert count <= 1 + self.words.get(key, 0), key

    @invariant()
    def nothing_is_lost(self) -> None:
        found = {one.key: one for one in self.table.jobs(self.file)}
        assert found.keys() == self.promised
        for key, one in found.items():
            assert one.attempts == self.begun.get(key, 0)
            assert (one.state is QueueState.SENDING) == (key in self.under_way)

    def teardown(self) -> None:
        self.file.close()


def quick(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def test_the_queue_against_its_model() -> None:
    run_state_machine_as_test(Queue, settings=quick(60))


def test_the_control_without_leases_breaks_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Turns, "LEASES", False)
    with pytest.raises(AssertionError):
        # With several ways to break it, hypothesis would raise them as a group. The first is enough; nobody needs the
        # shortest, which takes a busy machine longer than a test may.
        once = settings(quick(200), report_multiple_bugs=False, phases=[Phase.generate])
        run_state_machine_as_test(Queue, settings=once)
