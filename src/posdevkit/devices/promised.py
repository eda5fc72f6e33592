"""What a durable queue needs of a printer: a say before the first byte, and a question after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from posdevkit.documents import Label, Receipt
from posdevkit.errors import BadDocument, DeadlineExceeded, DeviceError, Disconnected, Unsupported
from posdevkit.errors.inputs import expect
from posdevkit.events import Delivery, Evidence, Outcome
from posdevkit.protocols.conversation import Counting
from posdevkit.protocols.escpos.counting import cuts_in
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit.runtime.deadline import Deadline

from .compose import Composed, compose_beside
from .connection import Connection
from .delivery import ASK_SECONDS
from .job import CarriedJob, Job
from .label_printer import LabelPrinter
from .receipt_printer import ReceiptPrinter
from .troubles import trouble_of

__all__ = [
    "BeforeFirstByte",
    "Printer",
    "can_print",
    "composed_for",
    "find_proof",
    "is_unknown",
    "make_known",
    "patience_for",
    "read_cuts",
    "submit_promised",
    "taken_back",
]

Printer = ReceiptPrinter | LabelPrinter
"""What a queue can carry jobs to."""

BeforeFirstByte = Callable[[bytes], Awaitable[None]]
"""Called with the process id that will prove the job (empty where the printer knows none); raising it sends nothing."""

LOGO_SECONDS = 2.0
"""How long a promise may wait for a printer to tell which logos it keeps."""
COUNTER_SECONDS = 5.0
"""How long a printer that can print may take to tell a counter."""


async def composed_for(printer: Printer, document: Receipt | Label, copies: int = 1) -> Composed:
    """The bytes of `document` for this printer. Raises a UsageError for what it cannot print, and Disconnected where it
    has yet to be asked what it is (`profile="auto"`) and is not there."""
    await make_known(printer)
    if isinstance(printer, LabelPrinter) and isinstance(document, Label):
        return Composed(*compile_label(document, printer.profile, copies))
    if isinstance(printer, ReceiptPrinter) and isinstance(document, Receipt) and copies == 1:
        composed = await compose_beside(document, printer.profile, printer.fonts)
        # A promise is taken also while nobody can be asked: then the receipt, in the end, may lack its logo.
        with suppress(DeviceError):
            await printer._refuse_missing_logos(document, LOGO_SECONDS)
        return composed
    remedy = "Print a Receipt, or a Label on a label printer."
    expect(document, (Receipt, Label), "what is printed is a document", remedy, BadDocument)
    what = "a label" if isinstance(document, Label) else "a receipt" if copies == 1 else "copies of a receipt"
    raise Unsupported(f"{printer.name}: {what}", remedy="Labels go to label printers, receipts to others.")


def is_unknown(printer: Printer) -> bool:
    """Whether the printer has yet to be asked what it is: until then its profile is anybody's."""
    return isinstance(printer, ReceiptPrinter) and printer._unknown


async def make_known(printer: Printer) -> None:
    """Ask a printer what it is, where that is not known. Raises Disconnected."""
    if isinstance(printer, ReceiptPrinter):
        await printer._be_known()


async def submit_promised(printer: Printer, compiled: Compiled, *, key: str, before_first_byte: BeforeFirstByte) -> Job:
    """Queue bytes that were compiled before. Unlike `submit` it does not judge the key: the caller made the promise."""
    printer._refuse_if_closed()
    job = CarriedJob(printer.name, key, Receipt(), Composed(compiled, ()), printer._clock)
    job.before_first_byte = before_first_byte
    printer._enqueue(job)
    return job


def patience_for(printer: Printer, compiled: Compiled) -> float | None:
    """Seconds within which a job of these bytes must have come further; None where its bytes do not tell.

    A label's bytes do not: a few of them ask for a thousand copies.
    """
    return printer._pace.seconds(compiled) if isinstance(printer, ReceiptPrinter) else None


async def can_print(printer: Printer) -> bool:
    """Whether the printer is there and nothing keeps it from printing; connects if need be. Only between two jobs."""
    line = printer._line
    if not line.up and not await line.reopen():
        return False
    if not line.mute and trouble_of(line.status) is not None:
        await line.ask()
    return trouble_of(line.status) is None


async def read_cuts(printer: Printer) -> int | None:
    """How many cuts the printer has made, None where its profile says nothing of that or it does not tell.

    Only between two jobs, or before the first byte of one.
    """
    number = printer.profile.cut_counter if isinstance(printer, ReceiptPrinter) else 0
    return await _counter(printer._line, number) if number else None


async def _counter(line: Connection, number: int) -> int | None:
    if line.mute or not isinstance(line.session, Counting):
        return None
    session, life = line.session, line.lives
    await line.send(session.counter_request(number))
    deadline = Deadline.after(COUNTER_SECONDS, line.clock)
    while line.up and line.lives == life and number not in session.counters:
        if not await line.changed.wait(deadline):
            return None
    return session.counters.get(number)


async def taken_back(job: Job) -> Outcome:
    """How far a job got whose moment is over: it is taken back, or cleared from the printer."""
    await job.cancel()
    try:
        return await job.abandon()
    except DeadlineExceeded:
        return Outcome(Delivery.UNKNOWN)


async def find_proof(
    printer: Printer, process_id: bytes, compiled: Compiled, patience: float, cuts_before: int | None = None
) -> Evidence | None:
    """What proves a job that a process that is gone has sent, None where nothing does.

    A second id is asked for behind whatever the printer holds: that one coming back alone tells that the first never
    will. Then the counter of cuts is left, where the printer has one and it was read before the first byte. While the
    printer waits for a person this waits as well, else `patience` seconds. Raises Disconnected.
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
            return Evidence.PROCESS_ID
        trouble = trouble_of(line.status)
        if trouble or deadline is None:
            deadline = Deadline.after(patience, line.clock)
        if marker in line.completed or (line.processed > processed and not trouble):
            return await _proof_by_cuts(printer, compiled, cuts_before)
        if deadline.expired or not request:
            # It may hold half a command, which would swallow what comes next: the next connection sees to that.
            line.unfinished.command = compiled.longest
            line.drop("the printer does not tell what became of a job")
            return None
        if not await line.changed.wait(deadline.at_most(ASK_SECONDS)) and trouble:
            await line.ask()
    raise Disconnected(line.reason)


async def _proof_by_cuts(printer: Printer, compiled: Compiled, before: int | None) -> Evidence | None:
    """Exactly the job's own cuts were made since: it is on paper. Anything else tells nothing to rely on."""
    if before is None or (now := await read_cuts(printer)) is None:
        return None
    cuts = cuts_in(compiled.data)
    return Evidence.CUT_COUNTER if cuts and now - before == cuts else None
