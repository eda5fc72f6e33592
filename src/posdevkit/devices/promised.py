"""What a durable queue needs of a printer: a say before the first byte, and a question after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from posdevkit.documents import Label, Receipt
from posdevkit.errors import Disconnected, Unsupported
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit.runtime.deadline import Deadline

from .compose import Composed, compose_beside
from .delivery import ASK_SECONDS
from .job import CarriedJob, Job
from .label_printer import LabelPrinter
from .receipt_printer import ReceiptPrinter
from .troubles import trouble_of

__all__ = ["BeforeFirstByte", "Printer", "composed_for", "find_proof", "submit_promised"]

Printer = ReceiptPrinter | LabelPrinter
"""What a queue can carry jobs to."""

BeforeFirstByte = Callable[[bytes], Awaitable[None]]
"""Called with the process id that will prove the job (empty where the printer knows none); raising it sends nothing."""


async def composed_for(printer: Printer, document: Receipt | Label, copies: int = 1) -> Composed:
    """The bytes of `document` for this printer. Raises a UsageError for what it cannot print."""
    if isinstance(printer, LabelPrinter) and isinstance(document, Label):
        return Composed(*compile_label(document, printer.profile, copies))
    if isinstance(printer, ReceiptPrinter) and isinstance(document, Receipt) and copies == 1:
        return await compose_beside(document, printer.profile)
    what = "a label" if isinstance(document, Label) else "a receipt" if copies == 1 else "copies of a receipt"
    raise Unsupported(f"{printer.name}: {what}", remedy="Labels go to label printers, receipts to others.")


async def submit_promised(printer: Printer, compiled: Compiled, *, key: str, before_first_byte: BeforeFirstByte) -> Job:
    """Queue bytes that were compiled before. Unlike `submit` it does not judge the key: the caller made the promise."""
    printer._refuse_if_closed()
    job = CarriedJob(printer.name, key, Receipt(), Composed(compiled, ()), printer._clock)
    job.before_first_byte = before_first_byte
    printer._enqueue(job)
    return job


async def find_proof(printer: Printer, process_id: bytes, compiled: Compiled, patience: float) -> bool:
    """Whether the printer still tells `process_id`, which a process that is gone asked for.

    A second id is asked for behind whatever the printer holds: that one coming back alone tells that the first never
    will. While the printer waits for a person this waits as well, else `patience` seconds. Raises Disconnected.
    """
    line = printer._line
    if not line.up and not await line.reopen():
        raise Disconnected(line.reason)
    life, processed = line.lives, line.processed
    request, marker = (b"", b"") if line.mute else line.session.completion_request()
    await line.send(request)
    deadline: Deadline | None = None
    while line.up and line.lives == life:
        if process_id and process_id in line.completed:
            return True
        trouble = trouble_of(line.status)
        if trouble or deadline is None:
            deadline = Deadline.after(patience, line.clock)
        if marker in line.completed or (line.processed > processed and not trouble):
            return False
        if deadline.expired or not request:
            # It may hold half a command, which would swallow what comes next: the next connection sees to that.
            line.half_sent = compiled.longest
            line.drop("the printer does not tell what became of a job")
            return False
        if not await line.changed.wait(deadline.at_most(ASK_SECONDS)) and trouble:
            await line.ask()
    raise Disconnected(line.reason)
