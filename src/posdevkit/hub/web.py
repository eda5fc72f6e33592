"""The hub over HTTP: the table of operations as routes, the guard around them, and the server that listens.

Starlette and uvicorn are known here alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from posdevkit.contract.problems import language_of
from posdevkit.documents.reading import read_json
from posdevkit.errors import Bug, MissingExtra, NotAuthorized, NotFound, PosError, TooManyRequests, WrongMethod
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread
from posdevkit.web.answers import problem_answer
from posdevkit.web.listening import listen
from posdevkit.web.requests import bearer_of, body_of, check_json, language_header

from .claims import HeldByAnother
from .exchange import Answer, Operation, Request, Stream
from .stream import EventStream
from .table import OPERATIONS
from .tokens import Token

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request as WebRequest
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .desk import Desk
    from .guard import Guard

__all__ = ["PAGE", "WebServer"]

logger = logging.getLogger("posdevkit.hub")

BODY_BYTES: Final = 2 * 1024 * 1024
"""The largest body: a receipt with a picture."""
BODY_SECONDS: Final = 15.0
STREAMS: Final = 8
"""Streams that one token may have open."""
PAGE: Final = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/jobs.js": ("jobs.js", "text/javascript; charset=utf-8"),
    "/texts.js": ("texts.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/posdevkit-hub.js": ("posdevkit-hub.js", "text/javascript; charset=utf-8"),
}
"""What anybody gets: the page and its parts."""


class WebServer:
    """One hub's port."""

    def __init__(self, desk: Desk, guard: Guard, host: str, port: int) -> None:
        self._desk = desk
        self._guard = guard
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._streams: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where it listens."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    async def bind(self) -> None:
        """Take the port. Raises PortInUse."""
        self._socket = listen(self._host, self._port, waiting=128)
        self._port = self._socket.getsockname()[1]

    async def start(self) -> None:
        """Let tablets come. Raises MissingExtra."""
        # Loading all that takes longer than devices like to wait.
        config = await in_thread(self._config, name="posdevkit-hub-load")
        import uvicorn

        up = asyncio.Event()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                up.set()

            @contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield  # signals belong to the program

        self._server = Server(config)
        assert self._socket is not None
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="posdevkit-hub-server")
        self._task.add_done_callback(lambda _: up.set())
        await up.wait()
        logger.info("lending %s at %s", ", ".join(self._desk.devices) or "nothing", self.url)

    async def wait(self) -> None:
        """Until it has stopped."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def close(self) -> None:
        """Stop; streams have ended before."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)
        if self._socket is not None:
            self._socket.close()

    # Requests

    def _config(self) -> uvicorn.Config:
        app = self._guarded(self._routed())
        import uvicorn

        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=256,
            timeout_graceful_shutdown=5,
        )
        config.load()
        return config

    def _routed(self) -> Starlette:
        try:
            import uvicorn  # noqa: F401  # asked for here, so that one error tells what to install
            from starlette.applications import Starlette
            from starlette.exceptions import HTTPException
            from starlette.routing import Route
        except ImportError as problem:
            raise MissingExtra(
                f"the hub needs starlette and uvicorn ({problem})",
                remedy='Install it with: pip install "posdevkit[hub]"',
            ) from problem
        routes = [Route(path, self._part(*part)) for path, part in PAGE.items()]
        # The key of a copy has a slash in it. What stands behind a key is tried first, so that it is no part of one.
        ordered = sorted(OPERATIONS, key=lambda one: one.path.endswith("{key}"))
        routes += [
            Route(one.path.replace("{key}", "{key:path}"), self._endpoint(one), methods=[one.method]) for one in ordered
        ]

        async def refused(request: WebRequest, problem: Exception) -> Response:
            wrong = isinstance(problem, HTTPException) and problem.status_code == 405
            told = WrongMethod(request.method) if wrong else NotFound(request.url.path[:100])
            return self._told(told, request, getattr(problem, "headers", None))

        app = Starlette(routes=routes, exception_handlers={HTTPException: refused})
        app.router.redirect_slashes = False
        return app

    def _part(self, name: str, media: str) -> Any:
        from starlette.responses import Response

        content = files(__package__).joinpath("page", name).read_bytes()

        async def serve(_: WebRequest) -> Response:
            return Response(content, media_type=media, headers={"cache-control": "no-cache"})

        return serve

    def _endpoint(self, operation: Operation) -> Any:
        from starlette.responses import Response

        desk = self._desk

        async def serve(request: WebRequest) -> Response:
            try:
                token = None if operation.public else self._bearer(request)
                language = language_of(language_header(request))
                body = await self._body(request) if operation.body is not None else None
                asked = Request(request.path_params, dict(request.query_params), body, token, language)
                answer = await operation.run(desk, asked)
                if isinstance(answer, Stream):
                    return self._stream(answer, asked)
                content = answer.body if isinstance(answer.body, bytes) else _json(answer)
                return Response(content, answer.status, {"cache-control": "no-store"}, answer.media)
            except PosError as problem:
                return self._told(problem, request)
            except Exception:
                logger.exception("%s %s: a bug in posdevkit", operation.method, operation.path)
                return self._told(Bug(), request)

        return serve

    def _bearer(self, request: WebRequest) -> Token:
        secret = bearer_of(request)
        if not secret:
            raise NotAuthorized
        return self._desk.tokens.of(secret)

    async def _body(self, request: WebRequest) -> object:
        whole = await body_of(request, BODY_BYTES, Deadline.after(BODY_SECONDS, self._desk.clock))
        if not whole:
            return None
        check_json(request)
        return read_json(whole)

    def _stream(self, stream: Stream, request: Request) -> Response:
        token = request.token
        if self._streams[token.id] >= STREAMS:
            stream.events.close()
            raise TooManyRequests(f"more than {STREAMS} streams", remedy="Close one first.")
        self._streams[token.id] += 1

        def ended() -> None:
            self._streams[token.id] -= 1

        return EventStream.response(self._desk, stream, token, request.language, ended)

    def _told(self, problem: PosError, request: WebRequest, headers: Mapping[str, str] | None = None) -> Response:
        more = {}
        if isinstance(problem, HeldByAnother):
            more["claim"] = self._desk.claim_json(problem.claim.device)
        return problem_answer(problem, request, headers, more)

    # The guard

    def _guarded(self, app: ASGIApp) -> ASGIApp:
        from starlette.requests import Request as WebRequest
        from starlette.responses import Response

        guard = self._guard

        async def let_in(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            request = WebRequest(scope)
            hosts = request.headers.getlist("host")
            origin = request.headers.get("origin")
            answer: ASGIApp = app
            try:
                guard.check_host(hosts[0] if len(hosts) == 1 else "", scope["server"][0])
                if request.method == "OPTIONS":
                    private = request.headers.get("access-control-request-private-network") == "true"
                    answer = Response(status_code=204, headers=guard.preflight(origin, private_network=private))
                else:
                    guard.check_origin(origin, scope["scheme"], hosts[0])
            except PosError as problem:
                answer = self._told(problem, request)

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    there = {name for name, _ in message["headers"]}
                    more = [(name.encode(), value.encode()) for name, value in guard.headers(origin).items()]
                    message["headers"] = [*message["headers"], *(pair for pair in more if pair[0] not in there)]
                await send(message)

            await answer(scope, receive, sent)

        return let_in


def _json(answer: Answer) -> bytes:
    return b"" if answer.status == 204 else json.dumps(answer.body, ensure_ascii=False).encode()
