"""A device on its way to being open: awaited, or entered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Generic, Protocol, TypeVar

__all__ = ["Closable", "Opening"]


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
