"""Write the reference pages that repeat what the code knows: errors, commands, profiles, lifecycle, command line.

python tools/generate_docs.py [--check]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from http_page import http_routes, problem_rows
from lifecycle_page import drawing, rows, told_in_words
from support_page import support_paragraphs

from posdevkit import errors
from posdevkit.cli.main import build_parser
from posdevkit.errors import PosError
from posdevkit.errors.texts import message, remedy
from posdevkit.hub.exchange import Operation
from posdevkit.hub.openapi import statuses
from posdevkit.hub.table import OPERATIONS
from posdevkit.profiles import Profile, load_profile, profile_names
from posdevkit.protocols.displays.dialects import CD5220, DMD
from posdevkit.protocols.escpos.language import ESCPOS
from posdevkit.protocols.scales.mt8217 import MT8217
from posdevkit.protocols.star.language import STAR
from posdevkit.protocols.vocabulary import Command, Language
from posdevkit.protocols.zpl.language import ZPL
from posdevkit.protocols.zvt.language import ZVT
from posdevkit_emulators.conformance import Disruption
from posdevkit_emulators.conformance.emulated import EVERYTHING

TARGET = Path(__file__).parents[1] / "docs" / "reference"
RUNGS = Path(__file__).parents[1] / "tests" / "stacks" / "conformance.toml"
NOTE = "<!-- Written by tools/generate_docs.py; change the code it reads, then run it. -->"

ERRORS = """\
Every error is a `PosError`. It has a UnifiedPOS code, says who can mend it and whether the same call may succeed later
without a change to the program, and carries the outcome and the job where one was under way. `retry` is no promise that
nothing was printed: the outcome tells that."""
CLI = """\
`conformance`, `demo` and `emulate` come with the distribution `posdevkit-emulators`. Every command ends with one of the
exit codes below, shows one clear error with its remedy, and has `--help`."""
COMMANDS = """\
*Effect* is what our paper and emulators make of one: rendered, parsed (understood, no effect on paper), reported (it
asks for an answer), or skipped (only its length is known). *Seen* tells how its bytes were checked from outside;
`facts only` is unproven. *Source* is the page or command of its maker's reference."""
COUNTED = """\
Others count up to 349 types of ESC/POS commands. The number depends on what is counted: each function of a command,
each symbology of `GS k` and each kind of `DLE EOT`, `GS I` and `GS r` can be a type, and a customer display's commands
([CD5220](commands-cd5220.md), [DM-D](commands-epson-dm-d.md)) can be among them. Here a command is one row where its
functions differ by an argument alone: `GS ( E` (functions 1 to 16), `GS ( C` (0 to 6), `FS ( E` (60 to 65), `GS ( K`,
`ESC ( A`, `GS ( M`, `FS ( L`, and those of slips, cheques and scanners, known so that the stream stays in step."""
CONFORMANCE = """\
What every driver has to pass, on every wire that our emulators have. What cannot go wrong on a wire, or cannot be
noticed on it, stands below each table with the reason. [How to run it](../how-to/conformance.md)."""
CONFORMANCE_RUNGS = """\
The same suites with the systems' own drivers between driver and device: `.ci/run --only stacks-host` and
`--only stacks-vm`. On the emulated processor of the virtual machine a choice runs: of each kind of device a check of
each thing that goes wrong on one link, and what has to do with the link on the others. All checks run above, and on
libusb."""
CONFORMANCE_NOT_THERE = """\
What has no real stack under its suite:"""
HUB = """\
What a hub can be asked, from the table that routes it; `posdevkit hub openapi` prints the same as OpenAPI 3.1. Every
operation but `GET /v1/health` and `POST /v1/pair` needs the header `Authorization: Bearer TOKEN`. Errors are problem
details (RFC 9457) with the [errors](errors.md)' slugs and remedies, in Danish where `Accept-Language` likes it better.
How to use it stands in [Lend devices to tablets](../how-to/tablet.md)."""
PROFILES = """\
A profile is a TOML file of facts about one model; `inherits` names another profile to start from. `verified` says how
it was checked: on the device, by other people's software (peer), against the manual, by a person who read a test page
(probe), not but for the database that it was taken from (database), or not at all (none). What comes from a database
alone may be wrong in what your printer does not share with its description: run `posdevkit profile probe` once before a
shop opens on it."""


