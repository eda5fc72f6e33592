"""What the cloud client knows, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, cast

from .console import Json, clean

if TYPE_CHECKING:
    from posdevkit.cloud import CloudEvent, CloudStatus
    from posdevkit.store import DeadLetter

__all__ = ["event_in_words", "event_json", "letter_json", "status_in_words", "status_json"]


def status_json(status: CloudStatus) -> dict[str, Json]:
    """All of it."""
    trouble = status.trouble
    return {
        "state": status.state.value,
        "pending": status.pending,
        "pending_bytes": status.pending_bytes,
        "oldest_seconds": None if status.oldest_seconds is None else round(status.oldest_seconds, 1),
        "dead_letters": status.dead_letters,
        "cursor": status.cursor,
        "last_success": status.last_success,
        "clock_skew": status.clock_skew,
        "trouble": None
        if trouble is None
        else {"slug": trouble.slug, "message": trouble.message, "remedy": trouble.remedy, "at": trouble.at},
    }


def status_in_words(status: CloudStatus) -> Iterator[str]:
    """A line for each thing that a person may want to act on."""
    waits = "" if status.oldest_seconds is None else f", the oldest for {_length(status.oldest_seconds)}"
    yield f"{status.state.value}: {status.pending} facts pending ({status.pending_bytes} bytes{waits})"
    yield f"{status.dead_letters} dead letters; changes up to number {status.cursor}"
    yield f"last success: {'never' if status.last_success is None else _moment(status.last_success)}"
    if status.clock_skew is not None and abs(status.clock_skew) > 5:
        yield f"this clock is {_length(abs(status.clock_skew))} {'behind' if status.clock_skew > 0 else 'ahead'}"
    if status.trouble is not None:
        yield f"since {_moment(status.trouble.at)}: {clean(status.trouble.message)}"
        yield f"  {clean(status.trouble.remedy)}"


def event_json(event: CloudEvent) -> dict[str, Json]:
    """An event by its kind."""
    from posdevkit.cloud import ChangeApplied, CloudReached, CloudTrouble, FactsPushed
    from posdevkit.contract import change_to_json

    if isinstance(event, CloudReached):
        return {"event": "reached"}
    if isinstance(event, CloudTrouble):
        trouble = event.trouble
        return {"event": "trouble", "state": event.state.value, "message": trouble.message, "remedy": trouble.remedy}
    if isinstance(event, FactsPushed):
        return {"event": "pushed", "facts": event.facts, "pending": event.pending}
    if isinstance(event, ChangeApplied):
        # It is made for json.dumps, which its type does not say.
        return {"event": "change", **cast("dict[str, Json]", change_to_json(event.change))}
    return {"event": "dead-letter", "id": event.id, "code": event.code, "detail": event.detail}


def event_in_words(event: CloudEvent) -> str:
    """One line."""
    from posdevkit.cloud import ChangeApplied, CloudReached, CloudTrouble, FactsPushed

    if isinstance(event, CloudReached):
        return "the cloud answers"
    if isinstance(event, CloudTrouble):
        return f"{event.state.value}: {clean(event.trouble.message)}. {clean(event.trouble.remedy)}"
    if isinstance(event, FactsPushed):
        return f"{event.facts} facts sent, {event.pending} pending"
    if isinstance(event, ChangeApplied):
        return f"change {event.change.seq}: {event.change.kind}"
    return f"dead letter {clean(event.id)}: {clean(event.code)} {clean(event.detail)}".rstrip()


def letter_json(letter: DeadLetter) -> dict[str, Json]:
    """A dead letter, the fact in it as text."""
    return {
        "id": letter.id,
        "code": letter.code,
        "detail": letter.detail,
        "buried_at": letter.buried_at,
        "fact": letter.fact,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "seconds")


def _length(seconds: float) -> str:
    for name, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"
