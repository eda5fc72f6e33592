"""Our table of Star's commands against bytes that others wrote down: every command, both ways."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from posdevkit.protocols.star import STAR, Decoder
from posdevkit.protocols.star.commands import position
from posdevkit.protocols.star.commands.raster import EnterRaster, Row, RowOver
from posdevkit.protocols.vocabulary import Command, Seen, Text

TABLE = tomllib.loads((Path(__file__).parent / "star_commands.toml").read_text("utf-8"))
VECTORS: list[dict[str, Any]] = TABLE["table"]["vectors"]
CLASSES = {command.__name__: command for command in STAR.commands}
ORDER = [Seen.PAGE, Seen.PEER, Seen.FACTS]
ENTER = EnterRaster().encode()

each = pytest.mark.parametrize(
    "vector", VECTORS, ids=[f"{n}-{v['command']}-{v['hex'][:40]}" for n, v in enumerate(VECTORS)]
)


def _command(vector: dict[str, Any]) -> Command:
    arguments = [bytes.fromhex(one) if isinstance(one, str) else one for one in vector["arguments"]]
    return CLASSES[vector["command"]](*arguments)


def _decoder(vector: dict[str, Any]) -> Decoder:
    decoder = Decoder()
    if CLASSES[vector["command"]] in (Row, RowOver):
        decoder.feed(ENTER)
    return decoder


@each
def test_decodes_as_the_outside_says(vector: dict[str, Any]) -> None:
    assert _decoder(vector).feed(bytes.fromhex(vector["hex"])) == [_command(vector)]


@each
def test_decodes_byte_by_byte_and_leaves_what_follows_alone(vector: dict[str, Any]) -> None:
    decoder = _decoder(vector)
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


def test_every_command_has_two_vectors_and_tells_how_well_it_was_seen() -> None:
    best: dict[str, Seen] = {}
    for vector in VECTORS:
        seen = Seen(vector["seen"])
        best[vector["command"]] = min(best.get(vector["command"], seen), seen, key=ORDER.index)
        assert vector["source"] in TABLE["sources"]
    assert best == {name: command.spec.seen for name, command in CLASSES.items()}
    assert min(Counter(vector["command"] for vector in VECTORS).values()) >= 2


def test_every_source_is_used() -> None:
    assert {vector["source"] for vector in VECTORS} == set(TABLE["sources"])


def test_every_class_says_what_the_reference_page_needs() -> None:
    signatures: dict[bytes, list[str]] = defaultdict(list)
    for command in STAR.commands:
        spec = command.spec
        assert all((spec.name, spec.source, command.__doc__)), command.__name__
        assert all(field.doc and field.name for field in spec.fields), command.__name__
        for prefix in spec.prefixes:
            signatures[prefix].append(command.__name__)
    # Told apart by their first argument; everything else must be told apart by its first bytes.
    assert sorted(sorted(names) for names in signatures.values() if len(names) > 1) == [
        ["AutoLogoMacro", "AutoLogoMemory", "AutoLogoSetting"],
        ["PageArea", "PageDirection", "PageMode", "PagePosition"],
    ]


def test_letters_begin_rows_in_raster_mode_only() -> None:
    rows = Row(2, b"k\x1b").encode() + RowOver(1, b"b").encode()
    stream = b"bk\n" + ENTER + rows + b"\x1b*rB" + b"bk\n" + ENTER + b"\x1b@" + b"bk\n"
    found = Decoder().feed(stream)
    assert [command for command in found if isinstance(command, Row | RowOver)] == [Row(2, b"k\x1b"), RowOver(1, b"b")]
    assert found.count(Text(b"bk")) == 3
