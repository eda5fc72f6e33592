"""What an unknown printer says when it is asked everything once, and the sending of the page. I/O, and no judgement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from posdevkit.devices.troubles import trouble_of
from posdevkit.errors import DeadlineExceeded, Disconnected, PosError
from posdevkit.events import PrinterStatus
from posdevkit.links.base import StreamLink
from posdevkit.protocols.escpos.commands.status import (
    AskIdentity,
    AskStatus,
    RealtimeClear,
    RealtimeStatusRequest,
    RequestProcessId,
    SetStatusBack,
)
from posdevkit.protocols.escpos.commands.stored import AskDownloadRoom
from posdevkit.protocols.escpos.logos import ACK, LIST_LOGOS, KeyList
from posdevkit.protocols.escpos.replies import Asb, Block, InOrderByte, RealtimeByte, Reply, ReplyDecoder
from posdevkit.protocols.escpos.status import ASB_ALL, read_realtime
from posdevkit.registry import open_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pulse import Pulse

from .others import refuse_label_printers
from .page import page_bytes
from .star_asking import ask_star, star_page_is_through
from .star_page import star_page_bytes
from .told import Told

__all__ = ["ask_printer"]

ANSWER_SECONDS: Final = 2.0
_PROCESS_ID: Final = b"PRBE"
_TEXT, _RESPONSE = 0x5F, 0x37
_ROOM: Final = b"\x32"
_MOST_ROOM: Final = 10_000_000
_CUTTER: Final = 0x02
"""Of the type (Epson gs_ci; HPRT TP80K manual)."""


async def ask_printer(
    url: str, *, page: bool = True, timeout: float | None = 60.0, clock: Clock = SYSTEM_CLOCK
) -> Told:
    """Ask the printer at `url` all that ESC/POS and Star printers answer, and print the test page in its language.

    `page=False` leaves the page out, for one that was printed before. `timeout` in seconds for all of it. Raises
    BadUrl, Disconnected, what keeps the printer from printing where it tells (PaperOut, CoverOpen and their like)
    before anything is printed, Unsupported for a printer that speaks ZPL, and DeadlineExceeded where it takes no more
    data. The page is sent once and never again.
    """
    deadline = Deadline.after(timeout, clock)
    link = open_link(url)
    await link.open(deadline)
    talk = _Talk(link, clock)
    try:
        told = await _questions(talk)
        if page:
            await _print_page(talk, link, told, deadline)
    except TimeoutError:
        link.abort()
        raise DeadlineExceeded(f"{url} takes no more data", remedy="Look at its paper and its cover.") from None
    finally:
        await link.close()
        await talk.end()
    return told


async def _print_page(talk: _Talk, link: StreamLink, told: Told, deadline: Deadline) -> None:
    if told.language != "escpos":
        await within(deadline, link.send(star_page_bytes(told.language)))
        await star_page_is_through(talk.ask_in_another_language, told, deadline.remaining() or 0.0)
        return
    await within(deadline, link.send(page_bytes()))
    if told.completion != "none":
        await talk.ask(AskStatus(1).encode(), _has(InOrderByte), deadline.remaining() or 0.0)


class _Talk:
    """Questions one after another, and what came meanwhile."""

    def __init__(self, link: StreamLink, clock: Clock) -> None:
        self.url = str(link.url)
        self._link = link
        self._clock = clock
        self._replies: list[Reply] = []
        self._bytes = bytearray()
        self._came = Pulse()
        self._ended = ""
        self._reader = asyncio.create_task(self._read(), name="posdevkit-probe")

    async def ask(
        self, question: bytes, enough: Callable[[list[Reply]], bool], seconds: float = ANSWER_SECONDS
    ) -> list[Reply]:
        """What came in answer: until it is enough, or so many seconds. Raises Disconnected."""
        self._replies = []
        self._bytes.clear()
        patience = Deadline.after(seconds, self._clock)
        await within(patience, self._link.send(question))
        while not enough(self._replies):
            if self._ended:
                raise Disconnected(f"{self.url}: {self._ended}")
            if not await self._came.wait(patience):
                break
        return self._replies

    async def ask_in_another_language(
        self, question: bytes, read: Callable[[bytes], bool], seconds: float = ANSWER_SECONDS
    ) -> bytes:
        """As `ask`, for answers that are none of ESC/POS; empty where `read` makes nothing of what came."""
        await self.ask(question, lambda _: read(bytes(self._bytes)), seconds)
        return bytes(self._bytes) if read(bytes(self._bytes)) else b""

    async def end(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        decoder = ReplyDecoder()
        try:
            while data := await self._link.receive():
                self._bytes += data
                self._replies += decoder.feed(data)
                self._came.notify()
            self._ended = "the device ended the connection"
        except PosError as problem:
            self._ended = problem.detail
        self._came.notify()


def _has(kind: type[Reply], count: int = 1) -> Callable[[list[Reply]], bool]:
    return lambda replies: sum(isinstance(reply, kind) for reply in replies) >= count


def _block(start: bytes) -> Callable[[list[Reply]], bool]:
    return lambda replies: any(
        isinstance(one, Block) and one.header == _RESPONSE and one.data.startswith(start) for one in replies
    )


async def _questions(talk: _Talk) -> Told:
    """From the harmless to what a printer without it might print as letters; no more where the first are in vain."""
    realtime = await talk.ask(b"".join(RealtimeStatusRequest(n).encode() for n in (1, 2, 3, 4)), _has(RealtimeByte, 4))
    status = PrinterStatus()
    for kind, byte in zip((1, 2, 3, 4), [one.byte for one in realtime if isinstance(one, RealtimeByte)], strict=False):
        status = read_realtime(kind, byte, status)
    if trouble := trouble_of(status):
        raise trouble(talk.url)  # it would answer nothing in turn, and keep the page for later
    if not realtime:
        if star := await ask_star(talk.url, talk.ask_in_another_language):
            return star
        await refuse_label_printers(talk.url, talk.ask_in_another_language)
    in_order = _has(InOrderByte)(await talk.ask(AskStatus(1).encode(), _has(InOrderByte)))
    back = _has(Asb)(await talk.ask(SetStatusBack(ASB_ALL).encode(), _has(Asb)))
    if not (realtime or in_order or back):
        return Told()
    await talk.ask(SetStatusBack(0).encode(), lambda _: True)
    texts = {}
    for kind in (66, 67, 65):
        answer = await talk.ask(AskIdentity(kind).encode(), _has(Block))
        blocks = [one.data for one in answer if isinstance(one, Block) and one.header == _TEXT]
        if not blocks:
            break
        texts[kind] = blocks[0].decode("ascii", "replace").strip()
    numbers: dict[int, int] = {}
    for kind in (1, 2):
        answer = await talk.ask(AskIdentity(kind).encode(), _has(InOrderByte))
        found = next((one.byte for one in answer if isinstance(one, InOrderByte)), None)
        if found is None:
            break
        numbers[kind] = found
    proves = _block(b"\x22")(await talk.ask(RequestProcessId(_PROCESS_ID).encode(), _block(b"\x22")))
    listed = await talk.ask(LIST_LOGOS, _has(Block))
    keys = KeyList()
    kept = any(isinstance(one, Block) and keys.take(one.header, one.data) for one in listed)
    if kept:
        await talk.ask(ACK, lambda _: True)
    room = await talk.ask(AskDownloadRoom().encode(), _block(_ROOM)) if kept else []
    # Nothing waits in the printer now, so there is nothing to lose by it.
    clears = _block(b"\x25")(await talk.ask(RealtimeClear().encode(), _block(b"\x25")))
    return Told(
        answers=True,
        realtime_status=_has(RealtimeByte)(realtime),
        asb=back,
        identity=bool(texts or numbers),
        maker=texts.get(66, ""),
        model=texts.get(67, ""),
        firmware=texts.get(65, ""),
        model_id=numbers.get(1),
        cutter=bool(numbers[2] & _CUTTER) if 2 in numbers else None,
        completion="process_id" if proves else "in_order_status" if in_order else "none",
        realtime_clear=clears,
        stored_logos=kept,
        download_room=_room(room),
    )


def _room(replies: list[Reply]) -> int:
    """The digits that `GS ( L` 52 is answered with; 0 for none, or for a number that cannot be meant."""
    told = [one.data[1:] for one in replies if isinstance(one, Block) and one.data.startswith(_ROOM)]
    digits = told[0].decode("ascii", "replace") if told else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len(str(_MOST_ROOM)) else 0
