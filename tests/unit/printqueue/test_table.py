"""The queue's rows by themselves: leases, turns, a person's words, copies, moves, and what is taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import Claimed, JobConflict, Unsupported, UsageError
from posdevkit.events import Delivery, Outcome
from posdevkit.paper import render_job
from posdevkit.printqueue import Keeping, QueueState
from posdevkit.printqueue.forms import Form, forms_of, to_other
from posdevkit.printqueue.table import JobTable, Wishes
from posdevkit.printqueue.turns import LEASE_SECONDS, Turns, movable
from posdevkit.printqueue.upkeep import prune, status_of
from posdevkit.profiles import load_profile
from posdevkit.protocols.job import Compiled
from posdevkit.store import Store
from posdevkit.till.order import Language

DONE = Outcome(Delivery.CONFIRMED)
UNKNOWN = Outcome(Delivery.UNKNOWN)
TABLE = JobTable("p")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction that holds all of a test."""
    store = Store(tmp_path / "q.db")
    with store.transaction() as transaction:
        yield transaction
    store.close()


def bytes_(text: str) -> Compiled:
    data = f"\x1b@{text}\n".encode()
    return Compiled(data, (len(data),), len(data))


def carried(file: sqlite3.Connection, turns: Turns, outcome: Outcome, state: QueueState) -> str:
    found, _ = turns.claim(file)
    assert found is not None
    turns.sending(file, found, b"0001")
    assert turns.settle(file, found.number, state, outcome, "")
    return found.key


def test_the_higher_priority_goes_first_and_the_older_among_equals(file: sqlite3.Connection) -> None:
    for key, priority in (("a", 0), ("b", 5), ("c", 5), ("d", -1)):
        TABLE.add(file, key, bytes_(key), wishes=Wishes(priority))
    assert [carried(file, Turns("p"), DONE, QueueState.PRINTED) for _ in range(4)] == ["b", "c", "a", "d"]


def test_only_the_holder_of_the_lease_begins_and_only_it_tells_how_it_ended(file: sqlite3.Connection) -> None:
    TABLE.add(file, "a", bytes_("a"), wishes=Wishes(others={"q": Form(bytes_("A"))}))
    first, second = Turns("p", "one"), Turns("q", "two")
    found, _ = first.claim(file, now=1000.0)
    assert found is not None
    assert second.claim(file) == (None, False)
    # While the lease runs nobody else may have it; the moment it has run out anybody may.
    assert movable(file, "p", 1000.0 + LEASE_SECONDS) == []
    assert not to_other(file, found.number, "q", lease_over=1000.0 + LEASE_SECONDS)
    assert [job.key for job in movable(file, "p", 1000.1 + LEASE_SECONDS)] == ["a"]
    assert to_other(file, found.number, "q", lease_over=1000.1 + LEASE_SECONDS)
    with pytest.raises(Claimed):
        first.sending(file, found, b"0001")
    assert not first.settle(file, found.number, QueueState.PENDING, Outcome(Delivery.NONE), "")
    taken, _ = second.claim(file)
    assert taken is not None
    assert taken.compiled.data == bytes_("A").data
    second.sending(file, taken, b"0002")
    assert list(forms_of(file, taken.number)) == ["p"]
    # It has begun: whatever the clock says, it stays where it is.
    assert not to_other(file, taken.number, "p", lease_over=float("inf"))
    assert movable(file, "q") == []


def test_a_process_id_of_one_printer_proves_nothing_on_another(file: sqlite3.Connection) -> None:
    TABLE.add(file, "a", bytes_("a"), wishes=Wishes(others={"q": Form(bytes_("A"))}))
    carried(file, Turns("p"), UNKNOWN, QueueState.UNCONFIRMED)
    TABLE.release(file, "a", printed=False)
    (left,) = [job for job in movable(file, "p") if job.key == "a"]
    assert to_other(file, left.number, "q")
    assert Turns("q").recover(file) == []
    taken, _ = Turns("q").claim(file)
    assert taken is not None
    assert taken.process_id == b""


def test_what_has_not_begun_is_cancelled_and_its_key_stays_taken(file: sqlite3.Connection) -> None:
    turns = Turns("p")
    for key in "abc":
        TABLE.add(file, key, bytes_(key))
    found, _ = turns.claim(file)
    assert found is not None
    assert TABLE.cancel(file, "a", by=" Bo ").asked_by == "Bo"
    with pytest.raises(Claimed):
        turns.sending(file, found, b"0001")
    assert TABLE.cancel(file, "a").state is QueueState.CANCELLED  # once more
    assert TABLE.add(file, "a", bytes_("a")).state is QueueState.CANCELLED
    assert carried(file, turns, UNKNOWN, QueueState.UNCONFIRMED) == "b"
    assert carried(file, turns, DONE, QueueState.PRINTED) == "c"
    for key in "bc":
        with pytest.raises(UsageError):
            TABLE.cancel(file, key)


