"""The hub: a shop's devices, lent to tablets and browsers over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from posdevkit.devices.shop import Shop
from posdevkit.errors.inputs import path_of
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.opening import Closing, Opening
from posdevkit.runtime.threads import in_thread

from .desk import Desk
from .guard import Guard
from .lending import Handle
from .tokens import Token
from .web import WebServer

__all__ = ["DEFAULT_PORT", "Hub", "hub_file", "lend"]

DEFAULT_PORT = 8600


class Hub(Closing):
    """A shop's devices on a port of this machine. All methods run on one event loop.

    The hub is the one owner of its devices: it connects to them as soon as they can be reached and keeps the jobs that
    were promised in a file. Make one with `open`; `async with` closes it.
    """

    def __init__(self, desk: Desk, server: WebServer, shop: Shop | None = None) -> None:
        self._desk = desk
        self._server = server
        self._shop = shop

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
            try:
                handles = await _handles(loaded)
            except BaseException:
                await loaded.close()
                raise
            hub = await lend(
                handles,
                hub_file(shop),
                host=host,
                port=port,
                names=names,
                origins=origins,
                payments=payments,
                clock=clock,
            )
            hub._shop = loaded
            return hub

        return Opening(start)

    def __repr__(self) -> str:
        return f"<Hub {self.url}: {', '.join(self._desk.devices)}>"

    async def close(self) -> None:
        """Stop listening, let jobs under way end, let go of the devices. What was promised and waits stays promised."""
        self._desk.end_answers()
        await self._server.close()
        await self._desk.close()
        if self._shop is not None:
            await self._shop.close()

    @property
    def url(self) -> str:
        """Where it is."""
        return self._server.url

    async def pairing_code(self) -> str:
        """A new code: eight letters and digits that let one tablet in within ten minutes. Voids the one before."""
        return await in_thread(self._desk.tokens.new_code, name="posdevkit-hub-code")

    async def tokens(self) -> list[Token]:
        """The paired tablets, oldest first."""
        return self._desk.tokens.all()

    async def revoke(self, token: str) -> Token:
        """Take back the token of that id, and what it holds. Raises NotFound."""
        return self._desk.revoke(token)

    async def wait(self) -> None:
        """Return when the hub has stopped listening."""
        await self._server.wait()


def lend(
    handles: Iterable[Handle],
    file: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    names: Iterable[str] = (),
    origins: Iterable[str] = (),
    payments: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    now: Callable[[], float] = time.time,
) -> Opening[Hub]:
    """As `Hub.open`, for handles that you have. They are the hub's from now on, which closes them.

    `file` holds tokens and jobs; a handle's name is its name in addresses.
    """

    async def start() -> Hub:
        guard = Guard(names, origins)
        desk = Desk(handles, Path(file), payments=payments, clock=clock, now=now)
        hub = Hub(desk, WebServer(desk, guard, host, port))
        try:
            await hub._server.bind()
            await desk.start()
            await hub._server.start()
        except BaseException:
            await hub.close()
            raise
        return hub

    return Opening(start)


def hub_file(shop: str | Path) -> Path:
    """Where the hub of a shop file keeps its tokens and jobs."""
    return path_of(shop, "a shop's file").with_suffix(".hub.db")


async def _handles(shop: Shop) -> list[Handle]:
    """The handles of a shop's devices that can be lent, in the order of its file."""
    handles: list[Handle] = []
    for name, device in shop.config.devices.items():
        match device.kind:
            case "printer":
                handles.append(shop.printer(name))
            case "label-printer":
                handles.append(shop.label_printer(name))
            case "scanner":
                handles.append(await shop.scanner(name))
            case "display":
                handles.append(shop.display(name))
            case "scale":
                handles.append(shop.scale(name))
    return handles
