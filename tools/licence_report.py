"""Write THIRD_PARTY.md: every package that posdevkit can bring along, and its licence.

The packages come from pyproject.toml (extras and the test extra) and their own dependencies as installed here;
versions are left out, so that a new patch release changes nothing, while a package or licence that is new does.
Written with the oldest Python supported.

    python tools/licence_report.py            write it
    python tools/licence_report.py --check    say whether it is current, and every licence an accepted one
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "THIRD_PARTY.md"
RUNTIME = (
    "usb",
    "hid",
    "serial",
    "ble",
    "imaging",
    "text",
    "pdf",
    "symbols",
    "cloud",
    "server",
    "postgresql",
    "hub",
    "sign",
)
OURS = ("posdevkit", "posdevkit-emulators")

# Names that packages use for one licence, and the SPDX identifier meant. First match wins.
SPDX = (
    (r"MIT-CMU|HPND", "MIT-CMU"),
    (r"MPL[- ]?2|Mozilla Public License 2", "MPL-2.0"),
    (r"Apache", "Apache-2.0"),
    (r"BSD-3|3-Clause BSD|BSD 3", "BSD-3-Clause"),
    (r"BSD-2|2-Clause", "BSD-2-Clause"),
    (r"Python Software Foundation|PSF", "PSF-2.0"),
    (r"LGPL", "LGPL-2.1-or-later"),
    (r"GPL", "GPL-3.0-only"),
    (r"\bMIT\b", "MIT"),
    (r"BSD", "BSD-3-Clause"),
    (r"\bISC\b", "ISC"),
    (r"Unlicense|Public Domain", "Unlicense"),
)
# What the package's own metadata leaves open, read in its licence file.
STATED = {
    # hidapi lets the user choose between GPL 3, BSD and the original HIDAPI licence; we take BSD.
    "hidapi": "BSD-3-Clause",
    # Its own code is either's choice; PDFium, which it carries, is under both (its LICENSE), with permissive parts.
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",
    # The shim is Apache-2.0; it carries the libusb library, LGPL, as a separate file that can be replaced.
    "libusb-package": "Apache-2.0 AND LGPL-2.1-or-later",
}
ACCEPTED = {
    "MIT", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ISC", "MPL-2.0", "Unlicense",
    "Apache-2.0 AND LGPL-2.1-or-later", "Apache-2.0 OR BSD-2-Clause", "Apache-2.0 OR BSD-3-Clause",
    "MIT-0", "MIT OR Apache-2.0", "Apache-2.0 AND BSD-3-Clause",
}  # fmt: skip
# Imported by tests, never shipped and never a dependency of what we ship.
TEST_ONLY_ACCEPTED = {"GPL-3.0-only", "LGPL-2.1-or-later"}


# Facts that are not packages: what lies in the repository, whose it is, and what it asks (told in NOTICE).
DATA = (
    ("escpos-printer-db", "CC-BY-4.0", "profiles/data: printer models"),
    ("ReceiptPrinterEncoder", "MIT", "profiles/data: printer models, numbers of code pages"),
    ("@point-of-sale/codepage-encoder", "MIT", "profiles/data/codepages.toml"),
    ("Portalum.Zvt", "MIT", "protocols/zvt/tables.toml"),
    ("GS1 Barcode Syntax Dictionary", "Apache-2.0", "codes/data/gs1.tsv"),
)


@dataclass(frozen=True)
class Package:
    """One row of the report."""

    name: str
    licence: str
    why: str
    """`runtime` extras that bring it, or `tests`."""


def canonical(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(lines: list[str]) -> list[str]:
    """Names that the requirement lines ask for on this system, without a further extra."""
    parsed = [Requirement(line) for line in lines]
    return [canonical(one.name) for one in parsed if one.marker is None or one.marker.evaluate({"extra": ""})]


def licence_of(name: str) -> str:
    """The SPDX expression of an installed distribution.

    Raises:
        LookupError: nothing in its metadata names a licence known here.
    """
    if name in STATED:
        return STATED[name]
    about = metadata.metadata(name)
    for expression in about.get_all("License-Expression") or ():
        return str(expression)
    words = [entry.split("::")[-1] for entry in about.get_all("Classifier") or () if entry.startswith("License ::")]
    words += [str(entry).split("\n")[0] for entry in about.get_all("License") or ()]
    for word in words:
        for pattern, spdx in SPDX:
            if re.search(pattern, word):
                return spdx
    raise LookupError(f"{name}: no licence understood in {words}")


def closure(names: list[str]) -> set[str]:
    """The named distributions and all that they bring, as installed here.

    Those that another system or Python needs are not installed here and so left out.
    """
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in seen or name in OURS:
            continue
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        seen.add(name)
        queue += requirements(lines)
    return seen


def packages() -> list[Package]:
    """Everything, sorted by name."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    brings: dict[str, set[str]] = {}
    for extra in (*RUNTIME, "test"):
        for name in closure(requirements(extras[extra])):
            brings.setdefault(name, set()).add(extra)
    rows = []
    for name, by in sorted(brings.items()):
        used = [extra for extra in RUNTIME if extra in by]
        rows.append(Package(name, licence_of(name), ", ".join(used) if used else "tests"))
    return rows


def text(rows: list[Package]) -> str:
    """The whole file."""
    lines = [
        "# Licences of dependencies",
        "",
        "Written by `tools/licence_report.py` from the packages' own metadata. `posdevkit` depends on nothing; the",
        "extras and the tests bring what follows. Packages that only another operating system needs are not listed.",
        "",
        "| Package | Licence (SPDX) | Brought by |",
        "| --- | --- | --- |",
        *(f"| {row.name} | {row.licence} | {row.why} |" for row in rows),
        "",
        "# Licences of data",
        "",
        "Facts that other people gathered and that lie in the library; NOTICE has what their licences ask for.",
        "",
        "| Data | Licence (SPDX) | Where, under `src/posdevkit` |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {licence} | `{where.split(': ')[0]}`{where[len(where.split(': ')[0]) :]} |"
            for name, licence, where in DATA
        ),
        "",
    ]
    return "\n".join(lines)


def refused(rows: list[Package]) -> list[str]:
    """Packages whose licence nobody has accepted yet."""
    return [
        f"{row.name}: {row.licence}"
        for row in rows
        if row.licence not in ACCEPTED and not (row.why == "tests" and row.licence in TEST_ONLY_ACCEPTED)
    ]


def main() -> int:
    """Write, or compare with `--check`."""
    rows = packages()
    if bad := refused(rows):
        print("licences to look at:", *bad, sep="\n  ")
        return 1
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text(rows), "utf-8")
        return 0
    if TARGET.read_text("utf-8") != text(rows):
        print(f"{TARGET.name} is not current: run tools/licence_report.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
