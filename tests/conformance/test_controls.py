"""Drivers with one fault each: every check of every suite has to fail at least one of them, or it could not fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from posdevkit.codes import Misread, Scan
from posdevkit.devices import Card, Payment, PaymentState
from posdevkit.errors import Closed, DeadlineExceeded, DeviceError, PosError, Unconfirmed
from posdevkit.events import Delivery, DeviceEvent, LinkLost, LinkRestored, Outcome
from posdevkit.money import Money
from posdevkit.protocols.scales.mt8217 import Weight
from posdevkit.secret import Secret
from posdevkit_emulators import conformance
from posdevkit_emulators.conformance import NotConforming, Suite, Wire
from posdevkit_emulators.conformance.emulated.card_readers import CARD_READER_WIRES
from posdevkit_emulators.conformance.emulated.gadgets import DISPLAY_WIRES, SCALE_WIRES
from posdevkit_emulators.conformance.emulated.payment_terminals import PAYMENT_TERMINAL_WIRES
from posdevkit_emulators.conformance.emulated.printers import LABEL_PRINTER_WIRES, RECEIPT_PRINTER_WIRES
from posdevkit_emulators.conformance.emulated.scanners import SCANNER_WIRES

ROOM = "posdevkit_emulators.conformance"


class Wrapped:
    """Something good, with a fault in what a subclass overrides."""

    def __init__(self, good: Any) -> None:
        self.good = good

    def __getattr__(self, name: str) -> Any:
        return getattr(self.good, name)


OTHER_CARD = Card(Secret("4000000000000002", hint="0002"), None, None, None)


class Rash(Exception):
    """Nothing that a driver may raise."""


# Printers


class Doubler(Wrapped):
    """Prints everything twice."""

    async def submit(self, document: Any) -> Any:
        await self.good.submit(document)
        return await self.good.submit(document)


class Replayer(Wrapped):
    """Sends a job again when it does not know what became of it."""

    async def submit(self, document: Any) -> Any:
        printer = self.good

        class Job(Wrapped):
            async def wait(self, timeout: float | None = None) -> Outcome:
                try:
                    return await self.good.wait(timeout)  # type: ignore[no-any-return]
                except Unconfirmed:
                    self.good = await printer.submit(document)
                    return await self.good.wait(timeout)  # type: ignore[no-any-return]

        return Job(await printer.submit(document))


class Optimist(Wrapped):
    """Every job went well."""

    async def submit(self, document: Any) -> Any:
        class Job(Wrapped):
            done = True

            @property
            def outcome(self) -> Outcome:
                known: Outcome = self.good.outcome
                return replace(known, delivery=Delivery.CONFIRMED, bytes_taken=1)

            async def wait(self, timeout: float | None = None) -> Outcome:
                try:
                    await self.good.wait(timeout)
                except DeviceError:
                    pass
                return self.outcome

            async def abandon(self, timeout: float | None = None) -> Outcome:
                await self.good.abandon(timeout)
                return self.outcome

        return Job(await self.good.submit(document))


class Leaky(Wrapped):
    """Lets its own exceptions out."""

    async def submit(self, document: Any) -> Any:
        class Job(Wrapped):
            async def wait(self, timeout: float | None = None) -> Outcome:
                try:
                    return await self.good.wait(timeout)  # type: ignore[no-any-return]
                except DeviceError as problem:
                    raise Rash from problem

        return Job(await self.good.submit(document))


class Careless(Wrapped):
    """Takes a label that does not fit."""

    async def submit(self, document: Any) -> Any:
        try:
            return await self.good.submit(document)
        except PosError:
            return None


# The others


class Stammerer(Wrapped):
    """Tells every code twice."""

    def events(self) -> Any:
        class Events(Wrapped):
            again: DeviceEvent | None = None

            async def get(self, timeout: float | None = None) -> DeviceEvent:
                event, self.again = self.again, None
                if event is None:
                    event = await self.good.get(timeout)
                    self.again = event if isinstance(event, Scan) else None
                return event

        return Events(self.good.events())


class Guesser(Wrapped):
    """Makes a product of whatever came."""

    def events(self) -> Any:
        class Events(Wrapped):
            async def get(self, timeout: float | None = None) -> DeviceEvent:
                try:
                    event: DeviceEvent = await self.good.get(timeout)
                except Closed:
                    event = Misread("", 0.0, "", 0)
                if isinstance(event, Misread | Scan) and not (isinstance(event, Scan) and event.text.isdigit()):
                    return Scan("", 0.0, Secret("96385074"), "E4")
                return event

        return Events(self.good.events())


class WrongCode(Wrapped):
    """Every code is another product."""

    def events(self) -> Any:
        class Events(Wrapped):
            async def get(self, timeout: float | None = None) -> DeviceEvent:
                event = await self.good.get(timeout)
                return Scan("", 0.0, Secret("96385074"), "E4") if isinstance(event, Scan) else event

        return Events(self.good.events())


class Unmoved(Wrapped):
    """Tells of no lost and no restored connection."""

    def events(self) -> Any:
        class Events(Wrapped):
            async def get(self, timeout: float | None = None) -> DeviceEvent:
                while isinstance(event := await self.good.get(timeout), LinkLost | LinkRestored):
                    pass
                return event  # type: ignore[no-any-return]

        return Events(self.good.events())


class OneCard(Wrapped):
    """Every swipe, and every lack of one, is the first card."""

    first: Any = None

    async def read(self, *, timeout: float | None = None) -> Any:
        try:
            found = await self.good.read(timeout=timeout)
        except PosError:
            found = None
        if self.first is None:
            self.first = found if isinstance(found, Card) else OTHER_CARD
        return self.first


class WrongCard(Wrapped):
    """Every swipe is of another card."""

    async def read(self, *, timeout: float | None = None) -> Any:
        await self.good.read(timeout=timeout)
        return OTHER_CARD


class Hasty(Wrapped):
    """Does everything under an intent of its own each time."""

    async def pay(self, amount: Money, *, intent: str, timeout: float | None = None) -> Any:
        await self.good.pay(amount, intent=f"{intent}, before", timeout=timeout)
        return await self.good.pay(amount, intent=intent, timeout=timeout)

    async def refund(self, amount: Money, *, intent: str, timeout: float | None = None) -> Any:
        await self.good.refund(amount, intent=f"{intent}, before", timeout=timeout)
        return await self.good.refund(amount, intent=intent, timeout=timeout)


class Merchant(Wrapped):
    """Whatever became of it, it was approved."""

    unresolved = ()

    async def pay(self, amount: Money, *, intent: str, timeout: float | None = None) -> Any:
        return await self._approved(self.good.pay(amount, intent=intent, timeout=timeout), intent, amount)

    async def refund(self, amount: Money, *, intent: str, timeout: float | None = None) -> Any:
        return await self._approved(self.good.refund(amount, intent=intent, timeout=timeout), intent, amount)

    async def reverse(self, payment: Payment, *, intent: str, timeout: float | None = None) -> Any:
        going = self.good.reverse(payment, intent=intent, timeout=timeout)
        return await self._approved(going, intent, payment.amount)

    async def _approved(self, going: Awaitable[Payment], intent: str, amount: Money) -> Payment:
        try:
            return replace(await going, state=PaymentState.APPROVED)
        except PosError:
            return Payment(intent, amount, PaymentState.APPROVED)


class Blank(Wrapped):
    """Shows nothing."""

    async def show(self, line1: str, line2: str = "", *, timeout: float | None = None) -> None:
        pass


class Deaf(Wrapped):
    """Never tells of noise."""

    noise = ""


class Vague(Wrapped):
    """Whatever is wrong with a scale, it says that there was no answer in time."""

    async def weigh(self, timeout: float | None = None) -> Any:
        try:
            return await self.good.weigh(timeout)
        except DeviceError:
            raise DeadlineExceeded from None


class Rememberer(Wrapped):
    """Gives the weight of before where there is none, and where there is one."""

    last: Any = None

    async def weigh(self, timeout: float | None = None) -> Any:
        try:
            found = await self.good.weigh(timeout)
        except PosError:
            found = Weight(Decimal(0))
        self.last = self.last or found
        return self.last


class Adder(Wrapped):
    """Its thumb is on the plate."""

    async def weigh(self, timeout: float | None = None) -> Any:
        found = await self.good.weigh(timeout)
        return Weight(found.grams + Decimal(1)) if isinstance(found, Weight) else found


def lenient(open_: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """A second program is let in."""
    found: list[Any] = []

    class Same(Wrapped):
        async def close(self) -> None:
            pass

    async def opened() -> Any:
        if found:
            return Same(found[0])
        found.append(await open_())
        return found[0]

    return opened


def rash(open_: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """What is not understood while connecting is an exception of the driver's own."""

    async def opened() -> Any:
        driver = await open_()
        if not driver.identity.model:
            await driver.close()
            raise Rash
        return driver

    return opened


