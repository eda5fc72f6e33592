"""A job's bytes as each printer would get them, so that it can go to another without its document."""

from __future__ import annotations

import sqlite3
import time
from array import array
from dataclasses import dataclass

from posdevkit.protocols.job import Compiled

__all__ = ["Form", "bytes_of", "compiled_of", "forms_of", "keep_form", "to_other"]


@dataclass(frozen=True, slots=True)
class Form:
    """A job as one printer gets it."""

    compiled: Compiled
    commands: str = "escpos"
    """The language of its commands, as profiles name it."""
    width: int = 0
    """Dots across of the printer that it was made for; 0 where nobody told."""


def bytes_of(compiled: Compiled) -> tuple[bytes, bytes, int]:
    """The columns `data`, `ends` and `proof_at`."""
    return compiled.data, array("Q", compiled.ends).tobytes(), compiled.proof_at


def compiled_of(data: bytes, ends: bytes, proof_at: int) -> Compiled:
    """What `bytes_of` made columns of."""
    return Compiled(data, array("Q", ends), proof_at)


def keep_form(transaction: sqlite3.Connection, number: int, carrier: str, form: Form) -> None:
    """Keep what that printer would get."""
    transaction.execute(
        "INSERT INTO print_job_form (number, carrier, data, ends, proof_at, commands, width)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, carrier, *bytes_of(form.compiled), form.commands, form.width),
    )


def forms_of(connection: sqlite3.Connection, number: int) -> dict[str, Form]:
    """What the other printers would get, by their names."""
    rows = connection.execute(
        "SELECT carrier, data, ends, proof_at, commands, width FROM print_job_form WHERE number = ? ORDER BY carrier",
        (number,),
    )
    return {carrier: Form(compiled_of(*columns), commands, width) for carrier, *columns, commands, width in rows}


def to_other(transaction: sqlite3.Connection, number: int, carrier: str, *, lease_over: float | None = None) -> bool:
    """Hand a job to another printer that it was made ready for; what the first one would get is kept in turn.

    Only a job of which provably not a byte has left: one that waits its turn, or is claimed. A claimed one has a
    holder, whom the change of lease keeps from beginning; with `lease_over`, a time, only where its lease ran out
    before that. The process id of an earlier attempt is the other printer's and forgotten. False if nothing was done.
    """
    row = transaction.execute(
        "SELECT carrier, data, ends, proof_at, commands, width FROM print_job WHERE number = ?"
        " AND (state = 'pending' OR state = 'claimed' AND lease_until < ?)",
        (number, float("inf") if lease_over is None else lease_over),
    ).fetchone()
    other = forms_of(transaction, number).get(carrier)
    if row is None or other is None:
        return False
    before, *columns, commands, width = row
    transaction.execute("DELETE FROM print_job_form WHERE number = ? AND carrier = ?", (number, carrier))
    keep_form(transaction, number, before, Form(compiled_of(*columns), commands, width))
    transaction.execute(
        "UPDATE print_job SET carrier = ?, data = ?, ends = ?, proof_at = ?, commands = ?, width = ?,"
        " state = 'pending', lease = '', lease_until = 0, process_id = x'', changed_at = ? WHERE number = ?",
        (carrier, *bytes_of(other.compiled), other.commands, other.width, time.time(), number),
    )
    return True
