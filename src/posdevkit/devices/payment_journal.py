"""What the till knows of its payments, written down before a command leaves: it outlives the process."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from posdevkit.errors import InputFailed, OutputFailed
from posdevkit.money import Money
from posdevkit.runtime.process_lock import ProcessLock

from .payment import PaymentKind, PaymentState

__all__ = ["Entry", "PaymentJournal"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One intent. Holds no card number: at most its last four digits."""

    intent: str
    amount: Money
    before: str = ""
    """The terminal's last transaction when this one began: what `recover` compares with."""
    state: PaymentState = PaymentState.UNKNOWN
    reason: str = ""
    receipt: int | None = None
    trace: int | None = None
    brand: str = ""
    last_four: str = ""
    kind: PaymentKind = PaymentKind.CHARGE
    of: str = ""
    """The intent of the charge that a reversal takes back."""

    def same_as(self, other: Entry) -> bool:
        """Whether both would do the same."""
        return (self.kind, self.amount, self.of) == (other.kind, other.amount, other.of)


class PaymentJournal:
    """Intents by name. With a path each change is on the disk before `write` returns."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Raises InputFailed for a file that is no journal, Claimed if another program uses it, OutputFailed."""
        self._entries: dict[str, Entry] = {}
        self._file: IO[bytes] | None = None
        self._lock: ProcessLock | None = None
        if path is None:
            return
        self._path = Path(path)
        self._lock = ProcessLock(
            self._path.with_name(self._path.name + ".lock"),
            remedy="Stop the other program that takes payments with this journal, or use another.",
        )
        try:
            self._load()
            self._file = self._path.open("ab")
            _sync_directory(self._path.parent)
        except OSError as problem:
            self.close()
            raise OutputFailed(f"{self._path}: {problem.strerror}") from problem
        except BaseException:
            self.close()
            raise

    @property
    def unresolved(self) -> tuple[Entry, ...]:
        """Intents of which nobody knows what became of them."""
        return tuple(entry for entry in self._entries.values() if entry.state is PaymentState.UNKNOWN)

    def reversal_of(self, intent: str) -> Entry | None:
        """What took a charge back, None while it stands."""
        made = (entry for entry in self._entries.values() if entry.state is PaymentState.APPROVED)
        return next((entry for entry in made if entry.kind is PaymentKind.REVERSAL and entry.of == intent), None)

    def get(self, intent: str) -> Entry | None:
        """What is known of an intent."""
        return self._entries.get(intent)

    def write(self, entry: Entry) -> None:
        """Keep an entry. Raises OutputFailed; then nothing is kept, and no money may move."""
        if self._file is not None:
            try:
                self._file.write(_line(entry))
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as problem:
                raise OutputFailed(f"{self._path}: {problem.strerror}") from problem
        self._entries[entry.intent] = entry

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _load(self) -> None:
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole, newline, torn = data.rpartition(b"\n")
        if torn:
            # The process died inside a write. What was being written had not begun, or is found again by `recover`.
            with self._path.open("r+b") as file:
                file.truncate(len(whole) + len(newline))
                os.fsync(file.fileno())
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                entry = _entry(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise InputFailed(
                    f"{self._path}: line {number} is no payment", remedy="Name the journal of payments, or a new file."
                ) from None
            self._entries[entry.intent] = entry


def _line(entry: Entry) -> bytes:
    facts = {
        "intent": entry.intent,
        "minor": entry.amount.minor,
        "currency": entry.amount.currency,
        "before": entry.before,
        "state": entry.state.value,
        "reason": entry.reason,
        "receipt": entry.receipt,
        "trace": entry.trace,
        "brand": entry.brand,
        "last_four": entry.last_four,
        "kind": entry.kind.value,
        "of": entry.of,
    }
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"


def _entry(facts: dict[str, str | int | None]) -> Entry:
    minor, receipt, trace = facts["minor"], facts["receipt"], facts["trace"]
    if not isinstance(minor, int) or isinstance(receipt, str) or isinstance(trace, str):
        raise TypeError
    return Entry(
        intent=str(facts["intent"]),
        amount=Money(minor, str(facts["currency"])),
        before=str(facts["before"]),
        state=PaymentState(facts["state"]),
        reason=str(facts["reason"]),
        receipt=receipt,
        trace=trace,
        brand=str(facts["brand"]),
        last_four=str(facts["last_four"]),
        # Journals from before money could be given back hold charges alone.
        kind=PaymentKind(facts.get("kind", PaymentKind.CHARGE.value)),
        of=str(facts.get("of", "")),
    )


def _sync_directory(folder: Path) -> None:
    """Make the file's name itself durable, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no directories
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
