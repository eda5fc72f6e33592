"""Who has a device to itself, and until when: a lease that runs out by itself, so that no tablet can die with a device.

What UnifiedPOS calls claim. Here nobody needs one to print: jobs of everybody stand in one line. A claim keeps the
others out for a while, as for the scanner at which a customer is about to pay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from posdevkit.errors import Claimed, NotFound
from posdevkit.runtime.clock import Clock

__all__ = ["LONGEST_LEASE", "Claim", "Claims", "HeldByAnother"]

LONGEST_LEASE = 600.0
"""Seconds; a holder that lives renews in time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One device, held."""

    device: str
    holder: str
    """The id of the holder's token."""
    holder_name: str
    until: float
    """On the hub's clock."""
    collecting: bool = False
    """Whether a payment is being collected with it: see `Scanner.collecting_payment`."""


class HeldByAnother(Claimed):
    """Another tablet holds the device; `claim` tells which and until when."""

    def __init__(self, claim: Claim, seconds: float) -> None:
        super().__init__(
            f"{claim.device} is held by {claim.holder_name} for another {max(seconds, 0):.0f} s",
            remedy="Wait until it is released or its lease ends.",
        )
        self.claim = claim


class Claims:
    """The claims of one hub. `changed` is called with each that begins or ends (`None` for its end)."""

    def __init__(self, clock: Clock, changed: Callable[[str, Claim | None], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._held: dict[str, Claim] = {}
        self._payments: dict[str, AbstractContextManager[None]] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}

    def on(self, device: str) -> Claim | None:
        """Who holds it now."""
        claim = self._held.get(device)
        if claim is not None and claim.until <= self._clock.monotonic():
            self._end(device)
            return None
        return claim

    def seconds_left(self, claim: Claim) -> float:
        """Of its lease."""
        return max(0.0, claim.until - self._clock.monotonic())

    def check(self, device: str, token: str) -> None:
        """Raise HeldByAnother while another than `token` holds it."""
        claim = self.on(device)
        if claim is not None and claim.holder != token:
            raise HeldByAnother(claim, self.seconds_left(claim))

    def take(
        self,
        device: str,
        token: str,
        name: str,
        seconds: float,
        collecting: AbstractContextManager[None] | None = None,
    ) -> Claim:
        """Hold `device` for `seconds` from now; who holds it already begins anew. Raises HeldByAnother.

        `collecting` is entered, and left when the claim ends, however it ends.
        """
        self.check(device, token)
        if device in self._held:
            self._end(device)
        claim = Claim(device, token, name, self._clock.monotonic() + seconds, collecting is not None)
        if collecting is not None:
            collecting.__enter__()
            self._payments[device] = collecting
        self._held[device] = claim
        self._timers[device] = asyncio.create_task(self._watch(device), name=f"posdevkit-claim-{device}")
        self._changed(device, claim)
        return claim

    def renew(self, device: str, token: str, seconds: float) -> Claim:
        """The same claim, until `seconds` from now. Raises HeldByAnother, and NotFound where it has run out."""
        self.check(device, token)
        claim = self.on(device)
        if claim is None:
            raise NotFound(f"no claim on {device}: its lease ran out", remedy="Claim the device again.")
        self._held[device] = renewed = replace(claim, until=self._clock.monotonic() + seconds)
        return renewed

    def release(self, device: str, token: str) -> None:
        """Let go; nothing happens where nobody holds it. Raises HeldByAnother."""
        self.check(device, token)
        if device in self._held:
            self._end(device)

    def drop(self, token: str) -> None:
        """Let go of all that `token` holds: it was revoked."""
        for device in [device for device, claim in self._held.items() if claim.holder == token]:
            self._end(device)

    async def close(self) -> None:
        """End all."""
        timers = tuple(self._timers.values())
        for device in tuple(self._held):
            self._end(device)
        await asyncio.gather(*timers, return_exceptions=True)

    async def _watch(self, device: str) -> None:
        while (left := self._held[device].until - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)
        self._end(device)

    def _end(self, device: str) -> None:
        del self._held[device]
        timer = self._timers.pop(device)
        # A timer that ends its own claim is through anyway.
        if timer is not asyncio.current_task():
            timer.cancel()
        payment = self._payments.pop(device, None)
        if payment is not None:
            payment.__exit__(None, None, None)
        self._changed(device, None)
