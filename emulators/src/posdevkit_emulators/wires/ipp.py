"""A print queue as CUPS keeps one, in front of a printer on TCP: jobs come over IPP, wait, and go on one by one.

It takes what it is given as raw data, begins a job only when it has come whole, and calls one done when the printer has
ended the connection, as CUPS's backend `socket` does. A job that breaks off in the middle is given up, not repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from dataclasses import dataclass, field
from typing import Final, Self

from posdevkit.protocols.ipp.message import (
    Attribute,
    Group,
    GroupTag,
    IppError,
    Message,
    Tag,
    decode_message,
    encode_message,
)
from posdevkit.protocols.ipp.queue import RAW, JobAnswer, Operation

__all__ = ["EmulatedQueue", "QueuedJob"]

_RETRY_SECONDS: Final = 0.02
_AWAY: Final = "The printer may not exist or is unavailable at this time."
_OK, _NOT_POSSIBLE, _NOT_FOUND, _FORMAT, _UNSUPPORTED, _REJECTING = 0x0000, 0x0404, 0x0406, 0x040A, 0x0501, 0x0506
"""RFC 8011, B.1."""


@dataclass
class QueuedJob:
    """One job, and how far it is."""

    number: int
    name: str
    data: bytes
    state: JobAnswer = JobAnswer.PENDING
    begun: bool = False


@dataclass
class EmulatedQueue:
    """A queue on a free port of the loopback. Use as an async context manager."""

    printer: tuple[str, int]
    """Where its printer listens."""
    name: str = "till"
    reasons: tuple[str, ...] = ()
    """`printer-state-reasons` that are told."""
    accepting: bool = True
    error_policy: str = "abort-job"
    """`printer-error-policy`, which is told and not acted on: a job that breaks off is aborted; empty tells nothing."""
    jobs: dict[int, QueuedJob] = field(default_factory=dict)
    forgetful: bool = False
    """Keep nothing about jobs that are over."""
    _message: str = ""
    _port: int = 0
    _stopped: bool = False
    _server: asyncio.Server | None = None
    _clients: set[asyncio.Task[None]] = field(default_factory=set)
    _worker: asyncio.Task[None] | None = None
    _current: tuple[QueuedJob, asyncio.Task[None]] | None = None
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        """What a driver opens."""
        return f"cups://127.0.0.1:{self._port}/{self.name}"

    async def open(self) -> None:
        """Let hosts come."""
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self._worker = asyncio.create_task(self._work(), name="emulator: queue")

    async def close(self) -> None:
        """Stop, with the job that is under way given up and all others forgotten."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        tasks = {*self._clients, *((self._worker,) if self._worker else ())}
        if self._current is not None:
            tasks.add(self._current[1])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._worker = self._current = None
        self.jobs.clear()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # As the cable has it.

    async def unplug(self) -> None:
        """The service is gone."""
        await self.close()

    async def plug(self) -> None:
        """It is back, at the same place."""
        await self.open()

    # An administrator's hands.

    def stop(self) -> None:
        """Begin no further job (cupsdisable)."""
        self._stopped = True

    def start(self) -> None:
        """Go on (cupsenable)."""
        self._stopped = False
        self._stirred.set()

    def cancel(self, number: int) -> bool:
        """Drop a job that is not over; whether it was not."""
        job = self.jobs.get(number)
        if job is None or job.state.over:
            return False
        if self._current is not None and self._current[0] is job:
            self._current[1].cancel()
        self._end(job, JobAnswer.CANCELED)
        return True

    def _end(self, job: QueuedJob, state: JobAnswer) -> None:
        job.state = state
        if self.forgetful:
            self.jobs.pop(job.number, None)

    # Printing.

    async def _work(self) -> None:
        while True:
            waiting = next((job for job in self.jobs.values() if job.state is JobAnswer.PENDING), None)
            if waiting is None or self._stopped:
                self._stirred.clear()
                await self._stirred.wait()
                continue
            waiting.state, waiting.begun = JobAnswer.PROCESSING, True
            task = asyncio.create_task(self._print(waiting), name="emulator: backend")
            self._current = waiting, task
            await asyncio.wait({task})
            self._current, self._message = None, ""
            if not waiting.state.over:
                failed = task.cancelled() or task.exception() is not None
                self._end(waiting, JobAnswer.ABORTED if failed else JobAnswer.COMPLETED)

    async def _print(self, job: QueuedJob) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self.printer)
                break
            except OSError:
                self._message = _AWAY
                await asyncio.sleep(_RETRY_SECONDS)
        self._message = "Connected to printer."
        try:
            writer.write(job.data)
            await writer.drain()
            writer.write_eof()
            while await reader.read(4096):
                pass
        finally:
            writer.transport.abort()

    # Answering.

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            with contextlib.suppress(OSError, EOFError):
                await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # told to end by `close`, which waits for nothing more
        finally:
            self._clients.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        try:
            answer = self._answer(decode_message(body))
        except IppError:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        else:
            raw = encode_message(answer)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nConnection: close\r\n"
                + f"Content-Length: {len(raw)}\r\n\r\n".encode()
                + raw
            )
        await writer.drain()

    def _answer(self, question: Message) -> Message:
        asked = question.group(GroupTag.OPERATION)
        uri = next(iter(asked.values("printer-uri")), "")
        number = next(iter(asked.values("job-id")), 0)
        job = self.jobs.get(number) if isinstance(number, int) else None
        if not (isinstance(uri, str) and uri.endswith(f"/printers/{self.name}")):
            return _said(question, _NOT_FOUND, "The printer or class does not exist.")
        match question.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return _said(question, _OK, "", self._printer())
            case Operation.PRINT_JOB:
                return self._take(question, asked)
            case Operation.GET_JOB_ATTRIBUTES if job is not None:
                return _said(question, _OK, "", _job(job))
            case Operation.CANCEL_JOB if job is not None:
                code = _OK if self.cancel(job.number) else _NOT_POSSIBLE
                return _said(question, code, "" if code == _OK else "It is over.")
            case Operation.GET_JOB_ATTRIBUTES | Operation.CANCEL_JOB:
                return _said(question, _NOT_FOUND, f"Job #{number!r} does not exist.")
        return _said(question, _UNSUPPORTED, "")

    def _take(self, question: Message, asked: Group) -> Message:
        if not self.accepting:
            return _said(question, _REJECTING, "Destination is not accepting jobs.")
        if asked.values("document-format") != (RAW,):
            return _said(question, _FORMAT, "Unsupported document-format.")
        job = QueuedJob(next(self._numbers), _name(asked), question.data)
        self.jobs[job.number] = job
        self._stirred.set()
        return _said(question, _OK, "", _job(job))

    def _printer(self) -> Group:
        state = 5 if self._stopped else 4 if self._current is not None else 3
        return Group(
            GroupTag.PRINTER,
            (
                Attribute.of("printer-is-accepting-jobs", Tag.BOOLEAN, self.accepting),
                Attribute.of("printer-state", Tag.ENUM, state),
                Attribute.of("printer-state-message", Tag.TEXT, self._message),
                Attribute.of("printer-state-reasons", Tag.KEYWORD, *(self.reasons or ("none",))),
                *([Attribute.of("printer-error-policy", Tag.NAME, self.error_policy)] if self.error_policy else []),
            ),
        )


def _name(asked: Group) -> str:
    name = next(iter(asked.values("job-name")), "")
    return name if isinstance(name, str) else ""


def _job(job: QueuedJob) -> Group:
    since = Attribute.of("time-at-processing", *((Tag.INTEGER, 1) if job.begun else (Tag.NO_VALUE, None)))
    return Group(
        GroupTag.JOB,
        (
            Attribute.of("job-id", Tag.INTEGER, job.number),
            Attribute.of("job-state", Tag.ENUM, int(job.state)),
            Attribute.of("job-state-reasons", Tag.KEYWORD, "none"),
            since,
        ),
    )


def _said(question: Message, code: int, words: str, *groups: Group) -> Message:
    head = (
        Attribute.of("attributes-charset", Tag.CHARSET, "utf-8"),
        Attribute.of("attributes-natural-language", Tag.LANGUAGE, "en"),
        *((Attribute.of("status-message", Tag.TEXT, words),) if words else ()),
    )
    return Message(code, question.request, (Group(GroupTag.OPERATION, head), *groups))