HTTP = """\
What the reference server answers. The whole description, with the schema of every fact, is served as `/openapi.json`
(OpenAPI 3.1). Every request but `/v1/health` needs `Authorization: Bearer TOKEN`; what a token may see and do depends
on its role and scope. Problems are RFC 9457 problem details with a `remedy`."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return (thing.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")


def errors_page() -> str:
    """Every error: where it hangs in the tree, its code, who mends it, and both languages."""
    classes = [value for name in errors.__all__ if isinstance(value := getattr(errors, name), type)]
    tree = sorted((one for one in classes if issubclass(one, PosError)), key=_line)
    parts = [
        "# Errors",
        NOTE,
        ERRORS,
    ]
    for one in tree:
        parents = " > ".join(base.__name__ for base in reversed(one.__mro__) if issubclass(base, PosError))
        rows = [(language, message(one.slug, language), remedy(one.slug, language)) for language in ("en", "da")]
        parts.append(f"## {one.__name__}\n\n{first_line(one)}")
        parts.append(
            f"`{parents}`, UnifiedPOS {one.code.name} ({one.code.value}), mended by: {one.who.value}, "
            f"retry: {'yes' if one.retry else 'no'}"
        )
        parts.append(table(("", "Message", "Remedy"), rows).rstrip())
    return "\n\n".join(parts) + "\n"


def _line(one: type) -> tuple[str, ...]:
    return tuple(base.__name__ for base in reversed(one.__mro__) if issubclass(base, PosError))


def _signature(command: type[Command]) -> str:
    """Prefix, length and arguments as they follow one another."""
    spec = command.spec
    parts = [" / ".join(prefix.hex(" ").upper() for prefix in spec.prefixes)]
    if spec.envelope:
        parts.append("pL pH" if spec.envelope == 2 else f"length ({spec.envelope})")
        parts.append(" / ".join(function.hex(" ").upper() for function in spec.functions))
    parts += [f"*{field.name}*" for field in spec.fields]
    return " ".join(part for part in parts if part)


def commands_page(language: Language) -> str:
    """The table of a language's commands with the source of each and how its bytes were checked."""
    parts = [
        f"# {language.name} commands",
        NOTE,
        f"{len(language.commands)} commands. {COMMANDS}",
        *([COUNTED] if language.name == "ESC/POS" else []),
    ]
    kinds: dict[str, list[type[Command]]] = {}
    for command in language.commands:
        kinds.setdefault(command.__module__.rpartition(".")[2], []).append(command)
    for kind, commands in kinds.items():
        parts.append(f"## {kind.capitalize()}\n\n{first_line(sys.modules[commands[0].__module__])}")
        rows = [
            (
                command.__name__,
                command.spec.name,
                _signature(command),
                first_line(command),
                command.spec.effect.value + (", real time" if command.spec.realtime else ""),
                command.spec.seen.value,
                command.spec.source,
            )
            for command in commands
        ]
        head = ("Class", "Command", "Bytes", "What it does", "Effect", "Seen", "Source")
        parts.append(table(head, rows).rstrip())
    return "\n\n".join(parts) + "\n"


def _yes(value: object) -> str:
    return "yes" if value else "no"


