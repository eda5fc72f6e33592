"""What can be asked of a desk. Each function is one operation; the table that names them is in `table`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast, get_args

from posdevkit._version import __version__
from posdevkit.codes.telling import Json
from posdevkit.devices.display import Display
from posdevkit.devices.label_printer import LabelPrinter
from posdevkit.devices.receipt_printer import ReceiptPrinter
from posdevkit.devices.scale import Scale
from posdevkit.devices.scanner import Scanner
from posdevkit.devices.telling import status_json
from posdevkit.documents import Label, Receipt
from posdevkit.documents.json import receipt_from_json
from posdevkit.documents.label_json import label_from_json
from posdevkit.documents.reading import Node
from posdevkit.errors import Forbidden, NotFound, TooLarge, Unsupported, UsageError
from posdevkit.paper import render_job
from posdevkit.printqueue import PrintQueue, QueuedJob, QueueState
from posdevkit.runtime.subscription import merge_events
from posdevkit.runtime.threads import in_thread
from posdevkit.till.order import Language

from .claims import LONGEST_LEASE
from .exchange import Answer, Request, Stream, key_of
from .kicks import Pin
from .lending import Lent
from .telling import Told, job_json, moment, weight_json

if TYPE_CHECKING:
    from .desk import Desk

__all__ = [
    "cancel_job",
    "claim_device",
    "forget_me",
    "get_device",
    "get_health",
    "get_job",
    "get_openapi",
    "get_picture",
    "get_status",
    "get_weight",
    "list_devices",
    "list_jobs",
    "open_drawer",
    "pair",
    "print_job",
    "release_device",
    "release_job",
    "renew_claim",
    "reprint_job",
    "show_text",
    "stream_events",
    "stream_scanner",
    "stream_scans",
]

logger = logging.getLogger("posdevkit.hub")

LONGEST_WAIT: Final = 60.0
"""Seconds that a request may wait for a job; a browser gives up somewhere above."""
_OF_SCANNERS: Final = frozenset({"scan", "misread", "link-lost", "link-restored", "lost"})
_NAME_LENGTH: Final = 60
_LANGUAGES: Final = get_args(Language)
_MOST_JOBS: Final = 1000
_MOST_ELEMENTS: Final = 2000
"""Of a receipt: some twenty metres of paper, which are laid out between two looks at the devices."""


# Coming and going


async def get_health(desk: Desk, request: Request) -> Answer:
    """Whether the hub runs, told to anybody."""
    return Answer({"ok": True, "version": __version__})


async def get_openapi(desk: Desk, request: Request) -> Answer:
    """The table of operations as OpenAPI."""
    from .openapi import openapi_document
    from .table import OPERATIONS  # which names this very function

    return Answer(openapi_document(OPERATIONS))


async def pair(desk: Desk, request: Request) -> Answer:
    """A token for the code that the hub shows."""
    body = request.fields(("code", "name"))
    name = " ".join(body["name"].text(least=1).split())[:_NAME_LENGTH]
    if not name.isprintable() or not name:
        body["name"].fail("holds characters that cannot be shown")
    token, secret = desk.tokens.pair(body["code"].text(), name)
    logger.info("paired %s (%s)", token.name, token.id)
    return Answer({"token": secret, "id": token.id, "name": token.name, "expires_at": moment(token.expires_at)}, 201)


async def forget_me(desk: Desk, request: Request) -> Answer:
    """Take back the token that asks."""
    desk.revoke(request.token.id)
    return Answer(None, 204)


# Devices


async def list_devices(desk: Desk, request: Request) -> Answer:
    """Every lent device."""
    return Answer({"devices": [await _facts(desk, lent, request) for lent in desk.devices.values()]})


async def get_device(desk: Desk, request: Request) -> Answer:
    """One of them."""
    return Answer(await _facts(desk, desk.device(request.path["name"]), request))


async def get_status(desk: Desk, request: Request) -> Answer:
    """What a printer says about itself when it is asked now."""
    printer = desk.device(request.path["name"])
    status = await printer.used(_printer(printer).status(timeout=3.0))
    return Answer(dict(status_json(status, request.language)))


async def claim_device(desk: Desk, request: Request) -> Answer:
    """Have a device alone for a while."""
    lent = desk.device(request.path["name"])
    body = request.fields(("seconds",), ("collecting_payment",))
    seconds = _lease(body["seconds"])
    collecting = body.get("collecting_payment", Node.boolean, False)
    token = request.token
    if collecting and not desk.payments:
        raise Forbidden("payment codes are not lent here", remedy="Start the hub with --payments.")
    scanner = lent.need(Scanner) if collecting else None
    held = desk.claims.on(lent.name)
    if held is not None and held.holder != token.id:
        lent.tell("claim-wanted", {"by": token.name}, only=held.holder)
    desk.claims.take(
        lent.name, token.id, token.name, seconds, scanner.collecting_payment() if scanner is not None else None
    )
    return Answer(desk.claim_json(lent.name, token.id))


async def renew_claim(desk: Desk, request: Request) -> Answer:
    """Go on having it."""
    lent = desk.device(request.path["name"])
    seconds = _lease(request.fields(("seconds",))["seconds"])
    desk.claims.renew(lent.name, request.token.id, seconds)
    return Answer(desk.claim_json(lent.name, request.token.id))


async def release_device(desk: Desk, request: Request) -> Answer:
    """Let go of it."""
    desk.claims.release(desk.device(request.path["name"]).name, request.token.id)
    return Answer(None, 204)


# Printing


async def print_job(desk: Desk, request: Request) -> Answer:
    """Print a receipt or a label once, whatever happens."""
    lent = _mine(desk, request)
    body = request.fields(("key", "document"), ("copies",))
    key = key_of(body["key"])
    document = _document(body["document"])
    copies = body.get("copies", Node.integer, 1)
    if not 1 <= copies <= 100:
        body["copies"].fail("takes 1 to 100")
    wait = request.seconds("wait", LONGEST_WAIT)
    queue = _queue(lent)
    known = await _known(queue, key)
    # A copy is marked in the language of the tablet that the job came from.
    job = await queue.add(document, key=key, copies=copies, language=cast(Language, request.language))
    if wait:
        job = await _waited(desk, lent, key, wait)
    return Answer(_job(lent, job, request), 200 if known else 201)


async def list_jobs(desk: Desk, request: Request) -> Answer:
    """A printer's jobs, oldest first."""
    lent = desk.device(request.path["name"])
    wanted = request.query.get("state")
    states = [state.value for state in QueueState]
    if wanted is not None and wanted not in states:
        raise UsageError(f"state {wanted[:20]!r}", remedy=f"One of {', '.join(states)}.")
    state = None if wanted is None else QueueState(wanted)
    jobs = await _queue(lent).jobs(state, latest=_MOST_JOBS)
    return Answer({"jobs": [_job(lent, job, request) for job in jobs]})


