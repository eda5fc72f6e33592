"""The example of the server, run as a reader runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "cloud_server.py"


def test_a_delivery_arrives_once(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLE), str(tmp_path / "shop.db")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=50)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "created\nduplicate\nnord: 12 coffee\n"
    again = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=50)
    assert again.returncode == 1
    assert "already" in again.stderr
