"""The suite for drivers of payment terminals: nothing charged twice, and the state is never a guess."""

from __future__ import annotations

import asyncio
import itertools
from typing import Final, Protocol

from posdevkit.devices import Payment, PaymentState
from posdevkit.errors import Claimed, DeviceError, PaymentUnresolved, PosError
from posdevkit.money import Money
from posdevkit_emulators.faults import CableFault, Garble, GarbleSent, Split, StallAt

from .suite import Disruption, Suite, attempt, expect, opened

__all__ = ["PAYMENT_TERMINAL", "PaymentDriver", "PaymentTerminalRig"]

PRICE: Final = Money(7000, "EUR")
_LONG: Final = 30.0
_SHORT: Final = 3.0
_PLACES: Final = range(0, 60, 4)
"""Bytes of the till after which a cable is pulled: over all messages of a charge."""
_GARBLED_IN: Final = range(0, 60, 4)
_GARBLED_OUT: Final = range(0, 330, 11)


class PaymentDriver(Protocol):
    """A driver, opened."""

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The intents of unknown fate."""
        ...

    async def pay(self, amount: Money, *, intent: str, timeout: float | None = 180.0) -> Payment:
        """Charge."""
        ...

    async def recover(self, intent: str, *, timeout: float | None = 30.0) -> Payment:
        """Find out what became of an intent."""
        ...

    async def resolve(self, intent: str, *, paid: bool) -> Payment:
        """Put on record what a person found out."""
        ...

    async def close(self) -> None:
        """Let go of the terminal."""
        ...


class PaymentTerminalRig(Protocol):
    """A terminal on its cable whose customer pays at once. Faults are counted in bytes from the moment of asking."""

    async def open(self) -> PaymentDriver:
        """A driver on this terminal, connected; all of one rig share one journal."""
        ...

    def charged(self) -> int:
        """How often PRICE was charged, by the terminal's own books, and by them alone."""
        ...

    def charged_otherwise(self) -> int:
        """How often another amount was charged."""
        ...

    async def unplug(self) -> None:
        """Pull the cable; what the customer is in the middle of ends."""
        ...

    async def plug(self) -> None:
        """Plug it in again."""
        ...

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable."""
        ...

    async def held_up(self) -> None:
        """Return when the terminal has stopped taking data."""
        ...

    def resume(self) -> None:
        """Let it take data again."""
        ...

    def calm(self) -> None:
        """Nothing more goes wrong."""
        ...


PAYMENT_TERMINAL: Suite[PaymentTerminalRig] = Suite("payment terminal")
_intents = itertools.count(1)


def _intent() -> str:
    return f"sale-{next(_intents)}"


async def _pays(rig: PaymentTerminalRig, terminal: PaymentDriver) -> None:
    """The next charge is made, once."""
    before = rig.charged()
    intent = _intent()
    payment = await terminal.pay(PRICE, intent=intent, timeout=_LONG)
    expect(payment.approved, f"a good card, and the payment is {payment}")
    again = await terminal.pay(PRICE, intent=intent, timeout=_LONG)
    expect(again.approved, f"an approved intent, asked for again, is {again}")
    expect(rig.charged() == before + 1, f"approved once, charged {rig.charged() - before} times")


async def _concluded(
    rig: PaymentTerminalRig, terminal: PaymentDriver, intent: str, result: Payment | PosError, before: int
) -> None:
    """What is said of an intent agrees with the terminal's books; what is unknown bars the way until it is known."""
    charged = rig.charged() - before
    if intent in terminal.unresolved:
        expect(not isinstance(result, Payment) or result.state is PaymentState.UNKNOWN, f"unresolved, and {result!r}")
        barred = await attempt(terminal.pay(PRICE, intent=_intent(), timeout=_LONG))
        expect(isinstance(barred, PaymentUnresolved), f"one payment is unknown, and the next gave {barred!r}")
        result = await attempt(terminal.recover(intent, timeout=_LONG))
        charged = rig.charged() - before
        if not isinstance(result, Payment) or result.state is PaymentState.UNKNOWN:
            result = await terminal.resolve(intent, paid=bool(charged))
    if isinstance(result, Payment):
        expect(result.state is not PaymentState.UNKNOWN, f"unknown, and no longer on record as that: {result}")
        expect(result.approved == bool(charged), f"{result.state.value} by the till, charged {charged} times")
    else:
        expect(isinstance(result, DeviceError), f"a disturbed terminal gave {result!r}")
        expect(not charged, f"an error that leaves nothing open ({result!r}), and {charged} charges")
    expect(charged <= 1, f"one intent, charged {charged} times")


