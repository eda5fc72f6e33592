"""`cups://HOST[:631]/QUEUE`: a print queue of CUPS, which is given raw jobs over IPP.

Every question is a connection of its own, as HTTP has it, so nothing is held while nothing is printed. A queue takes a
job only whole: one whose upload breaks off was never made.
"""

from __future__ import annotations

import getpass
import http.client
import io
import ipaddress
import itertools
import logging
import re
import shlex
from typing import Final
from urllib.parse import quote

from posdevkit.errors import BadUrl, Disconnected
from posdevkit.events import PrinterStatus
from posdevkit.protocols.ipp import queue as ipp
from posdevkit.protocols.ipp.message import IppError, Message, decode_message, encode_message
from posdevkit.runtime.clock import SYSTEM_CLOCK
from posdevkit.runtime.deadline import Deadline, within

from .queue import QueueLink
from .tcp import TcpLink
from .url import DeviceUrl

__all__ = ["CupsLink"]

logger = logging.getLogger("posdevkit.links")

_PORT: Final = 631
_PLACE: Final = re.compile(r"(?P<host>\[[^\]/]+\]|[^:/\[\]@\s]+)(?::(?P<port>\d{1,5}))?/(?P<queue>[^/#]+)")
_EXAMPLE: Final = "cups://localhost/TILL"
_ANSWER_SECONDS: Final = 10.0
_FIRST_LOOK_SECONDS: Final = 0.05
_LAST_LOOK_SECONDS: Final = 0.5
"""How often a job is asked after: soon at first, since most are through at once."""
_RESTART_SECONDS: Final = 15.0
"""How long CUPS may be away while it holds a job of ours: it keeps its jobs when it is restarted."""
_CANCEL_SECONDS: Final = 3.0


