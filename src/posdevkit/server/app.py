"""The application: routes, problems, and what every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import routes_documents, routes_reports, routes_sync
from .database import Database
from .desk import Desk
from .hub import HEARTBEAT_SECONDS
from .openapi import describe, fields
from .problems import Problem, answer

__all__ = ["create_app", "desk_of"]

_UNDESCRIBED: Final = {"/": "get", "/page.css": "get", "/login": "post", "/logout": "post"}
_BY_STATUS: Final = {400: "bad-request", 404: "not-found", 405: "no-method"}
# No script at all, no frame, nothing from elsewhere.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class _Headers:
    """Puts `_HEADERS` on every answer. Plain ASGI: what wraps streams costs each subscriber a task."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers)


def desk_of(app: FastAPI) -> Desk:
    """The desk that the application's routes work at."""
    desk = app.state.desk
    assert isinstance(desk, Desk)
    return desk


def create_app(database: Database, *, heartbeat: float = HEARTBEAT_SECONDS) -> FastAPI:
    """An ASGI application over `database`, which the caller closes."""
    desk = Desk(database, heartbeat=heartbeat)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        desk.hub.start()
        try:
            yield
        finally:
            await desk.hub.stop()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json", redirect_slashes=False)
    app.state.desk = desk
    app.add_middleware(_Headers)
    for routes in (routes_sync, routes_documents, routes_reports):
        app.include_router(routes.router(desk))

    @app.get(
        "/v1/health",
        summary="Whether the server runs",
        tags=["sync"],
        response_model=None,
        responses={200: {"content": {"application/json": {"schema": fields(ok={"const": True})}}}},
    )
    async def health() -> Response:
        """Needs no token and tells nothing else."""
        return JSONResponse({"ok": True})

    _problems(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # the documented way to replace it
    return app


def _methods(app: FastAPI, request: Request) -> list[str]:
    """What the address takes. The router itself names the methods of the first route alone."""
    here = request.url.path.strip("/").split("/")

    def fits(template: str) -> bool:
        parts = template.strip("/").split("/")
        return len(parts) == len(here) and all(
            part.startswith("{") or part == word for part, word in zip(parts, here, strict=True)
        )

    own: dict[str, dict[str, object]] = {path: {method: {}} for path, method in _UNDESCRIBED.items()}
    found = {
        name.upper() for path, methods in {**own, **describe(app)["paths"]}.items() if fits(path) for name in methods
    }
    return sorted(found or {"GET"})


def _problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(_request: Request, found: Problem) -> Response:
        return answer(found.slug, found.detail, found.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, found: RequestValidationError) -> Response:
        # Whoever is nobody hears of nothing else.
        if not desk_of(app).named(request):
            return answer("unauthorised")
        first = found.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return answer("bad-document", f"{place}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def plain(request: Request, found: HTTPException) -> Response:
        slug = _BY_STATUS.get(found.status_code, "bad-request")
        headers = {"Allow": ", ".join(_methods(app, request))} if found.status_code == 405 else found.headers
        return answer(slug, str(found.detail), headers)

    async def busy(_request: Request, _found: Exception) -> Response:
        return answer("busy", "the database cannot be used now", {"Retry-After": "2"})

    app.add_exception_handler(OperationalError, busy)
    app.add_exception_handler(PoolTimeout, busy)

    @app.exception_handler(Exception)
    async def bug(_request: Request, _found: Exception) -> Response:
        return answer("bug")
