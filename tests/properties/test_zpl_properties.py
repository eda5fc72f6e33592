"""ZPL: text is data, the decoder takes anything cut anywhere, millimetres become dots once."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.documents import Label, to_dots
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.vocabulary import Command, Rest
from posdevkit.protocols.zpl.commands import control, label
from posdevkit.protocols.zpl.commands.field import FieldData
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit.protocols.zpl.data import escaped, unescaped
from posdevkit.protocols.zpl.decoder import ZplDecoder
from posdevkit.protocols.zpl.language import ZPL
from posdevkit.protocols.zpl.status import StringDecoder
from tests.strategies import value

PROFILE = load_label_profile("generic-zpl-203")
texts = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
noise = st.lists(
    st.sampled_from(
        [b"^", b"~", b"^XA", b"^XZ", b"^FD", b"^FH", b"~HS", b"^CC+", b"^CD;", b",", b"12", b"^A0N,3", b"\r\n"]
    )
    | st.binary(max_size=4),
    max_size=30,
).map(b"".join)


@given(texts)
def test_whatever_is_printed_is_one_field_and_comes_back(text: str) -> None:
    data = compile_label(Label(50, 30).text(1, 1, text, height=2), PROFILE)[0].data
    commands = ZplDecoder().feed(data)
    assert b"".join(command.encode() for command in commands) == data
    (field,) = [command for command in commands if isinstance(command, FieldData)]
    assert unescaped(field.data, b"_").decode() == text
    assert sum(isinstance(command, label.EndFormat) for command in commands) == 1
    assert not any(isinstance(command, control.CancelAll) for command in commands)
    assert data.count(b"~") == 0


def test_the_control_an_unescaped_name_cancels_everything() -> None:
    naive = b"^XA^FO1,1^A0N,16,16^FDTea ^XZ~JA^FS^XZ"
    assert any(isinstance(command, control.CancelAll) for command in ZplDecoder().feed(naive))


PLAIN = [kind for kind in ZPL.commands if not any(isinstance(f.codec, Rest) for f in kind.spec.fields)]


@given(st.data())
def test_every_command_of_the_table_comes_back(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(PLAIN))
    # A comma is what parts arguments, so ^FH cannot take it; letters mean the same in either case.
    values = tuple(data.draw(value(field.codec, ()).filter(_writable)) for field in kind.spec.fields)
    command = kind.from_values(values)
    assert ZplDecoder().feed(command.encode() + b"^") == [command]


def _writable(one: int | bytes) -> bool:
    return isinstance(one, int) or (one == one.upper() and not set(one) & set(b",^~"))


@given(st.binary(max_size=60))
def test_every_byte_can_be_escaped(data: bytes) -> None:
    assert unescaped(escaped(data), b"_") == data
    assert not set(escaped(data)) & set(b"^~,>\\\r\n")


def _told(chunks: list[bytes], limit: int) -> list[Command]:
    decoder = ZplDecoder(limit)
    return [command for chunk in chunks for command in decoder.feed(chunk)] + decoder.flush()


@given(noise, st.lists(st.integers(0, 120), max_size=6), st.sampled_from([24, 1 << 20]))
def test_any_bytes_cut_anywhere_give_the_same_commands(data: bytes, cuts: list[int], limit: int) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[start:end] for start, end in itertools.pairwise(places)]
    whole = _told([data], limit)
    assert _told(chunks, limit) == whole
    assert _told([bytes([byte]) for byte in data], limit) == whole


@given(st.binary(max_size=200), st.integers(0, 200))
def test_the_status_decoder_takes_anything_cut_anywhere(data: bytes, cut: int) -> None:
    whole, halves = StringDecoder(), StringDecoder()
    assert whole.feed(data) == halves.feed(data[:cut]) + halves.feed(data[cut:])


@given(st.decimals("0", "3000", places=3), st.sampled_from([6, 8, 12, 24]))
def test_millimetres_are_rounded_half_up_once(mm: Decimal, dpmm: int) -> None:
    assert to_dots(mm, Decimal(dpmm)) == int((mm * dpmm).quantize(Decimal(1), ROUND_HALF_UP))


def test_halves_go_up() -> None:
    assert [to_dots(Decimal(text), Decimal(8)) for text in ("0.0625", "0.1875", "0.0624", "12.5")] == [1, 2, 0, 100]
