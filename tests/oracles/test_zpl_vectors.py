"""ZPL as another encoder writes it: bytes of the PyPI package `zpl` 0.1.13 (peer's bytes); ~HS by the guide's table."""

from __future__ import annotations

import pytest

from posdevkit.documents import Label
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.vocabulary import Command
from posdevkit.protocols.zpl.commands.field import FieldData, FieldOrigin, FieldSeparator, GraphicBox, SelectFont
from posdevkit.protocols.zpl.commands.label import EndFormat, SetLabelLength, SetPrintWidth, StartFormat
from posdevkit.protocols.zpl.commands.symbols import Ean13, Qr
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit.protocols.zpl.decoder import ZplDecoder
from posdevkit.protocols.zpl.status import HostStatusFacts

START: tuple[Command, ...] = (StartFormat(), SetPrintWidth(400), SetLabelLength(240))
PEER: tuple[tuple[bytes, tuple[Command, ...]], ...] = (
    (
        b"^XA^PW400^LL240^FO16,16^A0N,32,32^FDKaffe^FS^FO8,8^GB3072,1792,16,B,0^FS^XZ",
        (
            FieldOrigin(16, 16),
            SelectFont(b"0N", 32, 32),
            FieldData(b"Kaffe"),
            FieldSeparator(),
            FieldOrigin(8, 8),
            GraphicBox(3072, 1792, 16, b"B", 0),
            FieldSeparator(),
        ),
    ),
    (
        b"^XA^PW400^LL240^FO40,64^BEN,80,Y,N^FD590123412345^FS^XZ",
        (FieldOrigin(40, 64), Ean13(b"N", 80, b"Y", b"N"), FieldData(b"590123412345"), FieldSeparator()),
    ),
    (
        b"^XA^PW400^LL240^FO40,64^BQN,2,3,Q,7^FDQA,https://r.example^FS^XZ",
        (FieldOrigin(40, 64), Qr(b"N", 2, 3, b"Q", 7), FieldData(b"QA,https://r.example"), FieldSeparator()),
    ),
)


@pytest.mark.parametrize(("data", "inside"), PEER)
def test_the_peers_bytes_are_the_commands_they_mean_and_back(data: bytes, inside: tuple[Command, ...]) -> None:
    commands = [*START, *inside, EndFormat()]
    assert ZplDecoder().feed(data) == commands
    assert b"".join(command.encode() for command in commands) == data


def test_our_label_holds_the_peers_fields() -> None:
    label = Label(50, 30).text(2, 2, "Kaffe", height=4).barcode(5, 8, "5901234123457", "EAN13", height=10)
    data = compile_label(label, load_label_profile("generic-zpl-203"))[0].data
    for field in (b"^PW400^LL240", b"^FO16,16^A0N,32,32", b"^BEN,80,Y,N", b"^FD590123412345^FS"):
        assert field in data


# Field by field from the guide's table (45541L-004, pp. 171-172), written down by hand.
HS = (
    ("030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,4,0,00000000,1,000", HostStatusFacts(label_length=1245)),
    (
        "030,1,1,0240,003,1,0,1,000,0,0,1",
        "000,0,1,1,1,2,6,1,00000007,1,000",
        HostStatusFacts(
            paper_out=True,
            paused=True,
            label_length=240,
            formats=3,
            buffer_full=True,
            partial=True,
            too_hot=True,
            head_open=True,
            ribbon_out=True,
            label_waiting=True,
            labels_left=7,
        ),
    ),
)


@pytest.mark.parametrize(("first", "second", "facts"), HS)
def test_host_status_by_the_guides_table(first: str, second: str, facts: HostStatusFacts) -> None:
    assert HostStatusFacts.read(first, second) == facts
    ours = facts.strings()
    assert HostStatusFacts.read(ours[0], ours[1]) == facts


@pytest.mark.parametrize(
    ("first", "second"), [("030,0", "000"), ("x" * 30, "y"), (HS[0][0].replace("1245", "?"), HS[0][1])]
)
def test_nonsense_is_no_status(first: str, second: str) -> None:
    assert HostStatusFacts.read(first, second) is None