def made(wrapper: type[Wrapped]) -> Callable[[Callable[[], Awaitable[Any]]], Callable[[], Awaitable[Any]]]:
    def wrap(open_: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
        async def opened() -> Any:
            return wrapper(await open_())

        return opened

    return wrap


@dataclass(frozen=True)
class Control:
    """A fault, and the checks that have to notice it."""

    suite: Suite[Any]
    wires: tuple[Wire[Any], ...]
    wire: str
    fault: Any
    checks: str

    def __str__(self) -> str:
        return f"{self.suite.device}-{self.fault.__name__}"


PRINTING = (
    (Doubler, "prints_once prints_in_single_bytes unplugged_between_jobs"),
    (Replayer, "unplugged_within_a_job"),
    (
        Optimist,
        """unplugged_between_jobs takes_no_data_for_a_while abandoned_while_it_takes_no_data garbled_answers
        closed_within_a_job""",
    ),
    (Leaky, "unplugged_within_a_job takes_no_data_for_a_while garbled_on_the_way_in"),
)
RECEIPTS, LABELS = conformance.RECEIPT_PRINTER, conformance.LABEL_PRINTER
CONTROLS = [
    *(Control(RECEIPTS, RECEIPT_PRINTER_WIRES, "memory", fault, checks) for fault, checks in PRINTING),
    Control(RECEIPTS, RECEIPT_PRINTER_WIRES, "usb", lenient, "claimed_by_another"),
    Control(RECEIPTS, RECEIPT_PRINTER_WIRES, "memory", rash, "garbled_greeting"),
    *(Control(LABELS, LABEL_PRINTER_WIRES, "memory", fault, checks) for fault, checks in PRINTING),
    Control(LABELS, LABEL_PRINTER_WIRES, "memory", rash, "garbled_greeting"),
    Control(LABELS, LABEL_PRINTER_WIRES, "memory", Careless, "off_the_label"),
    Control(
        conformance.SCANNER,
        SCANNER_WIRES,
        "pty",
        Stammerer,
        "reads_each_code_once unplugged_between_codes noise_on_the_line",
    ),
    Control(
        conformance.SCANNER,
        SCANNER_WIRES,
        "pty",
        Guesser,
        "unplugged_within_a_code falls_silent_within_a_code noise_on_the_line garbled_code closed_within_a_code",
    ),
    Control(conformance.SCANNER, SCANNER_WIRES, "pty", Unmoved, "unplugged_between_codes unplugged_within_a_code"),
    Control(conformance.SCANNER, SCANNER_WIRES, "pty", lenient, "claimed_by_another"),
    Control(conformance.SCANNER, SCANNER_WIRES, "pty", WrongCode, "reads_each_code_once reads_single_bytes"),
    Control(
        conformance.CARD_READER,
        CARD_READER_WIRES,
        "pty",
        OneCard,
        "reads_each_card_once unplugged_while_waiting unplugged_within_a_swipe falls_silent_within_a_swipe "
        "garbled_swipe closed_while_waiting",
    ),
    Control(conformance.CARD_READER, CARD_READER_WIRES, "pty", lenient, "claimed_by_another"),
    Control(conformance.CARD_READER, CARD_READER_WIRES, "pty", WrongCard, "reads_each_card_once reads_single_bytes"),
    Control(
        conformance.PAYMENT_TERMINAL,
        PAYMENT_TERMINAL_WIRES,
        "tcp",
        Hasty,
        "charges_once refunds_once charges_in_single_bytes",
    ),
    Control(
        conformance.PAYMENT_TERMINAL,
        PAYMENT_TERMINAL_WIRES,
        "tcp",
        Merchant,
        "unplugged_between_charges unplugged_within_a_charge takes_no_data_for_a_while garbled_on_the_way_in "
        "garbled_on_the_way_out closed_within_a_charge reverses_once unplugged_within_a_refund "
        "unplugged_within_a_reversal takes_no_refund_for_a_while refund_garbled_on_the_way_in "
        "refund_garbled_on_the_way_out closed_within_a_refund",
    ),
    Control(conformance.PAYMENT_TERMINAL, PAYMENT_TERMINAL_WIRES, "tcp", lenient, "claimed_by_another"),
    Control(
        conformance.DISPLAY,
        DISPLAY_WIRES,
        "pty (cd5220)",
        Blank,
        "shows_what_was_asked_last shows_single_bytes unplugged takes_no_data_for_a_while garbled "
        "closed_while_it_takes_no_data",
    ),
    Control(conformance.DISPLAY, DISPLAY_WIRES, "pty (cd5220)", Deaf, "noise_on_the_line"),
    Control(conformance.DISPLAY, DISPLAY_WIRES, "pty (cd5220)", lenient, "claimed_by_another"),
    Control(
        conformance.SCALE,
        SCALE_WIRES,
        "pty",
        Rememberer,
        "weighs_what_lies_there unplugged unplugged_while_weighing takes_no_question_for_a_while garbled "
        "closed_while_weighing",
    ),
    Control(conformance.SCALE, SCALE_WIRES, "pty", Adder, "weighs_what_lies_there weighs_in_single_bytes"),
    Control(conformance.SCALE, SCALE_WIRES, "pty", Vague, "noise_on_the_line"),
    Control(conformance.SCALE, SCALE_WIRES, "pty", lenient, "claimed_by_another"),
]
SUITES = (
    conformance.CARD_READER,
    conformance.DISPLAY,
    conformance.LABEL_PRINTER,
    conformance.PAYMENT_TERMINAL,
    conformance.RECEIPT_PRINTER,
    conformance.SCALE,
    conformance.SCANNER,
)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes need not be waited for long."""
    for module in ("scanner", "card_reader", "display", "scale"):
        monkeypatch.setattr(f"{ROOM}.{module}._LONG", 0.5)
    monkeypatch.setattr(f"{ROOM}.printing._PATIENT", 0.5)
    until = conformance.suite.until
    for module in ("printing", "display"):
        monkeypatch.setattr(f"{ROOM}.{module}.until", lambda ready, what: until(ready, what, 0.5))


async def failure(control: Control, name: str) -> BaseException | None:
    """What a check says of the faulty driver."""
    (wire,) = [wire for wire in control.wires if wire.name == control.wire]
    (check,) = [check for check in control.suite.checks if check.name == name]
    wrap = made(control.fault) if isinstance(control.fault, type) else control.fault

    @asynccontextmanager
    async def rig() -> AsyncIterator[Any]:
        async with wire.rig() as good:
            spoiled = Wrapped(good)
            vars(spoiled)["open"] = wrap(good.open)
            before = asyncio.all_tasks()
            try:
                yield spoiled
            finally:
                # What a failing check left under way is ended as a test runner would.
                left = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("Task-")}
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    try:
        await control.suite.carry_out(check, replace(wire, rig=rig))
    except (NotConforming, Rash, PosError) as problem:
        return problem
    return None


@pytest.mark.parametrize("control", CONTROLS, ids=str)
@pytest.mark.asyncio
async def test_a_faulty_driver_fails(control: Control) -> None:
    passed = [name for name in control.checks.split() if await failure(control, name) is None]
    assert not passed, f"not noticed by {passed}"


def test_every_check_has_a_control() -> None:
    controlled = {(control.suite.device, name) for control in CONTROLS for name in control.checks.split()}
    unique = {(suite.device, check.name) for suite in SUITES for check in suite.checks if _run_somewhere(suite, check)}
    assert controlled == unique


def _run_somewhere(suite: Suite[Any], check: conformance.Check[Any]) -> bool:
    wires = next(control.wires for control in CONTROLS if control.suite is suite)
    return any(one is check and not excuse for _, one, excuse in suite.cells(*wires))
