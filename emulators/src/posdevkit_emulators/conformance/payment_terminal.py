"""The suite for drivers of payment terminals: no money moves twice, and the state is never a guess."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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

    async def refund(self, amount: Money, *, intent: str, timeout: float | None = 180.0) -> Payment:
        """Give an amount to a card."""
        ...

    async def reverse(self, payment: Payment, *, intent: str, timeout: float | None = 180.0) -> Payment:
        """Take a charge back."""
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

    def refunded(self) -> int:
        """How often PRICE was given to a card, by the same books."""
        ...

    def reversed(self) -> int:
        """How often a charge of PRICE was taken back, by the same books."""
        ...

    def moved_otherwise(self) -> int:
        """How often another amount was charged, given or taken back."""
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


Make = Callable[[str, float], Awaitable[Payment]]
"""Moves PRICE under an intent, within so many seconds."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A way for money to move: what has to be there before, how it is asked for, and how often the books have it."""

    ready: Callable[[PaymentDriver], Awaitable[Make]]
    count: Callable[[PaymentTerminalRig], int]


def _intent() -> str:
    return f"sale-{next(_intents)}"


async def _to_charge(terminal: PaymentDriver) -> Make:
    return lambda intent, timeout: terminal.pay(PRICE, intent=intent, timeout=timeout)


async def _to_refund(terminal: PaymentDriver) -> Make:
    return lambda intent, timeout: terminal.refund(PRICE, intent=intent, timeout=timeout)


async def _to_reverse(terminal: PaymentDriver) -> Make:
    charge = await terminal.pay(PRICE, intent=_intent(), timeout=_LONG)
    return lambda intent, timeout: terminal.reverse(charge, intent=intent, timeout=timeout)


_CHARGE: Final = _Way(_to_charge, lambda rig: rig.charged())
_REFUND: Final = _Way(_to_refund, lambda rig: rig.refunded())
_REVERSAL: Final = _Way(_to_reverse, lambda rig: rig.reversed())


async def _works(rig: PaymentTerminalRig, terminal: PaymentDriver, way: _Way = _CHARGE) -> None:
    """The next one is made, once."""
    make = await way.ready(terminal)
    intent, made = _intent(), _since(rig, way)
    payment = await make(intent, _LONG)
    expect(payment.approved, f"a good card, and the payment is {payment}")
    again = await make(intent, _LONG)
    expect(again.approved, f"an approved intent, asked for again, is {again}")
    expect(made() == 1, f"approved once, and in the terminal's books {made()} times")


def _since(rig: PaymentTerminalRig, way: _Way) -> Callable[[], int]:
    """How often it has been made from now on, by the terminal's books."""
    before = way.count(rig)
    return lambda: way.count(rig) - before


async def _concluded(
    terminal: PaymentDriver, intent: str, result: Payment | PosError, by_the_books: Callable[[], int]
) -> None:
    """What is said of an intent agrees with the terminal's books; what is unknown bars the way until it is known."""
    made = by_the_books()
    if intent in terminal.unresolved:
        expect(not isinstance(result, Payment) or result.state is PaymentState.UNKNOWN, f"unresolved, and {result!r}")
        barred = await attempt(terminal.pay(PRICE, intent=_intent(), timeout=_LONG))
        expect(isinstance(barred, PaymentUnresolved), f"one payment is unknown, and the next gave {barred!r}")
        result = await attempt(terminal.recover(intent, timeout=_LONG))
        made = by_the_books()
        if not isinstance(result, Payment) or result.state is PaymentState.UNKNOWN:
            result = await terminal.resolve(intent, paid=bool(made))
    if isinstance(result, Payment):
        expect(result.state is not PaymentState.UNKNOWN, f"unknown, and no longer on record as that: {result}")
        expect(result.approved == bool(made), f"{result.state.value} by the till, made {made} times by the books")
    else:
        expect(isinstance(result, DeviceError), f"a disturbed terminal gave {result!r}")
        expect(not made, f"an error that leaves nothing open ({result!r}), and {made} in the books")
    expect(made <= 1, f"one intent, made {made} times")


