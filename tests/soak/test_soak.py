"""Seconds of the soak that runs for half an hour by hand: nothing twice, nothing lost, nothing left behind."""

from __future__ import annotations

import sys

import pytest

from posdevkit.events import Delivery
from tests.soak.soak import soak

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds in this way"),
]


async def test_everything_goes_wrong_for_some_seconds() -> None:
    account = await soak(10.0)
    assert not account.wrong
    assert account.jobs >= 40
    assert account.deliveries[Delivery.CONFIRMED] > account.jobs / 2
    assert account.deliveries[Delivery.UNKNOWN], "nothing went wrong, so nothing was shown"
    warm, last = account.samples[2], account.samples[-1]
    assert last.descriptors <= warm.descriptors
    assert last.threads <= warm.threads + 1  # USB's thread comes and goes with its device
