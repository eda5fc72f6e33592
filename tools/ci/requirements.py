"""Dependency groups of pyproject.toml as a flat list, since the pip of a fresh Python 3.11 knows no `--group`."""

from __future__ import annotations

import tomllib
from pathlib import Path


def of_group(checkout: Path, *names: str) -> list[str]:
    """All requirements of the named groups, without the project's own extras (their contents instead)."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    found: list[str] = []

    def add(entries: list[str | dict[str, str]]) -> None:
        for entry in entries:
            if isinstance(entry, dict):
                add(groups[entry["include-group"]])
            elif entry.startswith("posdevkit["):
                for extra in entry[len("posdevkit[") : entry.index("]")].split(","):
                    add(extras[extra])
            elif entry not in found:
                found.append(entry)

    for name in names:
        add(groups[name])
    return found
