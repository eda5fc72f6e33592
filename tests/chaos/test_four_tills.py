"""Four tills, a network that cuts, a server and tills that are killed: all that was sold arrives once, all sums agree.

Processes are real and die by SIGKILL; the network cuts one connection in twenty before the server hears and a fifth of
the answers to pushes. The control's server knows no unique key, and stores more than was sold.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from posdevkit.contract import Sale, fact_from_json
from posdevkit.counter.book import verified
from posdevkit.server import Database, create_shop, create_token, tables
from posdevkit.server.demo import TENANT
from posdevkit.store import DeadLetters, Outbox, Sales, StockLedger, Store
from tests.systems import KILLED

from .network import relay

HERE = Path(__file__).parent
SALES = 25
TILLS = 4
DAY_SECONDS = 150
"""Ten times what an idle machine takes: this one may be busy."""

pytestmark = pytest.mark.timeout(DAY_SECONDS + 20)
PLAIN = ["-m", "posdevkit"]
CARELESS = [str(HERE / "careless_server.py")]


@dataclass
class Server:
    """One port, behind which a server lives, dies and lives again."""

    database: str
    program: list[str]
    port: int
    process: subprocess.Popen[str] | None = None
    deaths: int = 0

    def start(self) -> None:
        words = [sys.executable, *self.program, "cloud", "serve", "--port", str(self.port), "--database", self.database]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        told = []
        for line in self.process.stderr:
            told.append(line)
            if re.search(r"http://127\.0\.0\.1", line):
                return
        raise AssertionError(f"the server did not start: {told}")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate(timeout=20)
        self.deaths += 1


@contextlib.contextmanager
def cloud(folder: Path, program: list[str]) -> Iterator[tuple[Server, list[str]]]:
    """A server that runs, and a token for each till."""
    url = f"sqlite:///{folder / 'cloud.db'}"
    database = Database(url)
    create_shop(database)
    with database.writing() as connection:
        tokens = [
            create_token(connection, TENANT, "terminal", store_id="nord", terminal=str(number)).reveal()
            for number in range(1, TILLS + 1)
        ]
    database.close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(url, program, port)
    server.start()
    try:
        yield server, tokens
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def till(folder: Path, number: int, url: str, token: str, seed: int) -> subprocess.Popen[str]:
    words = [str(folder / f"till-{number}.db"), url, str(number), str(SALES), str(seed)]
    return subprocess.Popen(
        [sys.executable, str(HERE / "till_process.py"), *words],
        env={**os.environ, "POSDEVKIT_CLOUD_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def a_day(folder: Path, program: list[str]) -> tuple[int, int, int]:
    """Run until every till has sold and sent everything; how often server and tills died, and how many cuts."""
    killed = 0
    with cloud(folder, program) as (server, tokens), relay(server.port, 1) as network:
        url = f"http://127.0.0.1:{network.port}"
        starts = dict.fromkeys(range(TILLS), 0)
        running = {number: till(folder, number + 1, url, tokens[number], number) for number in range(TILLS)}
        end, next_death = time.monotonic() + DAY_SECONDS, time.monotonic() + 1.0
        try:
            while running and time.monotonic() < end:
                time.sleep(0.02)
                if time.monotonic() > next_death and server.deaths < 4:
                    server.kill()
                    server.start()
                    next_death = time.monotonic() + 1.0
                for number, process in list(running.items()):
                    if process.poll() is None:
                        continue
                    _, err = process.communicate()
                    assert process.returncode in (0, KILLED), err
                    del running[number]
                    if process.returncode:
                        killed += 1
                        starts[number] += 1
                        seed = number + 10 * starts[number] + (6 if starts[number] > 4 else 0)
                        running[number] = till(folder, number + 1, url, tokens[number], seed)
            assert not running, f"tills {sorted(running)} did not come to an end"
        finally:
            for process in running.values():
                process.kill()
                process.communicate()
        return server.deaths, killed, network.cuts


def judge(folder: Path) -> None:
    """All that was sold is in the cloud once, and every sum agrees."""
    sold: dict[str, tuple[int, str]] = {}
    stock = Decimal(0)
    for number in range(1, TILLS + 1):
        store = Store(folder / f"till-{number}.db")
        with store.reading() as connection:
            assert Sales().gaps(connection, str(number)) == []
            assert StockLedger().recount(connection) == []
            assert Outbox().backlog(connection).facts == 0
            assert DeadLetters().waiting(connection) == []
            assert verified(connection).broken is None
            stock += StockLedger().balance(connection, "1005")
            facts = [fact_from_json(json.loads(text)) for (text,) in connection.execute("SELECT fact FROM sale")]
        store.close()
        assert len(facts) == SALES + SALES // 5
        for fact in facts:
            assert isinstance(fact.body, Sale)
            sold[str(fact.id)] = (fact.body.total, fact.body.receipt)
    database = Database(f"sqlite:///{folder / 'cloud.db'}")
    try:
        with database.reading() as reading:
            rows = reading.execute(select(tables.order.c.id, tables.order.c.total, tables.order.c.receipt)).all()
            assert len(rows) == len(sold), f"{len(sold)} were sold and {len(rows)} arrived"
            assert {row.id: (row.total, row.receipt) for row in rows} == sold
            for ledger in (tables.movement.c, tables.balance.c):
                total = reading.scalar(select(func.sum(ledger.quantity)).where(ledger.sku == "1005"))
                assert total == stock * 1_000_000
    finally:
        database.close()


def test_all_that_was_sold_arrives_once(tmp_path: Path) -> None:
    deaths, killed, cuts = a_day(tmp_path, PLAIN)
    judge(tmp_path)
    print(f"the server died {deaths} times, tills {killed} times, {cuts} connections were cut")
    assert deaths > 0
    assert killed > 0
    assert cuts > 0


def test_the_control_without_a_unique_key_fails(tmp_path: Path) -> None:
    a_day(tmp_path, CARELESS)
    with pytest.raises(AssertionError, match=r"were sold and \d+ arrived"):
        judge(tmp_path)


def test_a_second_sender_and_a_second_register_are_told(tmp_path: Path) -> None:
    with cloud(tmp_path, PLAIN) as (server, tokens):
        url = f"http://127.0.0.1:{server.port}"
        store = Store(tmp_path / "till-1.db")
        store.close()
        first = till(tmp_path, 1, "http://127.0.0.1:1", tokens[0], 6)  # sells, and reaches nobody
        try:
            connection = sqlite3.connect(tmp_path / "till-1.db")
            end = time.monotonic() + 60
            while not connection.execute("SELECT count(*) FROM sale").fetchone()[0] and time.monotonic() < end:
                time.sleep(0.02)
            connection.close()
            second = till(tmp_path, 1, url, tokens[0], 6)
            second.communicate(timeout=60)
            assert second.returncode == 7
        finally:
            first.kill()
            first.communicate()
