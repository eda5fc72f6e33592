"""Serving: uvicorn, told to let go of subscribers when it is asked to end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from posdevkit.runtime.threads import Done
from posdevkit.web.listening import listen

from .app import create_app, desk_of
from .database import Database

__all__ = ["serve", "serving"]


_THREAD: Final = "posdevkit-server"


class _Server(uvicorn.Server):
    """Event streams never end by themselves: they are ended first, then uvicorn waits for the other answers."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None], started: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def serve(
    database: Database,
    host: str,
    port: int,
    started: Callable[[int], None] = lambda _port: None,
    *,
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Serve until Ctrl-C or SIGTERM, then return or raise KeyboardInterrupt. Port 0: any free one; `started` hears it.

    `prepare` is called once the port is taken and before anybody is answered. Raises PortInUse.
    """
    listening = listen(host, port, waiting=2048)
    number = listening.getsockname()[1]
    try:
        prepare()
        _server(database, lambda: started(number)).run(sockets=[listening])
    finally:
        listening.close()


@contextmanager
def serving(database: Database, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Serve from a thread of its own for as long as the `with` block lasts; gives the port. Raises PortInUse."""
    listening = listen(host, port, waiting=2048)
    ready = Done()
    server = _server(database, ready.set)

    def run() -> None:
        try:
            server.run(sockets=[listening])
        finally:
            ready.set()

    thread = threading.Thread(target=run, name=_THREAD, daemon=True)
    thread.start()
    try:
        ready.wait()
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _server(database: Database, started: Callable[[], None]) -> _Server:
    app = create_app(database)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
        limit_concurrency=2000,
        h11_max_incomplete_event_size=32768,
        http="h11",
        ws="none",
        server_header=False,
        # A proxy may be trusted to name the scheme only where an operator says so (FORWARDED_ALLOW_IPS).
        proxy_headers=True,
    )
    return _Server(config, desk_of(app).hub.close, started)
