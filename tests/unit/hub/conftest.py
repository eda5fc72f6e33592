"""A hub on the loopback with emulated devices behind it, and tablets that talk to it over sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import httpx2
import pytest

from posdevkit.hub import Hub, lend
from posdevkit.hub.lending import Handle

RECEIPT = {
    "kind": "receipt",
    "elements": [
        {"type": "title", "text": "Café Nord"},
        {"type": "row", "label": "<order>", "amount": "38,00"},
        {"type": "cut"},
    ],
}


def receipt(text: str) -> dict[str, object]:
    return {"kind": "receipt", "elements": [{"type": "text", "text": text}, {"type": "cut"}]}


@dataclass
class Tablet:
    """A paired tablet."""

    http: httpx2.AsyncClient
    id: str

    async def ask(self, method: str, path: str, body: object = None, **options: Any) -> httpx2.Response:
        return await self.http.request(method, path, json=body, **options)

    @asynccontextmanager
    async def listening(self, path: str) -> AsyncIterator[Events]:
        async with self.http.stream("GET", path) as response:
            assert response.status_code == 200, (await response.aread(), response.status_code)
            lines = cast(AsyncGenerator[str, None], response.aiter_lines())
            try:
                yield Events(lines)
            finally:
                await lines.aclose()
                del lines
        for _ in range(10):  # generators inside the client's end one behind the other
            await asyncio.sleep(0)


@dataclass
class Events:
    """Events of a stream, one by one."""

    lines: AsyncGenerator[str, None]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[str, dict[str, Any]]:
        name = ""
        async for line in self.lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
        raise StopAsyncIteration

    async def next(self, *names: str) -> dict[str, Any]:
        """The data of the next event of those names."""
        async for name, data in self:
            if name in names:
                return data
        raise AssertionError("the stream has ended")


@dataclass
class Counter:
    """Makes hubs and tablets for one test."""

    folder: Path
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def hub(self, *handles: Handle, **options: Any) -> Hub:
        return await self.stack.enter_async_context(lend(handles, self.folder / "shop.hub.db", port=0, **options))

    async def http(self, hub: Hub, **headers: str) -> httpx2.AsyncClient:
        return await self.stack.enter_async_context(httpx2.AsyncClient(base_url=hub.url, headers=headers, timeout=20))

    async def tablet(self, hub: Hub, name: str = "Tablet", **headers: str) -> Tablet:
        http = await self.http(hub, **headers)
        paired = await http.post("/v1/pair", json={"code": await hub.pairing_code(), "name": name})
        assert paired.status_code == 201, paired.text
        http.headers["authorization"] = f"Bearer {paired.json()['token']}"
        return Tablet(http, paired.json()["id"])


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Use as `async with counter.stack:`."""
    return Counter(tmp_path)