# Each of these is a check below, for a charge, a refund or a reversal.


async def _pulled(rig: PaymentTerminalRig, way: _Way) -> None:
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal, way)
        for place in _PLACES:
            make = await way.ready(terminal)
            intent, made = _intent(), _since(rig, way)
            rig.disturb(StallAt(place))
            going = asyncio.ensure_future(attempt(make(intent, _LONG)))
            stopped = asyncio.ensure_future(rig.held_up())
            await asyncio.wait({going, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await rig.unplug()
            await rig.plug()
            result = await going
            rig.calm()
            await _concluded(terminal, intent, result, made)
        await _works(rig, terminal, way)


async def _held_up(rig: PaymentTerminalRig, way: _Way) -> None:
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal, way)
        for place in _PLACES[::4]:
            make = await way.ready(terminal)
            intent, made = _intent(), _since(rig, way)
            rig.disturb(StallAt(place))
            result = await attempt(make(intent, _SHORT))
            rig.calm()
            rig.resume()
            await _concluded(terminal, intent, result, made)
        await _works(rig, terminal, way)


async def _garbled(rig: PaymentTerminalRig, way: _Way, faults: list[Garble] | list[GarbleSent]) -> None:
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal, way)
        for fault in faults:
            make = await way.ready(terminal)
            intent, made = _intent(), _since(rig, way)
            rig.disturb(fault)
            result = await attempt(make(intent, _SHORT))
            rig.calm()
            try:
                await _concluded(terminal, intent, result, made)
                await _works(rig, terminal, way)
            except (AssertionError, PosError) as problem:
                expect(False, f"{fault}: {result!r}: {problem}")
        expect(not rig.moved_otherwise(), "another amount moved and stands")


async def _closed(rig: PaymentTerminalRig, way: _Way) -> None:
    for place in _PLACES[::4]:
        async with opened(rig.open()) as terminal:
            make = await way.ready(terminal)
            intent, made = _intent(), _since(rig, way)
            rig.disturb(StallAt(place))
            going = asyncio.ensure_future(attempt(make(intent, _LONG)))
            stopped = asyncio.ensure_future(rig.held_up())
            await asyncio.wait({going, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
        result = await going
        rig.calm()
        rig.resume()
        async with opened(rig.open()) as second:
            await _concluded(second, intent, result, made)
            await _works(rig, second, way)


@PAYMENT_TERMINAL.check(Disruption.NOTHING)
async def charges_once(rig: PaymentTerminalRig) -> None:
    """An approved intent is charged once, however often it is asked for."""
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal)
        await _works(rig, terminal)


@PAYMENT_TERMINAL.check(Disruption.NOTHING)
async def refunds_once(rig: PaymentTerminalRig) -> None:
    """An approved refund is made once, however often it is asked for, and a charge goes on being a charge."""
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal, _REFUND)
        await _works(rig, terminal)
        await _works(rig, terminal, _REFUND)


@PAYMENT_TERMINAL.check(Disruption.NOTHING)
async def reverses_once(rig: PaymentTerminalRig) -> None:
    """A charge is taken back once, however often and under whatever name it is asked for."""
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal, _REVERSAL)
        make = await _REVERSAL.ready(terminal)
        made = _since(rig, _REVERSAL)
        expect((await make(_intent(), _LONG)).approved, "a charge that stands was not reversed")
        second = await attempt(make(_intent(), _LONG))
        expect(not isinstance(second, Payment) or not second.approved, f"reversed before, and again: {second!r}")
        expect(made() == 1, f"one charge, reversed {made()} times")


