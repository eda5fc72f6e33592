"""The journal: what happened at a register, row by row, each chained to the one before by its hash.

A row that is changed, taken out, put in or moved is found; so is an end that was cut off, by whoever kept the last row
elsewhere. A chain alone does not stop somebody who rewrites all of it: a signer does. This is evidence of
integrity, not a claim to meet any country's law.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from posdevkit.errors import BadDocument

__all__ = ["Broken", "Entry", "Signer", "Verifier", "appended", "canonical", "verify"]

Why = Literal["gap", "previous", "content", "signature", "truncated"]


class Signer(Protocol):
    """Signs a row."""

    def sign(self, data: bytes) -> str:
        """A signature of `data` as text in one spelling."""
        ...


class Verifier(Protocol):
    """Tells right signatures from wrong ones."""

    def verify(self, data: bytes, signature: str) -> bool:
        """Whether `signature` is what the signer gave for `data`."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    seq: int
    """1, 2, 3 ... without a gap."""
    at: str
    """ISO 8601 with the distance from UTC."""
    actor: str
    kind: str
    payload: str
    """Canonical JSON."""
    previous: str
    """Hash of the row before; empty for the first."""
    hash: str
    """SHA-256 in hex of all of the above."""
    signature: str = ""
    """Of the hash; empty where nobody signs."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not as it was written."""

    seq: int
    """The number that was to be at this place."""
    why: Why
    """`gap`: another number stands here; `previous`: it does not follow from the row before; `content`: it was changed;
    `signature`: it is signed wrongly, not at all, or there is nothing to check it with; `truncated`: rows are missing
    at the end."""


def canonical(value: object) -> str:
    """JSON in one spelling: sorted keys, no blanks. Raises BadDocument for what is no JSON, floats among it."""
    try:
        _no_floats(value)
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        text.encode()  # halves of characters are in no UTF-8
    except (TypeError, ValueError, RecursionError) as problem:
        raise BadDocument(f"a journal's payload: {problem}", remedy="Give JSON: amounts as whole numbers.") from problem
    return text


def appended(
    previous: Entry | None, *, at: datetime, actor: str, kind: str, payload: object, signer: Signer | None = None
) -> Entry:
    """The row that follows `previous` (None: the first). `at` has its distance from UTC, else BadDocument."""
    if at.tzinfo is None:
        raise BadDocument("a journal's time has its distance from UTC", remedy="Give a datetime with a time zone.")
    seq, before = (previous.seq + 1, previous.hash) if previous else (1, "")
    row = (seq, at.isoformat(), actor, kind, canonical(payload), before)
    digest = _hash(row)
    return Entry(*row, digest, signer.sign(digest.encode()) if signer else "")


def verify(
    entries: Iterable[Entry],
    *,
    verifier: Verifier | None = None,
    head: Entry | str | None = None,
    after: Entry | None = None,
) -> Broken | None:
    """The first broken row, None where all is well.

    `verifier` checks signatures; without one, rows must not be signed. `head` is the last row as it was kept elsewhere,
    or its hash, to find an end that was cut off; `after` the row before the first, to check a part of a journal.
    """
    seq, before = (after.seq, after.hash) if after else (0, "")
    kept = head.hash if isinstance(head, Entry) else head
    found_head = kept is None or kept == before
    for entry in entries:
        seq += 1
        if why := _flaw(entry, seq, before, verifier):
            return Broken(seq, why)
        if isinstance(head, Entry) and seq == head.seq and entry != head:
            return Broken(seq, "content")
        before = entry.hash
        found_head = found_head or before == kept
    return None if found_head else Broken(seq + 1, "truncated")


def _flaw(entry: Entry, seq: int, before: str, verifier: Verifier | None) -> Why | None:
    if entry.seq != seq:
        return "gap"
    if entry.previous != before:
        return "previous"
    if entry.hash != _hash((entry.seq, entry.at, entry.actor, entry.kind, entry.payload, entry.previous)):
        return "content"
    signed = verifier.verify(entry.hash.encode(), entry.signature) if verifier else not entry.signature
    return None if signed else "signature"


def _hash(row: tuple[int, str, str, str, str, str]) -> str:
    # As a JSON array no two rows have the same bytes. A row that was tampered with may hold halves of characters.
    text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _no_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError(f"{value} is a float")
    if isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                raise ValueError(f"{key!r} is no name")
            _no_floats(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _no_floats(one)
