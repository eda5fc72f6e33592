"""`posdevkit profiles`: the printer models that the library knows, and how far each was checked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from posdevkit.errors import UsageError

from . import exits
from .console import Json, clean, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from posdevkit.profiles import Completion, Profile

__all__ = ["register"]

_VERIFIED: Final = {
    "device": "on the device itself",
    "peer": "by other people's software",
    "manual": "against the manual",
    "probe": "by a test page",
    "database": "not, from a database",
    "none": "not at all",
}


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser(
        "profiles",
        help="list the printer models, or show one",
        description="List the profiles with how each was checked, or show one: posdevkit profiles show NAME.",
    )
    parser.add_argument("name", nargs="*", metavar="NAME", help="a profile's name or TOML file, also behind 'show'")
    parser.add_argument("--maker", metavar="NAME", help="those of one maker alone")
    parser.add_argument("--like", metavar="WORDS", help="those whose maker, model or other names hold these words")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.profiles import load_profile

    words = args.name[1:] if args.name[:1] == ["show"] and len(args.name) > 1 else args.name
    if words:
        if len(words) > 1 or args.maker is not None or args.like is not None:
            raise UsageError(
                "one profile is shown at a time", remedy="Give one name, or --maker and --like without it."
            )
        profile = load_profile(words[0])
        if args.json:
            write_json(_facts(profile))
        else:
            _show(profile)
        return exits.OK
    profiles = [load_profile(name) for name in _wanted(args.maker, args.like)]
    if args.json:
        write_json([_facts(profile) for profile in profiles])
        return exits.OK
    rows = [("NAME", "MODEL", "PAPER", "CHECKED")]
    rows += [(p.name, _model(p), f"{p.paper_mm} mm", _VERIFIED[p.verified]) for p in profiles]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        say("  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[3]]))
    return exits.OK


def _wanted(maker: str | None, like: str | None) -> tuple[str, ...]:
    """The names that a filter leaves. Raises UsageError, with the makers there are, where it leaves none."""
    from posdevkit.profiles import known_printers, profile_names, profiles_like

    if maker is None and like is None:
        return profile_names()
    known = known_printers()
    found = profiles_like(like or "")
    wanted = {one.profile for one in known if maker is None or one.vendor.casefold() == maker.casefold()}
    names = tuple(name for name in found if name in wanted)
    if not names:
        makers = ", ".join(sorted({one.vendor for one in known}, key=str.casefold))
        asked = " and ".join(
            f"--{key} {value}" for key, value in (("maker", maker), ("like", like)) if value is not None
        )
        raise UsageError(
            f"no profile for {asked}", remedy=f"Makers: {makers}. Or make one: posdevkit profile probe URL."
        )
    return names


def _model(profile: Profile) -> str:
    return clean(f"{profile.vendor} {profile.model}".strip())


def _show(profile: Profile) -> None:
    say(f"{profile.name}: {_model(profile)}")
    cutter = profile.cutter
    proofs: dict[Completion, str] = {
        "process_id": "yes, by process id",
        "etb": "yes, by the counter of ETB",
        "print_end": "yes, by the number in ESC GS ETX",
        "in_order_status": "no, tells only that it processed",
        "none": "no",
    }
    rows = {
        "checked": _VERIFIED[profile.verified],
        "paper": f"{profile.paper_mm} mm, {profile.width} dots at {profile.dpi} dpi",
        "fonts": ", ".join(
            f"{name} {f.width}x{f.height} ({f.columns} columns)" for name, f in sorted(profile.fonts.items())
        ),
        "two bytes": profile.multibyte or "none",
        "code pages": ", ".join(f"{page.name} ({page.number})" for page in profile.code_pages),
        "cutter": "none" if cutter is None else f"{cutter.feed} dots behind the print head",
        "drawer pins": ", ".join(map(str, profile.drawer_pins)) or "none",
        "drawer open": f"pin 3 {profile.drawer_open}" if profile.drawer_open else "not told",
        "page mode": f"pages of {profile.page_rows} dots" if profile.page_rows else "pages as dots",
        "graphics": f"{profile.graphics}, {profile.max_band_rows} rows at a time",
        "barcodes": ", ".join(sorted(symbology.value for symbology in profile.barcodes)) or "none of its own",
        "QR": "by itself" if profile.qr else "as a picture",
        "symbols": ", ".join(sorted(profile.symbols)) or "none of its own",
        "buzzer": profile.buzzer or "none",
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
        "multibyte": profile.multibyte,
        "code_pages": [{"number": page.number, "name": page.name} for page in profile.code_pages],
        "cutter": None
        if profile.cutter is None
        else {"feed": profile.cutter.feed, "full": profile.cutter.full, "partial": profile.cutter.partial},
        "drawer_pins": list(profile.drawer_pins),
        "buzzer": profile.buzzer,
        "drawer_open": profile.drawer_open,
        "page_rows": profile.page_rows,
        "graphics": profile.graphics,
        "max_band_rows": profile.max_band_rows,
        "stored_logos": profile.stored_logos,
        "download_room": profile.download_room,
        "text_effects": [*sorted(profile.text_effects)],
        "barcodes": [*sorted(symbology.value for symbology in profile.barcodes)],
        "qr": profile.qr,
        "symbols": [*sorted(profile.symbols)],
        "answers": profile.answers,
        "asb": profile.asb,
        "realtime_status": profile.realtime_status,
        "identity": profile.identity,
        "completion": profile.completion,
        "realtime_clear": profile.realtime_clear,
        "realtime_guard": profile.realtime_guard,
        "print_speed": profile.print_speed,
        "receive_buffer": profile.receive_buffer,
        "known_as": {
            "maker": list(profile.known_as.maker),
            "model": list(profile.known_as.model),
            "product": list(profile.known_as.product),
            "names": list(profile.known_as.names),
            "model_id": profile.known_as.model_id,
        },
    }
