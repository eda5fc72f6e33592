"""What a terminal's words prove of a payment. Nothing here talks to it, so every case can be looked at by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from posdevkit.protocols.zvt import Answered, Ended, Nonsense, Printed, Shown, Told, ZvtEvent
from posdevkit.protocols.zvt.tables import OK, WITHDRAWN, result_text
from posdevkit.secret import MASK, Secret

from .payment import Payment, PaymentState
from .payment_journal import Entry

__all__ = ["Heard", "found", "judged", "mark", "payment_of"]

_NO_TRANSACTION: Final = "none"


@dataclass(slots=True)
class Heard:
    """What one command brought."""

    told: Told | None = None
    ended: Ended | None = None
    accepted: bool = False
    refused: int | None = None
    out_of_step: bool = False
    """Refused after it was accepted: the terminal means an answer of ours, and does not know where we are."""
    nonsense: str = ""
    lines: tuple[str, ...] = ()

    def note(self, event: ZvtEvent, on_text: Callable[[str], None] | None) -> None:
        """One event more; what the customer is shown goes to `on_text`."""
        match event:
            case Answered(code):
                if code == OK:
                    self.accepted = True
                elif self.accepted:
                    self.out_of_step = True
                else:
                    self.refused = code
            case Shown():
                if on_text is not None and event.text:
                    on_text(event.text)
            case Told():
                self.told = event
            case Printed():
                self.lines += event.lines
            case Ended():
                self.ended = event
            case Nonsense():
                self.nonsense = event.what

    @property
    def why(self) -> str:
        """Why the terminal did not do what it was told."""
        if self.nonsense:
            return self.nonsense
        code = self.refused if self.refused is not None else self.ended.code if self.ended is not None else None
        return "no answer" if code is None else result_text(code)


def judged(entry: Entry, heard: Heard) -> Entry:
    """What a payment's own exchange proves."""
    told, ended = heard.told, heard.ended
    if heard.refused is not None:
        return replace(entry, state=PaymentState.ABORTED, reason=result_text(heard.refused))
    if ended is None:
        return replace(entry, reason="the connection was lost before the terminal was through")
    if ended.code is not None and ended.code != OK:
        # 06 1E: nothing stands. An approval told before was reversed by the terminal.
        state = PaymentState.ABORTED if ended.code == WITHDRAWN else PaymentState.DECLINED
        return replace(entry, state=state, reason=result_text(ended.code))
    if told is None:
        return replace(entry, reason="the terminal ended without saying what became of the payment")
    if told.result != OK:
        # A payment that failed ends with 06 1E; one that ends well and tells a failure contradicts itself.
        return replace(entry, reason=f"the terminal ended well and tells: {told.text or result_text(told.result)}")
    if told.amount is not None and told.amount != entry.amount.minor:
        return replace(entry, reason=f"the terminal tells another amount: {told.amount}")
    return _approved(entry, told)


def found(entry: Entry, last: Heard) -> Entry:
    """What the terminal's last receipt proves of an intent."""
    told = last.told
    if told is None or not entry.before or not mark(last):
        return replace(entry, reason="the terminal does not tell its receipts apart")
    if mark(last) == entry.before:
        return replace(entry, state=PaymentState.ABORTED, reason="the terminal made no payment since it began")
    if told.amount != entry.amount.minor:
        return replace(entry, reason="the terminal's last receipt is over another amount")
    if told.result != OK:
        return replace(entry, state=PaymentState.DECLINED, reason=told.text or result_text(told.result))
    return _approved(entry, told)


def _approved(entry: Entry, told: Told) -> Entry:
    return replace(
        entry,
        state=PaymentState.APPROVED,
        reason="",
        receipt=told.receipt,
        trace=told.trace,
        brand=told.brand,
        last_four=told.number.hint if told.number is not None else "",
    )


def mark(heard: Heard) -> str:
    """What tells the terminal's last transaction from the next one; empty where nothing does."""
    told = heard.told
    if told is None:
        return _NO_TRANSACTION
    numbers = (told.trace, told.receipt, told.turnover)
    return "/".join(map(str, numbers)) if any(numbers) else ""


def payment_of(entry: Entry) -> Payment:
    card = Secret(MASK + entry.last_four, hint=entry.last_four) if entry.last_four else None
    return Payment(
        entry.intent,
        entry.amount,
        entry.state,
        entry.reason,
        entry.receipt,
        entry.brand,
        card,
        kind=entry.kind,
        of=entry.of,
    )
