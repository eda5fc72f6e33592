"""Commands taken from README.md, so that what is promised and what is run cannot drift apart."""

from __future__ import annotations

import re
from pathlib import Path

# What the last part of each promised command holds.
MARKS = {"demo": "posdevkit demo", "tests": "-m pytest"}


def shell_lines(readme: Path) -> list[str]:
    """Every line of every `sh` block."""
    blocks = re.findall(r"^```sh\n(.*?)^```", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def command(readme: Path, name: str) -> list[str]:
    """The parts, split at `&&`, of the one set-up command called `name` in `MARKS`.

    Raises:
        ValueError: the README has no such command, or several.
    """
    found = [line for line in shell_lines(readme) if line.startswith("python3 -m venv") and MARKS[name] in line]
    if len(found) != 1:
        raise ValueError(f"{readme.name} has {len(found)} commands with {MARKS[name]!r}, not one")
    return [part.strip() for part in found[0].split("&&")]
