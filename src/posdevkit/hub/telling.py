"""Devices, jobs and events as plain values for JSON, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from posdevkit.codes.telling import Json
from posdevkit.errors.texts import message, remedy
from posdevkit.printqueue import QueuedJob, QueueState
from posdevkit.protocols.scales.mt8217 import NoWeight, Weight
from posdevkit.secret import Secret

__all__ = ["Told", "in_language", "job_json", "moment", "weight_json"]


@dataclass(frozen=True, slots=True)
class Told:
    """Something to tell about a device."""

    device: str
    event: str
    """`device`, `scan`, `misread`, `status`, `link-lost`, `link-restored`, `lost`, `job`, `claim` or `claim-wanted`."""
    data: dict[str, Json]
    only: str | None = None
    """The id of the one token that may hear of it; None for all."""
    secret: Secret | None = None
    """A payment code, for that one token."""


def moment(seconds: float) -> str:
    """Seconds since 1970 as RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def job_json(job: QueuedJob, language: str = "en", standing_in_the_way: str | None = None) -> dict[str, Json]:
    """A queued job. `outcome` is what is known of the paper; `problem` (a slug) what keeps it from being printed, or
    what a person has to decide, with what to do about it.

    `standing_in_the_way` is what the printer tells just now.
    """
    problem = job.problem or None
    if not job.state.settled and standing_in_the_way is not None:
        problem = standing_in_the_way
    elif job.state is QueueState.UNCONFIRMED and problem is None:
        problem = "unconfirmed"
    return {
        "key": job.key,
        "state": job.state.value,
        "outcome": job.delivery.value,
        "evidence": job.evidence.value,
        "settled": job.state.settled,
        "problem": problem,
        "message": message(problem, language) if problem else None,
        "remedy": remedy(problem, language) if problem else None,
        "attempts": job.attempts,
        "copy_of": job.copy_of or None,
        "asked_by": job.asked_by or None,
        "fingerprint": job.fingerprint,
        "added_at": moment(job.added_at),
        "changed_at": moment(job.changed_at),
    }


def weight_json(answer: Weight | NoWeight) -> dict[str, Json]:
    """What a scale says: grams as an exact decimal text, or why there is no weight now."""
    if isinstance(answer, Weight):
        return {"grams": str(answer.grams), "net": answer.net, "reasons": []}
    return {"grams": None, "net": None, "reasons": [reason.name.lower() for reason in answer.reasons]}


def in_language(data: dict[str, Json], language: str) -> dict[str, Json]:
    """An event's data with the texts of its `problem` in `language`."""
    problem = data.get("problem")
    if not isinstance(problem, str):
        return data
    return {**data, "message": message(problem, language), "remedy": remedy(problem, language)}
