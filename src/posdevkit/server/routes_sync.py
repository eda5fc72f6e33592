"""The routes of tills: push facts, pull changes, listen to events, take orders forward."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import Connection, select
from starlette.responses import JSONResponse, Response, StreamingResponse

from posdevkit.contract import PushResult, to_json
from posdevkit.errors import BadDocument, NotFound, Stale

from . import orders, tables
from .changes import KINDS, Page, entries_after
from .desk import Desk
from .openapi import BODY, array, fields, json_body, ref, route
from .taking import MOST_FACTS, Device, read, take
from .tokens import Access

__all__ = ["IDENTIFIER", "KEY", "router"]

IDENTIFIER: Final = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
KEY: Final = "^[A-Za-z0-9._-]{1,64}$"
LARGEST_SEQ: Final = 2**53
Identifier = Annotated[str, Path(pattern=IDENTIFIER)]
After = Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="Number of the latest change that is known")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Kinds = Annotated[list[Literal["product", "campaign", "customer", "order"]], Query(description="All, if left out")]

_Pending = Annotated[int, Field(ge=0, le=10**9)]
_TEXT: Final[dict[str, object]] = {"type": "string"}
_INTEGER: Final[dict[str, object]] = {"type": "integer"}
_MAYBE: Final[dict[str, object]] = {"type": ["string", "null"]}
_ORDER: Final = {
    **dict.fromkeys(("id", "store", "register", "receipt", "day", "at", "currency", "state"), _TEXT),
    "total": _INTEGER,
    "customer": _MAYBE,
    "refund_of": _MAYBE,
}
# One event: OpenAPI has no word for a stream of them.
_EVENT: Final = fields(
    id={"type": "string", "description": "`seq` of the change"},
    event={"enum": list(KINDS)},
    data={"type": "string", "contentMediaType": "application/json", "contentSchema": ref("Change")},
)
_STREAM: Final = {"text/event-stream": _EVENT}
_NUMBER: Final[dict[str, object]] = {"type": "number"}
_LINE: Final = fields(
    **dict.fromkeys(("sku", "name", "campaign"), _TEXT),
    **dict.fromkeys(("price", "total", "vat_rate", "discount"), _INTEGER),
    quantity=_NUMBER,
)
_DETAILS: Final = fields(
    **_ORDER,
    lines=array(_LINE),
    tenders=array(fields(means=_TEXT, amount=_INTEGER)),
    vat=array(fields(rate=_INTEGER, gross=_INTEGER, vat=_INTEGER)),
)
_FACTS: Final[dict[str, object]] = {
    "anyOf": [ref("Fact"), {"type": "object", "description": "Anything else gets the verdict `rejected`, `bad-fact`."}]
}


def result_json(result: PushResult) -> dict[str, object]:
    """A verdict as a client reads it."""
    found = to_json(result)
    assert isinstance(found, dict)
    return found


def router(desk: Desk) -> APIRouter:
    """The routes, working at `desk`."""
    api = APIRouter(tags=["sync"])

    @api.post(
        "/v1/sync/push",
        summary="Push facts",
        **route(fields(results=array(ref("PushResult"))), "A verdict on each fact, in their order.", BODY),
        openapi_extra=json_body(fields(facts=array(_FACTS, MOST_FACTS))),
    )
    async def push(
        request: Request, x_posdevkit_pending: Annotated[_Pending | SkipJsonSchema[None], Header()] = None
    ) -> Response:
        """A fact that is refused does not hold the others up. Pushing the same fact again does nothing again."""
        body = await desk.body(request)
        if not isinstance(body, dict) or set(body) != {"facts"} or not isinstance(body["facts"], list):
            raise BadDocument('expected {"facts": [...]}')
        values: list[object] = body["facts"]
        if len(values) > MOST_FACTS:
            raise BadDocument(f"facts: expected at most {MOST_FACTS} at once, not {len(values)}")
        if not all(isinstance(value, dict) for value in values):
            raise BadDocument("facts: expected objects")
        device = Device(request.headers.get("user-agent", "")[:80], x_posdevkit_pending)

        def work(connection: Connection, access: Access) -> list[PushResult]:
            return take(connection, access, read(access, values), device, desk.clock)

        results = await desk.write(request, work, ("terminal", "owner"))
        return JSONResponse({"results": [result_json(one) for one in results]})

    @api.get(
        "/v1/sync/changes",
        summary="Pull changes",
        **route(
            fields(changes=array(ref("Change")), next={"type": "integer", "minimum": 0}, more={"type": "boolean"}),
            "Changes in the order of their commits; `next` is the `after` of the next call.",
        ),
    )
    async def changes(request: Request, after: After = 0, limit: Limit = 200, kinds: Kinds = list(KINDS)) -> Response:  # noqa: B006
        """Of a product, a campaign and a customer only the latest change is kept. Applying one twice does no harm."""

        def work(connection: Connection, access: Access) -> Page:
            return entries_after(connection, access, access.tenant, after, limit, kinds)

        page = await desk.read(request, work)
        inner = ",".join(entry.wire for entry in page.entries)
        text = f'{{"changes":[{inner}],"next":{page.next},"more":{"true" if page.more else "false"}}}'
        return Response(text, media_type="application/json")

    @api.get(
        "/v1/events",
        summary="Listen to changes",
        **route(_STREAM, "Server-sent events: `id` is `seq`, data is a change."),
    )
    async def events(request: Request, after: After = 0) -> Response:
        """Goes on behind the header `Last-Event-ID`, else behind `after`. Comments are heartbeats."""
        last = request.headers.get("last-event-id", "")
        # A browser sends back what it was given; anything else begins where the address says.
        start = int(last) if last.isascii() and last.isdecimal() and len(last) <= 16 else after
        access = await desk.read(request, lambda _connection, access: access)
        stream = desk.hub.subscribe(access, start, desk.still_valid(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @api.get("/v1/orders", summary="List orders", **route(fields(orders=array(fields(**_ORDER))), "By time."))
    async def list_orders(
        request: Request, after: Annotated[str, Query(pattern=f"^$|{IDENTIFIER}")] = "", limit: Limit = 200
    ) -> Response:
        """An app sees those of its customer, a till those of its store. `after` is the last identifier known."""
        found = await desk.read(request, lambda connection, access: orders.listed(connection, access, after, limit))
        return JSONResponse({"orders": found})

    @api.get("/v1/orders/{name}", summary="Read an order", **route(_DETAILS, "With its lines.", [NotFound]))
    async def order(request: Request, name: Identifier) -> Response:
        """Quantities are numbers here; the fact itself has them exact."""
        found = await desk.read(request, lambda connection, access: orders.details(connection, access, name))
        if found is None:
            raise NotFound(f"no order {name}")
        return JSONResponse(found)

    @api.post(
        "/v1/orders/{name}/state",
        summary="Take an order forward",
        **route(ref("OrderMessage"), "What everybody is told.", [*BODY, NotFound, Stale]),
        openapi_extra=json_body(fields(state={"enum": list(orders.STATES)})),
    )
    async def set_state(request: Request, name: Identifier) -> Response:
        """paid, preparing, ready, collected. The same state again changes nothing; a step back is refused."""
        body = await desk.body(request)
        state = body.get("state") if isinstance(body, dict) and len(body) == 1 else None
        if not isinstance(state, str) or state not in orders.STATES:
            raise BadDocument(f"state: expected one of {', '.join(orders.STATES)}")
        found = await desk.write(
            request, lambda connection, access: orders.move(connection, access, name, state), ("terminal", "owner")
        )
        if found is None:
            raise NotFound(f"no order {name}")
        return JSONResponse(to_json(found))

    @api.get(
        "/v1/devices",
        summary="List terminals",
        **route(
            fields(
                devices=array(
                    fields(
                        **dict.fromkeys(("store", "terminal", "version", "seen_at"), _TEXT),
                        pending={"type": ["integer", "null"]},
                    )
                )
            ),
            "When each was last heard of, and how much waits in it.",
        ),
    )
    async def devices(request: Request) -> Response:
        """`pending` is what the till says in the header X-Posdevkit-Pending: facts that wait behind its last push."""

        def work(connection: Connection, access: Access) -> list[dict[str, object]]:
            table = tables.device.c
            query = select(table.store, table.terminal, table.version, table.pending, table.seen_at)
            query = query.where(table.tenant == access.tenant)
            if access.store is not None:
                query = query.where(table.store == access.store)
            rows = connection.execute(query.order_by(table.store, table.terminal))
            return [dict(row._mapping) for row in rows]

        return JSONResponse({"devices": await desk.read(request, work, ("owner",))})

    return api
