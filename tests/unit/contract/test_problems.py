"""Errors as problem details: whole, in both languages, and never without a remedy."""

from __future__ import annotations

import json

import pytest

from posdevkit import errors
from posdevkit.contract.problems import http_status, language_of, problem_details
from posdevkit.errors import Claimed, JobConflict, NotFound, PaperOut, PosError, UsageError
from posdevkit.events import Delivery, Outcome

NAMED = [getattr(errors, name) for name in errors.__all__]
KINDS = [kind for kind in NAMED if isinstance(kind, type) and issubclass(kind, PosError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_told(kind: type[PosError]) -> None:
    english, danish = (problem_details(kind("detail"), language) for language in ("en", "da"))
    assert english["slug"] == kind.slug
    assert english["type"] == f"urn:posdevkit:problem:{kind.slug}"
    assert 400 <= http_status(kind("x")) < 600
    assert english["title"] != danish["title"]
    assert english["remedy"]
    assert danish["remedy"] != english["remedy"]
    assert json.loads(json.dumps(english)) == english


def test_the_outcome_of_a_job_goes_with_its_error() -> None:
    told = problem_details(PaperOut("counter", outcome=Outcome(Delivery.PARTIAL, bytes_taken=7, bytes_total=9)))
    assert told["outcome"] == {"delivery": "partial", "evidence": "none", "bytes_taken": 7, "bytes_total": 9}
    assert (told["status"], told["who"], told["retry"]) == (503, "cashier", True)


@pytest.mark.parametrize(
    ("error", "status"), [(UsageError, 400), (NotFound, 404), (JobConflict, 409), (Claimed, 409), (PosError, 500)]
)
def test_statuses(error: type[PosError], status: int) -> None:
    assert http_status(error("x")) == status


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("da", "da"),
        ("da-DK,da;q=0.9,en;q=0.8", "da"),
        ("en-GB, da;q=0.9", "en"),
        ("sv, da;q=0.3, en;q=0.2", "da"),
        ("fr", "en"),
        ("da;q=0, en;q=0.1", "en"),
        ("da;q=nan", "en"),
        ("da;q=x,;;,=", "en"),
        ("*", "en"),
    ],
)
def test_the_language_that_is_liked_best(header: str, language: str) -> None:
    assert language_of(header) == language
