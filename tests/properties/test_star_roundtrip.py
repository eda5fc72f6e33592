"""Star: what is written is read back; any bytes, cut anywhere, give commands or answers and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.errors import BadDocument, BadText, DocumentTooWide
from posdevkit.events import Fault, Paper, PrinterStatus
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos import ESCPOS
from posdevkit.protocols.star import STAR, Decoder
from posdevkit.protocols.star.commands.position import FeedLines, LineFeed, SetAlignment
from posdevkit.protocols.star.commands.raster import EnterRaster, QuitRaster, Row, RowOver, SkipRows
from posdevkit.protocols.star.commands.symbols import (
    Barcode,
    QrCorrection,
    QrModel,
    QrModuleSize,
    QrPrint,
    QrStore,
)
from posdevkit.protocols.star.commands.text import Initialize, SelectCodePage
from posdevkit.protocols.star.replies import Asb, PrintEnded, Reply, ReplyDecoder, Stray, Told
from posdevkit.protocols.star.status import asb_bytes, read_asb
from posdevkit.protocols.vocabulary import Command, Oversize, Text, Unknown
from posdevkit.protocols.vocabulary.fields import Walked
from tests import strategies as some

ROWS = (Row, RowOver)
ENTER = EnterRaster().encode()
IN_LINE_MODE = tuple(kind for kind in STAR.commands if kind not in (*ROWS, EnterRaster))


def test_every_command_that_is_measured_while_reading_has_a_strategy() -> None:
    walked = {kind for kind in STAR.commands if any(isinstance(field.codec, Walked) for field in kind.spec.fields)}
    assert walked <= set(some.WALKED)
    assert all(kind in walked or kind in ESCPOS.commands for kind in some.WALKED)


def _decoded(pieces: list[bytes], limit: int = 1 << 24) -> tuple[list[Command], Decoder]:
    decoder = Decoder(limit)
    return some.merged(command for piece in pieces for command in decoder.feed(piece)), decoder


@pytest.mark.parametrize("kind", STAR.commands, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_written_is_read_back(kind: type[Command], data: st.DataObject) -> None:
    command = data.draw(some.of(kind))
    before = ENTER if kind in ROWS else b""
    found, decoder = _decoded([before, *data.draw(some.cut(command.encode()))])
    assert found[bool(before) :] == [command]
    assert decoder.missing == 0


@given(data=st.data())
def test_a_job_reads_the_same_however_it_is_cut(data: st.DataObject) -> None:
    job = data.draw(st.lists(st.one_of(some.commands(IN_LINE_MODE), some.texts), max_size=15))
    found, decoder = _decoded(data.draw(some.cut(b"".join(command.encode() for command in job))))
    assert found == some.merged(job)
    assert decoder.pending == b""


@given(data=st.data())
def test_rows_read_the_same_however_they_are_cut(data: st.DataObject) -> None:
    rows = data.draw(st.lists(some.commands((*ROWS, SkipRows)), max_size=10))
    job = [EnterRaster(), *rows, QuitRaster(), Text(b"back")]
    found, _ = _decoded(data.draw(some.cut(b"".join(command.encode() for command in job))))
    assert found == job


_SPICE = [
    b"\x1b", b"\x1b@", b"\x1b\x1d", b"\x1b\x1e", b"\x1b\x1c", b"\x1b*", b"\x1b*r", b"\x1b*rA", b"\x1b*rB", b"\x1b*rm",
    b"\x1bb", b"\x1bb\x06\x02\x01\x40", b"\x1e", b"\x1bX\xff\xff", b"\x1bk\xff\x00", b"\x1b\x1dS\x01",
    b"\x1b\x1dyD1\x00", b"\x1b\x1dyD2", b"\x1b\x1cq", b"\x1b#", b"\n\0", b"\x1bD", b"\x1bC\0", b"b\xff\xff",
    b"b\0\0", b"k\x01\0b",
    b"\x17", b"\x1b\x06\x01", b"\0\0", b"\xff\xff",
]  # fmt: skip

_streams = st.lists(
    st.one_of(
        st.sampled_from(_SPICE),
        st.binary(max_size=12),
        st.integers(0, 32).map(lambda n: bytes([n])),
        some.commands(STAR.commands).map(Command.encode),
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=400)
@given(data=st.data())
def test_any_bytes_give_commands_and_the_same_ones_however_cut(data: st.DataObject) -> None:
    stream = data.draw(_streams)
    limit = data.draw(st.sampled_from([40, 300, 1 << 24]))
    whole, one = _decoded([stream], limit)
    pieces, other = _decoded(data.draw(some.cut(stream)), limit)
    assert pieces == whole
    assert (other.pending, other.missing) == (one.pending, one.missing)


@settings(max_examples=400)
@given(stream=_streams, limit=st.sampled_from([40, 300, 1 << 24]))
@example(stream=b"\x1bD\x08\x10\x08\n", limit=300)
@example(stream=ENTER + b"b\x03\x00\x1b@bk" + b"\x1b*rBbk", limit=300)
def test_every_byte_is_accounted_for(stream: bytes, limit: int) -> None:
    decoder = Decoder(limit)
    lengths = decoder.lengths = []
    found = decoder.feed(stream)
    assert len(lengths) == len(found)
    place = 0
    for command, length in zip(found, lengths, strict=True):
        taken = stream[place : place + length]
        if isinstance(command, Text | Unknown):
            assert taken == command.data
        elif isinstance(command, Oversize):
            assert command.length > limit
            assert taken.startswith(command.head)
        else:
            before = ENTER if isinstance(command, ROWS) else b""
            again = Decoder(limit).feed(before + taken + b"\x01")
            assert again[bool(before) :] == [command, Unknown(b"\x01")]
        place += length
    if not decoder.missing or decoder.pending:
        assert place + len(decoder.pending) == len(stream)


@settings(max_examples=200)
@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=60))
def test_text_can_never_become_a_command(text: str) -> None:
    # A short amount: one as long as the line would leave its label no room, which is refused. Nothing is drawn, however
    # many fonts the system has.
    receipt = Receipt().text(text).row(text, text[:10])
    for name in ("star-mc-print3", "star-tsp650ii"):
        found = Decoder().feed(compose(receipt, load_profile(name), ()).compiled.data)
        assert {type(command) for command in found} <= {Initialize, SelectCodePage, Text, LineFeed}


@settings(max_examples=50)
@given(data=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_a_symbols_data_can_never_become_a_command(data: str) -> None:
    receipt = Receipt().qr(data).barcode(data, "CODE128", module=2)
    try:
        found = Decoder().feed(compose(receipt, load_profile("star-mc-print3")).compiled.data)
    except DocumentTooWide:
        return
    kinds = [type(command) for command in found]
    code = [QrModel, QrModuleSize, QrCorrection, QrStore, QrPrint]
    assert kinds == [Initialize, SetAlignment, *code, FeedLines, Barcode]
    (bars,) = [command for command in found if isinstance(command, Barcode)]
    assert bars.data == data.replace("%", "%0").encode()


@pytest.mark.parametrize("control", [chr(code) for code in (*range(9), *range(14, 32), 127)])
def test_a_control_character_is_refused_before_any_language(control: str) -> None:
    with pytest.raises(BadText):
        Receipt().text(f"Bob{control}@")
    with pytest.raises(BadDocument):
        compose(Receipt().qr(f"Bob{control}"), load_profile("star-mc-print3"))


# Answers

_statuses = st.builds(
    PrinterStatus,
    online=st.booleans(),
    cover_open=st.booleans(),
    paper=st.sampled_from([Paper.OK, Paper.NEAR_END, Paper.OUT]),
    fault=st.sampled_from([one for one in Fault if one is not Fault.UNKNOWN]),
    drawer_pin_high=st.booleans(),
    feed_button=st.booleans(),
    waiting_for_recovery=st.just(False),
)
_frames = st.builds(
    lambda status, counter, size, version: asb_bytes(status, counter, size=size, version=version),
    _statuses,
    st.integers(0, 31),
    st.integers(8, 31),
    st.integers(0, 31),
)


def _over_a_network(frame: bytes, data: bytes) -> Asb:
    return Asb(bytes([frame[0], frame[1] | 0x80]) + frame[2:], data)


_replies: st.SearchStrategy[Reply] = st.one_of(
    _frames.map(Asb),
    st.builds(_over_a_network, _frames, st.binary(max_size=40)),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).map(
        lambda text: Told(b"\x1b#*," + text.encode())
    ),
    st.builds(PrintEnded, st.integers(0, 1), st.binary(min_size=2, max_size=2), st.integers(0, 255)),
)


def _sent(reply: Reply) -> bytes:
    match reply:
        case Asb(frame, data):
            return frame + (len(data).to_bytes(2, "little") + data if frame[1] & 0x80 else b"")
        case Told() | PrintEnded():
            return reply.encode()
        case Stray(byte):
            return bytes([byte])


@given(status=_statuses, counter=st.integers(0, 31), size=st.integers(8, 31), version=st.integers(0, 31))
def test_a_status_is_read_as_it_was_told(status: PrinterStatus, counter: int, size: int, version: int) -> None:
    assert read_asb(asb_bytes(status, counter, size=size, version=version)) == (status, counter)


@settings(max_examples=300)
@given(data=st.data())
def test_answers_are_read_as_they_were_sent_however_cut(data: st.DataObject) -> None:
    told = data.draw(st.lists(_replies, max_size=12))
    decoder = ReplyDecoder()
    pieces = data.draw(some.cut(b"".join(map(_sent, told))))
    assert [reply for piece in pieces for reply in decoder.feed(piece)] == told


@settings(max_examples=300)
@given(data=st.data())
def test_any_bytes_from_a_printer_give_answers_and_every_byte_is_in_one(data: st.DataObject) -> None:
    answers = st.one_of(_replies.map(_sent), st.binary(max_size=6), st.sampled_from([b"\x23", b"\x1b", b"\x23\x86"]))
    stream = b"".join(data.draw(st.lists(answers, max_size=12)))
    whole = ReplyDecoder().feed(stream)
    decoder = ReplyDecoder()
    assert [reply for piece in data.draw(some.cut(stream)) for reply in decoder.feed(piece)] == whole
    accounted = b"".join(map(_sent, whole))
    assert stream.startswith(accounted)
    assert len(stream) - len(accounted) < 31 + 2 + 0x200
