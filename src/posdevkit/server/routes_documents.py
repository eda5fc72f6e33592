"""The routes of the owner's books: products, campaigns, customers, points and the audit."""

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection, select
from starlette.responses import JSONResponse, Response

from posdevkit.contract import (
    BadMessage,
    Campaign,
    Customer,
    CustomerEdited,
    Product,
    from_json,
    json_schema,
    to_json,
)

from . import customers, documents, tables
from .changes import append, lock
from .desk import Desk
from .openapi import array, fields, json_body, ref, route
from .problems import Problem
from .routes_sync import IDENTIFIER, KEY
from .tokens import Access

__all__ = ["router"]

T = TypeVar("T")
D = TypeVar("D", Product, Campaign)
Identifier = Annotated[str, Path(pattern=IDENTIFIER)]
Limit = Annotated[int, Query(ge=1, le=1000)]
AfterKey = Annotated[str, Query(pattern=f"^$|{KEY}", description="The last key of the page before")]
_BODY: Final = ("bad-request", "not-json", "too-large", "slow")
_TEXT: Final[dict[str, object]] = {"type": "string"}


def router(desk: Desk) -> APIRouter:
    """The routes, working at `desk`."""
    api = APIRouter(tags=["books"])
    _document(api, desk, "products", "sku", Product)
    _document(api, desk, "campaigns", "id", Campaign)
    _customers(api, desk)

    @api.get(
        "/v1/audit",
        summary="Read the audit",
        **route(
            fields(
                entries=array(
                    fields(id={"type": "integer"}, **dict.fromkeys(("at", "token", "action", "target", "text"), _TEXT))
                )
            ),
            "Who changed what; the newest first.",
        ),
    )
    async def audit(request: Request, limit: Limit = 100) -> Response:
        """`text` is JSON: the values before and after."""

        def work(connection: Connection, access: Access) -> list[dict[str, object]]:
            if access.store is not None:
                raise Problem("forbidden", "this needs the token of the whole shop's owner")
            table = tables.audit.c
            query = select(table.id, table.at, table.token, table.action, table.target, table.text)
            query = query.where(table.tenant == access.tenant).order_by(table.id.desc()).limit(limit)
            return [dict(row._mapping) for row in connection.execute(query)]

        return JSONResponse({"entries": await desk.read(request, work, ("owner",))})

    return api


def _document(api: APIRouter, desk: Desk, plural: str, key_name: str, kind: type[D]) -> None:
    """Four routes for one kind of versioned document."""
    name = kind.__name__
    schema = json_schema(kind)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    key_schema = properties[key_name]
    # The key stands in the address; in the body it may be left out.
    body_schema = schema | {
        "properties": {one: value for one, value in properties.items() if one != key_name},
        "required": [one for one in _list(schema["required"]) if one != key_name],
    }
    longest = int(str(key_schema["maxLength"]))
    key_type = Annotated[str, Path(pattern=f"^[A-Za-z0-9._-]{{1,{longest}}}$")]

    @api.get(f"/v1/{plural}", summary=f"List {plural}", **route(fields(**{plural: array(ref(name))}), "By key."))
    async def listed(request: Request, after: AfterKey = "", limit: Limit = 200) -> Response:
        found = await desk.read(
            request, lambda connection, access: documents.listed(connection, access.tenant, kind, after, limit)
        )
        return JSONResponse({plural: [to_json(one) for one in found]})

    @api.get(f"/v1/{plural}/{{key}}", summary=f"Read one of the {plural}", **route(ref(name), "", ["not-found"]))
    async def one(request: Request, key: key_type) -> Response:
        found = await desk.read(
            request, lambda connection, access: documents.find(connection, access.tenant, kind, key)
        )
        return JSONResponse(to_json(_there(found, key)))

    @api.put(
        f"/v1/{plural}/{{key}}",
        summary=f"Write one of the {plural}",
        **route(ref(name), "As it is stored, with its new version.", [*_BODY, "stale"]),
        openapi_extra=json_body(body_schema),
    )
    async def put(request: Request, key: key_type) -> Response:
        """`version` is the version that was changed, 0 for a new one: a change on an old version is refused."""
        body = await desk.body(request)
        if not isinstance(body, dict) or key_name in body:
            raise Problem("bad-document", f"expected an object without {key_name!r}, which stands in the address")
        value = _read(lambda: from_json(kind, {**body, key_name: key}))
        stored = await desk.write(request, lambda connection, access: documents.put(connection, access, value), _OWNER)
        return JSONResponse(to_json(stored))

    @api.delete(
        f"/v1/{plural}/{{key}}",
        summary=f"Take one of the {plural} out of use",
        **route(ref(name), "As it is stored, inactive.", ["not-found"]),
    )
    async def retire(request: Request, key: key_type) -> Response:
        """Nothing is removed: sales name it."""
        found = await desk.write(
            request, lambda connection, access: documents.retire(connection, access, kind, key), _OWNER
        )
        return JSONResponse(to_json(_there(found, key)))


