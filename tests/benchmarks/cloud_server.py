"""The reference server: facts a second, events to 200 subscribers, memory; beside bare handlers in the same run."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2 as httpx
from harness import Row, alternate

from posdevkit.contract import Fact, HlcClock, Line, Movement, Sale, Tender, VatTotal, fact_to_json, uuid7

AIM = 0.7
SUBSCRIBERS = 200
MEMORY_MIB = 200
HERE = Path(__file__).parent
_numbers = itertools.count(1)
_clock = HlcClock("bench")


def fact() -> dict[str, Any]:
    """A new sale of one line."""
    number = next(_numbers)
    sale = Sale(
        receipt=f"1-{number:06}", register="1", sequence=number, currency="DKK", business_day="2026-03-14",
        lines=(Line("coffee", "Flat white", Decimal(1), 3800, 3800, 2500),), tenders=(Tender("card", 3800),),
        vat=(VatTotal(2500, 3800, 760),), total=3800, movements=(Movement("coffee", Decimal(-1), "sale"),),
    )  # fmt: skip
    return fact_to_json(Fact(uuid7(), datetime(2026, 3, 14, 10, 32, tzinfo=UTC), _clock.now(), sale))


@dataclass
class Served:
    """A server process."""

    process: subprocess.Popen[str]
    port: int
    headers: dict[str, str]
    push: str
    events: str

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=self.headers, timeout=60)

    def memory(self) -> float:
        """Resident MiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+)", text)
        assert found is not None
        return int(found[1]) / 1024


@contextlib.contextmanager
def ours(folder: str) -> Iterator[Served]:
    """`posdevkit cloud serve` on a new file."""
    words = [sys.executable, "-m", "posdevkit", "cloud", "serve", "--port", "0"]
    words += ["--database", f"sqlite:///{folder}/ours.db"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert process.stdout is not None
        port = next(int(found[1]) for line in process.stderr if (found := re.search(r":(\d+) \(", line)))
        tokens = dict(line.strip().split(": ") for line in (process.stdout.readline() for _ in range(4)))
        headers = {"Authorization": f"Bearer {tokens['till nord 1']}"}
        yield Served(process, port, headers, "/v1/sync/push", "/v1/events?after=1000000000")
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def bare(folder: str) -> Iterator[Served]:
    """The bare handler on another new file."""
    words = [sys.executable, str(HERE / "bare_cloud.py"), f"sqlite:///{folder}/bare.db"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process, int(process.stdout.readline()), {}, "/push", "/events")
    finally:
        process.kill()
        process.communicate()


def measure(rounds: int) -> list[Row]:
    """Both servers run beside each other, each on its own file, every push a commit on the disk."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ours(folder) as server, bare(folder) as floor:
        with server.client() as first, floor.client() as second:
            rows += [_pushes((first, server.push), (second, floor.push), size, rounds) for size in (1, 100)]
            latest, more = 0, True
            while more:
                page = first.get("/v1/sync/changes", params={"limit": 1000, "after": latest}).json()
                latest, more = page["next"], page["more"]
            server.events = f"/v1/events?after={latest}"
        late = {one.events: _events(one, 40 if rounds > 1 else 3) for one in (server, floor)}
        mine, theirs = late[server.events], late[floor.events]
        what = f"from a push to the last of {SUBSCRIBERS} subscribers, 99th percentile"
        rows.append(
            Row(what, mine * 1000, "ms", note=f"a bare handler with a queue a subscriber: {theirs * 1000:.0f} ms")
        )
        used = server.memory()
        what = f"memory of the server after these pushes and {SUBSCRIBERS} subscribers"
        rows.append(Row(what, used, "MiB", f"under {MEMORY_MIB}", used < MEMORY_MIB))
    return rows


def _pushes(ours_: tuple[httpx.Client, str], theirs: tuple[httpx.Client, str], size: int, rounds: int) -> Row:
    def pushing(client: httpx.Client, path: str) -> None:
        body = json.dumps({"facts": [fact() for _ in range(size)]}).encode()
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
        if answer.json()["results"][-1]["verdict"] != "created":
            raise RuntimeError(answer.text)

    turns = alternate(lambda: pushing(*ours_), lambda: pushing(*theirs), rounds, 0.3)
    what = (
        f"facts a second pushed by {size}: token, strict reading, verdicts, ledgers, rollups and change log, against a"
        " bare handler of the same framework that inserts rows of the same tables in as many commits"
    )
    note = (
        f"{size / turns.first:.0f} against {size / turns.second:.0f} a second; quartiles {turns.low:.2f} to"
        f" {turns.high:.2f}"
    )
    return Row(what, turns.ratio, "x", f"at least {AIM}", turns.ratio >= AIM, note)


def _events(server: Served, pushes: int) -> float:
    """Seconds until all subscribers have heard of a push; the 99th percentile over all of them and all pushes."""
    words = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
    request = f"GET {server.events} HTTP/1.1\r\nHost: x\r\n{words}\r\n".encode()
    chosen = selectors.DefaultSelector()
    sockets = []
    for _ in range(SUBSCRIBERS):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(request)
        sockets.append(one)
        chosen.register(one, selectors.EVENT_READ)
    time.sleep(1.0)
    _drain(chosen)
    found: list[float] = []
    with server.client() as client:
        for _ in range(pushes):
            body = {"facts": [fact()]}
            start = time.perf_counter()
            client.post(server.push, json=body)
            waiting = set(sockets)
            while waiting and time.perf_counter() - start < 20:
                for key, _ in chosen.select(1.0):
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if b"data:" in data and key.fileobj in waiting:
                        waiting.discard(key.fileobj)
                        found.append(time.perf_counter() - start)
            if waiting:
                raise RuntimeError(f"{len(waiting)} subscribers heard nothing")
    for one in sockets:
        one.close()
    chosen.close()
    return statistics.quantiles(found, n=100)[98]


def _drain(chosen: selectors.DefaultSelector) -> None:
    while ready := chosen.select(0.3):
        for key, _ in ready:
            key.fileobj.recv(65536)  # type: ignore[union-attr]