FACTS: tuple[tuple[str, Callable[[Profile], str]], ...] = (
    ("Vendor and model", lambda p: f"{p.vendor} {p.model}"),
    ("Verified", lambda p: p.verified),
    ("Language", lambda p: p.language),
    ("Paper", lambda p: f"{p.paper_mm} mm, {p.width} dots at {p.dpi} dpi"),
    ("Fonts", lambda p: ", ".join(f"{name} {m.width}x{m.height}, {m.columns} columns" for name, m in p.fonts.items())),
    ("Code pages", lambda p: ", ".join(f"{page.name} ({page.number})" for page in p.code_pages)),
    ("Cutter", lambda p: f"{p.cutter.feed} dots behind the head" if p.cutter else "none"),
    ("Drawer pins", lambda p: ", ".join(map(str, p.drawer_pins)) or "none"),
    ("Page mode", lambda p: f"{p.page_rows} dots" if p.page_rows else "as dots"),
    ("Graphics", lambda p: f"`{p.graphics}`, {p.max_band_rows} rows a band"),
    ("Barcodes", lambda p: ", ".join(sorted(str(getattr(one, "value", one)) for one in p.barcodes)) or "none"),
    ("QR by the printer", lambda p: _yes(p.qr)),
    ("Symbols by the printer", lambda p: ", ".join(sorted(p.symbols)) or "none"),
    ("Answers", lambda p: _yes(p.answers)),
    (
        "Status",
        lambda p: ", ".join(n for n, has in (("ASB", p.asb), ("on request", p.realtime_status)) if has) or "none",
    ),
    ("Proof of printing", lambda p: p.completion.replace("_", " ")),
    ("Receive buffer", lambda p: f"{p.receive_buffer} bytes"),
    ("Print speed to count on", lambda p: f"{p.print_speed} mm/s"),
    ("Known as", lambda p: ", ".join((*p.known_as.model, *p.known_as.product, *p.known_as.names)) or "its own name"),
    ("Sources", lambda p: "; ".join(p.sources) or "none"),
)


def profiles_page() -> str:
    """Each bundled profile, fact by fact."""
    parts = [
        "# Printer profiles",
        NOTE,
        PROFILES,
        table(
            ("Profile", "Model", "Paper", "Verified"),
            [
                (f"[{name}](#{name})", f"{p.vendor} {p.model}", f"{p.paper_mm} mm", p.verified)
                for name, p in ((name, load_profile(name)) for name in profile_names())
            ],
        ).rstrip(),
    ]
    for name in profile_names():
        profile = load_profile(name)
        parts.append(f"## {name}")
        parts.append(table(("Fact", "Value"), [(label, shown(profile)) for label, shown in FACTS]).rstrip())
    return "\n\n".join(parts) + "\n"


