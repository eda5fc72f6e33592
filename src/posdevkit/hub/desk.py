"""The lent devices, who holds them, and who may ask: all that the operations work on, without a port."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from posdevkit.codes.telling import Json
from posdevkit.errors import BadConfiguration, NotFound
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock

from .claims import Claim, Claims
from .kicks import Kicks
from .lending import KINDS, Handle, Lent
from .telling import moment
from .tokens import Token, Tokens

__all__ = ["Desk"]


class Desk:
    """Where tablets come for devices. All methods run on one event loop."""

    def __init__(
        self,
        handles: Iterable[Handle],
        file: Path,
        *,
        payments: bool = False,
        clock: Clock = SYSTEM_CLOCK,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`file` holds tokens, jobs and kicks; `payments`: whether payment codes are lent; `now` is the time of day.

        Raises BadConfiguration for a name that cannot stand in an address, OutputFailed.
        """
        self.clock = clock
        self.now = now
        self.payments = payments
        self.file = file
        self.closing = asyncio.Event()
        self.devices: dict[str, Lent] = {}
        for handle in handles:
            if "/" in handle.name:
                raise BadConfiguration(f"{handle.name!r} cannot be lent", remedy="Take the / out of its name.")
            self.devices[handle.name] = Lent(handle, KINDS[type(handle)], clock)
        self.claims = Claims(clock, self._claimed)
        self.tokens = Tokens(file, now=now, clock=clock)
        self.kicks = Kicks(file, now=now)

    async def start(self) -> None:
        """Listen to the devices. Raises Claimed while another process lends them."""
        for lent in self.devices.values():
            await lent.start(self.file)

    def end_answers(self) -> None:
        """Tell nothing more, which ends every stream, and every answer that waits for a job."""
        self.closing.set()
        for lent in self.devices.values():
            lent.events.close()

    async def close(self) -> None:
        """Let go of the devices."""
        await self.claims.close()
        # Side by side: each may wait a while for a job that is under way.
        await asyncio.gather(*(lent.close() for lent in self.devices.values()))
        await self.kicks.close()
        self.tokens.close()

    def device(self, name: str) -> Lent:
        """The device of that name. Raises NotFound."""
        if name not in self.devices:
            raise NotFound(f"device {name[:60]!r}", remedy=f"Devices here: {', '.join(self.devices) or 'none'}.")
        return self.devices[name]

    def revoke(self, token: str) -> Token:
        """Take a token back, and what it holds. Raises NotFound."""
        self.claims.drop(token)
        return self.tokens.revoke(token)

    def claim_json(self, device: str, reader: str | None = None) -> dict[str, Json]:
        """Who has a device and until when; `mine` for the reader whose token has that id."""
        claim = self.claims.on(device)
        if claim is None:
            return {"holder": None, "until": None, "seconds_left": None, "mine": False, "collecting_payment": False}
        left = self.claims.seconds_left(claim)
        return {
            "holder": claim.holder_name,
            "until": moment(self.now() + left),
            "seconds_left": round(left, 1),
            "mine": claim.holder == reader,
            "collecting_payment": claim.collecting,
        }

    def _claimed(self, device: str, claim: Claim | None) -> None:
        self.devices[device].claimed(claim, self.claim_json(device))
