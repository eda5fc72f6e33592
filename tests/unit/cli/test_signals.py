"""A signal is never lost, not even where Python throws exceptions away."""

from __future__ import annotations

import signal
import threading
import time
import weakref

import pytest

from posdevkit.cli.signals import Terminated, termination_raises


class Thing:
    """Something that can be referred to weakly."""


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)])
def test_a_signal_inside_a_weak_references_callback_comes_again(
    number: signal.Signals, error: type[KeyboardInterrupt]
) -> None:
    thing = Thing()
    struck: list[int] = []

    def strike(_: object) -> None:
        struck.append(number)
        signal.raise_signal(number)
        struck.append(0)  # a moment in which the handler runs: what it raises, Python throws away

    with termination_raises():
        reference = weakref.ref(thing, strike)
        with pytest.raises(error):
            del thing
            assert struck == [number]
            for _ in range(500):
                time.sleep(0.01)
    assert reference() is None


def test_it_comes_again_where_the_machine_is_too_busy_to_finish_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = iter([True])

    class Timer(threading.Timer):
        def start(self) -> None:
            super().start()
            if next(slow, False):
                time.sleep(1.0)  # within what Python calls for an exception that it throws away
                raise AssertionError("nothing struck meanwhile")

    monkeypatch.setattr(threading, "Timer", Timer)
    thing = Thing()
    with termination_raises():
        reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))
        with pytest.raises(Terminated):
            del thing
            for _ in range(500):
                time.sleep(0.01)
    assert reference() is None
