"""A device on its way to being open, awaited or entered, and its closing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

__all__ = ["Closable", "Closing", "Opening", "opening"]


class Closable(Protocol):
    """What can be closed."""

    async def close(self) -> object:
        """End it."""
        ...


D = TypeVar("D", bound=Closable)


class Opening(Generic[D]):
    """Nothing happens until it is awaited (`device = await X.open(url)`) or entered (`async with X.open(url)`)."""

    def __init__(self, connect: Callable[[], Coroutine[object, object, D]]) -> None:
        self._connect = connect
        self._device: D | None = None

    def __await__(self) -> Generator[object, object, D]:
        return self._connect().__await__()

    async def __aenter__(self) -> D:
        self._device = await self._connect()
        return self._device

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._device is not None:
            await self._device.close()


def opening(device: D, connect: Callable[[], Awaitable[object]]) -> Opening[D]:
    """A handle that is connected once somebody waits for that; closed again if it cannot be."""

    async def opened() -> D:
        try:
            await connect()
        except BaseException:
            await device.close()
            raise
        return device

    return Opening(opened)


class Closing:
    """Leaving the `async with` block closes."""

    async def close(self) -> object:
        """Overridden by every class that has this."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
