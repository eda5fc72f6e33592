"""The offline-first client: what the till wrote down goes to the cloud, what the cloud decides comes to the till."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from posdevkit.errors import Closed, CloudError, CloudUnauthorised, DeadlineExceeded, PosError
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.process_lock import ProcessLock
from posdevkit.runtime.pulse import Pulse
from posdevkit.runtime.subscription import DEFAULT_LIMIT, Subscription
from posdevkit.runtime.threads import in_thread
from posdevkit.secret import Secret
from posdevkit.store import DeadLetter, DeadLetters, Outbox, Store

from .answers import RefusedWhole
from .backoff import SYSTEM_TIMING, Backoff, Timing
from .http import Http, check_base_url, check_token
from .keeper import Keeper, logger
from .pulling import Puller
from .pushing import FAILURES, Pusher
from .states import CloudEvent, CloudStatus

__all__ = ["CloudClient"]

LOOK_SECONDS: Final = 1.0
"""How often the file is looked at for facts that another program or connection has added."""


class CloudClient(Closing):
    """Facts out of one store's outbox, and changes into its mirror. All methods run on one event loop.

    Selling never waits for it. Whatever happens to the network, a fact stays in the file until the cloud has said that
    it has it; where that answer was lost it is sent again, and the cloud knows it by its identifier. Make one with
    `open`; `async with` closes it.
    """

    def __init__(self, path: str | Path, http: Http, timing: Timing) -> None:
        self.url = http.url
        self.path = Path(path)
        self._timing = timing
        self._http = http
        self._lock = ProcessLock(
            self.path.with_name(f"{self.path.name}.cloud.lock"),
            remedy="Stop the other program that sends from this file.",
        )
        try:
            self._store = Store(self.path)
        except BaseException:
            self._lock.release()
            raise
        self._keeper = Keeper(self._store, timing)
        self._pusher = Pusher(self._http, self._keeper)
        self._puller = Puller(self._http, self._keeper)
        self._pushing = asyncio.Lock()
        self._pulling = asyncio.Lock()
        self._changed = Pulse()
        self._news = 0
        self._tokens = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._broken: PosError | None = None
        self._closing = False
        self._last: CloudStatus | None = None

    @classmethod
    def open(
        cls,
        path: str | Path,
        url: str,
        token: Secret,
        *,
        background: bool = True,
        insecure: bool = False,
        timing: Timing = SYSTEM_TIMING,
    ) -> Opening[CloudClient]:
        """Take the store at `path` and begin to send and to listen; the cloud may be away.

        With `background=False` nothing is sent or pulled but by `push` and `pull`, until `start`. `insecure` allows
        http:// beyond this machine. Raises BadUrl, UsageError (a token that cannot be one), MissingExtra, OutputFailed,
        and Claimed while another process sends from this store.
        """

        async def begin() -> CloudClient:
            base_url = check_base_url(url, insecure=insecure)
            client = cls(path, await in_thread(lambda: Http(base_url, token), name="posdevkit-cloud"), timing)
            if background:
                await client.start()
            return client

        return Opening(begin)

    def __repr__(self) -> str:
        return f"<CloudClient {self.path.name} to {self.url}>"

    async def close(self, timeout: float | None = 5.0) -> CloudStatus:
        """Let the batch under way end, for at most `timeout` seconds, and tell what is still pending.

        Nothing is lost: what is pending stays in the file and is sent after the next `open`.
        """
        if self._closing:
            return self._last or self.status()
        self._closing = True
        self._wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._pushing.acquire()  # once no batch is under way: it may be the last sale's
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            self._last = self.status()
            if self._last.pending:
                logger.warning("%d facts wait in %s for the next start", self._last.pending, self.path.name)
        finally:
            self._keeper.events.close()
            await self._http.close()
            self._store.close()
            self._lock.release()
        return self._last

    # What a caller does

    async def start(self) -> None:
        """Begin to send and to listen, where `open` was told not to: whoever reads `events` from before this on misses
        none. Without effect where it has begun."""
        self._refuse_if_closed()
        if not self._tasks:
            loops = {"push": self._keep_pushing, "listen": self._keep_listening}
            self._tasks = [
                asyncio.create_task(self._guarded(loop), name=f"posdevkit-cloud-{name}") for name, loop in loops.items()
            ]

    def status(self) -> CloudStatus:
        """How it stands: what is pending, how the cloud answers, and what to do about it."""
        if self._last is not None:
            return self._last
        return self._keeper.status()

    def events(self, limit: int = DEFAULT_LIMIT) -> Subscription[CloudEvent]:
        """All that happens from now on: CloudReached, CloudTrouble, FactsPushed, FactDead, ChangeApplied."""
        return self._keeper.events.subscribe(limit=limit)

    async def added(self) -> None:
        """A fact was put into the outbox: send it now, not at the next look into the file (within a second)."""
        self._refuse_if_closed()
        self._wake()

    async def set_token(self, token: Secret) -> None:
        """Go on with another token. Raises UsageError for one that cannot be a token."""
        self._refuse_if_closed()
        self._http.token = check_token(token)
        self._tokens += 1
        self._wake()

    async def push(self) -> CloudStatus:
        """Send all that is pending, without waiting between attempts.

        Raises the CloudError that stands in the way; what could be sent has been. Facts that the server refuses for
        good are dead letters then, and no error.
        """
        self._refuse_if_closed()
        fruitless = 0
        async with self._pushing:
            while True:
                self._refuse_if_closed()
                try:
                    if not await self._pusher.step():
                        return self.status()
                    fruitless = 0
                except RefusedWhole as problem:
                    # One fact failed alone. The others are tried before that is the answer.
                    fruitless += 1
                    await self._keeper.troubled(problem)
                    if fruitless > FAILURES:
                        raise
                except CloudError as problem:
                    await self._keeper.troubled(problem)
                    raise

    async def pull(self) -> int:
        """Apply all that has changed since the last time; how many changes. Raises a CloudError."""
        self._refuse_if_closed()
        count, more = 0, True
        async with self._pulling:
            while more:
                self._refuse_if_closed()
                try:
                    found, more = await self._puller.page()
                except CloudError as problem:
                    await self._keeper.troubled(problem)
                    raise
                count += found
        return count

    async def wait_empty(self, timeout: float | None = None) -> CloudStatus:
        """The status once nothing is pending. Raises DeadlineExceeded after `timeout` seconds, naming what is."""
        deadline = Deadline.after(timeout, self._timing.clock)
        while True:
            self._refuse_if_closed()
            news = self._news
            status = self.status()
            if not status.pending:
                return status
            if news == self._news and not await self._changed.wait(deadline):
                why = f": {status.trouble.message}" if status.trouble else ""
                raise DeadlineExceeded(f"{status.pending} facts are still pending{why}")

    async def dead_letters(self) -> list[DeadLetter]:
        """The facts that the cloud refused and that wait for a person, oldest first."""
        self._refuse_if_closed()
        return self._keeper.read(DeadLetters().waiting)

    async def retry(self, identifier: UUID | str) -> None:
        """Something was mended: send a dead letter again. Raises UsageError for one that does not wait."""
        self._refuse_if_closed()
        await self._keeper.commit(lambda transaction: DeadLetters().retry(transaction, identifier))
        self._wake()

    async def discard(self, identifier: UUID | str, *, by: str, reason: str) -> DeadLetter:
        """A person's word that a dead letter shall not be sent; it stays on record. Raises UsageError.

        The till writes it into its journal with its next entry.
        """
        self._refuse_if_closed()
        return await self._keeper.commit(
            lambda transaction: DeadLetters().discard(transaction, identifier, by=by, reason=reason)
        )

    # What goes on in the background

    async def _guarded(self, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except PosError as problem:  # the file itself: nothing can be sent without it
            if not self._closing:
                logger.error("the cloud client stands still: %s", problem)
                self._broken = problem
                self._wake()

    async def _keep_pushing(self) -> None:
        backoff = Backoff(self._timing)

        async def once() -> None:
            async with self._pushing:
                sent = await self._pusher.step()
            backoff.succeeded()
            self._wake()
            if not sent:
                await self._new_facts()

        await self._keep(once, backoff)

    async def _keep_listening(self) -> None:
        backoff = Backoff(self._timing)

        async def once() -> None:
            async with self._pulling:
                _, more = await self._puller.page()
            if more:
                return
            await self._puller.listen(alive=backoff.succeeded)
            await self._pause(backoff.pause(self._puller.retry_seconds))

        await self._keep(once, backoff)

    async def _keep(self, once: Callable[[], Awaitable[None]], backoff: Backoff) -> None:
        """Do it again and again; wait after a failure, and after a refused token for another one."""
        while not self._closing:
            tokens = self._tokens
            try:
                await once()
            except CloudUnauthorised as problem:
                await self._keeper.troubled(problem)
                while tokens == self._tokens and not self._closing:
                    await self._changed.wait(Deadline.NEVER)
            except CloudError as problem:
                await self._keeper.troubled(problem)
                await self._pause(backoff.pause(problem.pause))

    async def _pause(self, seconds: float) -> None:
        """Wait that long; a new token and closing end it early, other news do not."""
        tokens, deadline = self._tokens, Deadline.after(seconds, self._timing.clock)
        while not self._closing and tokens == self._tokens and await self._changed.wait(deadline):
            pass

    async def _new_facts(self) -> None:
        while not self._closing and not self._keeper.read(Outbox().any):
            await self._changed.wait(Deadline.after(LOOK_SECONDS, self._timing.clock))

    def _wake(self) -> None:
        """Let everybody who waits look again."""
        self._news += 1
        self._changed.notify()

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise Closed(str(self.path))
        if self._broken is not None:
            raise self._broken.again(outcome=None, job=None)
