"""The suite for drivers of stripe readers: a card is never another card, and what could not be read is told."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from posdevkit.devices.card import Card, GarbledSwipe
from posdevkit.errors import Claimed, Closed, DeadlineExceeded, Disconnected, PosError
from posdevkit_emulators.faults import CableFault, GarbleSent, Split

from .suite import Disruption, Suite, attempt, expect, opened

__all__ = ["CARD_READER", "CardDriver", "CardReaderRig"]

_LONG: Final = 10.0
_GARBLED_PLACES: Final = 120
_STEP: Final = 5


class CardDriver(Protocol):
    """A driver, opened."""

    async def read(self, *, timeout: float | None = None) -> Card | GarbledSwipe:
        """The next swipe."""
        ...

    async def close(self) -> None:
        """Let go of the reader."""
        ...


class CardReaderRig(Protocol):
    """A reader on its cable, and two cards. Faults are counted in bytes that it sends, from the moment of asking."""

    @property
    def numbers(self) -> tuple[str, str]:
        """The numbers of both cards."""
        ...

    async def open(self) -> CardDriver:
        """A driver on this reader, connected and heard."""
        ...

    async def swipe(self, card: int) -> None:
        """Draw card 0 or 1 through, as soon as a driver is connected."""
        ...

    async def half(self, card: int) -> None:
        """Send the first half of what a swipe sends, and then nothing."""
        ...

    async def unplug(self) -> None:
        """Pull the cable."""
        ...

    async def plug(self) -> None:
        """Plug it in again."""
        ...

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


CARD_READER: Suite[CardReaderRig] = Suite("card reader")


async def _read(rig: CardReaderRig, reader: CardDriver, card: int) -> None:
    """The next swipe is this card, and shows nothing of its number."""
    swiping = asyncio.ensure_future(rig.swipe(card))
    found = await reader.read(timeout=_LONG)
    await swiping
    expect(isinstance(found, Card), f"a card was drawn through, and there came {found!r}")
    assert isinstance(found, Card)
    number = rig.numbers[card]
    expect(found.number.reveal() == number, f"there came another card: {found!r}")
    expect(number not in f"{found!r} {found.number}", "a card's number is shown in clear")


@CARD_READER.check(Disruption.NOTHING)
async def reads_each_card_once(rig: CardReaderRig) -> None:
    """Each swipe is one card, masked wherever it is shown; without one there is a DeadlineExceeded."""
    async with opened(rig.open()) as reader:
        for card in (0, 0, 1):
            await _read(rig, reader, card)
        nothing = await attempt(reader.read(timeout=0.1))
        expect(isinstance(nothing, DeadlineExceeded), f"no card was drawn through, and there came {nothing!r}")


@CARD_READER.check(Disruption.SPLIT)
async def reads_single_bytes(rig: CardReaderRig) -> None:
    """A swipe in single bytes is one card."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as reader:
        await _read(rig, reader, 0)


@CARD_READER.check(Disruption.UNPLUG)
async def unplugged_while_waiting(rig: CardReaderRig) -> None:
    """Who waits for a card is told Disconnected; plugged in again, the same handle reads the next one."""
    async with opened(rig.open()) as reader:
        await _read(rig, reader, 0)
        waiting = asyncio.ensure_future(attempt(reader.read(timeout=_LONG)))
        await asyncio.sleep(0.02)
        await rig.unplug()
        gone = await waiting
        expect(isinstance(gone, Disconnected), f"the cable was out, and there came {gone!r}")
        await rig.plug()
        await _read(rig, reader, 1)


@CARD_READER.check(Disruption.UNPLUG)
async def unplugged_within_a_swipe(rig: CardReaderRig) -> None:
    """Half a swipe is garbled and never a card, and then the loss is told; plugged in again, the same handle reads the
    next one."""
    async with opened(rig.open()) as reader:
        await rig.half(0)
        waiting = asyncio.ensure_future(attempt(reader.read(timeout=_LONG)))
        await asyncio.sleep(0.02)
        await rig.unplug()
        found = await waiting
        expect(isinstance(found, GarbledSwipe), f"half a swipe came, and is told as {found!r}")
        gone = await attempt(reader.read(timeout=_LONG))
        expect(isinstance(gone, Disconnected), f"the cable was out, and there came {gone!r}")
        await rig.plug()
        await _read(rig, reader, 1)


@CARD_READER.check(Disruption.STALL)
async def falls_silent_within_a_swipe(rig: CardReaderRig) -> None:
    """Half a swipe with nothing behind it is garbled in time, and no part of the next one."""
    async with opened(rig.open()) as reader:
        await rig.half(0)
        found = await attempt(reader.read(timeout=_LONG))
        expect(isinstance(found, GarbledSwipe), f"half a swipe came, and is told as {found!r}")
        await _read(rig, reader, 1)


@CARD_READER.check(Disruption.GARBLE)
async def garbled_swipe(rig: CardReaderRig) -> None:
    """Wherever a byte is changed, the swipe is garbled or still the same card; the next one is read."""
    async with opened(rig.open()) as reader:
        for place in range(0, _GARBLED_PLACES, _STEP):
            rig.disturb(GarbleSent(place, place))
            await rig.swipe(0)
            rig.calm()
            found = await attempt(reader.read(timeout=_LONG))
            expect(isinstance(found, Card | GarbledSwipe), f"a garbled swipe, and there came {found!r}")
            if isinstance(found, Card):
                same = found.number.reveal() == rig.numbers[0]
                expect(same, f"a garbled swipe became another card: {found!r}")
            await _read(rig, reader, 1)


@CARD_READER.check(Disruption.CLAIM)
async def claimed_by_another(rig: CardReaderRig) -> None:
    """The second program is told Claimed; the first goes on."""
    async with opened(rig.open()) as reader:
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await _read(rig, reader, 0)
    async with opened(rig.open()) as second:
        await _read(rig, second, 1)


@CARD_READER.check(Disruption.CLOSE)
async def closed_while_waiting(rig: CardReaderRig) -> None:
    """Who waits for a card is told Closed; a new handle reads the next one."""
    async with opened(rig.open()) as reader:
        waiting = asyncio.ensure_future(attempt(reader.read(timeout=_LONG)))
        await asyncio.sleep(0.02)
    ended = await waiting
    expect(isinstance(ended, Closed), f"the handle is closed, and there came {ended!r}")
    async with opened(rig.open()) as second:
        await _read(rig, second, 1)
