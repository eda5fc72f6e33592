"""The routes of reports: JSON, CSV, and the owner's page with its log-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from dataclasses import fields as fields_of
from datetime import date, datetime, timedelta, tzinfo
from importlib.resources import files
from typing import Annotated, Final, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import Connection, select
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from posdevkit.contract.problems import language_of
from posdevkit.errors import BadDocument, Forbidden, NotAuthorized, NotFound, UsageError
from posdevkit.web.requests import language_header

from . import page, reports, tables, tokens
from .desk import COOKIE, Desk, session_of
from .openapi import array, fields, route
from .page_words import Words
from .reports import Period, Row
from .tabletext import to_csv
from .tokens import Access

__all__ = ["router"]

Name = Literal["day", "hour", "product", "vat", "payment", "store"]
# Patterns stand on the text itself: on the choice between it and nothing they would be missing in the description.
_Store = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]{1,40}$")]
# As text: pydantic's dates take numbers of seconds, too.
_Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})]
Store = Annotated[_Store | SkipJsonSchema[None], Query(description="One store; all, if left out")]
First = Annotated[
    _Day | SkipJsonSchema[None], Query(description="First business day; 29 days before the last, if left out")
]
Last = Annotated[_Day | SkipJsonSchema[None], Query(description="Last business day, included; today, if left out")]
OWNER: Final = ("owner",)
_TEXT: Final[dict[str, object]] = {"type": "string"}
_INTEGER: Final[dict[str, object]] = {"type": "integer"}
_NUMBER: Final[dict[str, object]] = {"type": "number"}
_ROW: Final = fields(
    **dict.fromkeys(("key", "label", "currency"), _TEXT),
    **dict.fromkeys(("sales", "amount", "vat"), _INTEGER),
    quantity=_NUMBER,
)
_CSV: Final = {"text/csv": _TEXT}
_STOCK: Final = fields(store=_TEXT, sku=_TEXT, quantity=_NUMBER)
_POINTS: Final = fields(rule=_TEXT, kind=_TEXT, entries=_INTEGER, points=_INTEGER)


def router(desk: Desk) -> APIRouter:
    """The routes, working at `desk`. The page and its log-in are not part of the described interface."""
    api = APIRouter(tags=["reports"])
    _tables(api, desk)
    _sales(api, desk)
    _page(api, desk)
    return api


def _sales(api: APIRouter, desk: Desk) -> None:
    async def rows(request: Request, name: str, first: str | None, last: str | None, store: str | None) -> list[Row]:
        period = _period(_day(first), _day(last), store)

        def work(connection: Connection, access: Access) -> list[Row]:
            return reports.sales_report(connection, access, name, period)

        return await desk.read(request, work, OWNER, cookie=True)

    @api.get("/v1/reports/{name}", summary="Read a report", **route(fields(rows=array(_ROW)), "By key."))
    async def report(
        request: Request, name: Name, first: First = None, last: Last = None, store: Store = None
    ) -> Response:
        """Amounts are whole minor units, VAT included, refunds taken off; by the business day of the sale."""
        return JSONResponse({"rows": [asdict(row) for row in await rows(request, name, first, last, store)]})

    @api.get("/v1/reports/{name}/csv", summary="Read a report as CSV", **route(_CSV, "With a head line."))
    async def report_csv(
        request: Request, name: Name, first: First = None, last: Last = None, store: Store = None
    ) -> Response:
        """Text that a spreadsheet would take for a formula begins with an apostrophe."""
        found = await rows(request, name, first, last, store)
        names = [one.name for one in fields_of(Row)]
        return _csv(name, names, [[getattr(row, one) for one in names] for row in found])


def _tables(api: APIRouter, desk: Desk) -> None:
    async def stock_rows(request: Request, store: str | None) -> list[dict[str, object]]:
        return await desk.read(
            request, lambda connection, access: reports.stock_report(connection, access, store), OWNER, cookie=True
        )

    async def points_rows(request: Request) -> list[dict[str, object]]:
        return await desk.read(request, reports.points_report, OWNER, cookie=True)

    @api.get("/v1/reports/stock", summary="Read stock", **route(fields(rows=array(_STOCK)), "Balances."))
    async def stock(request: Request, store: Store = None) -> Response:
        """The sum of each store's and product's movements, kept as they are written."""
        return JSONResponse({"rows": await stock_rows(request, store)})

    @api.get("/v1/reports/stock/csv", summary="Read stock as CSV", **route(_CSV, "With a head line."))
    async def stock_csv(request: Request, store: Store = None) -> Response:
        """The same as text."""
        return _dicts("stock", ("store", "sku", "quantity"), await stock_rows(request, store))

    @api.get("/v1/reports/points", summary="Read points", **route(fields(rows=array(_POINTS)), "By rule and kind."))
    async def points(request: Request) -> Response:
        """What was earned, redeemed and taken back."""
        return JSONResponse({"rows": await points_rows(request)})

    @api.get("/v1/reports/points/csv", summary="Read points as CSV", **route(_CSV, "With a head line."))
    async def points_csv(request: Request) -> Response:
        """The same as text."""
        return _dicts("points", ("rule", "kind", "entries", "points"), await points_rows(request))


def _page(api: APIRouter, desk: Desk) -> None:
    style = files(__package__).joinpath("page.css").read_text("utf-8")

    @api.get("/page.css", include_in_schema=False)
    async def css() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "max-age=300"})

    @api.get("/", include_in_schema=False)
    async def owner(request: Request, days: int = 1, store: Store = None) -> Response:
        words = _words(request)
        if days not in page.PERIODS:
            raise NotFound(f"days: one of {', '.join(map(str, page.PERIODS))}")
        try:
            facts = await desk.read(
                request, lambda connection, access: _gather(connection, access, days, store), OWNER, cookie=True
            )
        except (NotAuthorized, Forbidden):
            return HTMLResponse(page.login(words))
        return HTMLResponse(page.sheet(words, facts), headers={"Cache-Control": "no-store"})

    @api.post("/login", include_in_schema=False)
    async def log_in(request: Request) -> Response:
        try:
            form = parse_qs((await desk.data(request)).decode("ascii", "replace"), max_num_fields=5)
        except ValueError as problem:
            raise UsageError(str(problem)) from None
        token = form.get("token", [""])[0].strip()

        def work(connection: Connection) -> str | None:
            access = tokens.access_of(connection, token)
            if access is None or access.role != "owner":
                return None
            return tokens.log_in(connection, access).reveal()

        session = await desk.write_plain(work)
        if session is None:
            return HTMLResponse(page.login(_words(request), failed=True), 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, session, max_age=tokens.SESSION_SECONDS, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    @api.post("/logout", include_in_schema=False)
    async def log_out(request: Request) -> Response:
        session = session_of(request)
        await desk.write_plain(lambda connection: tokens.log_out(connection, session))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer


def _gather(connection: Connection, access: Access, days: int, store: str | None) -> page.Sheet:
    now = _now()
    today = now.date()
    first, length = today - timedelta(days=days - 1), max(14, days)
    wanted = access.store or store
    period = _period(first, today, wanted)
    before = _period(first - timedelta(days=days), first - timedelta(days=1), wanted)
    chart = _period(today - timedelta(days=length - 1), today, wanted)
    names = select(tables.store.c.id, tables.store.c.name).where(tables.store.c.tenant == access.tenant)
    stores = {row.id: row.name for row in connection.execute(names.order_by(tables.store.c.name))}
    shop = select(tables.tenant.c.name).where(tables.tenant.c.id == access.tenant)
    device = tables.device.c
    heard = select(device.store, device.terminal, device.seen_at, device.pending).where(device.tenant == access.tenant)
    if wanted is not None:
        heard = heard.where(device.store == wanted)
    rows = connection.execute(heard.order_by(device.store, device.terminal).limit(100))
    return page.Sheet(
        shop=connection.execute(shop).scalar_one(),
        stores={access.store: stores[access.store]} if access.store else stores,
        store=wanted,
        days=days,
        last=today,
        now={name: reports.sales_report(connection, access, name, period) for name in reports.REPORTS},
        hour=now.hour,
        until=reports.until_hour(connection, access, period, now.hour),
        before=reports.until_hour(connection, access, before, now.hour),
        chart=reports.sales_report(connection, access, "day", chart),
        devices=[{**row._mapping, "seen_at": _local(row.seen_at)} for row in rows],
        below=reports.missing_stock(connection, access, wanted, 20),
    )


def _now() -> datetime:
    """The shop's own time, as its machine tells it."""
    return datetime.now().astimezone()


def _local(moment: str, zone: tzinfo | None = None) -> str:
    """A moment in UTC in the shop's own time; the machine's zone where none is told."""
    return datetime.fromisoformat(moment).astimezone(zone).isoformat()


def _period(first: date | None, last: date | None, store: str | None) -> Period:
    end = last or date.today()  # noqa: DTZ011
    begin = first or (end - timedelta(days=29) if end.toordinal() > 29 else date.min)
    return Period(begin.isoformat(), end.isoformat(), store)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as problem:
        raise BadDocument(f"{text}: {problem}") from None


def _words(request: Request) -> Words:
    return Words(language_of(language_header(request), "da"))


def _dicts(name: str, names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Response:
    return _csv(name, names, [[row[one] for one in names] for row in rows])


def _csv(name: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(to_csv(names, rows), media_type="text/csv", headers=headers)
