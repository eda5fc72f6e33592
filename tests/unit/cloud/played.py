"""A cloud played by hand: it shares no code with the server or the client, and misbehaves as it is told."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

TOKEN = "till-1-token-5f2c"
DATE = "Sat, 14 Mar 2026 09:32:00 GMT"
PATIENCE = 40.0
"""Seconds for a request of a process that has only been started: on a busy machine Python alone takes ten."""


@dataclass
class Play:
    """How one request goes."""

    status: int = 200
    body: bytes | None = None
    """None for what an honest server would say."""
    media: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    commit: bool = True
    """Whether a push is stored (if `body` is None or the answer is cut)."""
    cut: int | None = None
    """End the connection after so many bytes of the answer; 0 for none of it."""
    delay: float = 0.0
    gate: threading.Event | None = None
    """Wait for it after storing and before answering."""


class PlayedCloud:
    """`with PlayedCloud() as cloud:` serves on `cloud.url`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if tls else "http"
        self.pushes: deque[Play] = deque()
        """How the next pushes go; honestly once they are used up."""
        self.pulls: deque[Play] = deque()
        self.streams: deque[list[bytes]] = deque()
        """What the next event streams bring before they end; without any, a stream is refused with 503."""
        self.unique = True
        """False: the control, a server that stores whatever comes."""
        self.stored: list[str] = []
        """Identifiers in the order in which they were stored."""
        self.texts: dict[str, str] = {}
        self.poison: set[str] = set()
        """Facts that make it fail with 500 each time."""
        self.refuses: dict[str, str] = {}
        """Code by fact that it rejects."""
        self.most = 1000
        """Facts of a push; above that, 413."""
        self.changes: list[dict[str, object]] = []
        self.token = TOKEN
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path with query, headers."""
        self.sizes: list[int] = []
        """Facts of each push."""
        self.lock = threading.Lock()
        self.arrived = threading.Condition(self.lock)
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="played-cloud")

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, requests: int) -> None:
        """Until so many requests have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= requests, PATIENCE), self.requests

    def store(self, facts: list[dict[str, object]]) -> list[dict[str, object]]:
        results: list[dict[str, object]] = []
        for fact in facts:
            identifier, text = str(fact["id"]), json.dumps(fact, sort_keys=True)
            if identifier in self.refuses:
                results.append({"id": identifier, "verdict": "rejected", "code": self.refuses[identifier]})
            elif self.unique and identifier in self.texts:
                same = self.texts[identifier] == text
                verdict = {"verdict": "duplicate"} if same else {"verdict": "rejected", "code": "conflict"}
                results.append({"id": identifier, **verdict})
            else:
                self.stored.append(identifier)
                self.texts[identifier] = text
                results.append({"id": identifier, "verdict": "created"})
        return results


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


def _handler_of(cloud: PlayedCloud) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def date_time_string(self, timestamp: float | None = None) -> str:
            return DATE

        def _came(self) -> None:
            with cloud.arrived:
                cloud.requests.append(
                    (self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
                )
                cloud.arrived.notify_all()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._came()
            facts = json.loads(body)["facts"]
            with cloud.lock:
                cloud.sizes.append(len(facts))
                play = cloud.pushes.popleft() if cloud.pushes else Play()
                known = self.headers["authorization"] == f"Bearer {cloud.token}"
                if not known:
                    play = Play(401, b'{"error": "unauthorised"}')
                elif len(facts) > cloud.most:
                    play = Play(413, b'{"error": "too large"}')
                elif cloud.poison & {fact["id"] for fact in facts}:
                    play = Play(500, b'{"error": "internal"}')
                honest = b""
                if play.commit and (play.body is None or play.cut is not None):
                    honest = json.dumps({"results": cloud.store(facts)}).encode()
            self._answer(play, honest)

        def do_GET(self) -> None:
            self._came()
            where = urlsplit(self.path)
            query = {name: int(values[0]) for name, values in parse_qs(where.query).items()}
            if self.headers["authorization"] != f"Bearer {cloud.token}":
                self._answer(Play(401, b"{}"), b"")
            elif where.path.endswith("/v1/sync/changes"):
                with cloud.lock:
                    play = cloud.pulls.popleft() if cloud.pulls else Play()
                    left = [change for change in cloud.changes if int(str(change["seq"])) > query["after"]]
                page = left[: query["limit"]]
                behind = page[-1]["seq"] if page else query["after"]
                self._answer(
                    play, json.dumps({"changes": page, "next": behind, "more": len(left) > len(page)}).encode()
                )
            elif where.path.endswith("/v1/events") and cloud.streams:
                self._stream(cloud.streams.popleft())
            else:
                self._answer(Play(503, b"{}"), b"")

        def _stream(self, chunks: list[bytes]) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream; charset=utf-8")
            self.send_header("connection", "close")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(chunk)
                self.wfile.flush()
            self.close_connection = True

        def _answer(self, play: Play, honest: bytes) -> None:
            if play.gate is not None:
                play.gate.wait(PATIENCE)
            if play.delay:
                threading.Event().wait(play.delay)
            body = honest if play.body is None else play.body
            if play.cut == 0:
                self._cut()
                return
            self.send_response(play.status)
            self.send_header("content-type", play.media)
            self.send_header("content-length", str(len(body)))
            for name, value in play.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if play.cut is None else body[: play.cut])
            if play.cut is not None:
                self._cut()

        def _cut(self) -> None:
            self.close_connection = True
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    return Handler
