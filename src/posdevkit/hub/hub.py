"""The hub: a shop's devices, lent to tablets and browsers over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from posdevkit.devices.opening import Opening
from posdevkit.devices.shop import Shop
from posdevkit.errors import BadConfiguration, NotFound
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.threads import in_thread

from .claims import Claim, Claims
from .guard import Guard
from .lending import KINDS, Handle, Lent
from .operations import claim_json
from .tokens import Token, Tokens
from .web import WebServer

__all__ = ["DEFAULT_PORT", "Hub", "hub_file"]

DEFAULT_PORT: Final = 8600


class Hub:
    """A shop's devices on a port of this machine. All methods run on one event loop.

    The hub is the one owner of its devices: it connects to them as soon as they can be reached and keeps the jobs that
    were promised in a file. Make one with `open`; `async with` closes it.
    """

    def __init__(
        self,
        handles: Iterable[Handle],
        file: Path,
        *,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        names: Iterable[str] = (),
        origins: Iterable[str] = (),
        payments: bool = False,
        clock: Clock = SYSTEM_CLOCK,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.clock = clock
        self.now = now
        self.payments = payments
        self.guard = Guard(names, origins)
        self.devices: dict[str, Lent] = {}
        for handle in handles:
            if "/" in handle.name:
                raise BadConfiguration(f"{handle.name!r} cannot be lent", remedy="Take the / out of its name.")
            self.devices[handle.name] = Lent(handle, KINDS[type(handle)], clock)
        self.claims = Claims(clock, self._claimed)
        self.file = Path(file)
        self.tokens = Tokens(self.file, now=now, clock=clock)
        self._server = WebServer(self, host, port)
        self._shop: Shop | None = None

    @classmethod
    def open(
        cls,
        shop: str | Path = "shop.toml",
        *,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        names: Iterable[str] = (),
        origins: Iterable[str] = (),
        payments: bool = False,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[Hub]:
        """Lend the devices of a shop file. Tokens and jobs are kept beside it, in `shop.hub.db`.

        `host`: the address to listen on, the loopback alone unless told otherwise; port 0 takes a free one. `names`:
        host names by which tablets call it, besides its address. `origins`: pages of others that may use it, such as
        `https://pos.example`. `payments`: whether a tablet that claims a scanner to collect a payment gets payment
        codes. Raises BadConfiguration, PortInUse, MissingExtra, OutputFailed, and Claimed while another process lends
        the same devices.
        """

        async def start() -> Hub:
            loaded = Shop.load(shop)
            file = hub_file(shop)
            hub = cls(
                handles_of(loaded),
                file,
                host=host,
                port=port,
                names=names,
                origins=origins,
                payments=payments,
                clock=clock,
            )
            hub._shop = loaded
            return await hub.start()

        return Opening(start)

    def __repr__(self) -> str:
        return f"<Hub {self._server.url}: {', '.join(self.devices)}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> Self:
        """Begin to listen; `open` has done it."""
        try:
            await self._server.bind()
            for lent in self.devices.values():
                await lent.start(self.file)
            await self._server.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        """Stop listening, let jobs under way end, let go of the devices. What was promised and waits stays promised."""
        for lent in self.devices.values():
            lent.events.close()  # which ends the streams
        await self._server.close()
        await self.claims.close()
        for lent in self.devices.values():
            await lent.close()
        if self._shop is not None:
            await self._shop.close()
        self.tokens.close()

    @property
    def url(self) -> str:
        """Where it is."""
        return self._server.url

    async def pairing_code(self) -> str:
        """A new code: eight letters and digits that let one tablet in within ten minutes."""
        return await in_thread(self.tokens.new_code, name="posdevkit-hub-code")

    async def wait(self) -> None:
        """Return when the hub has stopped listening."""
        await self._server.wait()

    # What the operations ask

    def device(self, name: str) -> Lent:
        """The device of that name. Raises NotFound."""
        if name not in self.devices:
            raise NotFound(f"device {name[:60]!r}", remedy=f"Devices here: {', '.join(self.devices) or 'none'}.")
        return self.devices[name]

    def revoke(self, token: str) -> Token:
        """Take a token back, and what it holds. Raises NotFound."""
        self.claims.drop(token)
        return self.tokens.revoke(token)

    def _claimed(self, device: str, claim: Claim | None) -> None:
        self.devices[device].claimed(claim, claim_json(self, device))


def hub_file(shop: str | Path) -> Path:
    """Where the hub of a shop file keeps its tokens and jobs."""
    return Path(shop).with_suffix(".hub.db")


def handles_of(shop: Shop) -> list[Handle]:
    """The handles of a shop's devices that can be lent."""
    make = {"printer": shop.printer}
    return [make[device.kind](name) for name, device in shop.config.devices.items() if device.kind in make]