async def get_job(desk: Desk, request: Request) -> Answer:
    """What became of a job."""
    lent = desk.device(request.path["name"])
    key, wait = request.path["key"], request.seconds("wait", LONGEST_WAIT)
    job = await (_waited(desk, lent, key, wait) if wait else _queue(lent).job(key))
    return Answer(_job(lent, job, request))


async def release_job(desk: Desk, request: Request) -> Answer:
    """A person's word about a job that nobody else can tell about."""
    lent = _mine(desk, request)
    body = request.fields(("printed",), ("by",))
    printed, by = body["printed"].boolean(), body.get("by", _person, "")
    return Answer(_job(lent, await _queue(lent).release(request.path["key"], printed=printed, by=by), request))


async def cancel_job(desk: Desk, request: Request) -> Answer:
    """Take back a job of which not a byte has left."""
    lent = _mine(desk, request)
    by = request.fields((), ("by",)).get("by", _person, "")
    return Answer(_job(lent, await _queue(lent).cancel(request.path["key"], by=by), request))


async def reprint_job(desk: Desk, request: Request) -> Answer:
    """Print a copy once, marked as one, as a person asks."""
    lent = _mine(desk, request)
    body = request.fields(("key", "by"), ("language",))
    key, by, language = key_of(body["key"]), _person(body["by"]), body.choice("language", _LANGUAGES, None)
    wait = request.seconds("wait", LONGEST_WAIT)
    queue = _queue(lent)
    known = await _known(queue, key)
    job = await queue.reprint(request.path["key"], by=by, language=language, copy_key=key)
    if wait:
        job = await _waited(desk, lent, key, wait)
    return Answer(_job(lent, job, request), 200 if known else 201)


async def get_picture(desk: Desk, request: Request) -> Answer:
    """What a job looks like on paper, painted from the very bytes that the printer gets."""
    lent = desk.device(request.path["name"])
    data = await _queue(lent).data(request.path["key"])
    if not isinstance(lent.handle, ReceiptPrinter):
        raise Unsupported(f"a picture of what {lent.name} prints")
    profile = lent.handle.profile
    number = request.number("ticket", 1, 1000)

    def paint() -> bytes:
        tickets = render_job(data, profile)
        if number > len(tickets):
            raise NotFound(f"ticket {number} of {len(tickets)}")
        return tickets[number - 1].png()

    return Answer(await in_thread(paint, name="posdevkit-hub-paint"), media="image/png")


async def open_drawer(desk: Desk, request: Request) -> Answer:
    """Kick the drawer that hangs on a printer, once by key."""
    lent = _mine(desk, request)
    body = request.fields(("key",), ("pin",))
    key, pin = key_of(body["key"]), body.get("pin", Node.integer, 2)
    if pin not in (2, 5):
        raise UsageError(f"pin {pin}", remedy="A drawer hangs on pin 2 or 5.")
    kick = await lent.used(desk.kicks.kick(lent.need(ReceiptPrinter), key, cast(Pin, pin)))
    told: Json = {"key": kick.key, "outcome": kick.delivery.value, "evidence": kick.evidence.value}
    return Answer(told, 201 if kick.new else 200)


# Display and scale


