"""`posdevkit cloud serve` that kills itself in its Nth push: `dying_server.py before-commit|after-commit N ...`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from posdevkit.cli.main import main
from posdevkit.server import routes_sync
from posdevkit.server.desk import Desk

when, number = sys.argv[1], int(sys.argv[2])
pushes = 0
take: Callable[..., Any] = vars(routes_sync)["take"]
write: Callable[..., Any] = Desk.write


def die() -> None:
    os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status


def taking(*words: Any) -> Any:
    """The moment before the commit: all rows are written, none is on the disk."""
    global pushes
    pushes += 1
    results = take(*words)
    if when == "before-commit" and pushes == number:
        die()
    return results


async def writing(self: Desk, *words: Any) -> Any:
    """The moment after the commit: the client has heard nothing."""
    found = await write(self, *words)
    if when == "after-commit" and pushes == number:
        die()
    return found


setattr(routes_sync, "take", taking)  # noqa: B010  # another's name, replaced on purpose
setattr(Desk, "write", writing)  # noqa: B010
run: Callable[[list[str]], int] = main
raise SystemExit(run(sys.argv[3:]))
