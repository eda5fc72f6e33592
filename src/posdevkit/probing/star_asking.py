"""What a Star printer says when it is asked everything once. Questions and answers; no link of its own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Final, Protocol

from posdevkit.devices.choosing import chosen_by
from posdevkit.devices.troubles import trouble_of
from posdevkit.profiles.model import ReceiptLanguage
from posdevkit.protocols.conversation import Identity
from posdevkit.protocols.star import replies as star
from posdevkit.protocols.star.commands.status import AskStatus, MarkPrinted, PrintEnd, SetStatusBack, System
from posdevkit.protocols.star.status import COUNTS, five_bits, read_asb

from .told import Told

__all__ = ["Ask", "ask_star", "star_page_is_through"]

_VERSION: Final = re.compile(rb"\x1b#\*,(?P<model>.*?)(?:Ver(?P<firmware>[0-9.]+))?", re.DOTALL)
"""ESC # * , and the model with its version (Line Mode specifications, ESC # *)."""
_ON: Final = SetStatusBack(1).encode()
_OFF: Final = SetStatusBack(0).encode()
_MARK: Final = MarkPrinted().encode()
_NUMBER: Final = b"PR"
_STAR_PRNT_FROM: Final = 4
"""Generation from which a printer speaks StarPRNT (ReceiptPrinterStatus, src/main.js)."""


class Ask(Protocol):
    """A question, whether what came is an answer to it, and then what came; empty without one."""

    def __call__(self, question: bytes, read: Callable[[bytes], bool], seconds: float = ...) -> Awaitable[bytes]: ...


async def ask_star(url: str, ask: Ask) -> Told | None:
    """What a Star tells; None for a printer that does not answer as one.

    Raises PaperOut, CoverOpen and their like for one that cannot print now. The first question leaves nothing on the
    paper of an ESC/POS printer: it is made of control characters alone.
    """
    frames = _frames(await ask(AskStatus().encode(), lambda data: bool(_frames(data))))
    if not frames:
        return None
    if trouble := trouble_of(read_asb(frames[-1])[0]):
        raise trouble(url)  # it would answer nothing in turn, and keep the page for later
    answer = await ask(System(b"*\n").encode(), lambda data: _version(data) is not None)
    found = _version(answer)
    model, firmware = ("", "") if found is None else (_text(found["model"]), _text(found["firmware"] or b""))
    counts = await _counts(ask)
    numbered = not counts and await _returns_numbers(ask)
    identity = Identity(maker="Star", model=model)
    known = chosen_by(identity) if model else None
    generation = five_bits(frames[-1][1])
    language: ReceiptLanguage = "star-prnt" if generation >= _STAR_PRNT_FROM else "star-line"
    return Told(
        language=known.language if known is not None else language,
        answers=True,
        realtime_status=True,
        asb=counts,
        identity=found is not None,
        maker="Star",
        model=model,
        firmware=firmware,
        completion="etb" if counts else "print_end" if numbered else "none",
    )


async def star_page_is_through(ask: Ask, told: Told, seconds: float) -> None:
    """Wait until what was sent is printed, where the printer tells."""
    if told.completion == "etb":
        await _counts(ask, seconds)
    elif told.completion == "print_end":
        await _returns_numbers(ask, seconds)


async def _counts(ask: Ask, seconds: float | None = None) -> bool:
    """Whether it tells, by itself, that its counter moved by one. Automatic status is off afterwards."""

    def moved(data: bytes) -> bool:
        told = [count for frame in _frames(data) if (count := read_asb(frame)[1]) is not None]
        return any((later - first) % COUNTS == 1 for first, later in pairwise(told))

    # The count of now comes with the answer to `ESC ACK SOH`, behind which the mark is printed.
    question = AskStatus().encode() + _ON + _MARK
    answer = await (ask(question, moved) if seconds is None else ask(question, moved, seconds))
    await ask(_OFF, lambda _: True)
    return moved(answer)


async def _returns_numbers(ask: Ask, seconds: float | None = None) -> bool:
    """Whether `ESC GS ETX` 1 comes back with its number when all before is printed."""
    question = PrintEnd(1, *_NUMBER).encode()

    def came(data: bytes) -> bool:
        return any(
            (reply if isinstance(reply, star.PrintEnded) else star.print_ended_in(reply.data)) is not None
            for reply in _replies(data)
            if isinstance(reply, star.PrintEnded | star.Asb)
        )

    return came(await (ask(question, came) if seconds is None else ask(question, came, seconds)))


def _replies(data: bytes) -> list[star.Reply]:
    return star.ReplyDecoder().feed(data)


def _frames(data: bytes) -> list[bytes]:
    return [reply.frame for reply in _replies(data) if isinstance(reply, star.Asb)]


def _version(data: bytes) -> re.Match[bytes] | None:
    """What it calls itself, with or without the frame that texts come in over a network."""
    texts = [star.told_in(reply.data) if isinstance(reply, star.Asb) else reply for reply in _replies(data)]
    found = [_VERSION.fullmatch(text.text) for text in texts if isinstance(text, star.Told)]
    return next((match for match in found if match), None)


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace").strip()
