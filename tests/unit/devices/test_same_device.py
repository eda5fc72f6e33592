"""A device that reconnects stays the one that was opened: every kind of device, on a cable that can tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest

from posdevkit.aio import CardReader, Scale, Scanner
from posdevkit.errors import DeadlineExceeded, Disconnected
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.links.memory import Listener, MemoryLink, listen
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within

pytestmark = pytest.mark.asyncio

SOON = 10.0
NAME = "memory://node"


class Node(MemoryLink):
    """A cable to a node that one device after the other has."""

    here = "A"

    def __init__(self) -> None:
        super().__init__(parse_url(NAME))
        self.identity: tuple[str, str] | None = None

    def expect(self, identity: tuple[str, str]) -> None:
        self.identity = identity

    async def open(self, deadline: Deadline) -> None:
        theirs = ("serial", Node.here)
        if self.identity not in (None, theirs):
            raise Disconnected(f"{self.url}: another device is at its place just now")
        await super().open(deadline)
        self.identity = theirs


@pytest.fixture(autouse=True)
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Node, "here", "A")
    monkeypatch.setattr("posdevkit.devices.card_reader.open_link", lambda url, **_: Node())


@pytest.fixture
def far() -> Iterator[Listener]:
    listener = listen("node")
    yield listener
    listener.close()


async def weigh(scale: Scale) -> None:
    with pytest.raises(DeadlineExceeded):
        await scale.weigh(0.1)


async def swipe(reader: CardReader) -> None:
    with pytest.raises(DeadlineExceeded):
        await reader.read(timeout=0.1)


@pytest.mark.parametrize(
    ("opened", "use"),
    [
        (lambda: Scale(NAME, make_link=Node), weigh),
        (lambda: CardReader(NAME), swipe),
    ],
    ids=["scale", "card reader"],
)
async def test_who_connects_at_the_next_call_refuses_another_device(
    opened: Callable[[], AbstractAsyncContextManager[Scale | CardReader]],
    use: Callable[[Scale | CardReader], Awaitable[None]],
    far: Listener,
) -> None:
    async with opened() as device:
        await use(device)
        Node.here = "B"
        (await far.accept()).cut()
        told = ""
        while "another device" not in told:  # a reader first tells of the loss
            with pytest.raises(Disconnected) as caught:
                await use(device)
            told = caught.value.detail
        Node.here = "A"
        await use(device)
        (await far.accept()).cut()


async def test_a_scanner_waits_for_its_own(monkeypatch: pytest.MonkeyPatch, far: Listener) -> None:
    tried: list[str] = []
    open_ = Node.open

    async def noted(self: Node, deadline: Deadline) -> None:
        tried.append(Node.here)
        await open_(self, deadline)

    monkeypatch.setattr(Node, "open", noted)
    scanner = Scanner(NAME, make_link=Node)
    await scanner.connect()
    async with scanner:
        events = scanner.events()
        Node.here = "B"
        (await far.accept()).cut()
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkLost)
        while tried.count("B") < 2:
            with pytest.raises(TimeoutError):
                await within(Deadline.after(0.1), anext(events))
        Node.here = "A"
        assert isinstance(await within(Deadline.after(SOON), anext(events)), LinkRestored)
        assert tried[0] == tried[-1] == "A"
