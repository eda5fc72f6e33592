"""Sales and their numbers: 1, 2, 3 ... per register, without a gap, since a number is taken and used in one commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from uuid import UUID

from posdevkit.contract import Fact, Sale, fact_from_json, fact_to_json
from posdevkit.errors import UsageError

__all__ = ["Sales"]


class Sales:
    """The sales of this file. What was sold is never changed: a refund is a sale of its own."""

    def upcoming(self, connection: sqlite3.Connection, register: str) -> int:
        """The number that `next_sequence` would give now."""
        row = connection.execute("SELECT last FROM receipt_number WHERE register = ?", (register,)).fetchone()
        return 1 if row is None else int(row[0]) + 1

    def next_sequence(self, transaction: sqlite3.Connection, register: str) -> int:
        """The number of the next receipt of `register`.

        It is taken with this transaction: should that be rolled back, the next one gets the same number.
        """
        (number,) = transaction.execute(
            "INSERT INTO receipt_number (register, last) VALUES (?, 1)"
            " ON CONFLICT (register) DO UPDATE SET last = last + 1 RETURNING last",
            (register,),
        ).fetchone()
        return int(number)

    def add(self, transaction: sqlite3.Connection, fact: Fact, *, shift: int | None = None) -> None:
        """Keep a sale under the number that `next_sequence` gave in this same transaction.

        Raises UsageError for any other number, since that would leave a gap or take a number twice.
        """
        sale = fact.body
        if not isinstance(sale, Sale):
            raise UsageError(f"fact {fact.id} is no sale but {fact.kind}")
        row = transaction.execute("SELECT last FROM receipt_number WHERE register = ?", (sale.register,)).fetchone()
        taken = transaction.execute(
            "SELECT 1 FROM sale WHERE register = ? AND sequence = ?", (sale.register, sale.sequence)
        ).fetchone()
        if row is None or row[0] != sale.sequence or taken:
            raise UsageError(
                f"receipt {sale.sequence} of register {sale.register} is not the number that was taken",
                remedy="Take the number with next_sequence() in the transaction that keeps the sale.",
            )
        transaction.execute(
            "INSERT INTO sale (fact_id, receipt, register, sequence, business_day, shift, refund_of, fact)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(fact.id),
                sale.receipt,
                sale.register,
                sale.sequence,
                sale.business_day,
                shift,
                sale.refund_of,
                json.dumps(fact_to_json(fact), ensure_ascii=False, separators=(",", ":")),
            ),
        )

    def sale(self, connection: sqlite3.Connection, identifier: UUID | str) -> Fact | None:
        """A sale by the identifier of its fact, None where there is none."""
        return next(self._read(connection, "fact_id = ?", (str(identifier),)), None)

    def by_receipt(self, connection: sqlite3.Connection, receipt: str) -> list[Fact]:
        """The sales whose paper has this number on it: one, or several where registers number alike."""
        return list(self._read(connection, "receipt = ?", (receipt,)))

    def refunds_of(self, connection: sqlite3.Connection, identifier: UUID | str) -> list[Fact]:
        """What has been given back of a sale so far."""
        return list(self._read(connection, "refund_of = ?", (str(identifier),)))

    def of_shift(self, connection: sqlite3.Connection, register: str, shift: int) -> Iterator[Fact]:
        """The sales of a shift one by one, in the order of their receipts."""
        return self._read(connection, "register = ? AND shift = ?", (register, shift))

    def gaps(self, connection: sqlite3.Connection, register: str) -> list[int]:
        """Numbers that were passed over: none, unless somebody wrote into the file by another way."""
        found = connection.execute(
            "SELECT sequence, before FROM (SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before"
            " FROM sale WHERE register = ?) WHERE sequence <> before + 1",
            (register,),
        )
        missing = [number for sequence, before in found for number in range(before + 1, sequence)]
        row = connection.execute(
            "SELECT n.last, coalesce(max(s.sequence), 0) FROM receipt_number n LEFT JOIN sale s"
            " ON s.register = n.register WHERE n.register = ?",
            (register,),
        ).fetchone()
        return missing + (list(range(row[1] + 1, row[0] + 1)) if row and row[0] is not None else [])

    @staticmethod
    def _read(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> Iterator[Fact]:
        rows = connection.execute(f"SELECT fact FROM sale WHERE {where} ORDER BY register, sequence", values)  # noqa: S608  # a constant
        return (fact_from_json(json.loads(text)) for (text,) in rows)
