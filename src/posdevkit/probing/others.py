"""Printers that speak another language than ESC/POS: told by one question in each, and sent away with what helps."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from posdevkit.errors import Unsupported
from posdevkit.protocols.escpos.commands.text import Initialize
from posdevkit.protocols.star import replies as star
from posdevkit.protocols.star.commands.status import AskStatus, System
from posdevkit.protocols.zpl.commands.control import HostIdentification
from posdevkit.protocols.zpl.status import StringDecoder

__all__ = ["Ask", "refuse_other_languages"]

_VERSION: Final = re.compile(rb"\x1b#\*,(?P<model>.*?)(?:Ver[0-9.]+)?$", re.DOTALL)
"""ESC # * , and the model with its version (Line Mode specifications, ESC # *)."""

Ask = Callable[[bytes, Callable[[bytes], bool]], Awaitable[bytes]]
"""A question, whether what came is an answer to it, and then what came; empty without one."""

_STAR: Final = (
    "Its profile is known if its model is: 'posdevkit profiles --maker Star'; --profile auto asks it. A model that is "
    "not there prints by the profile of one of its generation, such as star-mc-print3 or star-tsp650ii."
)
_ZPL: Final = (
    "It prints labels: use 'posdevkit label' and LabelPrinter, with --profile generic-zpl-203 or the one that has its "
    "dots to the inch."
)


async def refuse_other_languages(url: str, ask: Ask) -> None:
    """Raises Unsupported, naming the language and the model where it is told, for a Star and for a ZPL printer.

    Both questions leave nothing on the paper of an ESC/POS printer: the first is made of control characters alone, and
    the three letters of the second are taken back.
    """
    if await ask(AskStatus().encode(), _star_answered):
        answer = await ask(System(b"*\n").encode(), lambda data: bool(_star_models(data)))
        names = _star_models(answer)
        raise Unsupported(f"{url} is a Star{f' {names[0]}' if names else ''}: no ESC/POS", remedy=_STAR)
    answer = await ask(HostIdentification().encode(), _zpl_answered)
    if answer:
        model = StringDecoder().feed(answer)[0].split(",")[0]
        raise Unsupported(f"{url} is {model or 'a label printer'}: no ESC/POS but ZPL", remedy=_ZPL)
    await ask(Initialize().encode(), lambda _: True)


def _star_answered(data: bytes) -> bool:
    return any(isinstance(reply, star.Asb) for reply in star.ReplyDecoder().feed(data))


def _star_models(data: bytes) -> list[str]:
    """What it calls itself, with or without the frame that texts come in over a network."""
    replies = star.ReplyDecoder().feed(data)
    texts = [star.told_in(reply.data) if isinstance(reply, star.Asb) else reply for reply in replies]
    found = [_VERSION.match(text.text) for text in texts if isinstance(text, star.Told)]
    return [match["model"].decode("ascii", "replace").strip() for match in found if match and match["model"].strip()]


def _zpl_answered(data: bytes) -> bool:
    """The model, the version, the dots and the memory, with commas between (ZPL II guide, ~HI)."""
    return any(text.count(",") >= 2 for text in StringDecoder().feed(data))
