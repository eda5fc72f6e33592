"""How processes end on this system, as `subprocess` tells it, and what a test may not ask of Windows."""

from __future__ import annotations

import sys
from typing import Final

import pytest

__all__ = ["CTRL_C", "INTERRUPTED", "KILLED", "TERMINATED"]

_WINDOWS: Final = sys.platform == "win32"

KILLED: Final = 9 if _WINDOWS else -9
"""It killed itself by `os.kill(os.getpid(), 9)`, which no handler sees; on Windows it is the exit status."""
TERMINATED: Final = 1 if _WINDOWS else 143
"""Our command line after `Popen.terminate`: SIGTERM, which it sees to; Windows ends it at once."""
INTERRUPTED: Final = (1,) if _WINDOWS else (0, 130)
"""A server that somebody stopped by Ctrl-C where a test can send one."""
CTRL_C: Final = pytest.mark.skipif(_WINDOWS, reason="Windows sends Ctrl-C to a whole console, the tests' own included")
