"""One thread for one handle whose library blocks: it alone opens, uses and closes it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from .clock import wake

__all__ = ["Owner"]

_LETTING_GO_SECONDS: Final = 0.1


class Owner:
    """A thread that begins, takes turns until it is told to stop, and ends.

    A turn is a short piece of work, at most about 50 ms, since everything waits for its end. It says how many seconds
    the thread may sleep before the next; `poke` cuts that short. `begin` and `turn` may raise: then the thread ends,
    and `problem` tells why. `end` runs after every `begin` that succeeded, and never raises.
    """

    def __init__(
        self, name: str, begin: Callable[[], None], turn: Callable[[], float], end: Callable[[], None]
    ) -> None:
        """Starts nothing; belongs to the running loop."""
        self.problem: BaseException | None = None
        # Apart from `problem`, which a turn may set before whoever started it has looked.
        self._refusal: BaseException | None = None
        self._begin = begin
        self._turn = turn
        self._end = end
        self._loop = asyncio.get_running_loop()
        self._began: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._condition = threading.Condition()
        self._poked = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop, by `stop` or because its loop has gone."""
        return self._stopping or self._loop.is_closed()

    async def start(self) -> None:
        """Return once `begin` has; raises what it raises. Cancelled, it waits 0.1 s at most for the thread to end."""
        self._thread.start()
        try:
            await asyncio.shield(self._began)
        except BaseException:
            self.stop()
            # Whoever tries again at once should find the device given back.
            await asyncio.wait({self._over}, timeout=_LETTING_GO_SECONDS)
            raise
        if self._refusal is not None:
            await self.ended()
            raise self._refusal

    def poke(self) -> None:
        """There is something to do: take the next turn at once. From any thread."""
        with self._condition:
            self._poked = True
            self._condition.notify()

    def stop(self) -> None:
        """Take no further turn and end; returns at once. From any thread."""
        self._stopping = True
        self.poke()

    async def ended(self) -> None:
        """Return when the thread has ended. Being cancelled leaves it ending."""
        await asyncio.shield(self._over)
        self._thread.join()  # saying so was the last thing it did

    def _run(self) -> None:
        try:
            self._begin()
        except BaseException as problem:  # noqa: BLE001  # raised again where it is awaited
            self.problem = self._refusal = problem
        else:
            wake(self._loop, self._began)
            try:
                self._take_turns()
            except BaseException as problem:  # noqa: BLE001  # told by `problem`
                self.problem = problem
            finally:
                self._end()
        wake(self._loop, self._began)
        wake(self._loop, self._over)

    def _take_turns(self) -> None:
        while not self.stopping:
            self._poked = False
            pause = self._turn()
            with self._condition:
                if pause > 0 and not self._poked:
                    self._condition.wait(pause)
