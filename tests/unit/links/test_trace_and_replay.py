"""What was recorded can be read by a person and played back."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Literal

import pytest

from posdevkit.errors import BadUrl, Closed, Disconnected, OutputFailed, ReplayMismatch
from posdevkit.links.base import StreamLink
from posdevkit.links.memory import MemoryLink, MemoryPeer, memory_pair
from posdevkit.links.recording import Record, Recording, header, read_recording
from posdevkit.links.replay import ReplayLink
from posdevkit.links.trace import TraceLink, trace_directory
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.runtime import SYSTEM_CLOCK, Deadline, ManualClock, within

pytestmark = pytest.mark.asyncio

SOON = 10.0
ASB = b"\x14\x00\x00\x0f"


def replay(path: Path) -> ReplayLink:
    return ReplayLink(DeviceUrl("replay", str(path)))


async def conversation(link: StreamLink) -> list[bytes]:
    """What a driver does: greet, listen, send, listen."""
    heard = []
    await link.open(Deadline.after(SOON))
    await link.send(b"\x1b@")
    await link.send(b"\x10\x04\x01")
    heard.append(await within(Deadline.after(SOON), link.receive()))
    await link.send(memoryview(b"Flat white\n"))
    heard.append(await within(Deadline.after(SOON), link.receive()))
    heard.append(await within(Deadline.after(SOON), link.receive()))
    await link.close()
    return heard


async def printer(peer: MemoryPeer) -> None:
    got = b""
    while len(got) < 5:
        got += await peer.receive()
    await peer.send(ASB)
    while len(got) < 16:
        got += await peer.receive()
    await peer.send(b"\x37\x22id\0")
    peer.eof()


async def recorded(directory: Path, clock: ManualClock | None = None) -> tuple[Path, list[bytes]]:
    link, peer = memory_pair("Front Desk/1")
    trace = TraceLink(link, directory, clock=clock or SYSTEM_CLOCK)
    serving = asyncio.create_task(printer(peer))
    heard = await conversation(trace)
    await serving
    assert trace.path is not None
    return trace.path, heard


async def test_a_recording_says_what_happened_when_and_where(tmp_path: Path) -> None:
    path, heard = await recorded(tmp_path / "deep" / "down", ManualClock(5))
    assert path == tmp_path / "deep" / "down" / "memory-Front_Desk_1-1.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[0]["posdevkit_trace"] == 1
    assert lines[0]["url"] == "memory://Front Desk/1"
    assert [(line["kind"], line["at"], bytes.fromhex(line.get("data", ""))) for line in lines[1:]] == [
        ("send", 0, b"\x1b@"),
        ("send", 2, b"\x10\x04\x01"),
        ("receive", 5, ASB),
        ("send", 5, b"Flat white\n"),
        ("receive", 16, b"\x37\x22id\0"),
        ("eof", 16, b""),
        ("close", 16, b""),
    ]
    assert all(line["t"] == 0 for line in lines[1:])
    assert heard == [ASB, b"\x37\x22id\0", b""]


async def test_it_plays_back_the_same(tmp_path: Path) -> None:
    path, heard = await recorded(tmp_path)
    link = replay(path)
    assert isinstance(link, StreamLink)
    assert not link.finished
    for _ in range(2):
        assert await conversation(link) == heard
        assert link.taken == 16
        assert link.finished


async def test_the_pieces_may_be_cut_otherwise(tmp_path: Path) -> None:
    path, heard = await recorded(tmp_path)
    link = replay(path)
    await link.open(Deadline.NEVER)
    for byte in b"\x1b@\x10\x04":
        await link.send(bytes([byte]))
    early = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    assert not early.done()
    await link.send(b"\x01Flat white\n")
    assert [await early, await link.receive(), await link.receive()] == heard
    await link.close()


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (b"\x1b@\x10\x04\x02", "offset 4 the recording has 0x01, sent was 0x02"),
        (b"\x1b@\x10\x04\x01Flat white\n+", "offset 16 the recording has nothing more, sent was 0x2B"),
        (b"X", "offset 0 the recording has 0x1B, sent was 0x58"),
    ],
)
async def test_a_difference_names_the_offset_and_both_bytes_to_both_sides(
    tmp_path: Path, sent: bytes, named: str
) -> None:
    path, _ = await recorded(tmp_path)
    link = replay(path)
    await link.open(Deadline.NEVER)
    with pytest.raises(ReplayMismatch) as caught:
        await link.send(sent)
    assert named in caught.value.detail
    assert str(path) in caught.value.detail
    with pytest.raises(ReplayMismatch):
        await link.receive()
    with pytest.raises(ReplayMismatch):
        await link.send(b"")
    assert not link.finished
    await link.close()


async def test_a_break_is_recorded_and_replayed_at_its_byte(tmp_path: Path) -> None:
    link, peer = memory_pair(cut_at=7)
    trace = TraceLink(link, tmp_path)
    await trace.open(Deadline.NEVER)
    listening = asyncio.create_task(trace.receive())
    await peer.send(ASB)
    assert await listening == ASB
    listening = asyncio.create_task(trace.receive())
    await asyncio.sleep(0)
    with pytest.raises(Disconnected):
        await trace.send(b"0123456789")
    with pytest.raises(Disconnected):
        await listening
    await trace.close()
    assert trace.path is not None
    assert [(record.kind, record.at, record.data) for record in read_recording(trace.path).records] == [
        ("receive", 0, ASB),
        ("send", 0, b"0123456"),
        ("lost", 7, b""),
        ("close", 7, b""),
    ]

    played = replay(trace.path)
    await played.open(Deadline.NEVER)
    assert await played.receive() == ASB
    listening = asyncio.create_task(played.receive())
    await asyncio.sleep(0)
    with pytest.raises(Disconnected, match="after 7 bytes"):
        await played.send(b"0123456789")
    assert played.taken == 7
    with pytest.raises(Disconnected):
        await listening
    await played.close()


async def test_a_cancelled_send_is_recorded_as_far_as_it_was_taken(tmp_path: Path) -> None:
    link, peer = memory_pair(capacity=4)
    trace = TraceLink(link, tmp_path)
    await trace.open(Deadline.NEVER)
    with pytest.raises(TimeoutError):
        await within(Deadline.after(0.01), trace.send(b"123456"))
    assert await peer.receive() == b"1234"
    trace.abort()
    assert trace.path is not None
    records = read_recording(trace.path).records
    assert [(record.kind, record.at, record.data) for record in records] == [("send", 0, b"1234"), ("abort", 4, b"")]


async def test_senders_in_parallel_are_recorded_one_after_the_other(tmp_path: Path) -> None:
    link, peer = memory_pair(capacity=3)
    trace = TraceLink(link, tmp_path)
    await trace.open(Deadline.NEVER)
    sending = asyncio.gather(*(trace.send(letter * 10) for letter in (b"a", b"b", b"c")))
    got = b""
    while len(got) < 30:
        got += await peer.receive()
    await sending
    trace.abort()
    assert trace.path is not None
    sends = [record for record in read_recording(trace.path).records if record.kind == "send"]
    assert [(record.at, len(record.data)) for record in sends] == [(0, 10), (10, 10), (20, 10)]
    assert b"".join(record.data for record in sends) == got


async def test_each_connection_has_its_own_file_and_none_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "memory-pair-2.jsonl").write_text("mine")
    paths = []
    for _ in range(3):
        link, _ = memory_pair()
        trace = TraceLink(link, tmp_path)
        await trace.open(Deadline.NEVER)
        trace.abort()
        paths.append(trace.path)
    assert paths == [tmp_path / f"memory-pair-{number}.jsonl" for number in (1, 3, 4)]
    assert (tmp_path / "memory-pair-2.jsonl").read_text() == "mine"


async def test_a_redactor_hides_and_the_replay_knows(tmp_path: Path) -> None:
    def stars(_: Literal["send", "receive"], data: bytes) -> bytes:
        return bytes(0x2A if 0x30 <= byte <= 0x39 else byte for byte in data)

    link, peer = memory_pair()
    trace = TraceLink(link, tmp_path, redact=stars)
    await trace.open(Deadline.NEVER)
    await trace.send(b"card 4571")
    await peer.send(b"code 99")
    await trace.receive()
    trace.abort()
    assert await_text(trace.path) == [b"card ****", b"code **"]
    assert trace.path is not None
    played = ReplayLink(DeviceUrl("replay", str(trace.path)), redact=stars)
    await played.open(Deadline.NEVER)
    await played.send(b"card 4571")
    assert await played.receive() == b"code **"
    await played.close()


def await_text(path: Path | None) -> list[bytes]:
    assert path is not None
    return [record.data for record in read_recording(path).records if record.data]


async def test_a_directory_that_cannot_be_written_is_an_error_before_anything_is_connected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    link = MemoryLink(parse_url("memory://nobody"))
    with pytest.raises(OutputFailed, match="file") as caught:
        await TraceLink(link, tmp_path / "file").open(Deadline.NEVER)
    assert "POSDEVKIT_TRACE" in caught.value.remedy()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind")
async def test_a_directory_without_permission(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputFailed, match="locked"):
        await TraceLink(memory_pair()[0], tmp_path / "locked").open(Deadline.NEVER)


async def test_a_link_that_does_not_open_leaves_no_open_file(tmp_path: Path) -> None:
    trace = TraceLink(MemoryLink(parse_url("memory://nobody")), tmp_path)
    with pytest.raises(Disconnected):
        await trace.open(Deadline.NEVER)
    assert trace.path is not None
    assert read_recording(trace.path).records == ()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
async def test_a_full_disk_ends_the_recording_and_not_the_link(tmp_path: Path) -> None:
    link, peer = memory_pair()
    trace = TraceLink(link, tmp_path)
    await trace.open(Deadline.NEVER)
    assert trace._file is not None
    trace._file.close()
    trace._file = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115
    await trace.send(b"one")
    await trace.send(b"two")
    assert await peer.receive() == b"onetwo"
    trace.abort()


async def test_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSDEVKIT_TRACE", raising=False)
    assert trace_directory() is None
    monkeypatch.setenv("POSDEVKIT_TRACE", "")
    assert trace_directory() is None
    monkeypatch.setenv("POSDEVKIT_TRACE", "traces")
    assert trace_directory() == Path("traces")


NO_RECORDINGS = {
    "nothing": "",
    "no json": "hello\n",
    "no header": '{"t": 0, "kind": "send", "at": 0}\n',
    "another version": '{"posdevkit_trace": 99}\n',
    "an unknown kind": header("x", "", 7) + '{"t": 0, "kind": "sing", "at": 0}\n',
    "no hexadecimal": header("x", "", 7) + '{"t": 0, "kind": "send", "at": 0, "data": "xx"}\n',
    "a list": header("x", "", 7) + "[1]\n",
}


@pytest.mark.parametrize("text", NO_RECORDINGS.values(), ids=NO_RECORDINGS)
async def test_a_file_that_is_no_recording_names_itself(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(text)
    with pytest.raises(BadUrl, match=r"odd\.jsonl: line \d"):
        await replay(path).open(Deadline.NEVER)


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadUrl, match="No such file"):
        await replay(tmp_path / "none.jsonl").open(Deadline.NEVER)


async def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "crashed.jsonl"
    path.write_text(header("x", "", 7) + Record(0, "send", 0, b"a").line() + '{"t": 0, "ki')
    assert read_recording(path) == Recording(7, (Record(0, "send", 0, b"a"),))


async def test_a_replay_that_is_not_open(tmp_path: Path) -> None:
    path, _ = await recorded(tmp_path)
    link = replay(path)
    for call in (lambda: link.send(b"x"), link.receive, link.send_eof):
        with pytest.raises(Closed):
            await call()
    await link.open(Deadline.NEVER)
    with pytest.raises(RuntimeError, match="is open"):
        await link.open(Deadline.NEVER)
    listening = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    link.abort()
    with pytest.raises(Disconnected, match="aborted"):
        await listening
    with pytest.raises(BadUrl):
        ReplayLink(parse_url(f"replay://{path}?fast=1"))
    with pytest.raises(Disconnected, match="deadline"):
        await replay(path).open(Deadline.after(0))
