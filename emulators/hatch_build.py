"""Gives the emulators the version of the checkout they are built from, and pins their dependency to it."""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

ROOT = Path(__file__).parent


def shared_version() -> str:
    """The version in `src/posdevkit/_version.py`, or, in an unpacked sdist, the one in its PKG-INFO."""
    source = ROOT.parent / "src" / "posdevkit" / "_version.py"
    if source.exists():
        pattern, text = r'^__version__ = "([^"]+)"', source.read_text("utf-8")
    else:
        pattern, text = r"^Version: (\S+)", (ROOT / "PKG-INFO").read_text("utf-8")
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError("no version found")
    return found.group(1)


class SameVersion(MetadataHookInterface):
    """Fills in `dependencies`."""

    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = [f"posdevkit[imaging]=={shared_version()}"]