def test_a_copy_is_marked_opens_no_drawer_and_knows_its_original(file: sqlite3.Connection) -> None:
    profile = load_profile("epson-tm-t88v")
    receipt = (
        Receipt().drawer().title("Café Nord").qr("https://r.example/8F2").row("Flat white", "38,00").cut().drawer(5)
    )
    compiled = compose(receipt.raw(b"tail\n"), profile).compiled
    TABLE.add(file, "a", compiled, wishes=Wishes(language="en", others={"q": Form(bytes_("A"))}))
    with pytest.raises(UsageError):
        TABLE.reprint(file, "a", by="Bo")  # it can still be printed itself
    carried(file, Turns("p"), DONE, QueueState.PRINTED)
    with pytest.raises(UsageError):
        TABLE.reprint(file, "a", by=" ")
    first = TABLE.reprint(file, "a", by="Bo")
    with pytest.raises(UsageError):
        TABLE.reprint(file, first.key, by="Bo")  # not sent itself yet
    assert (first.key, first.copy_of, first.asked_by, first.state) == ("a/copy-1", "a", "Bo", QueueState.PENDING)
    danish = TABLE.reprint(file, "a", by="Bo", language="da")
    assert danish.key == "a/copy-2"
    data = TABLE.data(file, "a/copy-1")
    tickets = render_job(data, profile)
    original = render_job(compiled.data, profile)
    assert "COPY" in tickets[0].text()
    assert "KOPI" in render_job(TABLE.data(file, "a/copy-2"), profile)[0].text()
    assert tickets[0].text().replace("COPY", "").split() == original[0].text().split()
    assert [len(ticket.drawer_kicks) for ticket in original] != [0] * len(original)
    assert [len(ticket.drawer_kicks) for ticket in tickets] == [0] * len(tickets)
    # The copy is ready for the same printers, and its proof is asked for behind its last line.
    found, _ = Turns("p").claim(file)
    assert found is not None
    assert b"COPY" in next(iter(forms_of(file, found.number).values())).compiled.data
    assert found.compiled.data[: found.compiled.proof_at].endswith(b"tail\n")
    assert list(found.compiled.ends) == sorted(found.compiled.ends)
    Turns("p").sending(file, found, b"0002")
    Turns("p").settle(file, found.number, QueueState.PRINTED, DONE, "")
    again = TABLE.reprint(file, "a/copy-1", by="Bo")
    assert (again.copy_of, again.key) == ("a", "a/copy-3")
    assert TABLE.data(file, again.key) == data


def test_a_copy_with_a_key_is_made_once(file: sqlite3.Connection) -> None:
    compiled = compose(Receipt().text("one").cut(), load_profile("epson-tm-t88v")).compiled
    for key in "ab":
        TABLE.add(file, key, compiled, wishes=Wishes(language="en"))
        carried(file, Turns("p"), DONE, QueueState.PRINTED)
    first = TABLE.reprint(file, "a", by="Bo", copy_key="again")
    assert (first.key, first.copy_of, first.state) == ("again", "a", QueueState.PENDING)
    assert TABLE.reprint(file, "a", by="Bo", copy_key="again") == first
    carried(file, Turns("p"), UNKNOWN, QueueState.UNCONFIRMED)
    TABLE.release(file, "again", printed=False)  # it is to be printed once more, and is still the same copy
    for key in ("a", "again"):
        assert TABLE.reprint(file, key, by="Ida", language="en", copy_key="again").state is QueueState.PENDING
    others: list[tuple[str, Language | None, str]] = [
        ("b", None, "again"),
        ("a", "da", "again"),
        ("a", None, "b"),
        ("a", None, "a"),
    ]
    for key, language, copy_key in others:
        with pytest.raises(JobConflict, match="a new key"):
            TABLE.reprint(file, key, by="Bo", language=language, copy_key=copy_key)
    assert [job.key for job in TABLE.jobs(file)] == ["a", "b", "again"]


def test_a_label_is_no_copy(file: sqlite3.Connection) -> None:
    TABLE.add(file, "a", bytes_("a"), "zpl")
    carried(file, Turns("p"), DONE, QueueState.PRINTED)
    with pytest.raises(Unsupported):
        TABLE.reprint(file, "a", by="Bo")


