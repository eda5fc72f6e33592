"""The file format of recorded links: one JSON object per line, readable by people and replayable by machines.

First a header, `{"posdevkit_trace": 1, "url": ..., "began": ..., "nonce": ...}`, then events in their order. Each has
`t` (seconds since the recording began) and `at` (bytes that the cable had taken by then, which is where a replay puts
it); `send` and `receive` have `data` in hexadecimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from posdevkit.errors import BadUrl

__all__ = ["VERSION", "Kind", "Record", "Recording", "Redactor", "header", "keep", "read_recording"]

VERSION: Final = 1

Kind = Literal["send", "receive", "eof", "send_eof", "lost", "close", "abort"]
"""`eof`: the other side ended. `lost`: the connection broke."""

Redactor = Callable[[Literal["send", "receive"], bytes], bytes]
"""What to write in place of a payload. It must keep the length, or a replay could not place what follows."""

_KINDS: Final = frozenset(get_args(Kind))


def keep(_: Literal["send", "receive"], data: bytes) -> bytes:
    """The redactor that keeps everything."""
    return data


@dataclass(frozen=True, slots=True)
class Record:
    """One line after the header."""

    t: float
    kind: Kind
    at: int
    data: bytes = b""

    def line(self) -> str:
        """As it stands in the file."""
        fields: dict[str, float | str] = {"t": round(self.t, 6), "kind": self.kind, "at": self.at}
        if self.data:
            fields["data"] = self.data.hex()
        return json.dumps(fields) + "\n"


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole file."""

    nonce: int
    """See `links.base.Nonced`."""
    records: tuple[Record, ...]


def header(url: str, began: str, nonce: int) -> str:
    """The first line. `began` is a time of day as text, for people."""
    entry = {"posdevkit_trace": VERSION, "url": url, "began": began, "nonce": nonce}
    return json.dumps(entry, ensure_ascii=False) + "\n"


def read_recording(path: Path) -> Recording:
    """A whole file. Raises BadUrl, naming file and line, for one that cannot be read or is no recording.

    A last line that was cut off, by a crash during the recording, is left out.
    """
    try:
        lines = path.read_text("utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadUrl(f"replay://{path}: {problem}", remedy="Give the path of a file that was recorded.") from None
    records = []
    nonce = 0
    for number, line in enumerate(lines, 1):
        if number == len(lines) > 1 and not line.endswith("\n"):
            break
        try:
            entry = json.loads(line)
            if number == 1:
                if entry["posdevkit_trace"] != VERSION:
                    raise ValueError(f"version {entry['posdevkit_trace']}")
                nonce = int(entry["nonce"])
            else:
                records.append(_record(entry))
        except (ValueError, KeyError, TypeError) as problem:
            raise _no_recording(path, number, f"{type(problem).__name__} {problem}") from None
    if not lines:
        raise _no_recording(path, 1, "the file is empty")
    return Recording(nonce, tuple(records))


def _record(entry: dict[str, object]) -> Record:
    kind, at, t, data = entry["kind"], entry["at"], entry["t"], entry.get("data", "")
    if kind not in _KINDS or not isinstance(at, int) or not isinstance(t, (int, float)) or not isinstance(data, str):
        raise ValueError("not a record")
    return Record(float(t), kind, at, bytes.fromhex(data))  # type: ignore[arg-type]


def _no_recording(path: Path, line: int, why: str) -> BadUrl:
    return BadUrl(f"replay://{path}: line {line} is no part of a recording ({why})", remedy="Record the link again.")
