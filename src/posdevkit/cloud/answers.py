"""What an answer means. Pure: a Reply in, a value or one of our errors out.

Whatever is not exactly what the cloud says is CloudMisdirected, and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posdevkit.contract import BadMessage, Change, PushResult, change_from_json, from_json
from posdevkit.contract.sync import CHANGES
from posdevkit.errors import CloudError, CloudMisdirected, CloudRefused, CloudUnauthorised

from .backoff import http_date, retry_after

if TYPE_CHECKING:
    from .http import Reply

__all__ = [
    "Changes",
    "RefusedWhole",
    "asked_pause",
    "change_of",
    "changes_of",
    "check_stream",
    "results_of",
    "server_time",
]

REFUSED_WHOLE: Final = frozenset({400, 413, 415, 422, 500})
"""Answers to a batch that may be one fact's fault. The others (429, 502, 503, 504 ...) are the server's own."""


class RefusedWhole(CloudRefused):
    """A batch was refused as a whole: smaller ones may go through, all but the one fact that is at fault."""


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of what has changed."""

    changes: tuple[Change, ...]
    next: int
    """The cursor behind this page."""
    more: bool
    skipped: int = 0
    """Changes of kinds that this version does not know."""


def server_time(reply: Reply) -> float | None:
    """The server's clock as its Date header tells it, seconds since 1970, to the second."""
    return http_date(reply.headers.get("date", ""))


def asked_pause(reply: Reply, now: float) -> float | None:
    """The pause that the server asks for, None where it asks for none. `now` counts if it tells no time of its own."""
    text = reply.headers.get("retry-after")
    return None if text is None else retry_after(text, server_time(reply) or now)


def results_of(reply: Reply, sent: Sequence[str]) -> tuple[PushResult, ...]:
    """The verdicts on the facts with the identifiers `sent`, in that order. Raises a CloudError."""
    found = _object(reply, {"results"})["results"]
    if not isinstance(found, list) or len(found) != len(sent):
        raise CloudMisdirected(f"not one verdict for each of {len(sent)} facts")
    try:
        results = tuple(from_json(PushResult, one, f"results[{place}]") for place, one in enumerate(found))
    except BadMessage as problem:
        raise CloudMisdirected(str(problem)) from None
    if [result.id for result in results] != list(sent):
        raise CloudMisdirected("verdicts on other facts than were sent")
    return results


def changes_of(reply: Reply, after: int) -> Changes:
    """A page of changes behind the cursor `after`. Raises a CloudError."""
    page = _object(reply, {"changes", "next", "more"})
    found, behind, more = page["changes"], page["next"], page["more"]
    if not isinstance(found, list) or type(behind) is not int or behind < after or not isinstance(more, bool):
        raise CloudMisdirected("no page of changes")
    if more and behind == after:
        raise CloudMisdirected("a page of changes that leads nowhere")
    changes = [_change(one) for one in found]
    known = tuple(change for change in changes if change is not None)
    return Changes(known, behind, more, len(changes) - len(known))


def change_of(data: str) -> Change | None:
    """The change that an event tells, None for one of a kind that this version does not know. Raises a CloudError."""
    try:
        return _change(json.loads(data))
    except (ValueError, RecursionError):
        raise CloudMisdirected("an event that is not JSON") from None


def _change(value: object) -> Change | None:
    # A till may be older than its cloud: what it has no use for is passed over, what it cannot understand is not.
    if isinstance(value, dict) and isinstance(value.get("kind"), str) and value["kind"] not in CHANGES:
        return None
    try:
        return change_from_json(value)
    except BadMessage as problem:
        raise CloudMisdirected(
            f"a change that cannot be read: {problem}",
            remedy="Check the cloud's address; if that is right, install a newer posdevkit.",
        ) from None


def check_stream(reply: Reply) -> None:
    """Raises a CloudError unless an event stream begins."""
    if reply.status != 200:
        raise _refusal(reply)
    if reply.media_type != "text/event-stream":
        raise CloudMisdirected(f"{reply.media_type or 'no media type'} instead of text/event-stream")


def _object(reply: Reply, names: set[str]) -> dict[str, object]:
    if reply.status != 200:
        raise _refusal(reply)
    if reply.media_type != "application/json":
        raise CloudMisdirected(f"{reply.media_type or 'no media type'} instead of application/json")
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise CloudMisdirected("an answer that is not JSON") from None
    if not isinstance(value, dict) or not names <= set(value):
        raise CloudMisdirected(f"an answer without {' and '.join(sorted(names))}")
    return value


def _refusal(reply: Reply) -> CloudError:
    status = reply.status
    if reply.media_type in ("text/html", "application/xhtml+xml") and status < 500:
        return CloudMisdirected(f"HTTP {status} and a web page")
    if status in (401, 403):
        return CloudUnauthorised(f"HTTP {status}")
    if 300 <= status < 400:
        return CloudMisdirected(f"HTTP {status}, to {reply.headers.get('location', 'nowhere')}")
    if status in REFUSED_WHOLE:
        return RefusedWhole(f"HTTP {status}")
    if status in (408, 425, 429) or 500 <= status != 511:
        return CloudRefused(f"HTTP {status}")
    return CloudMisdirected(f"HTTP {status}")
