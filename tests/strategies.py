"""Test data made from the command tables themselves: what a field's codec allows is what a strategy draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from posdevkit.protocols.escpos import ESCPOS
from posdevkit.protocols.escpos.commands import settings, stored
from posdevkit.protocols.escpos.commands import text as characters
from posdevkit.protocols.escpos.replies import Asb, Block, FlowControl, InOrderByte, RealtimeByte, Reply, SeikoAsb
from posdevkit.protocols.star.commands import stored as star_stored
from posdevkit.protocols.star.commands import symbols as star_symbols
from posdevkit.protocols.vocabulary import Command, Text
from posdevkit.protocols.vocabulary.fields import (
    Codec,
    Counted,
    Fixed,
    Number,
    Rest,
    Sized,
    Terminated,
    Value,
    Walked,
    Word,
)

MOST_DATA = 2000
_SMALL = st.binary(max_size=40)


def _fixed(codec: Fixed, small: bool) -> st.SearchStrategy[int]:
    if codec.values is not None:
        return st.sampled_from(sorted(codec.values))
    # Half of the time numbers are small, so that what they count stays small too.
    return st.integers(codec.low, min(codec.high, codec.low + 12) if small else codec.high)


def _terminated(codec: Terminated) -> st.SearchStrategy[bytes]:
    if codec.ascending:
        return st.sets(st.integers(1, 255), max_size=codec.limit).map(lambda stops: bytes(sorted(stops)))
    others = [byte for byte in range(256) if byte != codec.end[0]]
    return st.lists(st.sampled_from(others), max_size=codec.limit).map(bytes)


def value(codec: Codec, before: Sequence[Value], small: bool = False) -> st.SearchStrategy[Value]:
    """What may stand in a field behind the values `before`."""
    match codec:
        case Number():
            return st.integers(codec.low, codec.high) | st.just(codec.empty)
        case Word():
            return st.sampled_from(sorted(codec.words | {codec.empty}))
        case Fixed():
            return _fixed(codec, small)
        case Counted():
            return st.binary(min_size=codec.low, max_size=codec.high)
        case Terminated():
            return _terminated(codec)
        case Rest():
            return st.binary(min_size=codec.low, max_size=codec.low + 60)
        case Sized():
            size = codec.count(before)
            return st.binary(min_size=size, max_size=size)
        case Walked():
            raise TypeError("only its own command knows how to make it")
        case _:
            raise TypeError(f"another language's field: {codec}")


@st.composite
def _user_characters(draw: st.DrawFn) -> Command:
    height, first = draw(st.integers(1, 6)), draw(st.integers(32, 123))
    widths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    data = b"".join(bytes([n]) + draw(st.binary(min_size=n * height, max_size=n * height)) for n in widths)
    return characters.DefineUserCharacters(height, first, first + len(widths) - 1, data)


@st.composite
def _nv_bit_images(draw: st.DrawFn) -> Command:
    sizes = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4))
    images = [
        width.to_bytes(2, "little") + height.to_bytes(2, "little") + draw(st.binary(min_size=n, max_size=n))
        for width, height in sizes
        for n in [width * height * 8]
    ]
    return stored.DefineNvBitImages(len(sizes), b"".join(images))


@st.composite
def _bitmap(draw: st.DrawFn) -> Command:
    rest = draw(_SMALL)
    picture = b"BM" + (6 + len(rest)).to_bytes(4, "little") + rest
    key = st.integers(32, 126)
    return stored.DefineBitmap(48, draw(st.sampled_from([67, 83])), 48, draw(key), draw(key), 48, 49, picture)


@st.composite
def _counter_by_text(draw: st.DrawFn) -> Command:
    numbers = draw(st.lists(st.one_of(st.just(""), st.integers(0, 65535).map(str)), min_size=5, max_size=5))
    return settings.SetCounterByText("".join(number + ";" for number in numbers).encode())


@st.composite
def _qr_blocks(draw: st.DrawFn) -> Command:
    blocks = draw(st.lists(st.tuples(st.integers(1, 4), _SMALL), min_size=1, max_size=4))
    data = b"".join(bytes([kind]) + len(block).to_bytes(2, "little") + block for kind, block in blocks)
    return star_symbols.QrStoreBlocks(len(blocks), data)


@st.composite
def _star_logos(draw: st.DrawFn) -> Command:
    command = draw(_nv_bit_images())
    assert isinstance(command, stored.DefineNvBitImages)
    return star_stored.DefineLogos.from_values(command.values)


WALKED: dict[type[Command], st.SearchStrategy[Command]] = {
    characters.DefineUserCharacters: _user_characters(),
    stored.DefineNvBitImages: _nv_bit_images(),
    stored.DefineBitmap: _bitmap(),
    settings.SetCounterByText: _counter_by_text(),
    star_symbols.QrStoreBlocks: _qr_blocks(),
    star_stored.DefineLogos: _star_logos(),
}
"""Commands whose length shows only while reading them."""


def is_its_own(command: Command) -> bool:
    """Whether no other class has these bytes as its own, as classes for "all other functions" of a prefix may meet."""
    spec = command.spec
    if not spec.envelope or spec.functions != (b"",):
        return True
    payload = command.encode()[len(spec.prefixes[0]) + spec.envelope :]
    return type(ESCPOS.opened(spec.prefixes[0], payload)) is type(command)


@st.composite
def _made(draw: st.DrawFn, kind: type[Command]) -> Command:
    small = draw(st.booleans())
    while True:
        values: list[Value] = []
        for field in kind.spec.fields:
            if isinstance(field.codec, Sized) and field.codec.count(values) > MOST_DATA:
                small = True
                break
            values.append(draw(value(field.codec, values, small)))
        else:
            return kind(*values)


def of(kind: type[Command]) -> st.SearchStrategy[Command]:
    """Commands of one class with any arguments that its fields allow."""
    return (WALKED[kind] if kind in WALKED else _made(kind)).filter(is_its_own)


def commands(kinds: Iterable[type[Command]] = ()) -> st.SearchStrategy[Command]:
    """Any command of the table."""
    return st.sampled_from(tuple(kinds) or ESCPOS.commands).flatmap(of)


_AS_TEXT = bytes(0x7E if byte == 0x7F else byte if byte >= 0x20 else byte | 0x40 for byte in range(256))
texts = st.binary(min_size=1, max_size=30).map(lambda data: Text(data.translate(_AS_TEXT)))

_SPICE = [
    b"\x1b", b"\x1b@", b"\x1b(", b"\x1b*", b"\x1b&", b"\x1bD", b"\x10", b"\x10\x04", b"\x10\x14", b"\x10\x14\x08",
    b"\x1d", b"\x1d(", b"\x1d(L", b"\x1d8", b"\x1d8L", b"\x1dv0", b"\x1dk", b"\x1dD0", b"\x1dC;", b"\x1d*", b"\x1dQ0",
    b"\x1dV", b"\x1c", b"\x1c(", b"\x1cq", b"\x1cg1", b"\x1c2", b"\0", b"\0\0", b"\xff\xff", b"\1\0\1\0", b"BM",
    b"0C0AA01BM\x08\0\0\0",
]  # fmt: skip

streams: st.SearchStrategy[bytes] = st.lists(
    st.one_of(
        st.sampled_from(_SPICE),
        st.binary(max_size=12),
        st.integers(0, 20).map(lambda n: bytes([n])),
        commands().map(Command.encode),
    ),
    max_size=12,
).map(b"".join)
"""Bytes as a printer may get them: commands, beginnings of commands, lengths that lie, noise."""


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """`data` in pieces, some of them empty; now and then byte by byte."""
    if draw(st.integers(0, 4)) == 0:
        return [data[i : i + 1] for i in range(len(data))]
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


def merged(found: Iterable[Command]) -> list[Command]:
    """Commands with neighbouring texts made one: how text is cut depends on how it came."""
    result: list[Command] = []
    for command in found:
        if isinstance(command, Text) and result and isinstance(result[-1], Text):
            result[-1] = Text(result[-1].data + command.data)
        else:
            result.append(command)
    return result


def _bits(mask: int, fixed: int) -> st.SearchStrategy[int]:
    return st.integers(0, 255).map(lambda n: n & ~mask | fixed)


_HEADERS = st.sampled_from([0x37, 0x3B, 0x3D, 0x5F])
_IN_BLOCKS = st.binary(max_size=30).map(lambda data: bytes(byte | 0x20 for byte in data))

replies: st.SearchStrategy[Reply] = st.one_of(
    _bits(0x93, 0x12).map(RealtimeByte),
    st.tuples(_bits(0x93, 0x10), *[_bits(0x90, 0)] * 3).map(lambda frame: Asb(bytes(frame))),
    st.tuples(_bits(0xF0, 0xC0), _bits(0xF0, 0xD0), *[_bits(0x80, 0x80)] * 6).map(lambda frame: SeikoAsb(bytes(frame))),
    _bits(0x90, 0).map(InOrderByte),
    st.builds(Block, _HEADERS, _IN_BLOCKS),
    st.booleans().map(FlowControl),
)


def sent(reply: Reply) -> bytes:
    """The bytes of an answer, as the bit tables have them; not asked of the code under test."""
    match reply:
        case Block(header, data):
            return bytes([header, *data, 0])
        case Asb(frame) | SeikoAsb(frame):
            return frame
        case FlowControl(go):
            return b"\x11" if go else b"\x13"
        case other:
            return bytes([other.byte])
