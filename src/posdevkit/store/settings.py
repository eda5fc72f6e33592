"""Named values of this file: the register's identifier, the latest moment of its clock, how far it has pulled."""

from __future__ import annotations

import sqlite3
from typing import Final

from posdevkit.contract import Hlc
from posdevkit.errors import UsageError

__all__ = ["Settings"]

REGISTER: Final = "register"
CLOCK: Final = "hlc"
CURSOR: Final = "cursor"


class Settings:
    """Text by name, and those names that the library itself knows."""

    def get(self, connection: sqlite3.Connection, name: str, default: str = "") -> str:
        """The value, or `default` where none was set."""
        row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set(self, transaction: sqlite3.Connection, name: str, value: str) -> None:
        """Write it over what was there."""
        transaction.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def register(self, connection: sqlite3.Connection) -> str:
        """Identifier of the register that this file belongs to, empty before it has one."""
        return self.get(connection, REGISTER)

    def claim_register(self, transaction: sqlite3.Connection, register: str) -> None:
        """Make it this register's file for good. Raises UsageError where it is another's."""
        if (found := self.register(transaction)) not in ("", register):
            raise UsageError(
                f"the file belongs to register {found!r}, not to {register!r}",
                remedy="Give each register a file of its own.",
            )
        self.set(transaction, REGISTER, register)

    def clock(self, connection: sqlite3.Connection) -> Hlc | None:
        """The latest moment that is on the disk; an HlcClock goes on from there after a restart."""
        text = self.get(connection, CLOCK)
        return Hlc.parse(text) if text else None

    def set_clock(self, transaction: sqlite3.Connection, moment: Hlc) -> None:
        """Keep the latest moment; an earlier one changes nothing."""
        known = self.clock(transaction)
        if known is None or known < moment:
            self.set(transaction, CLOCK, str(moment))

    def cursor(self, connection: sqlite3.Connection) -> int:
        """The server's number of the latest change that has been applied, 0 before the first."""
        return int(self.get(connection, CURSOR, "0"))

    def set_cursor(self, transaction: sqlite3.Connection, seq: int) -> None:
        """Keep how far it is; only in the transaction that applies the changes. An earlier one changes nothing."""
        if seq > self.cursor(transaction):
            self.set(transaction, CURSOR, str(seq))
