"""The example of the cloud client, run as a reader runs it: with a cloud, without one, and with one again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.careful import CAREFUL
from tests.unit.cloud.facts import products
from tests.unit.cloud.played import TOKEN, PlayedCloud

EXAMPLE = Path(__file__).parents[2] / "examples" / "cloud_sync.py"
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", **CAREFUL, "POSDEVKIT_CLOUD_TOKEN": TOKEN}


def run(path: Path, url: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), str(path), url],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_sales_wait_for_the_cloud_and_arrive_once(tmp_path: Path) -> None:
    with PlayedCloud() as gone:
        nowhere = gone.url
    sold, trouble, status = run(tmp_path / "till.db", nowhere)
    assert sold == "sold: 1-000001"
    assert trouble.startswith("The cloud is not reached")
    assert status == "offline: 1 pending, 0 refused"
    with PlayedCloud() as cloud:
        cloud.changes = products([1])
        assert run(tmp_path / "till.db", cloud.url) == [
            "sold: 1-000002",
            "pulled: 1 changes",
            "online: 0 pending, 0 refused",
            "p1: Vare 1 100",
        ]
        assert len(cloud.stored) == 2
