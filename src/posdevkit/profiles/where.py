"""On which line of a TOML file a key stands, which `tomllib` does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["line_of"]

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-\"'. ]+?)\s*=")


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The line, from 1, of the key at `path` (tables first), or None if it cannot be told.

    Reads headers, dotted keys and the keys of inline tables on their parent's line; a key inside a multi-line string
    could mislead it, so the answer is for people.
    """
    wanted = list(path)
    table: list[str] = []
    nearest: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            found = table
        elif key := _KEY.match(line):
            found = table + _parts(key[1])
        else:
            continue
        if found == wanted[: len(found)]:
            if len(found) == len(wanted):
                return number
            nearest = number
    return nearest
