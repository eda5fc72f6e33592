"""Two operations timed in turns within one run; what counts is the median of the ratios, not any machine's seconds."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the report."""

    what: str
    """The operation and what it is held against, spelled out."""
    value: float
    unit: str
    """`x` for a ratio, else what `value` counts."""
    aim: str = ""
    """What the project wants, in words; empty where a number is only reported beside."""
    met: bool | None = None
    """Whether this run reached the aim; None where nothing is wanted."""
    note: str = ""


@dataclass(frozen=True)
class Turns:
    """Medians of alternating rounds."""

    first: float
    """Seconds a call of the first operation took."""
    second: float
    ratio: float
    """Median of second / first, round by round: how many times faster the first is."""
    low: float
    high: float
    """The quartiles of the ratio."""


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int, seconds: float = 0.1) -> Turns:
    """Time both in turns, `rounds` times, each turn long enough to last about `seconds`; the one that begins changes.

    Both run once before, so that caches and lazy tables are warm.
    """
    calls = [_calls(operation, seconds) for operation in (first, second)]
    times: list[tuple[float, float]] = []
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            if number % 2:
                late = _per_call(second, calls[1])
                times.append((_per_call(first, calls[0]), late))
            else:
                early = _per_call(first, calls[0])
                times.append((early, _per_call(second, calls[1])))
    finally:
        gc.enable()
    ratios = [b / a for a, b in times]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return Turns(
        statistics.median(a for a, _ in times),
        statistics.median(b for _, b in times),
        statistics.median(ratios),
        quartiles[0],
        quartiles[2],
    )


def _per_call(operation: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        operation()
    return (time.perf_counter() - start) / calls


def _calls(operation: Callable[[], object], seconds: float) -> int:
    operation()
    return max(1, round(seconds / max(_per_call(operation, 1), 1e-7)))


def show(rows: list[Row]) -> str:
    """The report as text."""
    lines = []
    for row in rows:
        verdict = {None: "", True: "met", False: "MISSED"}[row.met]
        lines.append(f"{row.value:>10.2f} {row.unit:<8} {row.what}")
        tail = "; ".join(part for part in (f"wanted: {row.aim}" if row.aim else "", verdict, row.note) if part)
        if tail:
            lines.append(f"{'':<19} {tail}")
    return "\n".join(lines)