@PAYMENT_TERMINAL.check(Disruption.SPLIT)
async def charges_in_single_bytes(rig: PaymentTerminalRig) -> None:
    """Messages in single bytes make no difference."""
    rig.disturb(Split(1))
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal)
        await _works(rig, terminal, _REFUND)
        await _works(rig, terminal, _REVERSAL)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_between_charges(rig: PaymentTerminalRig) -> None:
    """Without a cable no money moves and nothing is left open; plugged in again, the same handle works."""
    async with opened(rig.open()) as terminal:
        await _works(rig, terminal)
        for way in (_CHARGE, _REFUND, _REVERSAL):
            make = await way.ready(terminal)
            await rig.unplug()
            failed = await attempt(make(_intent(), _SHORT))
            expect(isinstance(failed, DeviceError), f"no cable, and the payment is {failed!r}")
            expect(not terminal.unresolved, f"nothing was sent, and unresolved is {terminal.unresolved}")
            await rig.plug()
            await _works(rig, terminal, way)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_within_a_charge(rig: PaymentTerminalRig) -> None:
    """Wherever the cable is pulled, till and terminal agree in the end, and the next charge is made."""
    await _pulled(rig, _CHARGE)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_within_a_refund(rig: PaymentTerminalRig) -> None:
    """Wherever the cable is pulled, till and terminal agree in the end, and the next refund is made."""
    await _pulled(rig, _REFUND)


@PAYMENT_TERMINAL.check(Disruption.UNPLUG)
async def unplugged_within_a_reversal(rig: PaymentTerminalRig) -> None:
    """Wherever the cable is pulled, till and terminal agree in the end, and the next reversal is made."""
    await _pulled(rig, _REVERSAL)


@PAYMENT_TERMINAL.check(Disruption.STALL)
async def takes_no_data_for_a_while(rig: PaymentTerminalRig) -> None:
    """The deadline ends the wait, wherever the terminal stops; till and terminal agree in the end."""
    await _held_up(rig, _CHARGE)


@PAYMENT_TERMINAL.check(Disruption.STALL)
async def takes_no_refund_for_a_while(rig: PaymentTerminalRig) -> None:
    """The deadline ends the wait for a refund too, wherever the terminal stops."""
    await _held_up(rig, _REFUND)


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def garbled_on_the_way_in(rig: PaymentTerminalRig) -> None:
    """Wherever a byte of the till is changed, what it says agrees with the books; the next charge is made."""
    await _garbled(rig, _CHARGE, [Garble(place, place) for place in _GARBLED_IN])


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def garbled_on_the_way_out(rig: PaymentTerminalRig) -> None:
    """Wherever a byte of the terminal is changed, what the till says agrees with the books; the next charge is made."""
    await _garbled(rig, _CHARGE, [GarbleSent(place, place) for place in _GARBLED_OUT])


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def refund_garbled_on_the_way_in(rig: PaymentTerminalRig) -> None:
    """The same of a refund, for bytes of the till."""
    await _garbled(rig, _REFUND, [Garble(place, place) for place in _GARBLED_IN])


@PAYMENT_TERMINAL.check(Disruption.GARBLE)
async def refund_garbled_on_the_way_out(rig: PaymentTerminalRig) -> None:
    """The same of a refund, for bytes of the terminal."""
    await _garbled(rig, _REFUND, [GarbleSent(place, place) for place in _GARBLED_OUT])


@PAYMENT_TERMINAL.check(Disruption.CLAIM)
async def claimed_by_another(rig: PaymentTerminalRig) -> None:
    """The second program is told Claimed; the first goes on, and after it the second may."""
    async with opened(rig.open()) as terminal:
        refused = await attempt(rig.open())
        if not isinstance(refused, PosError):
            await refused.close()
        expect(isinstance(refused, Claimed), f"the second program got {refused!r}")
        await _works(rig, terminal)
    async with opened(rig.open()) as second:
        await _works(rig, second)


@PAYMENT_TERMINAL.check(Disruption.CLOSE)
async def closed_within_a_charge(rig: PaymentTerminalRig) -> None:
    """Who waits is told; a new handle knows what is open, and till and terminal agree in the end."""
    await _closed(rig, _CHARGE)


@PAYMENT_TERMINAL.check(Disruption.CLOSE)
async def closed_within_a_refund(rig: PaymentTerminalRig) -> None:
    """The same of a refund."""
    await _closed(rig, _REFUND)
