"""A document as dots, for printers that know nothing else.

It is drawn as an ESC/POS printer of the same profile would print it: whatever a document can hold, that language has
words for, and this room can read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from posdevkit.layout import CutPaper, KickDrawer, Operation, PrintRaster, RawBytes
from posdevkit.profiles import Profile
from posdevkit.protocols.dialects import dialect

from .geometry import Geometry
from .languages import renderer_for
from .painter import paint

__all__ = ["drawn"]


def drawn(operations: Iterable[Operation], profile: Profile) -> list[Operation]:
    """`operations` with all that prints turned into pictures as wide as the paper; cuts, drawers and raw bytes stay.

    Raises MissingExtra where there is a QR code and `qrcode` is not installed.
    """
    result: list[Operation] = []
    run: list[Operation] = []
    for operation in operations:
        if isinstance(operation, CutPaper | KickDrawer | RawBytes):
            result += _pictures(run, profile)
            run.clear()
            result.append(operation)
        else:
            run.append(operation)
    return result + _pictures(run, profile)


def _pictures(run: list[Operation], profile: Profile) -> list[Operation]:
    if not run:
        return []
    speaks = dialect("escpos")
    renderer = renderer_for(replace(Geometry.of(profile), language="escpos"))
    for command in speaks.decoder().feed(speaks.compile_job(run, profile).data):
        for _ in renderer.render(command):
            pass
    ticket = renderer.finish()
    return [] if ticket is None else [PrintRaster(strip, "left") for strip in paint(ticket)]
