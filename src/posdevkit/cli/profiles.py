"""`posdevkit profiles`: the printer models that the library knows, and how far each was checked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from . import exits
from .console import Json, clean, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.profiles import Profile

__all__ = ["register"]

_VERIFIED: Final = {
    "device": "on the device itself",
    "peer": "by other people's software",
    "manual": "against the manual",
    "none": "not at all",
}


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser(
        "profiles",
        help="list the printer models, or show one",
        description="List the profiles with how each was checked, or show one.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a profile's name or TOML file")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.profiles import load_profile, profile_names

    if args.name is not None:
        profile = load_profile(args.name)
        if args.json:
            write_json(_facts(profile))
        else:
            _show(profile)
        return exits.OK
    profiles = [load_profile(name) for name in profile_names()]
    if args.json:
        write_json([_facts(profile) for profile in profiles])
        return exits.OK
    rows = [("NAME", "MODEL", "PAPER", "CHECKED")]
    rows += [(p.name, _model(p), f"{p.paper_mm} mm", _VERIFIED[p.verified]) for p in profiles]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        say("  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[3]]))
    return exits.OK


def _model(profile: Profile) -> str:
    return clean(f"{profile.vendor} {profile.model}".strip())


def _show(profile: Profile) -> None:
    say(f"{profile.name}: {_model(profile)}")
    cutter = profile.cutter
    proofs = {"process_id": "yes, by process id", "in_order_status": "no, tells only that it processed", "none": "no"}
    rows = {
        "checked": _VERIFIED[profile.verified],
        "paper": f"{profile.paper_mm} mm, {profile.width} dots at {profile.dpi} dpi",
        "fonts": ", ".join(
            f"{name} {f.width}x{f.height} ({f.columns} columns)" for name, f in sorted(profile.fonts.items())
        ),
        "code pages": ", ".join(f"{page.name} ({page.number})" for page in profile.code_pages),
        "cutter": "none" if cutter is None else f"{cutter.feed} dots behind the print head",
        "drawer pins": ", ".join(map(str, profile.drawer_pins)) or "none",
        "drawer open": f"pin 3 {profile.drawer_open}" if profile.drawer_open else "not told",
        "page mode": f"pages of {profile.page_rows} dots" if profile.page_rows else "pages as dots",
        "graphics": f"{profile.graphics}, {profile.max_band_rows} rows at a time",
        "barcodes": ", ".join(sorted(symbology.value for symbology in profile.barcodes)) or "none of its own",
        "QR": "by itself" if profile.qr else "as a picture",
        "answers": "yes" if profile.answers else "never",
        "confirms": proofs[profile.completion],
    }
    for name, value in rows.items():
        say(f"  {name:12}{clean(value)}")
    for source in profile.sources:
        say(f"  {'source':12}{clean(source)}")


def _facts(profile: Profile) -> dict[str, Json]:
    return {
        "name": profile.name,
        "vendor": profile.vendor,
        "model": profile.model,
        "verified": profile.verified,
        "sources": list(profile.sources),
        "language": profile.language,
        "paper_mm": profile.paper_mm,
        "dpi": profile.dpi,
        "width": profile.width,
        "fonts": {
            name: {"width": font.width, "height": font.height, "columns": font.columns}
            for name, font in profile.fonts.items()
        },
        "code_pages": [{"number": page.number, "name": page.name} for page in profile.code_pages],
        "cutter": None
        if profile.cutter is None
        else {"feed": profile.cutter.feed, "full": profile.cutter.full, "partial": profile.cutter.partial},
        "drawer_pins": list(profile.drawer_pins),
        "drawer_open": profile.drawer_open,
        "page_rows": profile.page_rows,
        "graphics": profile.graphics,
        "max_band_rows": profile.max_band_rows,
        "barcodes": [*sorted(symbology.value for symbology in profile.barcodes)],
        "qr": profile.qr,
        "answers": profile.answers,
        "completion": profile.completion,
    }
