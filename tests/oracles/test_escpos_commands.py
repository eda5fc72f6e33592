"""Our command table against bytes that others wrote down: every command, both ways."""

from __future__ import annotations

import io
import tomllib
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from posdevkit.protocols.escpos import ESCPOS, Decoder
from posdevkit.protocols.escpos.commands import clones, graphics, mechanism, position, symbols, text
from posdevkit.protocols.vocabulary import Command, Seen, Text, Unknown

TABLE = tomllib.loads((Path(__file__).parent / "escpos_commands.toml").read_text("utf-8"))
VECTORS: list[dict[str, Any]] = TABLE["table"]["vectors"]
CLASSES = {command.__name__: command for command in ESCPOS.commands}
ORDER = [Seen.PAGE, Seen.PEER, Seen.FACTS]

each = pytest.mark.parametrize("vector", VECTORS, ids=[f"{v['command']}-{v['hex'][:40]}" for v in VECTORS])


def _command(vector: dict[str, Any]) -> Command:
    arguments = [bytes.fromhex(one) if isinstance(one, str) else one for one in vector["arguments"]]
    return CLASSES[vector["command"]](*arguments)


@each
def test_decodes_as_the_outside_says(vector: dict[str, Any]) -> None:
    assert Decoder().feed(bytes.fromhex(vector["hex"])) == [_command(vector)]


@each
def test_decodes_byte_by_byte_and_leaves_what_follows_alone(vector: dict[str, Any]) -> None:
    decoder = Decoder()
    found = [command for byte in bytes.fromhex(vector["hex"]) + b"A\n" for command in decoder.feed(bytes([byte]))]
    assert found == [_command(vector), Text(b"A"), position.LineFeed()]
    assert decoder.pending == b""


@each
def test_writes_what_the_outside_writes(vector: dict[str, Any]) -> None:
    written = _command(vector).encode()
    if vector.get("other_form"):
        assert written != bytes.fromhex(vector["hex"])
        assert Decoder().feed(written) == [_command(vector)]
    else:
        assert written == bytes.fromhex(vector["hex"])


def test_every_command_has_a_vector_and_tells_how_well_it_was_seen() -> None:
    best: dict[str, Seen] = {}
    for vector in VECTORS:
        seen = Seen(vector["seen"])
        best[vector["command"]] = min(best.get(vector["command"], seen), seen, key=ORDER.index)
        assert vector["source"] in TABLE["sources"]
    assert best == {name: command.spec.seen for name, command in CLASSES.items()}


def test_every_source_is_used() -> None:
    assert {vector["source"] for vector in VECTORS} == set(TABLE["sources"])


def test_every_class_says_what_the_reference_page_needs() -> None:
    signatures: dict[bytes, list[str]] = defaultdict(list)
    for command in ESCPOS.commands:
        spec = command.spec
        assert all((spec.name, spec.source, command.__doc__)), command.__name__
        assert all(field.doc and field.name for field in spec.fields), command.__name__
        for prefix in spec.prefixes:
            for function in spec.functions:
                signatures[prefix + function].append(command.__name__)
    shared = [names for names in signatures.values() if len(names) > 1]
    # Told apart by their first argument; everything else must be told apart by its first bytes.
    assert sorted(map(sorted, shared)) == [
        ["BarcodeA", "BarcodeB"],
        ["Cut", "FeedAndCut"],
        ["RealtimeStatusRequest", "RealtimeStatusRequestLong"],
    ]


# python-escpos is run, not quoted: its bytes of today against our reading of them.

