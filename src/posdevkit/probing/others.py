"""A label printer that speaks ZPL: told by one question, and sent away with what helps."""

from __future__ import annotations

from typing import Final

from posdevkit.errors import Unsupported
from posdevkit.protocols.escpos.commands.text import Initialize
from posdevkit.protocols.zpl.commands.control import HostIdentification
from posdevkit.protocols.zpl.status import StringDecoder

from .star_asking import Ask

__all__ = ["refuse_label_printers"]

_ZPL: Final = (
    "It prints labels: use 'posdevkit label' and LabelPrinter, with --profile generic-zpl-203 or the one that has its "
    "dots to the inch."
)


async def refuse_label_printers(url: str, ask: Ask) -> None:
    """Raises Unsupported, naming the model where it is told, for a ZPL printer.

    The three letters of the question leave nothing on the paper of an ESC/POS printer: they are taken back.
    """
    answer = await ask(HostIdentification().encode(), _zpl_answered)
    if answer:
        model = StringDecoder().feed(answer)[0].split(",")[0]
        raise Unsupported(f"{url} is {model or 'a label printer'}: no ESC/POS but ZPL", remedy=_ZPL)
    await ask(Initialize().encode(), lambda _: True)


def _zpl_answered(data: bytes) -> bool:
    """The model, the version, the dots and the memory, with commas between (ZPL II guide, ~HI)."""
    return any(text.count(",") >= 2 for text in StringDecoder().feed(data))
