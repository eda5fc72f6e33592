"""How it looks from outside that a process killed itself by `os.kill(os.getpid(), 9)`, which no handler sees."""

from __future__ import annotations

import sys
from typing import Final

KILLED: Final = 9 if sys.platform == "win32" else -9
"""Its exit status, as `subprocess` tells it: Windows takes the number for one, POSIX tells the signal."""
