"""A callback that the blocking face hands over has heard all when the call returns, and never holds it for long."""

from __future__ import annotations

import threading
import time

import pytest

from posdevkit.blocking.support import handed_over
from posdevkit.runtime.callbacks import EVENT_THREAD
from tests.prompt import promptly


def test_all_that_was_told_has_been_heard_when_the_call_returns() -> None:
    heard: list[int] = []

    def slowly(number: int) -> None:
        time.sleep(0.02)
        heard.append(number)

    with handed_over(slowly) as tell:
        assert tell is not None
        for number in range(5):
            tell(number)
    assert heard == [0, 1, 2, 3, 4]


def test_also_where_the_call_fails() -> None:
    heard: list[int] = []

    def slowly(number: int) -> None:
        time.sleep(0.05)
        heard.append(number)

    with pytest.raises(ValueError, match="no paper"), handed_over(slowly) as tell:
        assert tell is not None
        tell(1)
        raise ValueError("no paper")
    assert heard == [1]


def test_a_callback_that_does_not_come_back_holds_nobody_for_ever() -> None:
    release = threading.Event()
    with promptly(10), handed_over(lambda _: release.wait(20)) as tell:
        assert tell is not None
        tell(1)
    release.set()


def test_ctrl_c_waits_for_no_callback() -> None:
    release = threading.Event()
    with promptly(0.9), pytest.raises(KeyboardInterrupt), handed_over(lambda _: release.wait(20)) as tell:
        assert tell is not None
        tell(1)
        raise KeyboardInterrupt
    release.set()


def test_a_call_made_by_a_callback_does_not_wait_for_its_own_thread() -> None:
    returned: list[bool] = []

    def calls_again(_: int) -> None:
        assert threading.current_thread().name == EVENT_THREAD
        with promptly(0.9), handed_over(lambda _: None) as tell:
            assert tell is not None
            tell(2)
        returned.append(True)

    with handed_over(calls_again) as tell:
        assert tell is not None
        tell(1)
    assert returned == [True]
