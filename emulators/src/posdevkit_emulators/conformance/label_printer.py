"""The suite for drivers of label printers."""

from __future__ import annotations

from posdevkit.documents import Label
from posdevkit.errors import UsageError

from .printing import PrinterRig, printer_suite
from .suite import Disruption, Suite, attempt, expect, opened, until

__all__ = ["LABEL_PRINTER"]

LABEL_PRINTER: Suite[PrinterRig[Label]] = printer_suite(Suite("label printer"))


@LABEL_PRINTER.check(Disruption.NOTHING)
async def off_the_label(rig: PrinterRig[Label]) -> None:
    """An element that does not fit the label is a UsageError before a byte leaves; the next label comes out."""
    async with opened(rig.open()) as printer:
        refused = await attempt(printer.submit(Label(50, 30).box(10, 10, 45, 10)))
        expect(isinstance(refused, UsageError), f"an element off the label gave {refused!r}")
        job = await printer.submit(rig.document("first"))
        await job.wait(40.0)
        await until(lambda: set(rig.lines("first")) <= set(rig.printed()), "the label that fits did not come out")
