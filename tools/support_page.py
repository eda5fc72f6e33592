"""The reference page of what works on which system, from support.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

__all__ = ["Cell", "Link", "Support", "load", "support_paragraphs"]

DATA: Final = Path(__file__).with_name("support.toml")
STATES: Final = ("proven", "unproven", "no")
INTRODUCTION: Final = """\
Nobody has put hardware on any of these cables yet: at the far end is an emulated device on the same machine, or other
people's software. So the words mean this, and no more:

- **proven**: the tests named below run on that system, over its own stack of drivers as far as the note says.
- **unproven**: nobody has run it on that system's own stack. The checker has typed it for that system, and the tests
  named hold the same code to its contract on Linux. A workflow for Windows and macOS lies ready in
  `.github/workflows/systems.yml` and has not yet run.
- **no**: it cannot be, or is not built; the reason stands below.

How far a test reaches is told in [Who has proven what](../explanation/proof.md)."""
WHEELS: Final = """\
A Raspberry Pi with 64 bits is an `aarch64` Linux. posdevkit itself is pure Python; what its extras need was looked up
in the package index on {checked}, for Python {pythons}, with all that it needs in turn. *glibc* is the oldest that a
compiled wheel runs on; Raspberry Pi OS "bookworm" has 2.36. Nothing of it was installed on such a machine. All that the
emulators need, `bumble` for their radio included, has wheels as well."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One link on one system."""

    state: str
    tests: tuple[str, ...]
    why: str
    note: str


@dataclass(frozen=True, slots=True)
class Link:
    """A row."""

    name: str
    schemes: tuple[str, ...]
    module: str
    """Where it stands, if no URL leads to it."""
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Support:
    """The table, read."""

    systems: Mapping[str, str]
    links: Sequence[Link]
    checked: date
    pythons: Sequence[str]
    extras: Mapping[str, Mapping[str, Sequence[str]]]


def load() -> Support:
    """Read the table. Raises ValueError for a cell that says nothing, or two things."""
    found = tomllib.loads(DATA.read_text("utf-8"))
    systems, wheels = found["systems"], found["wheels"]
    links = [
        Link(
            row["name"],
            tuple(row["schemes"]),
            row.get("module", ""),
            {system: _cell(row["name"], system, row.get(system, {})) for system in systems},
        )
        for row in found["link"]
    ]
    return Support(systems, links, wheels["checked"], wheels["pythons"], wheels["extras"])


def _cell(name: str, system: str, told: Mapping[str, Any]) -> Cell:
    states = [state for state in STATES if told.get(state)]
    if len(states) != 1 or told.keys() - {*STATES, "note"}:
        raise ValueError(f"{DATA.name}: {name!r} on {system!r} needs exactly one of {', '.join(STATES)}")
    (state,) = states
    said = told[state]
    return Cell(state, () if state == "no" else tuple(said), said if state == "no" else "", told.get("note", ""))


Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def support_paragraphs() -> Iterator[str | Table]:
    """The page after its title: paragraphs, and tables as head and rows."""
    support = load()
    yield INTRODUCTION
    yield (
        ("Link", "URL", *support.systems.values()),
        [(link.name, _urls(link), *(link.cells[system].state for system in support.systems)) for link in support.links],
    )
    yield "## By which tests, and why not"
    for link in support.links:
        yield f"### {link.name}"
        yield "\n".join(f"- {shown}: {_told(link.cells[system])}" for system, shown in support.systems.items())
    yield "## Wheels for a Raspberry Pi"
    yield WHEELS.format(checked=support.checked.isoformat(), pythons=" and ".join(support.pythons))
    yield (
        ("Extra", "Package", "Version found", "Wheel"),
        [
            (f"`{extra}`", package, version or "none", _wheel(glibc))
            for extra, packages in support.extras.items()
            for package, (version, glibc) in packages.items()
        ],
    )


def _urls(link: Link) -> str:
    return ", ".join(f"`{scheme}://`" for scheme in link.schemes) if not link.module else f"`{link.module}`"


def _told(cell: Cell) -> str:
    said = cell.why or f"{cell.state}, {', '.join(f'`{path}`' for path in cell.tests)}."
    return f"{said} {cell.note}".rstrip() if cell.state != "no" else f"no. {said}"


def _wheel(glibc: str) -> str:
    return {"any": "pure Python", "none": "none: it is built with swig and the headers of pcsclite"}.get(
        glibc, f"aarch64, glibc {glibc}"
    )
