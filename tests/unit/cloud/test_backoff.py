"""Pauses: their limits, what a server asks for, and what it cannot ask for."""

from __future__ import annotations

import random

import pytest

from posdevkit.cloud.backoff import Backoff, Timing, http_date, retry_after


def test_limits_double_up_to_a_minute_and_begin_anew_after_a_success() -> None:
    backoff = Backoff(Timing(uniform=lambda low, high: high))
    assert [backoff.pause() for _ in range(10)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    for _ in range(5000):
        assert backoff.pause() == 60
    backoff.succeeded()
    assert backoff.pause() == 0.5


def test_jitter_is_full() -> None:
    chance = random.Random(7)
    pauses = []
    for _ in range(2000):
        backoff = Backoff(Timing(uniform=chance.uniform))
        backoff.fruitless = 5
        pauses.append(backoff.pause())
    assert 0 <= min(pauses) < 0.2
    assert 15.8 < max(pauses) <= 16
    assert 7.5 < sum(pauses) / len(pauses) < 8.5


def test_a_server_is_heeded_within_reason() -> None:
    backoff = Backoff(Timing(uniform=lambda low, high: low))
    assert backoff.pause(30) == 30
    assert backoff.pause(10**9) == 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 14 Mar 2026 09:32:30 GMT", 30.0),
        ("Saturday, 14-Mar-26 09:33:00 GMT", 60.0),
        ("Sat, 14 Mar 2026 09:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sat, 99 Mar 2026 09:32:30 GMT", None),
    ],
)
def test_retry_after_in_both_spellings(text: str, seconds: float | None) -> None:
    assert retry_after(text, http_date("Sat, 14 Mar 2026 09:32:00 GMT") or 0.0) == seconds
