"""Hold a display driver of one's own to the suite: pytest examples/conforming_driver.py"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from posdevkit.errors import Closed, DeadlineExceeded, Disconnected
from posdevkit_emulators.conformance import DISPLAY, DisplayRig, Disruption, Wire
from posdevkit_emulators.conformance.emulated.gadgets import DisplayAtHand
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench


class MyDisplay:
    """Somebody's own driver. Of posdevkit it has the errors alone."""

    def __init__(self, host: str, port: str) -> None:
        self._place = host, port
        self._writer: asyncio.StreamWriter | None = None
        self._closed = False

    async def show(self, line1: str, line2: str = "", *, timeout: float | None = 3.0) -> None:
        if self._closed:
            raise Closed("my display")
        data = b"\x1bQA" + line1.encode().ljust(20) + b"\r\x1bQB" + line2.encode().ljust(20) + b"\r"
        try:
            async with asyncio.timeout(timeout):
                if self._writer is None:
                    _, self._writer = await asyncio.open_connection(*self._place)
                self._writer.write(data)
                await self._writer.drain()
        except TimeoutError:
            raise DeadlineExceeded("my display takes no data") from None
        except OSError as problem:
            self._drop()
            raise Disconnected(f"my display: {problem}") from problem

    async def close(self) -> None:
        self._closed = True
        self._drop()

    def _drop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.transport.abort()


class MyRig(DisplayAtHand):
    async def open(self) -> MyDisplay:
        return MyDisplay(*self.bench.url.removeprefix("tcp://").split(":"))


@asynccontextmanager
async def my_rig() -> AsyncIterator[DisplayRig]:
    async with GadgetBench.tcp(DisplayModel()) as bench:
        yield MyRig(bench)


test_my_display = DISPLAY.tests(Wire("my cable", my_rig, {Disruption.CLAIM: "a device server takes every program"}))
