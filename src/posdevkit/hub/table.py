"""The table of operations: what the hub routes, what its OpenAPI document says, and what its reference page lists."""

from __future__ import annotations

from typing import Final

from posdevkit.codes.telling import Json

from . import operations as do
from .claims import LONGEST_LEASE
from .exchange import Operation

__all__ = ["OPERATIONS"]

_WAIT: Final = {"wait": "Seconds to wait until the job is settled, 60 at most; without it the answer comes at once."}
_KEY: Final = {"type": "string", "pattern": "^[A-Za-z0-9._~:@+-]{1,100}$"}
_PERSON: Final = {"type": "string", "minLength": 1, "maxLength": 60}
_SECONDS: Final = {"type": "number", "minimum": 1, "maximum": LONGEST_LEASE}
_RECEIPT: Final[Json] = {
    "kind": "receipt",
    "elements": [
        {"type": "title", "text": "Café Nord"},
        {"type": "row", "label": "Flat white", "amount": "38,00"},
        {"type": "total", "amount": "38,00"},
        {"type": "cut"},
    ],
}


def _object(required: dict[str, object], optional: dict[str, object] | None = None) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "GET",
        "/v1/health",
        do.get_health,
        "Whether the hub runs, and which version.",
        public=True,
        answers={200: "It runs."},
    ),
    Operation(
        "POST",
        "/v1/pair",
        do.pair,
        "Get a token for the pairing code that the hub shows. The token is told this once.",
        public=True,
        body=_object({"code": {"type": "string"}, "name": {"type": "string", "minLength": 1}}),
        example={"code": "K7QM-2F9X", "name": "Tablet at the bar"},
        answers={201: "The token, its id and when it ends."},
        problems=("not-authorized", "too-many-requests"),
    ),
    Operation(
        "DELETE", "/v1/token", do.forget_me, "Give the token back: this tablet is unpaired.", answers={204: "Done."}
    ),
    Operation(
        "GET",
        "/v1/devices",
        do.list_devices,
        "Every device: its kind, its state, what it can do, its last status, who holds it, and what waits for it.",
        answers={200: "The devices. A field that is null, or `unknown`, was never told by the device."},
    ),
    Operation("GET", "/v1/devices/{name}", do.get_device, "One device.", answers={200: "The device."}),
    Operation(
        "GET",
        "/v1/devices/{name}/status",
        do.get_status,
        "Ask a printer for its status now.",
        answers={200: "What it told; unknown fields from a printer that never answers."},
        problems=("disconnected", "timeout", "unsupported"),
    ),
    Operation(
        "POST",
        "/v1/devices/{name}/claim",
        do.claim_device,
        "Have a device alone until the lease ends. With `collecting_payment` a scanner's payment codes come to the "
        "holder, and to nobody else.",
        body=_object({"seconds": _SECONDS}, {"collecting_payment": {"type": "boolean"}}),
        example={"seconds": 30},
        answers={200: "The claim. Claiming again begins a new lease."},
        problems=("claimed", "forbidden"),
    ),
    Operation(
        "PUT",
        "/v1/devices/{name}/claim",
        do.renew_claim,
        "Go on having a device, if the lease has not run out.",
        body=_object({"seconds": _SECONDS}),
        example={"seconds": 30},
        answers={200: "The claim, with its new end."},
        problems=("claimed", "not-found"),
    ),
    Operation(
        "DELETE",
        "/v1/devices/{name}/claim",
        do.release_device,
        "Let go of a device.",
        answers={204: "Nobody holds it."},
        problems=("claimed",),
    ),
    Operation(
        "POST",
        "/v1/printers/{name}/jobs",
        do.print_job,
        "Print a receipt or a label. The promise is on the hub's disk when the answer comes, and the same key prints "
        "once, however often it is sent.",
        body=_object(
            {
                "key": _KEY,
                "document": {"oneOf": [{"$ref": "receipt"}, {"$ref": "label"}]},
            },
            {"copies": {"type": "integer", "minimum": 1, "maximum": 100}},
        ),
        example={"key": "order-8812", "document": _RECEIPT},
        query=_WAIT,
        answers={201: "A new job.", 200: "The job that is there under this key, with the same content."},
        problems=("job-conflict", "claimed", "bad-document", "bad-text", "too-wide", "unsupported", "forbidden"),
    ),
    Operation(
        "GET",
        "/v1/printers/{name}/jobs",
        do.list_jobs,
        "A printer's jobs, oldest first; the latest thousand.",
        query={"state": "Only those: pending, claimed, sending, printed, failed, unconfirmed or cancelled."},
        answers={200: "The jobs."},
    ),
    Operation(
        "GET",
        "/v1/printers/{name}/jobs/{key}",
        do.get_job,
        "What became of a job, and what a person can do about it.",
        query=_WAIT,
        answers={200: "The job."},
    ),
    Operation(
        "POST",
        "/v1/printers/{name}/jobs/{key}/release",
        do.release_job,
        "A person's word about an unconfirmed or failed job: it is on paper, or it is not and shall be printed.",
        body=_object({"printed": {"type": "boolean"}}, {"by": _PERSON}),
        example={"printed": True, "by": "Bo"},
        answers={200: "The job."},
        problems=("claimed",),
    ),
    Operation(
        "POST",
        "/v1/printers/{name}/jobs/{key}/cancel",
        do.cancel_job,
        "Take back a job of which not a byte has left. Its key stays taken: it is never printed.",
        body=_object({}, {"by": _PERSON}),
        example={"by": "Bo"},
        answers={200: "The job, cancelled; also where it was before."},
        problems=("claimed",),
    ),
    Operation(
        "POST",
        "/v1/printers/{name}/jobs/{key}/reprint",
        do.reprint_job,
        "Print a copy of a receipt that was sent once, as a person asks: the word for a copy above it, and no drawer. "
        "The copy is a job with the key that the request gives it: the same key is one copy, however often it is sent, "
        "and a new one is another. `copy_of` names the original.",
        body=_object({"key": _KEY, "by": _PERSON}, {"language": {"enum": ["da", "en"]}}),
        example={"key": "order-8812-again", "by": "Bo"},
        query=_WAIT,
        answers={201: "A new copy.", 200: "The copy that is there under this key."},
        problems=("job-conflict", "claimed", "unsupported"),
    ),
    Operation(
        "GET",
        "/v1/printers/{name}/jobs/{key}/picture",
        do.get_picture,
        "What a receipt looks like on paper, painted from the bytes that the printer gets.",
        query={"ticket": "Which, from 1, where the job cuts more than one."},
        answers={200: "A PNG."},
        media="image/png",
        problems=("unsupported",),
    ),
    Operation(
        "POST",
        "/v1/printers/{name}/drawer",
        do.open_drawer,
        "Open the drawer that hangs on a printer, after the job that it prints: within ten seconds or not at all. The "
        "same key kicks once, however often it is sent. An answer tells how far the kick got, since a drawer does not "
        "tell whether it opened; with a problem nothing was kicked, and the key can be sent again.",
        body=_object({"key": _KEY}, {"pin": {"enum": [2, 5]}}),
        example={"key": "drawer-8812", "pin": 2},
        answers={201: "A new kick.", 200: "The kick that there was under this key."},
        problems=("job-conflict", "claimed", "disconnected", "paper-out", "cover-open", "timeout", "unsupported"),
    ),
    Operation(
        "PUT",
        "/v1/displays/{name}",
        do.show_text,
        "Show up to two lines to the customer.",
        body=_object({"lines": {"type": "array", "items": {"type": "string"}, "maxItems": 2}}),
        example={"lines": ["Flat white", "38,00"]},
        answers={204: "The display took it."},
        problems=("claimed", "disconnected", "timeout", "bad-text"),
    ),
    Operation(
        "GET",
        "/v1/scales/{name}/weight",
        do.get_weight,
        "Weigh what lies on the scale now.",
        answers={200: "Grams, or the reasons why there is no weight; never an old one."},
        problems=("claimed", "disconnected", "timeout"),
    ),
    Operation(
        "GET",
        "/v1/scanners/{name}/scans",
        do.stream_scanner,
        "What one scanner reads, as it reads it.",
        answers={200: "Server-sent events `scan`, `misread`, `link-lost`, `link-restored`, `lost`."},
        media="text/event-stream",
    ),
    Operation(
        "GET",
        "/v1/scans",
        do.stream_scans,
        "What all scanners read. Every event names its scanner.",
        answers={200: "Server-sent events, as for one scanner."},
        media="text/event-stream",
    ),
    Operation(
        "GET",
        "/v1/events",
        do.stream_events,
        "All that devices tell, scans included. It begins with every device as it is.",
        query={"devices": "Names, with commas between; all without."},
        answers={200: "Server-sent events `device`, `status`, `job`, `claim`, `claim-wanted` and those of scanners."},
        media="text/event-stream",
    ),
    Operation(
        "GET",
        "/v1/openapi.json",
        do.get_openapi,
        "This table as an OpenAPI 3.1 document.",
        answers={200: "The document."},
    ),
)