def lifecycle_page() -> str:
    """The table of a handle's life, and its drawing."""
    parts = [
        "# Life of a device handle",
        NOTE,
        "![States and what moves a handle between them](../images/lifecycle.svg)",
        told_in_words(),
        table(("State", "Where each trigger leads"), rows()).rstrip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def cli_page() -> str:
    """Every command's own help, those of the emulators included, at a fixed width."""
    os.environ["COLUMNS"] = "100"
    parser = build_parser(others=True)
    parts = ["# Command line", NOTE, CLI, f"```text\n{parser.format_help().rstrip()}\n```"]
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in sorted(commands.choices.items()):
        parts.append(f"## posdevkit {name}\n\n```text\n{command.format_help().rstrip()}\n```")
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                for below, child in sorted(action.choices.items()):
                    parts.append(f"### posdevkit {name} {below}\n\n```text\n{child.format_help().rstrip()}\n```")
                    parts += _below(f"posdevkit {name} {below}", child)
    return "\n\n".join(parts) + "\n"


def http_page() -> str:
    """The routes of the server, and its problems."""
    parts = [
        "# HTTP interface of the server",
        NOTE,
        HTTP,
        table(("Route", "What it does", "Takes", "Answers"), http_routes()).rstrip(),
        "## Problems",
        table(("Status", "Slug", "What it is", "Remedy"), problem_rows()).rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def support_page() -> str:
    """Which cable works on which system, and who says so."""
    parts = [one if isinstance(one, str) else table(*one).rstrip() for one in support_paragraphs()]
    return "\n\n".join(["# Systems and cables", NOTE, *parts]) + "\n"


def _below(name: str, command: argparse.ArgumentParser) -> list[str]:
    """A third floor of commands, where there is one."""
    return [
        f"#### {name} {one}\n\n```text\n{child.format_help().rstrip()}\n```"
        for action in command._actions
        if isinstance(action, argparse._SubParsersAction)
        for one, child in sorted(action.choices.items())
    ]


def conformance_page() -> str:
    """Each suite: its checks, and on which wires they run."""
    parts = ["# Conformance", NOTE, CONFORMANCE]
    for suite, wires in EVERYTHING:
        parts.append(f"## {suite.device.capitalize()}")
        rows = [
            (
                check.disruption.value,
                f"`{check.name}`",
                check.right,
                ", ".join(wire.name for wire in wires if check.disruption not in wire.lacks),
            )
            for disruption in Disruption
            for check in suite.checks
            if check.disruption is disruption
        ]
        parts.append(table(("What goes wrong", "Check", "What is right", "Wires"), rows).rstrip())
        excuses = [f"- {wire.name}, {lack.value}: {why}." for wire in wires for lack, why in wire.lacks.items()]
        parts += ["\n".join(excuses)] if excuses else []
    return "\n\n".join([*parts, *real_stacks()]) + "\n"


def real_stacks() -> Iterator[str]:
    """On which real stacks the same suites run, and which of their checks."""
    table_of_rungs = tomllib.loads(RUNGS.read_text("utf-8"))
    checks = {suite.device: suite.checks for suite, _ in EVERYTHING}
    yield "## On real stacks"
    yield CONFORMANCE_RUNGS
    cells, excuses = [], []
    for wire in table_of_rungs["wire"]:
        lacks, without = wire.get("lacks", {}), wire.get("without", {})
        choice = table_of_rungs["choices"][wire["chosen"]][wire["device"]] if "chosen" in wire else None
        run = [
            check.name
            for check in checks[wire["device"]]
            if check.disruption.value not in lacks
            and check.name not in without
            and (choice is None or check.name in choice)
        ]
        rung = table_of_rungs["rungs"][wire["rung"]]
        cells.append((wire["device"], wire["name"], rung, wire["on"], ", ".join(f"`{name}`" for name in run)))
        where = f"- {wire['device']}, {wire['name']}, {rung}"
        excuses += [f"{where}, {lack}: {why}." for lack, why in lacks.items()]
        excuses += [f"{where}, `{check}`: {why}." for check, why in without.items()]
    yield table(("Device", "Wire", "Rung", "What is between driver and device", "Checks"), cells).rstrip()
    yield "\n".join(excuses)
    yield CONFORMANCE_NOT_THERE
    yield "\n".join(f"- {what}: {why}." for what, why in table_of_rungs["not_there"].items())


def hub_page() -> str:
    """The hub's operations, from the table that routes them."""
    parts = ["# Hub operations", NOTE, HUB]
    rows = [(f"`{one.method} {one.path}`", one.summary) for one in OPERATIONS]
    parts.append(table(("Operation", "What it does"), rows).rstrip())
    parts += [_operation(one) for one in OPERATIONS]
    return "\n\n".join(parts) + "\n"


def _operation(one: Operation) -> str:
    lines = [f"## {one.method} {one.path}", one.summary]
    if one.query:
        lines.append(
            table(("Query", "What it means"), [(f"`{name}`", text) for name, text in one.query.items()]).rstrip()
        )
    if one.example is not None:
        lines.append(f"```json\n{json.dumps(one.example, ensure_ascii=False, indent=2)}\n```")
    rows = [(str(status), text) for status, text in sorted(one.answers.items())]
    rows += [(str(status), ", ".join(f"`{slug}`" for slug in slugs)) for status, slugs in statuses(one).items()]
    lines.append(table(("Status", "What it tells"), rows).rstrip())
    return "\n\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors_page,
    "commands-escpos.md": partial(commands_page, ESCPOS),
    "commands-cd5220.md": partial(commands_page, CD5220),
    "commands-epson-dm-d.md": partial(commands_page, DMD),
    "commands-mt8217.md": partial(commands_page, MT8217),
    "commands-star.md": partial(commands_page, STAR),
    "commands-zpl.md": partial(commands_page, ZPL),
    "commands-zvt.md": partial(commands_page, ZVT),
    "profiles.md": profiles_page,
    "lifecycle.md": lifecycle_page,
    "hub.md": hub_page,
    "cli.md": cli_page,
    "http.md": http_page,
    "conformance.md": conformance_page,
    "support.md": support_page,
    "../images/lifecycle.svg": drawing,
}


def main() -> int:
    """Write, or compare with `--check`."""
    stale = []
    for name, page in PAGES.items():
        path, text = TARGET / name, page()
        if "--check" not in sys.argv[1:]:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
    if stale:
        print(f"not current: {', '.join(stale)}; run tools/generate_docs.py")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
