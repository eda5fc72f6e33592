"""A handle that only knows how to block, read on the thread that owns it, one piece at a time."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from posdevkit.errors import Closed

from .clock import wake
from .deadline import Deadline, within
from .owner import Owner

__all__ = ["Poller"]

H = TypeVar("H")
T = TypeVar("T")


class Poller(Generic[H]):
    """Hands what a handle gives to the running event loop.

    `poll` waits a bounded time for one piece and gives b"" for none: such a handle cannot be woken, so that time bounds
    how long `do` and the end may take. Whatever it raises is the last thing that `take` gives.
    """

    def __init__(
        self, name: str, make: Callable[[], H], poll: Callable[[H], bytes], end: Callable[[H], object]
    ) -> None:
        self._name = name
        self._make = make
        self._poll = poll
        self._end = end
        self._handle: H | None = None
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._calls: deque[Callable[[H | None], None]] = deque()
        self._over = False
        self._loop = asyncio.get_running_loop()
        self._waiters: list[asyncio.Future[None]] = []
        self._owner = Owner(name, self._begin, self._turn, self._finish)

    async def start(self, deadline: Deadline) -> None:
        """Return when the handle is open. Raises what making it raised, and TimeoutError; then nothing stays open."""
        await within(deadline, self._owner.start())

    async def take(self) -> bytes:
        """The next piece; b"" after `stop`, once all that came before is taken. Raises what `poll` raised."""
        while True:
            with self._lock:
                if self._pieces:
                    return self._pieces.popleft()
                if self._over and self._owner.problem is not None:
                    raise self._owner.problem
                if self._over or self._owner.stopping:
                    return b""
                waiter = self._loop.create_future()
                self._waiters.append(waiter)
            try:
                await waiter
            finally:
                with self._lock:
                    if waiter in self._waiters:
                        self._waiters.remove(waiter)

    async def do(self, call: Callable[[H], T]) -> T:
        """What `call` gives, made on the owner's thread. Raises what it raised, and Closed after the end.

        A cancelled caller takes back a call that has not begun.
        """
        done: asyncio.Future[None] = self._loop.create_future()
        results: list[T] = []
        problems: list[BaseException] = []

        def made(handle: H | None) -> None:
            if handle is None:
                problems.append(Closed(self._name))
            else:
                try:
                    results.append(call(handle))
                except BaseException as problem:  # noqa: BLE001  # raised again where it is awaited
                    problems.append(problem)
            wake(self._loop, done)

        with self._lock:
            if self._over or self._owner.stopping:
                raise Closed(self._name)
            self._calls.append(made)
        try:
            await done
        finally:
            with self._lock:
                if made in self._calls:
                    self._calls.remove(made)
        if problems:
            try:
                raise problems[0]
            finally:
                problems.clear()
        return results[0]

    def stop(self) -> None:
        """Ask the thread to close the handle and end."""
        self._owner.stop()
        self._tell()

    async def ended(self) -> None:
        """Return when the handle is closed."""
        await self._owner.ended()

    def _begin(self) -> None:
        self._handle = self._make()

    def _turn(self) -> float:
        handle = self._handle
        assert handle is not None
        self._answer(handle)
        try:
            piece = self._poll(handle)
        except BaseException as problem:
            self._owner.problem = problem  # before `_finish` tells those who wait
            raise
        if piece:
            with self._lock:
                self._pieces.append(piece)
            self._tell()
        return 0.0

    def _answer(self, handle: H | None) -> None:
        while True:
            with self._lock:
                call = self._calls.popleft() if self._calls else None
            if call is None:
                return
            call(handle)

    def _finish(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            try:
                self._end(handle)
            except Exception:  # noqa: BLE001, S110  # it is gone already
                pass
        with self._lock:
            self._over = True
        self._answer(None)
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            waiters, self._waiters = self._waiters, []
        for future in waiters:
            wake(self._loop, future)
