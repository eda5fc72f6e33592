"""What every test on the played usbfs shares."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.stacks.conftest import Emulators


@pytest.fixture
def bus(emulators_of_rung: Emulators) -> Iterator[Emulators]:
    """The fake machine, with nothing plugged in; everything in this process that asks the system sees it."""
    assert "umockdev" in os.environ.get("LD_PRELOAD", ""), "run under umockdev-wrapper"
    os.environ["UMOCKDEV_DIR"] = emulators_of_rung.folder()
    yield emulators_of_rung
    emulators_of_rung.close()
