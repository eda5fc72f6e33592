"""Rows as CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

__all__ = ["harmless", "to_csv"]

# What begins a formula in Excel, LibreOffice and Google Sheets (OWASP, "CSV Injection"); full-width forms too.
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """Text that would be a formula gets an apostrophe in front; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS) else value


def to_csv(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """RFC 4180, with a byte order mark so that Excel reads æ, ø and å."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()
