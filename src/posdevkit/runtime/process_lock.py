"""A lock between processes that the operating system drops when its holder dies, however it dies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from posdevkit.errors import Claimed, OutputFailed

__all__ = ["ProcessLock"]


class ProcessLock:
    """Held by one process at a time, through a file beside what it guards. The file stays; the lock does not."""

    def __init__(self, path: Path, *, remedy: str) -> None:
        """Take it. Raises Claimed, with `remedy`, if another process or holder has it, and OutputFailed."""
        try:
            self._file: IO[bytes] | None = path.open("ab")
        except OSError as problem:
            raise OutputFailed(f"{path}: {problem.strerror}") from None
        try:
            _take(self._file)
        except OSError:
            self._file.close()
            raise Claimed(f"{path}", remedy=remedy) from None

    def release(self) -> None:
        """Let it go."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _take(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