async def show_text(desk: Desk, request: Request) -> Answer:
    """Two lines for the customer."""
    lent = _mine(desk, request)
    lines = [line.text() for line in request.fields(("lines",))["lines"].items()]
    if len(lines) > 2:
        raise UsageError(f"{len(lines)} lines", remedy="A display has two.")
    first, second = (*lines, "", "")[:2]
    await lent.used(lent.need(Display).show(first, second))
    return Answer(None, 204)


async def get_weight(desk: Desk, request: Request) -> Answer:
    """What lies on the scale."""
    lent = _mine(desk, request)
    return Answer(weight_json(await lent.used(lent.need(Scale).weigh(timeout=3.0))))


# Streams


async def stream_scanner(desk: Desk, request: Request) -> Stream:
    """What one scanner reads."""
    lent = desk.device(request.path["name"])
    lent.need(Scanner)
    return Stream(lent.listen(), wanted=_OF_SCANNERS)


async def stream_scans(desk: Desk, request: Request) -> Stream:
    """What all scanners read."""
    scanners = [lent for lent in desk.devices.values() if isinstance(lent.handle, Scanner)]
    if not scanners:
        raise NotFound("a scanner", remedy="Name one in the shop file.")
    return Stream(merge_events(*(lent.listen() for lent in scanners)), wanted=_OF_SCANNERS)


async def stream_events(desk: Desk, request: Request) -> Stream:
    """All that devices tell, scans included."""
    names = [name for name in request.query.get("devices", "").split(",") if name]
    chosen = [desk.device(name) for name in names] if names else list(desk.devices.values())
    events = merge_events(*(lent.listen() for lent in chosen))
    first = [Told(lent.name, "device", await _facts(desk, lent, request)) for lent in chosen]
    return Stream(events, tuple(first))


# What they share


async def _facts(desk: Desk, lent: Lent, request: Request) -> dict[str, Json]:
    token = request.token
    return {
        **lent.facts(request.language),
        "claim": desk.claim_json(lent.name, token.id),
        "jobs": await lent.backlog(),
    }


def _mine(desk: Desk, request: Request) -> Lent:
    """The device, which nobody else holds."""
    lent = desk.device(request.path["name"])
    desk.claims.check(lent.name, request.token.id)
    return lent


def _printer(lent: Lent) -> ReceiptPrinter | LabelPrinter:
    if isinstance(lent.handle, LabelPrinter):
        return lent.handle
    return lent.need(ReceiptPrinter)


def _queue(lent: Lent) -> PrintQueue:
    if lent.queue is None:
        raise Unsupported(f"{lent.name} is a {lent.kind.name}", remedy="Jobs are a printer's.")
    return lent.queue


async def _known(queue: PrintQueue, key: str) -> bool:
    """Whether there is a job of that key already."""
    with suppress(NotFound):
        await queue.job(key)
        return True
    return False


def _document(node: Node) -> Receipt | Label:
    """A receipt or a label that came over the network: pictures inside it, and neither paths nor raw commands."""
    value = node.value
    if isinstance(value, Mapping) and value.get("kind") == "label":
        return node.make(lambda one: label_from_json(one.value))
    if isinstance(value, Mapping) and isinstance(elements := value.get("elements"), list):
        if len(elements) > _MOST_ELEMENTS:
            raise TooLarge(f"{len(elements)} elements, at most {_MOST_ELEMENTS}")
        for place, element in enumerate(elements):
            if not isinstance(element, Mapping):
                continue
            if element.get("type") == "raw":
                raise Forbidden(f"elements[{place}]: raw commands", remedy="Print what receipts can say.")
            if "path" in element:
                raise Forbidden(f"elements[{place}]: a file of the hub's", remedy="Send the picture as data.")
    return node.make(lambda one: receipt_from_json(one.value))


def _person(node: Node) -> str:
    """The name of who says it."""
    name = " ".join(node.text(least=1).split())
    if not name or not name.isprintable() or len(name) > _NAME_LENGTH:
        node.fail(f"takes a name of 1 to {_NAME_LENGTH} characters")
    return name


def _lease(node: Node) -> float:
    seconds = node.decimal()
    if not Decimal(1) <= seconds <= Decimal(LONGEST_LEASE):
        node.fail(f"a lease takes 1 to {LONGEST_LEASE:g} seconds")
    return float(seconds)


async def _waited(desk: Desk, lent: Lent, key: str, seconds: float) -> QueuedJob:
    """The job once it is settled, or as it stands after so long, or when the hub closes."""
    queue = _queue(lent)
    await queue.job(key)  # there is one
    settled = asyncio.create_task(queue.wait(key, seconds), name="posdevkit-hub-wait")
    closing = asyncio.create_task(desk.closing.wait(), name="posdevkit-hub-closing")
    try:
        await asyncio.wait({settled, closing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        settled.cancel()
        closing.cancel()
        await asyncio.gather(settled, closing, return_exceptions=True)
    return await queue.job(key)


def _job(lent: Lent, job: QueuedJob, request: Request) -> dict[str, Json]:
    return {"printer": lent.name, **job_json(job, request.language, lent.trouble)}