@PAYMENT_TERMINAL.check(Disruption.NOTHING)
async def charges_once(rig: PaymentTerminalRig) -> None:
    """An approved intent is charged once, however often it is asked for."""
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)
        await _pays(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.SPLIT)
async def charges_in_single_bytes(rig: PaymentTerminalRig) -> None:
    """Messages in single bytes make no difference."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_between_charges(rig: PaymentTerminalRig) -> None:
    """Without a cable nothing is charged and nothing left open; plugged in again, the same handle charges."""
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)
        await rig.unplug()
        failed = await attempt(terminal.pay(PRICE, intent="nowhere", timeout=_SHORT))
        expect(isinstance(failed, DeviceError), f"no cable, and the payment is {failed!r}")
        expect(not terminal.unresolved, f"nothing was sent, and unresolved is {terminal.unresolved}")
        await rig.plug()
        await _pays(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_within_a_charge(rig: PaymentTerminalRig) -> None:
    """Wherever the cable is pulled, till and terminal agree in the end, and the next charge is made."""
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)
        for place in _PLACES:
            intent, before = _intent(), rig.charged()
            rig.disturb(StallAt(place))
            paying = asyncio.ensure_future(attempt(terminal.pay(PRICE, intent=intent, timeout=_LONG)))
            stopped = asyncio.ensure_future(rig.held_up())
            await asyncio.wait({paying, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await rig.unplug()
            await rig.plug()
            result = await paying
            rig.calm()
            await _concluded(rig, terminal, intent, result, before)
        await _pays(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.STALL)
async def takes_no_data_for_a_while(rig: PaymentTerminalRig) -> None:
    """The deadline ends the wait, wherever the terminal stops; till and terminal agree in the end."""
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)
        for place in _PLACES[::4]:
            intent, before = _intent(), rig.charged()
            rig.disturb(StallAt(place))
            result = await attempt(terminal.pay(PRICE, intent=intent, timeout=_SHORT))
            rig.calm()
            rig.resume()
            await _concluded(rig, terminal, intent, result, before)
        await _pays(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def garbled_on_the_way_in(rig: PaymentTerminalRig) -> None:
    """Wherever a byte of the till is changed, what it says agrees with the books; the next charge is made."""
    await _garbled(rig, [Garble(place, place) for place in _GARBLED_IN])


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def garbled_on_the_way_out(rig: PaymentTerminalRig) -> None:
    """Wherever a byte of the terminal is changed, what the till says agrees with the books; the next charge is made."""
    await _garbled(rig, [GarbleSent(place, place) for place in _GARBLED_OUT])


async def _garbled(rig: PaymentTerminalRig, faults: list[Garble] | list[GarbleSent]) -> None:
    async with opened(rig.open()) as terminal:
        await _pays(rig, terminal)
        for fault in faults:
            intent, before = _intent(), rig.charged()
            rig.disturb(fault)
            result = await attempt(terminal.pay(PRICE, intent=intent, timeout=_SHORT))
            rig.calm()
            try:
                await _concluded(rig, terminal, intent, result, before)
                await _pays(rig, terminal)
            except (AssertionError, PosError) as problem:
                expect(False, f"{fault}: {result!r}: {problem}")
        expect(not rig.charged_otherwise(), "another amount was charged and stands")


@PAYMENT_TERMINAL.check(Disruption.CLAIM)
async def claimed_by_another(rig: PaymentTerminalRig) -> None:
    """The second program is told Claimed; the first goes on, and after it the second may."""
    async with opened(rig.open()) as terminal:
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await _pays(rig, terminal)
    async with opened(rig.open()) as second:
        await _pays(rig, second)


@PAYMENT_TERMINAL.check(Disruption.CLOSE)
async def closed_within_a_charge(rig: PaymentTerminalRig) -> None:
    """Who waits is told; a new handle knows what is open, and till and terminal agree in the end."""
    for place in _PLACES[::4]:
        intent, before = _intent(), rig.charged()
        async with opened(rig.open()) as terminal:
            rig.disturb(StallAt(place))
            paying = asyncio.ensure_future(attempt(terminal.pay(PRICE, intent=intent, timeout=_LONG)))
            stopped = asyncio.ensure_future(rig.held_up())
            await asyncio.wait({paying, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
        result = await paying
        rig.calm()
        rig.resume()
        async with opened(rig.open()) as second:
            await _concluded(rig, second, intent, result, before)
            await _pays(rig, second)