class CupsLink(QueueLink):
    """A StreamLink and JobLink to one queue. Nothing ever comes back over it; PortStatus tells what the queue knows.

    The queue has to be raw, or to have a filter that lets `application/vnd.cups-raw` through, as all of CUPS's do. It
    is asked as the user of this process and without a password, in clear: CUPS is on this machine, or trusts it.
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for any option, and for an address that is no host and queue."""
        url.only()
        place = _PLACE.fullmatch(url.address)
        if place is None or not 0 < int(place["port"] or _PORT) < 65536:
            raise BadUrl(f"{str(url)!r} names no host and queue", remedy=f"Write it as {_EXAMPLE}.")
        super().__init__(url)
        self._host = place["host"]
        self._port = int(place["port"] or _PORT)
        self._server = DeviceUrl("tcp", _checked(self._host, url), self._port)
        # As the tools of CUPS take them; whatever stands in a URL is quoted for the shell.
        self._at = f"-h {shlex.quote(f'{self._host}:{self._port}')}"
        self._queue = shlex.quote(place["queue"])
        self._unreached = f"Check that CUPS runs there and listens: lpstat {self._at} -r."
        self._look = f"Look at the queue: lpstat {self._at} -l -p {self._queue}."
        self._path = f"/printers/{quote(place['queue'], safe='')}"
        self._requests = itertools.count(1)
        self._job: int | None = None

    async def _reach(self, deadline: Deadline) -> None:
        report = await self._report(deadline.at_most(_ANSWER_SECONDS))
        if not report.accepting:
            accept = f"Let it: cupsaccept {self._at} {self._queue}."
            raise Disconnected(f"{self._url}: the queue accepts no jobs", remedy=accept)
        if report.prints_again:
            # A job cannot choose another policy, and only an administrator may.
            logger.warning(
                "%s: CUPS itself prints a job again that breaks off (%s): lpadmin %s -p %s -o"
                " printer-error-policy=abort-job",
                self._url,
                report.error_policy,
                self._at,
                self._queue,
            )
        self._job = None

    async def send_job(self, data: bytes) -> None:
        turn = self._opened()
        async with turn:
            self._job = None
            report = await self._hand_over(data)
            self._job = report.id
            pause, lost = _FIRST_LOOK_SECONDS, Deadline.after(_RESTART_SECONDS)
            while not report.state.over:
                await SYSTEM_CLOCK.sleep(pause)
                pause = min(pause * 1.5, _LAST_LOOK_SECONDS)
                try:
                    report = await self._ask_after(report.id)
                except _NotReached:
                    if lost.expired:
                        raise
                else:
                    lost = Deadline.after(_RESTART_SECONDS)
            self._job = None
            if report.state is not ipp.JobAnswer.COMPLETED:
                why = ", ".join((*report.reasons, *filter(None, (report.message,))))
                told = f"{self._url}: the queue gave the job up ({report.state.name.lower()}: {why})"
                raise Disconnected(told, remedy=self._look)

    async def call_back(self) -> bool:
        job, self._job = self._job, None
        if job is None:
            return False
        end = Deadline.after(_CANCEL_SECONDS)
        try:
            await self._exchange(ipp.cancel_job(self._uri, _user(), job, next(self._requests)), end)
            while not (report := await self._ask_after(job)).state.over:
                if end.expired:
                    return False
                await SYSTEM_CLOCK.sleep(_FIRST_LOOK_SECONDS)
        except Disconnected:
            return False
        return report.state is ipp.JobAnswer.CANCELED and not report.begun

    async def port_status(self) -> PrinterStatus:
        self._opened()
        return ipp.status_of(await self._report(Deadline.after(_ANSWER_SECONDS)))

    async def _leave(self, data: bytes) -> None:
        await self._hand_over(data)

    # Asking

    @property
    def _uri(self) -> str:
        return f"ipp://{self._host}:{self._port}{self._path}"

    async def _report(self, deadline: Deadline) -> ipp.QueueReport:
        return ipp.queue_report(await self._exchange(ipp.ask_queue(self._uri, _user(), next(self._requests)), deadline))

    async def _ask_after(self, job: int) -> ipp.JobReport:
        question = ipp.ask_job(self._uri, _user(), job, next(self._requests))
        return self._told(await self._exchange(question, Deadline.after(_ANSWER_SECONDS)))

    async def _hand_over(self, data: bytes) -> ipp.JobReport:
        number = next(self._requests)
        question = ipp.print_job(self._uri, _user(), f"posdevkit {number}", number)
        return self._told(await self._exchange(question, Deadline.NEVER, data))

    def _told(self, answer: Message) -> ipp.JobReport:
        report = ipp.job_report(answer)
        if report is None:
            raise Disconnected(f"{self._url}: the answer tells of no job")
        return report

    async def _exchange(self, question: Message, deadline: Deadline, document: bytes = b"") -> Message:
        """The answer to one question. Raises Disconnected where it cannot be had, and where it is a refusal."""
        asked = encode_message(question)
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/ipp\r\n"
            f"Content-Length: {len(asked) + len(document)}\r\nConnection: close\r\n\r\n"
        )
        wire = TcpLink(self._server)
        try:
            await wire.open(deadline.at_most(_ANSWER_SECONDS))
            await within(deadline, wire.send(head.encode() + asked + document))
            answer = await self._answer(wire, deadline, len(document))
        except TimeoutError:
            raise _NotReached(f"{self._url}: CUPS does not answer in time", remedy=self._unreached) from None
        except Disconnected as problem:
            if isinstance(problem, _NotReached):
                raise
            raise _NotReached(f"{self._url}: {problem.detail}", remedy=self._unreached) from problem
        finally:
            wire.abort()
        if why := ipp.refusal(answer):
            raise Disconnected(f"{self._url}: {why}", remedy=self._look)
        self._taken += len(document)
        return answer

    async def _answer(self, wire: TcpLink, deadline: Deadline, size: int) -> Message:
        """What CUPS says. From here on it has the whole document: without an answer, nobody knows whether it prints."""
        try:
            raw = bytearray()
            while data := await within(deadline, wire.receive()):
                raw += data
            return self._read(bytes(raw))
        except BaseException:
            self._taken += size
            raise

    def _read(self, raw: bytes) -> Message:
        response = http.client.HTTPResponse(_Received(raw))  # type: ignore[arg-type]  # all it asks of a socket is a file
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, OSError, ValueError) as problem:
            raise _NotReached(f"{self._url}: no answer of CUPS ({problem!r})", remedy=self._unreached) from problem
        if response.status != 200:
            raise _NotReached(
                f"{self._url}: {response.status} {response.reason}",
                remedy="Let this machine print without a password and without TLS: see cupsd.conf, Location /.",
            )
        try:
            return decode_message(body)
        except IppError as problem:
            raise _NotReached(f"{self._url}: what answers is no CUPS ({problem})", remedy=self._unreached) from problem


class _NotReached(Disconnected):
    """There was no answer, which is not to say that the job is lost."""


class _Received:
    """An answer that has come already, for a reader that would ask a socket for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _checked(host: str, url: DeviceUrl) -> str:
    if not host.startswith("["):
        return host
    try:
        return str(ipaddress.IPv6Address(host.strip("[]")))
    except ValueError:
        raise BadUrl(f"{str(url)!r}: {host} is no IPv6 address") from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or a system without a list of them
        return "posdevkit"
