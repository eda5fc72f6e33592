"""`replay:///path`: a link that plays a recording. What is sent is compared; answers come where they came then."""

from __future__ import annotations

import asyncio
from pathlib import Path

from posdevkit.errors import Closed, Disconnected, ReplayMismatch
from posdevkit.runtime.deadline import Deadline

from .recording import Record, Redactor, keep, read_recording
from .url import DeviceUrl

__all__ = ["ReplayLink"]

_ANSWERS = frozenset({"receive", "eof", "lost"})


class ReplayLink:
    """A StreamLink without a cable. An answer is given once as many bytes were sent as had been taken when it came.

    Time is not replayed. A byte that differs, or one more than was recorded, is ReplayMismatch for whoever sends and
    whoever receives; it names the offset and both bytes.
    """

    def __init__(self, url: DeviceUrl, *, redact: Redactor = keep) -> None:
        """`redact` is the one that was recorded with, so that what it hid compares equal."""
        url.only()
        self._url = url
        self._redact = redact
        self._expected = b""
        self._answers: list[Record] = []
        self._taken = 0
        self._changed: asyncio.Event | None = None
        self._problem: ReplayMismatch | Disconnected | None = None
        self._ended = False
        self._used = False
        self._nonce = 0

    @property
    def nonce(self) -> int:
        """The recording's."""
        return self._nonce

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    @property
    def finished(self) -> bool:
        """Whether all that was recorded has been sent and answered."""
        through = self._taken == len(self._expected) and not self._answers
        return self._used and through and self._problem is None

    async def open(self, deadline: Deadline) -> None:
        if self._changed is not None:
            raise RuntimeError(f"{self._url} is open")
        if deadline.expired:
            raise Disconnected(f"{self._url}: the deadline passed before it was opened")
        recording = read_recording(Path(self._url.address))
        records, self._nonce = recording.records, recording.nonce
        self._expected = b"".join(record.data for record in records if record.kind == "send")
        self._answers = [record for record in records if record.kind in _ANSWERS]
        self._answers.reverse()
        self._taken = 0
        self._problem = None
        self._ended = False
        self._used = True
        self._changed = asyncio.Event()

    async def send(self, data: bytes | memoryview) -> None:
        changed = self._opened()
        await asyncio.sleep(0)  # as a cable does: others get their turn
        if self._problem is not None:
            raise self._problem
        sent = self._redact("send", bytes(data))
        room = self._limit() - self._taken
        recorded = self._expected[self._taken : self._taken + min(len(sent), room)]
        same = _common(sent, recorded)
        self._taken += same
        changed.set()
        if same == len(sent):
            return
        if same == room and self._limit() == self._lost_at():
            self._problem = self._disconnected()
        else:
            then = f"0x{recorded[same]:02X}" if same < len(recorded) else "nothing more"
            self._problem = ReplayMismatch(
                f"{self._url}: at offset {self._taken} the recording has {then}, sent was 0x{sent[same]:02X}"
            )
        raise self._problem

    async def receive(self) -> bytes:
        changed = self._changed
        if not self._used:
            raise Closed(str(self._url))
        while True:
            if self._problem is not None:
                raise self._problem
            if self._ended or changed is None or self._changed is not changed:
                return b""
            if self._answers and self._answers[-1].at <= self._taken:
                return self._answer(self._answers.pop())
            changed.clear()
            await changed.wait()

    async def send_eof(self) -> None:
        self._opened()

    async def close(self) -> None:
        self._let_go()

    def abort(self) -> None:
        if self._changed is not None:
            self._problem = self._problem or Disconnected(f"{self._url}: aborted by this program")
        self._let_go()

    def _answer(self, record: Record) -> bytes:
        if record.kind == "lost":
            self._problem = self._disconnected()
            raise self._problem
        self._ended = record.kind == "eof"
        return record.data

    def _lost_at(self) -> int | None:
        return next((record.at for record in self._answers if record.kind == "lost"), None)

    def _limit(self) -> int:
        """Bytes that can be taken before the recording ends or breaks."""
        lost = self._lost_at()
        return len(self._expected) if lost is None else min(lost, len(self._expected))

    def _disconnected(self) -> Disconnected:
        return Disconnected(f"{self._url}: the connection broke here after {self._taken} bytes")

    def _let_go(self) -> None:
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()

    def _opened(self) -> asyncio.Event:
        if self._changed is None:
            raise Closed(str(self._url))
        return self._changed


def _common(one: bytes, other: bytes) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    return next(index for index in range(length) if one[index] != other[index])
