"""A second run of the few tests that a busy machine may have failed, and what is never run twice.

Thousands of tests speak over real cables in real time, four at once on two cores; now and then one of them waits longer
than it allows itself. Run again alone it passes; a defect fails again. Whatever failed once is named in the summary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from plan import Context, StepFailed

__all__ = ["AT_MOST", "NEVER", "run", "worth_it"]

AT_MOST = 3
"""More failures than that are no accident."""
_REASONS = 12
"""Lines of why a test failed the first time, at most."""
NEVER = ("chaos", "contracts", "fuzz", "golden", "kill", "oracles", "properties", "simulation", "soak")
"""Folders of tests where one failure is the finding: they compute, or look for what goes wrong one time in many."""


def worth_it(output: str) -> list[str]:
    """The tests to run again, from what pytest printed; none where a second run must not decide."""
    told = re.findall(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", output, re.MULTILINE)
    failed = sorted({name.rstrip("\r") for name in told})  # a test that fails may leave something behind, an error too
    counted = re.findall(r"^=*\s?(?=.*\b(?:passed|failed|errors?)\b)(.*) in [\d.]+s", output, re.MULTILINE)
    closing = counted[-1] if counted else ""
    total = sum(int(number) for number in re.findall(r"(\d+) (?:failed|errors?)\b", closing))
    whole = total == len(told) and len(failed) <= AT_MOST
    if not whole or any(name.startswith(f"tests/{folder}/") for name in failed for folder in NEVER):
        return []
    return failed


def run(context: Context, first: Callable[[], str], again: Callable[[Sequence[str]], str]) -> str:
    """Carry out `first`, and `again` with the tests that failed in it where that is fair; return what `first` printed.

    Raises:
        StepFailed: `first` failed for good, or `again` did.
    """
    try:
        return first()
    except StepFailed as failure:
        names = worth_it(failure.output)
        if not names:
            raise
        again(names)
        # Last in the log, where it is seen of a step that passed: it is to be mended all the same.
        context.say("\n".join(re.findall(r"^E  .+$", failure.output, re.MULTILINE)[:_REASONS]))
        told = f"unsteady, passed alone: {', '.join(names)}"
        context.note = f"{context.note}; {told}" if context.note else told  # a step may have two runs
        context.say(told)
        return failure.output
