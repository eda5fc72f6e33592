"""Every field of a profile is read by code, every value of it occurs, and every quirk changes what is sent."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

from posdevkit import Receipt
from posdevkit.devices.compose import compose
from posdevkit.devices.pace import Pace
from posdevkit.documents import Area, Raster, Style, Symbology, Text
from posdevkit.errors import Unsupported
from posdevkit.layout.operations import PrintRaster
from posdevkit.profiles import (
    BuzzerCommand,
    Completion,
    GraphicsCommand,
    Multibyte,
    Profile,
    load_profile,
    profile_names,
)
from posdevkit.profiles.model import ReceiptLanguage, Verified
from posdevkit.protocols.dialects import dialect

ROOT = Path(__file__).parents[2]
# The emulator is who has a receive buffer; all else is read by the library itself.
SOURCES = (ROOT / "src" / "posdevkit", ROOT / "emulators" / "src")
TM = load_profile("epson-tm-t88v")
EIGHTY = load_profile("generic-80mm")
NOT_ELSEWHERE = {
    "device": "a profile says so when somebody has tried it",
    "probe": "the owner's own files say so",
    "print_end": "no manual says which models answer ESC GS ETX",
}
"""Values that no bundled profile has, and why."""


def read_in_source() -> set[str]:
    """Names that are read as attributes, or by protocol, outside the room of profiles."""
    found: set[str] = set()
    for path in (path for source in SOURCES for path in source.rglob("*.py")):
        if "profiles" not in path.parts[-2:-1]:
            tree = ast.parse(path.read_text("utf-8"))
            found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found


def test_every_field_is_read() -> None:
    assert {field.name for field in fields(Profile)} - read_in_source() == set()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("language", get_args(ReceiptLanguage)),
        ("graphics", get_args(GraphicsCommand)),
        ("completion", tuple(set(get_args(Completion)) - set(NOT_ELSEWHERE))),
        ("verified", tuple(set(get_args(Verified)) - set(NOT_ELSEWHERE))),
        *((name, (True, False)) for name in ("qr", "stored_logos", "answers", "asb", "realtime_status", "identity")),
        *((name, (True, False)) for name in ("realtime_clear", "realtime_guard")),
    ],
)
def test_every_value_occurs(field: str, values: tuple[object, ...]) -> None:
    assert {getattr(load_profile(name), field) for name in profile_names()} >= set(values)


def job(receipt: Receipt) -> Callable[[Profile], object]:
    def made(profile: Profile) -> object:
        try:
            composed = compose(receipt, profile)
        except Unsupported as refusal:
            return str(refusal)
        return composed.compiled.data, composed.findings

    return made


def dots(profile: Profile) -> object:
    raster = Raster(64, 600, b"\xff" * 8 * 600)
    try:
        return dialect(profile.language).compile_job((PrintRaster(raster, "left"),), profile).data
    except Unsupported as refusal:
        return str(refusal)


def greeting(profile: Profile) -> object:
    return dialect(profile.language).session(profile, 0).greeting()


def asked(what: str) -> Callable[[Profile], object]:
    return lambda profile: getattr(dialect(profile.language).session(profile, 0), what)()


def allowed(profile: Profile) -> object:
    return Pace.of(None, profile).seconds(compose(Receipt([Text("a")] * 600), profile).compiled)


BARS = Receipt().barcode("5901234123457", "EAN13")
SMALL = Receipt().text("small", font="B")

QUIRKS: list[tuple[str, Profile, object, Callable[[Profile], object]]] = [
    ("width", EIGHTY, 512, job(Receipt().text("a").image(b"P5 600 1 255\n" + bytes(600)))),
    ("fonts", EIGHTY, load_profile("generic-58mm").fonts, job(Receipt().row("a", "b"))),
    ("fonts", EIGHTY, {"A": EIGHTY.fonts["A"]}, job(SMALL)),
    ("text_effects", EIGHTY, frozenset(), job(Receipt([Text("a", Style(rotate=True))]))),
    ("code_pages", EIGHTY, load_profile("mpt-ii").code_pages, job(Receipt().text("\u0416"))),
    *(("multibyte", EIGHTY, system, job(Receipt().text("\u8336"))) for system in get_args(Multibyte)),
    ("page_rows", TM, 0, job(Receipt().page(Area(0, 0, 40, 10, Receipt().text("a"))))),
    ("cutter", EIGHTY, None, job(Receipt().text("a").cut())),
    ("drawer_pins", EIGHTY, (), job(Receipt().drawer())),
    ("buzzer", EIGHTY, "esc_b", job(Receipt().buzzer())),
    ("buzzer", EIGHTY, "esc_paren_a", job(Receipt().buzzer())),
    ("graphics", EIGHTY, "gs_paren_l", dots),
    ("graphics", EIGHTY, "esc_star", dots),
    ("graphics", EIGHTY, "none", dots),
    ("max_band_rows", EIGHTY, 100, dots),
    ("stored_logos", EIGHTY, True, job(Receipt().logo("AB"))),
    ("download_room", TM, 0, job(Receipt().image(b"P5 64 1 255\n" + bytes(64), key="AB"))),
    ("barcodes", EIGHTY, frozenset(Symbology) - {Symbology.EAN13}, job(BARS)),
    ("qr", EIGHTY, False, job(Receipt().qr("a"))),
    ("symbols", TM, frozenset(), job(Receipt().symbol("a", "PDF417"))),
    ("answers", EIGHTY, False, greeting),
    ("asb", EIGHTY, False, greeting),
    ("realtime_status", EIGHTY, False, asked("status_request")),
    ("identity", EIGHTY, False, greeting),
    ("completion", EIGHTY, "process_id", asked("completion_request")),
    ("completion", EIGHTY, "none", asked("completion_request")),
    ("realtime_clear", EIGHTY, True, asked("clear_request")),
    ("realtime_guard", EIGHTY, False, dots),
    ("language", EIGHTY, "star-line", greeting),
    ("print_speed", EIGHTY, 5, allowed),
]


@pytest.mark.parametrize(
    ("field", "profile", "other", "shown"), QUIRKS, ids=[f"{row}-{quirk[0]}" for row, quirk in enumerate(QUIRKS)]
)
def test_each_quirk_changes_what_happens(
    field: str, profile: Profile, other: object, shown: Callable[[Profile], object]
) -> None:
    assert getattr(profile, field) != other
    changed = replace(profile, **{field: other})  # type: ignore[arg-type]  # the table has a value of each field's type
    assert shown(changed) != shown(profile)


def test_no_quirk_is_left_untried() -> None:
    about = {"name", "vendor", "model", "verified", "sources", "known_as"}
    # Each of these has its own test: tests/unit/printqueue (cut_counter), an emulator's back-pressure (receive_buffer),
    # the loader's check that the dots fit on the paper (paper_mm, dpi), test_drawer_level (drawer_open).
    elsewhere = {"cut_counter", "receive_buffer", "paper_mm", "dpi", "drawer_open"}
    assert {field.name for field in fields(Profile)} == {quirk[0] for quirk in QUIRKS} | about | elsewhere


def test_buzzer_commands_are_all_tried() -> None:
    assert {quirk[2] for quirk in QUIRKS if quirk[0] == "buzzer"} == set(get_args(BuzzerCommand))
