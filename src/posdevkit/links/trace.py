"""Recording any link, as it is used, into a file that `replay://` plays back."""

from __future__ import annotations

import asyncio
import os
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from posdevkit.errors import Disconnected, OutputFailed
from posdevkit.events import PrinterStatus
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline

from .base import Identified, JobLink, OneWay, PortStatus, StreamLink, Tuned
from .recording import Kind, Record, Redactor, header, keep
from .url import DeviceUrl

__all__ = ["TRACE_VARIABLE", "TraceLink", "trace_directory"]

TRACE_VARIABLE: Final = "POSDEVKIT_TRACE"
"""The environment variable that names the directory into which every link is recorded."""


def trace_directory() -> Path | None:
    """The directory that POSDEVKIT_TRACE names, if it is set and not empty."""
    named = os.environ.get(TRACE_VARIABLE, "")
    return Path(named) if named else None


class TraceLink:
    """A StreamLink around another. Each `open` records into a file of its own, `<name>-<n>.jsonl`, from n = 1.

    A recording that can no longer be written (a full disk) ends; the link goes on.
    """

    def __init__(
        self, inner: StreamLink, directory: Path, *, redact: Redactor = keep, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._inner = inner
        self._directory = directory
        self._redact = redact
        self._clock = clock
        self._file: TextIO | None = None
        self._path: Path | None = None
        self._began = 0.0
        self._sending: asyncio.Lock | None = None
        self._closing = False
        self._nonce = 0

    @property
    def nonce(self) -> int:
        """Chosen anew for each recording, and written into it."""
        return self._nonce

    @property
    def url(self) -> DeviceUrl:
        return self._inner.url

    @property
    def taken(self) -> int:
        return self._inner.taken

    @property
    def identity(self) -> tuple[str, str] | None:
        """What tells the device from others alike, as the link that is recorded knows it."""
        return self._inner.identity if isinstance(self._inner, Identified) else None

    @property
    def settings(self) -> str:
        return self._inner.settings if isinstance(self._inner, Tuned) else ""

    def expect(self, identity: tuple[str, str]) -> None:
        """Open the device of that identity and no other, where the link that is recorded can tell."""
        if isinstance(self._inner, Identified):
            self._inner.expect(identity)

    @property
    def one_way(self) -> bool:
        """Whether nothing may ever come back over the link that is recorded."""
        return isinstance(self._inner, OneWay) and self._inner.one_way

    async def port_status(self) -> PrinterStatus:
        """What the near end of the link that is recorded knows; it is not recorded."""
        return await self._inner.port_status() if isinstance(self._inner, PortStatus) else PrinterStatus()

    @property
    def path(self) -> Path | None:
        """The file of the last recording."""
        return self._path

    async def open(self, deadline: Deadline) -> None:
        # Before anything is connected: a directory that cannot be written is the caller's mistake, not the cable's.
        self._begin()
        self._sending = asyncio.Lock()
        self._closing = False
        try:
            await self._inner.open(deadline)
        except BaseException:
            self._end()
            raise

    async def send(self, data: bytes | memoryview) -> None:
        if self._sending is None:
            return await self._inner.send(data)  # never opened: the link itself says so
        async with self._sending:
            before = self._inner.taken
            try:
                await self._inner.send(data)
            finally:
                # Also what was taken before an error or a cancellation, and no more than that.
                if count := self._inner.taken - before:
                    self._write("send", self._redact("send", bytes(memoryview(data).cast("B")[:count])), at=before)

    async def receive(self) -> bytes:
        try:
            data = await self._inner.receive()
        except Disconnected:
            if not self._closing:
                self._write("lost")
            raise
        if data:
            self._write("receive", self._redact("receive", data))
        elif not self._closing:
            self._write("eof")
        return data

    async def send_eof(self) -> None:
        await self._inner.send_eof()
        self._write("send_eof")

    async def close(self) -> None:
        self._closing = True
        try:
            await self._inner.close()
        finally:
            self._write("close")
            self._end()

    def abort(self) -> None:
        self._closing = True
        self._inner.abort()
        self._write("abort")
        self._end()

    def _begin(self) -> None:
        name = _file_name(self.url)
        self._nonce = random.randrange(2**32)  # noqa: S311  # only has to differ
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            number = 1
            while True:
                path = self._directory / f"{name}-{number}.jsonl"
                try:
                    self._file = path.open("x", encoding="utf-8", newline="\n")
                    break
                except FileExistsError:
                    number += 1
            self._path = path
            self._file.write(header(str(self.url), datetime.now(UTC).isoformat(timespec="milliseconds"), self._nonce))
            self._file.flush()
        except OSError as problem:
            self._end()
            raise OutputFailed(
                f"{self._directory}: {problem.strerror or problem}",
                remedy=f"Point {TRACE_VARIABLE} at a directory that you may write to, or unset it.",
            ) from problem
        self._began = self._clock.monotonic()

    def _write(self, kind: Kind, data: bytes = b"", at: int | None = None) -> None:
        if self._file is None:
            return
        record = Record(self._clock.monotonic() - self._began, kind, self._inner.taken if at is None else at, data)
        try:
            self._file.write(record.line())
            self._file.flush()  # a recording is wanted most after a crash
        except OSError:
            self._end()

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                pass


class TraceJobLink(TraceLink):
    """The same around a link that takes whole jobs: each is recorded as one piece."""

    def __init__(
        self, inner: StreamLink, directory: Path, *, redact: Redactor = keep, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        super().__init__(inner, directory, redact=redact, clock=clock)
        assert isinstance(inner, JobLink)
        self._jobs: JobLink = inner

    async def send(self, data: bytes | memoryview) -> None:
        await self._inner.send(data)
        # Kept, and not yet taken: whether `close` made a job of it, its record's count tells.
        self._write("send", self._redact("send", bytes(memoryview(data).cast("B"))))

    async def send_job(self, data: bytes) -> None:
        before = self._inner.taken
        try:
            await self._jobs.send_job(data)
        finally:
            if self._inner.taken > before:
                self._write("send", self._redact("send", data), at=before)

    async def call_back(self) -> bool:
        return await self._jobs.call_back()


def traced(link: StreamLink, directory: Path, *, redact: Redactor = keep) -> TraceLink:
    """The link with each of its connections recorded into `directory`."""
    kind = TraceJobLink if isinstance(link, JobLink) else TraceLink
    return kind(link, directory, redact=redact)


def _file_name(url: DeviceUrl) -> str:
    place = url.address if url.port is None else f"{url.address}-{url.port}"
    return f"{url.scheme}-" + re.sub(r"[^A-Za-z0-9._-]+", "_", place).strip("_.")[:80]
