"""What links wait for at their end, where nobody takes the rest, would be most of the time of these tests."""

import pytest


@pytest.fixture(autouse=True)
def links_that_drain_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a link waits is tested with the links."""
    for module in ("memory", "tcp", "ble", "descriptor"):
        monkeypatch.setattr(f"posdevkit.links.{module}._DRAIN_SECONDS", 0.3)
    monkeypatch.setattr("posdevkit.links.memory._LAST_WORD_SECONDS", 0.3)
