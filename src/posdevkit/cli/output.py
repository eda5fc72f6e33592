"""Files that the commands write."""

from __future__ import annotations

from pathlib import Path

from posdevkit.errors import OutputFailed

__all__ = ["write_file"]


def write_file(path: str | Path, data: bytes) -> None:
    """Write all of it. Raises OutputFailed."""
    try:
        Path(path).write_bytes(data)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
        raise OutputFailed(f"{path}: {reason}") from problem
