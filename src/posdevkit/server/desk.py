"""What every request passes: who asks, what may be asked, bodies of bounded size, and the database off the loop."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from http.cookies import CookieError, SimpleCookie
from typing import Final, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect, Request

from posdevkit.contract import HlcClock
from posdevkit.errors import BadDocument, Forbidden, NotAuthorized, UsageError
from posdevkit.runtime.deadline import Deadline
from posdevkit.web.requests import bearer_of, body_of, check_json

from .customers import latest
from .database import CONNECTIONS, Database
from .hub import HEARTBEAT_SECONDS, Hub
from .tokens import ROLES, Access, access_of, logged_in

__all__ = ["BODY_SECONDS", "COOKIE", "MOST_BYTES", "Desk", "session_of"]

T = TypeVar("T")
MOST_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 30.0
COOKIE: Final = "posdevkit"


class Desk:
    """Shared by all routes of one application."""

    def __init__(self, database: Database, *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self.database = database
        with database.reading() as connection:
            self.clock = HlcClock("cloud", last=latest(connection))
        self._limiter = CapacityLimiter(CONNECTIONS)
        self.hub = Hub(self._plain_read, heartbeat=heartbeat)

    async def _plain_read(self, work: Callable[[Connection], T], /) -> T:
        return await self._off_the_loop(lambda: self._reading(work))

    async def read(
        self,
        request: Request,
        work: Callable[[Connection, Access], T],
        roles: Collection[str] = ROLES,
        *,
        cookie: bool = False,
    ) -> T:
        """Run `work` in a transaction that reads. Raises NotAuthorized, Forbidden.

        `cookie`: a logged-in browser may ask, too; only where nothing is changed, so that no other page can use it.
        """
        who = _credentials(request, cookie=cookie)
        return await self._off_the_loop(
            lambda: self._reading(lambda connection: work(connection, _allowed(connection, who, roles)))
        )

    async def write(
        self, request: Request, work: Callable[[Connection, Access], T], roles: Collection[str] = ROLES
    ) -> T:
        """Run `work` in a transaction that is on the disk when this returns. Raises NotAuthorized, Forbidden."""
        who = _credentials(request, cookie=False)
        return await self.write_plain(lambda connection: work(connection, _allowed(connection, who, roles)))

    async def write_plain(self, work: Callable[[Connection], T]) -> T:
        """The same, for whoever is still nobody."""

        def run() -> T:
            with self.database.writing() as connection:
                return work(connection)

        found = await self._off_the_loop(run)
        self.hub.stir()
        return found

    def _reading(self, work: Callable[[Connection], T]) -> T:
        with self.database.reading() as connection:
            return work(connection)

    async def _off_the_loop(self, run: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(run, limiter=self._limiter)

    def still_valid(self, request: Request, *, cookie: bool = False) -> Callable[[Connection], bool]:
        """Whether the request's credentials open anything, asked again later."""
        who = _credentials(request, cookie=cookie)
        return lambda connection: _found(connection, who) is not None

    def named(self, request: Request) -> bool:
        """Whether the request says at all who asks."""
        return bool(_credentials(request, cookie=True)[0])

    async def body(self, request: Request) -> object:
        """The body as JSON. Raises NotAuthorized (nobody's is not read), NotJson, BadDocument, and as `data`."""
        if not _credentials(request, cookie=False)[0]:
            raise NotAuthorized
        check_json(request)
        data = await self.data(request)
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as problem:
            detail = "nested too deeply" if isinstance(problem, RecursionError) else str(problem)
            raise BadDocument(f"not JSON: {detail[:200]}") from None

    async def data(self, request: Request) -> bytes:
        """The body, at most `MOST_BYTES` of it and within `BODY_SECONDS`. Raises TooLarge, SlowRequest, UsageError."""
        try:
            return await body_of(request, MOST_BYTES, Deadline.after(BODY_SECONDS))
        except ClientDisconnect:
            raise UsageError("the connection broke") from None


_Credentials = tuple[str, str]


def _credentials(request: Request, *, cookie: bool) -> _Credentials:
    """("bearer", token), ("cookie", session) or ("", "")."""
    if token := bearer_of(request):
        return "bearer", token
    if cookie and (session := session_of(request)):
        return "cookie", session
    return "", ""


def session_of(request: Request) -> str:
    """The session that a browser sends, "" for none."""
    try:
        jar: SimpleCookie = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


def _found(connection: Connection, who: _Credentials) -> Access | None:
    kind, secret = who
    if not kind:
        return None
    return access_of(connection, secret) if kind == "bearer" else logged_in(connection, secret)


def _allowed(connection: Connection, who: _Credentials, roles: Collection[str]) -> Access:
    access = _found(connection, who)
    if access is None:
        raise NotAuthorized
    if access.role not in roles:
        raise Forbidden(f"this needs the token of: {', '.join(sorted(roles))}")
    return access
