"""The sending process killed at each named point, then started again: every fact arrives once, every change is applied.

    killed when                    on the server          after the next start
    chosen                         nothing                stored once
    answered (not yet on record)   the batch              the batch again, as duplicates
    settled                        the batch              the next batch
    pulled, applied                all                    changes applied once or twice, to the same end

The control is a server without unique identifiers: it stores a batch twice.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from posdevkit.cloud.states import CloudPoint
from posdevkit.store import Mirror, Outbox, Settings, Store
from tests.systems import KILLED
from tests.unit.cloud.facts import products, sold
from tests.unit.cloud.played import TOKEN, Play, PlayedCloud

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("cloud_process.py")
SALES = 120


def start(path: Path, cloud: PlayedCloud, point: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), str(path), cloud.url, TOKEN, point]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def serve(path: Path, cloud: PlayedCloud, point: str) -> tuple[int, str]:
    process = start(path, cloud, point)
    out, err = process.communicate(timeout=50)
    assert process.returncode in (0, KILLED), err
    return process.returncode, out.strip()


def left_in(path: Path) -> tuple[int, int, int]:
    """Facts that wait, the cursor, and products."""
    store = Store(path)
    try:
        with store.reading() as connection:
            return (
                Outbox().backlog(connection).facts,
                Settings().cursor(connection),
                len(list(Mirror().products(connection))),
            )
    finally:
        store.close()


LEFT = {
    CloudPoint.CHOSEN: (0, (SALES, 0, 0)),
    CloudPoint.ANSWERED: (100, (SALES, 0, 0)),
    CloudPoint.SETTLED: (100, (SALES - 100, 0, 0)),
    CloudPoint.PULLED: (SALES, (0, 0, 0)),
    CloudPoint.APPLIED: (SALES, (0, 5, 5)),
}


@pytest.mark.parametrize("point", list(CloudPoint))
def test_killed_at_a_named_point(point: CloudPoint, tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    identifiers = sold(path, SALES)
    with PlayedCloud() as cloud:
        cloud.changes = products(range(1, 6))
        assert serve(path, cloud, point.value)[0] == KILLED
        assert (len(cloud.stored), left_in(path)) == LEFT[point]
        code, said = serve(path, cloud, "never")
        assert (code, said) == (0, "0 0" if point is CloudPoint.APPLIED else "0 5")
        assert cloud.stored == identifiers
        assert left_in(path) == (0, 5, 5)


def test_the_control_stores_a_batch_twice(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    identifiers = sold(path, SALES)
    with PlayedCloud() as cloud:
        cloud.unique = False
        serve(path, cloud, CloudPoint.ANSWERED.value)
        serve(path, cloud, "never")
        assert len(cloud.stored) == SALES + 100
        assert set(cloud.stored) == set(identifiers)


@pytest.mark.timeout(150)  # up to six processes, one after the other
@pytest.mark.parametrize("kill_after", range(1, 6))
def test_killed_while_the_server_has_it_and_has_not_answered(kill_after: int, tmp_path: Path) -> None:
    """A loop of kills: each start gets one batch further at most, none is ever stored twice."""
    path = tmp_path / "till.db"
    identifiers = sold(path, 40)
    with PlayedCloud() as cloud:
        gate = threading.Event()
        try:
            for number in range(1, kill_after + 1):
                cloud.pushes.append(Play(gate=gate, commit=number % 2 == 1))
                process = start(path, cloud, "never")
                try:
                    cloud.wait_for(number)
                finally:
                    process.kill()
                    process.communicate()
        finally:
            gate.set()
        assert serve(path, cloud, "never")[0] == 0
        assert cloud.stored == identifiers


def test_of_two_processes_one_sends_and_the_other_says_so(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    identifiers = sold(path, 10)
    with PlayedCloud() as cloud:
        gate = threading.Event()
        cloud.pushes.append(Play(gate=gate))
        first = start(path, cloud, "never")
        try:
            cloud.wait_for(1)
            assert serve(path, cloud, "never") == (0, "claimed: Stop the other program that sends from this file.")
        finally:
            gate.set()
            assert first.communicate(timeout=50)[0].strip() == "0 0"
        assert cloud.stored == identifiers
        assert serve(path, cloud, "never") == (0, "0 0")
