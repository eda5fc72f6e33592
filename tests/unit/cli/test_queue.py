"""`posdevkit queue`: what stands in the file, and a person's word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.events import Delivery, Outcome
from posdevkit.printqueue import QueueState
from posdevkit.printqueue.table import JobTable
from posdevkit.printqueue.turns import Turns
from posdevkit.protocols.job import Compiled
from posdevkit.store import Store


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A queue in which the fate of one job of two is not known."""
    store = Store(tmp_path / "q.db")
    table = JobTable("printer")
    with store.transaction() as transaction:
        for key in ("1", "2"):
            table.add(transaction, key, Compiled(key.encode(), (1,), 1))
        turns = Turns("printer")
        found, _ = turns.claim(transaction)
        assert found is not None
        turns.sending(transaction, found, b"")
        turns.settle(transaction, 1, QueueState.UNCONFIRMED, Outcome(Delivery.UNKNOWN), "unconfirmed")
    store.close()
    return str(tmp_path / "q.db")


def test_list_and_release(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "list", file]) == 1
    assert capsys.readouterr().out == "1: unconfirmed (unknown, 1 sent)\n2: pending (none, 0 sent)\n"
    assert main(["queue", "release", file, "2", "--printed"]) == 2
    assert main(["queue", "release", file, "1", "--not-printed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "key": "1", "state": "pending"}
    assert main(["queue", "list", file, "--json"]) == 0
    assert [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()] == ["pending", "pending"]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert main(["queue", "list", str(tmp_path / "none.db")]) == 2
    assert list(tmp_path.iterdir()) == []
