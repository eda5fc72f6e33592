"""From the outbox to the cloud, batch by batch.

A fact leaves the outbox by the server's word on it alone. A batch that is refused as a whole is halved until the fact
at fault stands alone. One that fails alone is set aside and tried again between others. It becomes a dead letter when
it has failed again and again while others went through in between: a server that takes nothing is no fact's fault.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from posdevkit.contract import PushResult
from posdevkit.errors import CloudError
from posdevkit.store import DeadLetters, Outbox, Pending

from .answers import RefusedWhole, results_of
from .http import Http
from .keeper import Keeper, logger
from .states import CloudPoint, FactDead, FactsPushed

__all__ = ["BATCH_BYTES", "BATCH_FACTS", "PATH", "Pusher"]

PATH: Final = "/v1/sync/push"
BATCH_FACTS: Final = 100
BATCH_BYTES: Final = 256_000
"""Bytes of a body, brackets and commas included; a larger fact goes alone."""
FAILURES: Final = 3
"""How often a fact fails alone, each time with others going through in between, before it becomes a dead letter."""


@dataclass(slots=True)
class _Suspect:
    """A fact that failed alone."""

    failures: int
    successes: int
    """Pushes that had gone well when it failed last."""


class Pusher:
    """Sends one batch at a time; see `step`."""

    def __init__(self, http: Http, keeper: Keeper) -> None:
        self._http = http
        self._keeper = keeper
        self._outbox = Outbox()
        self._letters = DeadLetters()
        self._most = BATCH_FACTS
        self._successes = 0
        self._suspects: dict[int, _Suspect] = {}
        self._suspects_turn = False

    async def step(self) -> bool:
        """Send one batch and settle it; False where nothing waits.

        Raises a CloudError, after which everything is still where it was; RefusedWhole where one fact failed alone, so
        that the next call sends others.
        """
        batch, waiting = await self._keeper.commit(self._choose)
        if not batch:
            return False
        self._keeper.passed(CloudPoint.CHOSEN)
        body = b'{"facts":[' + b",".join(one.text.encode() for one in batch) + b"]}"
        # So that the office sees which till has how much left to send: nothing, once this one has come.
        reply = await self._http.post(PATH, body, {"x-posdevkit-pending": str(waiting - len(batch))})
        try:
            results = results_of(reply, [one.id for one in batch])
        except CloudError as problem:
            self._keeper.answered(reply, problem)
            if not isinstance(problem, RefusedWhole):
                raise
            if len(batch) == 1:
                await self._failed_alone(batch[0], problem)
                raise
            self._most = len(batch) // 2
            return True
        self._keeper.answered(reply)
        self._keeper.passed(CloudPoint.ANSWERED)
        await self._settle(batch, results)
        return True

    def _choose(self, transaction: sqlite3.Connection) -> tuple[list[Pending], int]:
        batch: list[Pending] = []
        if not self._suspects_turn:
            batch = self._outbox.batch(
                transaction, facts=self._most, bytes_=BATCH_BYTES - 12 - self._most, without=self._suspects
            )
        for number in list(self._suspects) if not batch else ():
            if (found := self._outbox.numbered(transaction, number)) is not None:
                batch = [found]
                # The next time it is another one's turn.
                self._suspects[number] = self._suspects.pop(number)
                break
            del self._suspects[number]
        self._suspects_turn = False
        if not batch:
            batch = self._outbox.batch(transaction, facts=self._most, bytes_=BATCH_BYTES - 12 - self._most)
        self._outbox.attempted(transaction, batch)
        return batch, self._outbox.backlog(transaction).facts

    async def _settle(self, batch: list[Pending], results: tuple[PushResult, ...]) -> None:
        pairs = list(zip(batch, results, strict=True))
        arrived = [pending for pending, result in pairs if result.verdict != "rejected"]
        refused = [(pending, result) for pending, result in pairs if result.verdict == "rejected"]
        self._keeper.succeeded()
        memory = self._keeper.memory

        def settle(transaction: sqlite3.Connection) -> int:
            self._outbox.remove(transaction, arrived)
            for pending, result in refused:
                self._letters.bury(transaction, pending, result.code, result.detail)
            memory.write(transaction)
            return self._outbox.backlog(transaction).facts

        left = await self._keeper.commit(settle)
        self._keeper.passed(CloudPoint.SETTLED)
        for pending in batch:
            self._suspects.pop(pending.number, None)
        self._successes += bool(arrived)
        self._suspects_turn = bool(self._suspects)
        self._most = min(BATCH_FACTS, self._most * 2)
        for pending, result in refused:
            self._tell_dead(pending, result.code, result.detail)
        if arrived:
            logger.info("pushed %d facts, %d wait", len(arrived), left)
            self._keeper.events.publish(FactsPushed(len(arrived), left))

    async def _failed_alone(self, pending: Pending, problem: RefusedWhole) -> None:
        suspect = self._suspects.setdefault(pending.number, _Suspect(0, -1))
        if suspect.successes < self._successes:
            suspect.failures += 1
            suspect.successes = self._successes
        if suspect.failures < FAILURES:
            return
        code, detail = "server-error", f"{problem.detail}, {suspect.failures} times alone while others went through"
        await self._keeper.commit(lambda transaction: self._letters.bury(transaction, pending, code, detail))
        del self._suspects[pending.number]
        self._tell_dead(pending, code, detail)

    def _tell_dead(self, pending: Pending, code: str, detail: str) -> None:
        logger.error("the cloud will not take fact %s: %s %s", pending.id, code, detail)
        self._keeper.events.publish(FactDead(pending.id, code, detail))