_OWNER: Final = ("owner",)


def _customers(api: APIRouter, desk: Desk) -> None:
    schema = json_schema(CustomerEdited)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    body_schema = schema | {
        "properties": {one: value for one, value in properties.items() if one != "customer"},
        "required": [],
    }
    after_schema = Annotated[str, Query(pattern=f"^$|{IDENTIFIER}")]

    @api.get("/v1/customers", summary="List customers", **route(fields(customers=array(ref("Customer"))), "By id."))
    async def listed(request: Request, after: after_schema = "", limit: Limit = 200) -> Response:
        """An app sees its own customer."""

        def work(connection: Connection, access: Access) -> list[Customer]:
            own = [access.customer] if access.role == "app" and access.customer else None
            return customers.known(connection, access.tenant, own, after, limit)

        found = await desk.read(request, work)
        return JSONResponse({"customers": [to_json(one) for one in found]})

    @api.get("/v1/customers/{name}", summary="Read a customer", **route(ref("Customer"), "", ["not-found"]))
    async def one(request: Request, name: Identifier) -> Response:
        def work(connection: Connection, access: Access) -> Customer | None:
            return next(iter(customers.known(connection, access.tenant, [_own(access, name)])), None)

        return JSONResponse(to_json(_there(await desk.read(request, work), name)))

    @api.put(
        "/v1/customers/{name}",
        summary="Edit a customer",
        **route(ref("Customer"), "As it is now.", [*_BODY, "not-found"]),
        openapi_extra=json_body(body_schema),
    )
    async def put(request: Request, name: Identifier) -> Response:
        """Fields that are left out stay as they are; per field the latest word wins, wherever it was said."""
        body = await desk.body(request)
        if not isinstance(body, dict) or "customer" in body:
            raise Problem("bad-document", "expected an object without 'customer', which stands in the address")
        edited = _read(lambda: from_json(CustomerEdited, {**body, "customer": name}))
        return JSONResponse(to_json(await _edit(desk, request, edited)))

    @api.delete(
        "/v1/customers/{name}",
        summary="Forget a customer",
        **route(ref("Customer"), "Inactive, without name, phone and address.", ["not-found"]),
    )
    async def forget(request: Request, name: Identifier) -> Response:
        """The ledger of points stays: its sums belong to the books."""
        blank = CustomerEdited(name, name="", phone="", email="", active=False)
        return JSONResponse(to_json(await _edit(desk, request, blank, known_only=True)))

    @api.get(
        "/v1/customers/{name}/points",
        summary="Read a customer's points",
        **route(
            fields(
                entries=array(
                    fields(points={"type": "integer"}, **dict.fromkeys(("sale", "rule", "kind", "at"), _TEXT))
                )
            ),
            "The ledger, by time.",
            ["not-found"],
        ),
    )
    async def points(request: Request, name: Identifier) -> Response:
        def work(connection: Connection, access: Access) -> list[dict[str, object]]:
            table = tables.points.c
            query = select(table.sale, table.rule, table.kind, table.points, table.at)
            query = query.where(table.tenant == access.tenant, table.customer == _own(access, name))
            return [dict(row._mapping) for row in connection.execute(query.order_by(table.at, table.sale).limit(5000))]

        return JSONResponse({"entries": await desk.read(request, work)})


async def _edit(desk: Desk, request: Request, edited: CustomerEdited, *, known_only: bool = False) -> Customer:
    def work(connection: Connection, access: Access) -> Customer | None:
        name = _own(access, edited.customer)
        seq = lock(connection, access.tenant)
        if known_only and not customers.known(connection, access.tenant, [name]):
            return None
        customers.edit(connection, access, edited, desk.clock.now())
        append(connection, access.tenant, seq, customers.told(connection, access.tenant, [name]))
        return customers.known(connection, access.tenant, [name])[0]

    return _there(await desk.write(request, work, ("owner", "app")), edited.customer)


def _own(access: Access, name: str) -> str:
    """`name`, which an app may ask for only if it is its own. Another's is not there, rather than forbidden."""
    if access.role == "app" and access.customer != name:
        raise Problem("not-found", f"no customer {name}")
    return name


def _there(found: T | None, key: str) -> T:
    if found is None:
        raise Problem("not-found", f"nothing is called {key}")
    return found


def _read(work: Callable[[], T]) -> T:
    try:
        return work()
    except BadMessage as problem:
        raise Problem("bad-document", str(problem)) from None


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value