BLACK = Image.new("1", (16, 24), 0)
DOTS = b"\xff" * 48
LIVE: dict[str, tuple[Callable[[Any], object], list[Command]]] = {
    "styles": (
        lambda p: p.set(
            align="center", font="b", bold=True, underline=1, width=2, height=3, custom_size=True, invert=True,
            flip=True, smooth=True, density=5,
        ),
        [
            text.SelectCharacterSize.of(2, 3), text.SetUpsideDown(True), text.SetSmoothing(True), text.SetBold(True),
            text.SetUnderline(1), text.SelectFont(1), text.SetJustification(1), clones.SetDensity(8),
            text.SetReverse(True),
        ],
    ),
    "initialize": (lambda p: p.hw("INIT"), [text.Initialize()]),
    "select": (lambda p: p.hw("SELECT"), [mechanism.SelectPeripheral(1)]),
    # A "reset" that no printer of the reference knows: the code is below 32, so it must be stepped over.
    "reset": (lambda p: p.hw("RESET"), [Unknown(b"\x1b\x3f\x0a"), Unknown(b"\0")]),
    "full cut": (lambda p: p.cut(), [position.PrintAndFeedLines(6), mechanism.Cut(0)]),
    "partial cut": (lambda p: p.cut(mode="PART"), [position.PrintAndFeedLines(6), mechanism.Cut(1)]),
    "cut without feed": (lambda p: p.cut(feed=False), [mechanism.FeedAndCut(66, 0)]),
    "drawer": (lambda p: p.cashdraw(5), [mechanism.DrawerPulse(1, 50, 50)]),
    "buzzer": (lambda p: p.buzzer(2, 5), [clones.SoundBuzzer(2, 5)]),
    "panel": (lambda p: p.panel_buttons(False), [mechanism.SetButtons(1)]),
    "display": (lambda p: p.linedisplay_select(True), [mechanism.SelectPeripheral(2)]),
    "spacing": (
        lambda p: (p.line_spacing(24), p.line_spacing(24, 360), p.line_spacing(24, 60), p.line_spacing()),
        [
            position.SetLineSpacing(24), clones.SetLineSpacing360(24), clones.SetLineSpacing60(24),
            position.DefaultLineSpacing(),
        ],
    ),
    "tabs": (lambda p: p.control("HT", count=5, tab_size=8), [position.SetTabs(b"\x08\x10\x18\x20")]),
    "text": (
        lambda p: p.text("é€"),
        [text.SelectCodePage(0), Text(b"\x82"), text.SelectCodePage(15), Text(b"\xa4")],
    ),
    "barcode A": (
        lambda p: p.barcode("1324354657687", "EAN13", height=64, width=3, align_ct=False, function_type="A"),
        [
            symbols.SetBarcodeHeight(64), symbols.SetBarcodeWidth(3), symbols.SetHriFont(0), symbols.SetHriPosition(2),
            symbols.BarcodeA(2, b"1324354657687"),
        ],
    ),
    "barcode B": (
        lambda p: p.barcode("{B012ABCDabcd", "CODE128", height=64, width=3, align_ct=False, function_type="B"),
        [
            symbols.SetBarcodeHeight(64), symbols.SetBarcodeWidth(3), symbols.SetHriFont(0), symbols.SetHriPosition(2),
            symbols.BarcodeB(73, b"{B012ABCDabcd"),
        ],
    ),
    "native qr": (
        lambda p: p.qr("1234", native=True),
        [
            symbols.QrModel(50), symbols.QrModuleSize(3), symbols.QrCorrection(48), symbols.QrStore(b"1234"),
            symbols.QrPrint(),
        ],
    ),
    "raster": (
        lambda p: p.image(BLACK, impl="bitImageRaster"),
        [graphics.RasterImage(0, 2, 24, DOTS)],
    ),
    "graphics": (
        lambda p: p.image(BLACK, impl="graphics"),
        [graphics.StoreRaster(48, 1, 1, 49, 16, 24, DOTS), graphics.PrintGraphics()],
    ),
    "columns": (
        lambda p: p.image(BLACK, impl="bitImageColumn"),
        [
            position.SetLineSpacing(16), graphics.BitImage(33, 16, DOTS), position.LineFeed(),
            position.DefaultLineSpacing(),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LIVE)
def test_python_escpos_means_what_we_read(what: str) -> None:
    printer = pytest.importorskip("escpos.printer").Dummy(profile="TM-T88V")
    act, expected = LIVE[what]
    with redirect_stdout(io.StringIO()):  # it tells the console about barcodes
        act(printer)
    assert Decoder().feed(printer.output) == expected
    assert b"".join(command.encode() for command in expected) == printer.output


def test_what_a_peer_sends_for_graphics_as_large_as_this_is_lost_by_its_own_length() -> None:
    """python-escpos 3.1 writes only the low two bytes of the length: a printer takes the rest as text."""
    dots = Image.new("1", (512, 1100), 0)
    printer = pytest.importorskip("escpos.printer").Dummy(profile="TM-T88V")
    printer.image(dots, impl="graphics", fragment_height=1100)
    first = Decoder().feed(printer.output)[0]
    assert isinstance(first, Unknown)
    assert len(first.data) < 5000
    right = graphics.StoreRaster(48, 1, 1, 49, 512, 1100, b"\xff" * (64 * 1100)).encode()
    assert right[:7] == b"\x1d8L" + (10 + 64 * 1100).to_bytes(4, "little")
    assert len(Decoder().feed(right)) == 1
