"""How an error is told: the same way by every command."""

from __future__ import annotations

import sys

from posdevkit.errors import PosError
from posdevkit.events import Outcome

from . import exits
from .console import Json, clean, note, painted, write_json

__all__ = ["outcome_facts", "tell"]


def tell(problem: PosError, *, as_json: bool, language: str) -> int:
    """Message and remedy on standard error, or one JSON object on standard output; gives the exit code."""
    code = exits.of(problem)
    if as_json:
        write_json({"ok": False, "exit": code, "error": _facts(problem, language)})
        return code
    message = _one_line(problem.message(language))
    note(f"{painted('error:', 'red', sys.stderr)} {message}")
    note(f"  {_one_line(problem.remedy(language))}")
    if problem.outcome is not None:
        note(f"  Outcome: {problem.outcome}.")
    return code


def _facts(problem: PosError, language: str) -> dict[str, Json]:
    return {
        "slug": problem.slug,
        "message": problem.message(language),
        "remedy": problem.remedy(language),
        "who": problem.who.value,
        "retry": problem.retry,
        "upos": problem.code.name,
        "outcome": None if problem.outcome is None else outcome_facts(problem.outcome),
    }


def outcome_facts(outcome: Outcome) -> dict[str, Json]:
    """An outcome for a program."""
    return {
        "delivery": outcome.delivery.value,
        "evidence": outcome.evidence.value,
        "bytes_taken": outcome.bytes_taken,
        "bytes_total": outcome.bytes_total,
        "safe_to_retry": outcome.safe_to_retry,
    }


def _one_line(text: str) -> str:
    return clean(" ".join(text.splitlines()))
