"""Classic Bluetooth on the kernel's own: its HCI, L2CAP and RFCOMM, between two adapters that BlueZ's `btvirt` joins.

Our link runs under the system's Python (`lab/radio.py`), since others may have been built without Bluetooth's sockets.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stacks.conftest import ROOT
from tests.stacks.lab.cells import cells_of
from tests.stacks.vm.conftest import SOON

PYTHON = "/usr/bin/python3"
ADAPTERS = Path("/sys/class/bluetooth")
MINUTES = 240.0


@pytest.fixture
def adapters() -> Iterator[tuple[str, str]]:
    """The numbers of two that hear each other and nothing else."""
    subprocess.run(["modprobe", "-a", "hci_vhci", "bluetooth", "rfcomm"], check=True)
    _until(lambda: not _numbers())  # those of another test have left
    air = subprocess.Popen(["btvirt", "-l2"], stdout=subprocess.DEVNULL)
    try:
        _until(lambda: len(_numbers()) == 2)
        first, second = _numbers()
        yield first, second
    finally:
        air.terminate()
        air.wait(SOON)
        _until(lambda: not _numbers())


def test_bytes_and_receipts_from_one_adapter_to_the_other(adapters: tuple[str, str]) -> None:
    checks = [cell.check.name for cell in cells_of("vm", "rfcomm-printer")]
    words = [PYTHON, "-X", "faulthandler", str(ROOT / "tests/stacks/lab/radio.py"), *adapters, *checks]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'emulators' / 'src'}:{ROOT}"}
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=MINUTES)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) > len(checks) > 0
    assert {name for name, _, _ in told} >= {*checks}
    assert not [said for _, said, _ in told if said != "as it should"], done.stdout


def _numbers() -> list[str]:
    return sorted(path.name.removeprefix("hci") for path in ADAPTERS.glob("hci*") if ":" not in path.name)


def _until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not ready():
        assert time.monotonic() < end, f"adapters: {_numbers()}"
        time.sleep(0.05)
