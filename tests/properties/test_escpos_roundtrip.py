"""What must hold for any command, any bytes and any way of cutting them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from posdevkit.protocols.escpos import ESCPOS, Decoder
from posdevkit.protocols.escpos.commands import position, status, stored
from posdevkit.protocols.escpos.commands.graphics import RasterImage, StoreRaster
from posdevkit.protocols.escpos.commands.text import Initialize
from posdevkit.protocols.escpos.realtime import RealtimeScanner
from posdevkit.protocols.escpos.replies import (
    Asb,
    Block,
    FlowControl,
    InOrderByte,
    RealtimeByte,
    ReplyDecoder,
    SeikoAsb,
    Stray,
)
from posdevkit.protocols.vocabulary import Command, Oversize, Text, Unknown
from posdevkit.protocols.vocabulary.fields import Walked
from tests import strategies as some


def _decoded(pieces: list[bytes], limit: int = 1 << 24) -> tuple[list[Command], Decoder]:
    decoder = Decoder(limit)
    return some.merged(command for piece in pieces for command in decoder.feed(piece)), decoder


def test_every_command_that_is_measured_while_reading_has_a_strategy() -> None:
    walked = {kind for kind in ESCPOS.commands if any(isinstance(field.codec, Walked) for field in kind.spec.fields)}
    assert walked <= set(some.WALKED)


@pytest.mark.parametrize("kind", ESCPOS.commands, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_written_is_read_back(kind: type[Command], data: st.DataObject) -> None:
    command = data.draw(some.of(kind))
    found, decoder = _decoded(data.draw(some.cut(command.encode())))
    assert found == [command]
    assert decoder.missing == 0
    assert kind.from_values(command.values) == command


@given(data=st.data())
def test_a_job_reads_the_same_however_it_is_cut(data: st.DataObject) -> None:
    job = data.draw(st.lists(st.one_of(some.commands(), some.texts), max_size=15))
    found, decoder = _decoded(data.draw(some.cut(b"".join(command.encode() for command in job))))
    assert found == some.merged(job)
    assert decoder.pending == b""


@settings(max_examples=400)
@given(data=st.data())
def test_any_bytes_give_commands_and_the_same_ones_however_cut(data: st.DataObject) -> None:
    stream = data.draw(some.streams)
    limit = data.draw(st.sampled_from([40, 300, 1 << 24]))
    whole, one = _decoded([stream], limit)
    pieces, other = _decoded(data.draw(some.cut(stream)), limit)
    assert pieces == whole
    assert (other.pending, other.missing) == (one.pending, one.missing)


def _spans(command: Command, rest: bytes) -> list[int]:
    """How many bytes of `rest` may be `command`: as it is written, or in another form that the printer takes."""
    length = len(command.encode())
    spans = [length]
    if rest.startswith(b"\x1d8L"):
        spans.append(length + 2)
    if isinstance(command, position.SetTabs) and command.stops:
        spans.append(length - 1)  # ended by a byte that does not ascend
    return spans


@settings(max_examples=400)
@given(stream=some.streams, limit=st.sampled_from([40, 300, 1 << 24]))
@example(stream=b"\x1bD\x08\x10\x08\n", limit=300)
@example(stream=b"\x1d8L\x02\x00\x00\x000\x30\x1b@", limit=300)
def test_every_byte_is_accounted_for(stream: bytes, limit: int) -> None:
    found, decoder = _decoded([stream], limit)
    place = 0
    for command in found:
        rest = stream[place:]
        if isinstance(command, Oversize):
            assert command.length > limit
            assert rest.startswith(command.head)
            place += command.length
        elif isinstance(command, Text | Unknown):
            assert rest.startswith(command.data)
            place += len(command.data)
        else:
            for span in _spans(command, rest):
                again = Decoder(limit).feed(rest[:span] + b"\x01")
                if again == [command, Unknown(b"\x01")]:
                    place += span
                    break
            else:
                pytest.fail(f"{command} is not at {place} of {stream.hex(' ')}")
    if decoder.pending or not decoder.missing:
        assert place + len(decoder.pending) == len(stream)


@given(command=some.commands())
def test_a_second_reading_changes_nothing(command: Command) -> None:
    once = Decoder().feed(command.encode())[0]
    assert Decoder().feed(once.encode()) == [once]
    assert once == command
    assert hash(once) == hash(command)


# Memory


def test_a_length_that_lies_fills_no_memory() -> None:
    decoder = Decoder(limit=1 << 16)
    found = decoder.feed(b"\x1d8L\xff\xff\xff\xff")
    for _ in range(64):
        found += decoder.feed(b"\x55" * (1 << 16))
        assert len(decoder.pending) == 0
    assert found == []
    assert decoder.missing == 0xFFFFFFFF - 64 * (1 << 16)
    decoder.clear()
    assert decoder.feed(b"\x1b@") == [Initialize()]


def test_what_is_too_long_is_counted_past_and_the_next_command_found() -> None:
    dots = b"\x1b@" * (1 << 16)
    stream = RasterImage(0, 64, 2048, dots).encode() + b"\x1b@"
    found, decoder = _decoded([stream[i : i + 999] for i in range(0, len(stream), 999)], limit=1 << 16)
    assert found == [Oversize(8 + len(dots), stream[:8]), Initialize()]
    assert decoder.pending == b""
    assert _decoded([stream], limit=1 << 16)[0] == found


def test_images_that_bring_their_own_size_are_bounded_too() -> None:
    stream = b"\x1cq\xff" + b"\xff\x03\x20\x01" + bytes(1023 * 288 * 8)
    found, decoder = _decoded([stream[i : i + 4096] for i in range(0, len(stream), 4096)], limit=1 << 20)
    assert found == []
    assert decoder.pending == b""
    assert decoder.missing == 4  # the size of the second image; what follows it is read as if it were new


@pytest.mark.parametrize("start", [b"\x1dk\x04", b"\x1bD", b"\x1dC;", b"\x1cq\x01\x00\x00", b"\x1dD0C0AA01X"])
def test_what_never_ends_is_given_up(start: bytes) -> None:
    found, decoder = _decoded([bytes([byte]) for byte in start + b"1" * 1000 + b"\n"])
    assert found[-1] == position.LineFeed()
    assert isinstance(found[0], Unknown)
    assert decoder.pending == b""


@pytest.mark.parametrize(
    "stream",
    [
        b"\x1dk\x04" + b"A" * 20_000,
        b"\x1b&\x06\x20\x7e" + b"\x05" * 20_000,
        b"\x1cq\xff" + (b"\x01\x00\x01\x00" + b"\x00" * 8) * 255,
        b"\x1bD" + bytes(range(1, 34)) * 600,
        b"\x1dC;" + b";1" * 10_000,
        b"\x1b" * 20_000,
        b"\x1d8L\xff\xff\xff\x7f" + b"\x00" * 20_000,
        b"\x1dv0\x00\xff\xff\xff\xff" + b"\x00" * 20_000,
    ],
    ids=lambda stream: stream[:4].hex(" "),
)
def test_a_byte_at_a_time_costs_a_bounded_amount(stream: bytes) -> None:
    looked_at = 0

    class Counting(Decoder):
        def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
            nonlocal looked_at
            looked_at += len(data) - at
            return super()._step(data, at, commands)

    decoder = Counting()
    for byte in stream:
        decoder.feed(bytes([byte]))
    assert looked_at < 600 * len(stream)


# Real time

_EOT = [status.RealtimeStatusRequest(kind) for kind in range(1, 5)]
_ENQ = [status.RealtimeRequest(kind) for kind in range(3)]
_PULSE = [status.RealtimePulse(pin, length) for pin in range(2) for length in range(1, 9)]
_TELL = [status.RealtimeStatusTransmit(kind) for kind in (1, 2, 4, 5)]
_SOUND = [status.RealtimeBuzzer(bytes(5)), status.RealtimeBuzzer(b"\0\x10\x04\x01\x10")]
REALTIME: list[Command] = [
    *(*_EOT, *_ENQ, *_PULSE, *_TELL, *_SOUND),
    *(status.RealtimePowerOff(1, 8), status.RealtimeClear()),
]
BY_BYTES = {command.encode(): command for command in REALTIME}


def _plainly_scanned(stream: bytes) -> list[tuple[int, Command]]:
    """The slow way: look everywhere for everything."""
    found: list[tuple[int, Command]] = []
    place = 0
    while place < len(stream):
        sound = stream[place : place + 8]
        if sound.startswith(b"\x10\x14\x03\0"):  # whatever its arguments are
            if len(sound) < 8:
                break
            place += 8
            found.append((place, status.RealtimeBuzzer(sound[3:])))
            continue
        for pattern, command in BY_BYTES.items():
            if stream.startswith(pattern, place):
                place += len(pattern)
                found.append((place, command))
                break
        else:
            place += 1
    return found


_NEARLY = st.sampled_from([*BY_BYTES, *(p[:n] for p in BY_BYTES for n in range(1, len(p))), b"\x10\x10", b"\x14"])


def test_what_stands_in_the_arguments_of_a_sound_is_no_command_however_cut() -> None:
    scanner = RealtimeScanner()
    sound = b"\x10\x14\x03\x00\x10\x04\x01\x10"
    found = [one for byte in sound for one in scanner.feed(bytes([byte]))]
    assert found == [(8, status.RealtimeBuzzer(sound[3:]))]


@settings(max_examples=300)
@given(data=st.data())
def test_real_time_commands_are_found_wherever_they_stand_and_however_cut(data: st.DataObject) -> None:
    stream = b"".join(data.draw(st.lists(st.one_of(_NEARLY, st.binary(max_size=4)), max_size=12)))
    scanner = RealtimeScanner()
    found = [one for piece in data.draw(some.cut(stream)) for one in scanner.feed(piece)]
    assert found == _plainly_scanned(stream)


@pytest.mark.parametrize("command", REALTIME, ids=repr)
def test_dots_that_look_like_a_real_time_command_are_dots_in_order_and_a_command_in_real_time(command: Command) -> None:
    dots = command.encode().ljust(24, b"\x00")
    picture = StoreRaster(48, 1, 1, 49, 64, 3, dots)
    assert Decoder().feed(picture.encode()) == [picture]
    assert [found for _, found in RealtimeScanner().feed(picture.encode())] == [command]
    # Between commands the parser steps over it as a whole: it was executed when it came.
    assert Decoder().feed(command.encode() + b"\n") == [command, position.LineFeed()]


# Answers


@settings(max_examples=300)
@given(data=st.data())
def test_answers_are_read_as_they_were_sent_however_cut(data: st.DataObject) -> None:
    told = data.draw(st.lists(some.replies, max_size=12))
    decoder = ReplyDecoder()
    pieces = data.draw(some.cut(b"".join(map(some.sent, told))))
    assert [reply for piece in pieces for reply in decoder.feed(piece)] == told


@settings(max_examples=300)
@given(data=st.data())
def test_any_bytes_from_a_printer_give_answers_and_every_byte_is_in_one(data: st.DataObject) -> None:
    answers = st.one_of(
        some.replies.map(some.sent), st.binary(max_size=6), st.sampled_from([b"\x5f", b"\x10", b"\x37"])
    )
    stream = b"".join(data.draw(st.lists(answers, max_size=12)))
    whole = ReplyDecoder().feed(stream)
    decoder = ReplyDecoder()
    assert [reply for piece in data.draw(some.cut(stream)) for reply in decoder.feed(piece)] == whole
    flow = [byte for byte in stream if byte in (0x11, 0x13)]
    others = bytes(byte for byte in stream if byte not in (0x11, 0x13))
    assert [0x11 if reply.go else 0x13 for reply in whole if isinstance(reply, FlowControl)] == flow
    place, seiko = 0, False
    for reply in whole:
        if isinstance(reply, FlowControl):
            continue
        said = some.sent(reply)
        here = others[place : place + len(said)]
        # In Seiko's dialect, once it has been heard, the answer to `GS r` has the highest bit.
        assert here == said or (seiko and isinstance(reply, InOrderByte) and here == bytes([0x80 | reply.byte]))
        seiko |= isinstance(reply, SeikoAsb)
        place += len(said)
    assert len(others) - place < 256


def test_flow_control_may_stand_inside_status_and_text() -> None:
    assert ReplyDecoder().feed(b"\x14\x13\x00\x11\x00\x00") == [
        FlowControl(False), FlowControl(True), Asb(b"\x14\x00\x00\x00"),
    ]  # fmt: skip
    assert ReplyDecoder().feed(b"7\x13\x22ABCD\x00") == [FlowControl(False), Block(0x37, b"\x22ABCD")]


def test_power_on_is_a_block_and_not_an_answer_about_paper() -> None:
    assert ReplyDecoder().feed(b"\x3b\x31\x00") == [Block(0x3B, b"1")]


def test_noise_before_status_does_not_swallow_it() -> None:
    assert ReplyDecoder().feed(b"_\x14\x00\x00\x0f") == [Stray(0x5F), Asb(b"\x14\x00\x00\x0f")]
    # A broken status frame must not leave zeros behind that look like "paper is fine".
    assert ReplyDecoder().feed(b"\x14\x00\x12") == [Stray(0x14), Stray(0), RealtimeByte(0x12)]
    assert not any(isinstance(reply, InOrderByte) for reply in ReplyDecoder().feed(b"\x14\x00\x00\xff"))


def test_a_block_that_never_ends_is_given_up() -> None:
    found = ReplyDecoder().feed(b"_" * 1000 + b"\x12")
    assert found[-1] == RealtimeByte(0x12)
    assert len(found) == 1001


@pytest.mark.parametrize(
    "wrong", [(1, b""), (1, b"\x01\x00\x01\x00" + b"\0" * 7), (2, b"\x01\x00\x01\x00" + b"\0" * 8)]
)
def test_arguments_that_do_not_add_up_are_refused_at_once(wrong: tuple[int, bytes]) -> None:
    with pytest.raises(ValueError, match=r"DefineNvBitImages\.data"):
        stored.DefineNvBitImages(*wrong)


def test_stops_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        position.SetTabs(b"\x08\x08")
