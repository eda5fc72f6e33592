"""What links and drivers wait for where nobody answers would be most of the time of these tests."""

import pytest


@pytest.fixture(autouse=True)
def links_that_drain_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a link waits is tested with the links."""
    for module in ("memory", "tcp", "ble", "descriptor"):
        monkeypatch.setattr(f"posdevkit.links.{module}._DRAIN_SECONDS", 0.3)
    monkeypatch.setattr("posdevkit.links.memory._LAST_WORD_SECONDS", 0.3)


@pytest.fixture(autouse=True)
def printers_asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a driver waits until it asks, or gives a proof up, is tested with the drivers. An answer is far within
    both, on a busy machine too."""
    monkeypatch.setattr("posdevkit.devices.delivery.POLL_SECONDS", 0.3)
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 3.0)
