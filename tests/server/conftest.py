"""A database of its own for every test: a SQLite file, or one in the PostgreSQL that the environment names."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from posdevkit.server import Database, create_app, create_shop

from .shop import Shop, Till

POSTGRESQL = os.environ.get("POSDEVKIT_TEST_POSTGRESQL", "")
"""URL of a PostgreSQL whose user may make databases; SQLite if it is empty."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if not POSTGRESQL:
        yield f"sqlite:///{tmp_path / 'cloud.db'}"
        # In SQLite's pages the columns of a row run together: a UUID's end and the number behind it may well look like
        # a card's number to the test that searches what is left.
        for path in tmp_path.glob("cloud.db*"):
            path.unlink()
        return
    name = f"test_{uuid.uuid4().hex}"
    base = make_url(POSTGRESQL)
    engine = create_engine(base.set(drivername="postgresql+pg8000"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield base.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = Database(url)
    yield found
    found.close()


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """The demo shop behind a client that speaks to the application without a socket."""
    tokens = create_shop(database)
    assert tokens is not None
    with TestClient(create_app(database), raise_server_exceptions=True, follow_redirects=False) as client:
        yield Shop(client, {name: token.reveal() for name, token in tokens.items()}, database)


@pytest.fixture
def till(shop: Shop) -> Till:
    return shop.till("till nord 1", "1")


class Process:
    """`posdevkit cloud serve` as a person starts it."""

    def __init__(self, url: str, program: list[str]) -> None:
        words = [sys.executable, *program, "cloud", "serve", "--port", "0", "--database", url]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        told = []
        for line in self.process.stderr:
            told.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise AssertionError(f"the server did not start: {told}")
        self.base = f"http://127.0.0.1:{self.port}"

    def tokens(self) -> dict[str, str]:
        """What the first start printed."""
        assert self.process.stdout is not None
        found = (self.process.stdout.readline().strip().partition(": ") for _ in range(4))
        return {name: token for name, _, token in found}

    def end(self) -> tuple[int, str]:
        """Stop it, by Ctrl-C where that can be sent; give the exit status and what was still said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGINT)
        assert self.process.stderr is not None
        told = self.process.stderr.read()
        return self.process.wait(20), told


@pytest.fixture
def start(url: str) -> Iterator[list[Process]]:
    """Processes that a test started; whatever still runs is killed."""
    started: list[Process] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate(timeout=20)


@pytest.fixture
def served(url: str, start: list[Process]) -> Process:
    """A running server."""
    start.append(Process(url, ["-m", "posdevkit"]))
    return start[0]
