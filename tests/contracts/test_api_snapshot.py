"""A change of the public API is seen in the difference of api.txt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_snapshot_is_current() -> None:
    tool = ROOT / "tools" / "generate_api_snapshot.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