def test_status_counts_and_ages(file: sqlite3.Connection) -> None:
    assert status_of(file, "p").oldest_at is None
    for key in "abcd":
        TABLE.add(file, key, bytes_(key))
    carried(file, Turns("p"), DONE, QueueState.PRINTED)
    carried(file, Turns("p"), UNKNOWN, QueueState.UNCONFIRMED)
    file.execute("UPDATE print_job SET added_at = 100 + number")
    status = status_of(file, "p")
    assert status.counts == {QueueState.PRINTED: 1, QueueState.UNCONFIRMED: 1, QueueState.PENDING: 2}
    assert (status.waiting, status.for_a_person, status.oldest_at) == (2, 1, 103.0)
    assert status.oldest_age(now=163.0) == 60.0
    assert status_of(file, "q").counts == {}


def test_the_finished_go_by_age_and_by_number_and_nobody_else_ever(file: sqlite3.Connection) -> None:
    turns = Turns("p")
    for number in range(10):
        TABLE.add(file, str(number), bytes_(str(number)), wishes=Wishes(others={"q": Form(bytes_("A"))}))
    for number in range(8):
        state = QueueState.UNCONFIRMED if number == 0 else QueueState.FAILED if number == 1 else QueueState.PRINTED
        carried(file, turns, UNKNOWN if number == 0 else DONE, state)
    TABLE.cancel(file, "8")
    TABLE.reprint(file, "2", by="Bo")
    file.execute("UPDATE print_job SET changed_at = 1000 + number")

    def left() -> list[str]:
        return [job.key for job in TABLE.jobs(file)]

    assert prune(file, "p", Keeping(seconds=None), now=1e9) == 0
    assert prune(file, "p", Keeping(seconds=50.0), now=1050.0) == 0
    assert prune(file, "p", Keeping(seconds=None, jobs=3, at_least=2000.0), now=1050.0) == 0
    assert prune(file, "p", Keeping(seconds=None, jobs=4, at_least=1.0), now=1050.0) == 2
    # 2 stays: its copy is not printed yet.
    assert left() == ["0", "1", "2", "5", "6", "7", "8", "9", "2/copy-1"]
    assert prune(file, "p", Keeping(seconds=1.0), now=1050.0) == 4
    assert left() == ["0", "1", "2", "9", "2/copy-1"]
    (forms,) = file.execute("SELECT count(*) FROM print_job_form").fetchone()
    assert forms == 5
    assert prune(file, "q", Keeping(seconds=1.0), now=1e9) == 0


def work(file: sqlite3.Connection, do: Callable[[], object]) -> int:
    """Hundreds of SQLite's own steps that it takes."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    file.set_progress_handler(step, 100)
    do()
    file.set_progress_handler(None, 0)
    return steps


def test_the_latest_jobs_a_turn_and_a_promise_take_no_longer_the_more_jobs_are_kept(file: sqlite3.Connection) -> None:
    turns = Turns("p")

    def grown_to(count: int) -> dict[str, int]:
        (there,) = file.execute("SELECT count(*) FROM print_job").fetchone()
        for number in range(there, count):
            TABLE.add(file, f"k{number}", bytes_("x"))
            carried(file, turns, DONE, QueueState.PRINTED if number % 2 else QueueState.UNCONFIRMED)
        return {
            "latest": work(file, lambda: TABLE.jobs(file, latest=5)),
            "by state": work(file, lambda: TABLE.jobs(file, QueueState.PRINTED, latest=5)),
            "add": work(file, lambda: TABLE.add(file, f"more than {count}", bytes_("x"))),
            "turn": work(file, lambda: carried(file, turns, DONE, QueueState.PRINTED)),
        }

    few, many = grown_to(200), grown_to(2000)
    assert all(many[what] <= few[what] + 2 for what in few), (few, many)
    assert [job.key for job in TABLE.jobs(file, latest=3)] == ["k1998", "k1999", "more than 2000"]


@pytest.mark.parametrize("priority", ["high", 1.5, True, 1 << 63])
def test_a_priority_is_a_number_that_can_be_compared(file: sqlite3.Connection, priority: object) -> None:
    """Text would stand above every number, and one job before all others for good."""
    with pytest.raises(UsageError, match="priority"):
        TABLE.add(file, "a", bytes_("a"), wishes=Wishes(priority))  # type: ignore[arg-type]
    assert TABLE.jobs(file) == []


def test_a_language_that_no_copy_could_be_marked_in_is_refused_when_it_is_given(file: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match="'xx'"):
        TABLE.add(file, "a", bytes_("a"), wishes=Wishes(language="xx"))  # type: ignore[arg-type]
    assert TABLE.jobs(file) == []


@pytest.mark.parametrize("latest", [-3, "3", 2.0, True])
def test_the_latest_are_so_many(file: sqlite3.Connection, latest: object) -> None:
    TABLE.add(file, "a", bytes_("a"))
    with pytest.raises(UsageError, match="latest"):
        TABLE.jobs(file, latest=latest)  # type: ignore[arg-type]
    assert TABLE.jobs(file, latest=0) == []
