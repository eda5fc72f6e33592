"""`posdevkit pay`, `refund`, `reverse` and `recover`: money at the payment terminal, and what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from . import exits
from .console import clean, note, say, write_json
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from posdevkit.blocking import PaymentTerminal
    from posdevkit.devices import Payment
    from posdevkit.money import Money

__all__ = ["register"]

_JOURNAL: Final = "payments.jsonl"
_PAY: Final = """\
Charge an amount at a payment terminal. Exit code 0 if the customer paid, 1 if not, 5 if nobody knows yet: then run
'posdevkit recover', and nothing else is charged before that. The journal remembers charges over a crash.
"""
_REFUND: Final = """\
Give an amount to a card that the customer presents: for a part of a sale, or one of another day. Journal, '--intent'
and exit codes are those of 'posdevkit pay'.
"""
_REVERSE: Final = """\
Take a charge of the journal back, all of it, while the terminal's day lasts. Asked for again it is not made twice.
Exit codes are those of 'posdevkit pay'.
"""
_RECOVER: Final = """\
Find out what became of a charge, a refund or a reversal whose answer was lost, by the terminal's last receipt. No money
moves. Exit codes are those of 'posdevkit pay'.
"""


def register(commands: Commands[Parser]) -> None:
    """Add the four parsers."""
    pay = commands.add_parser("pay", help="charge an amount at a payment terminal", description=_PAY)
    pay.set_defaults(run=_pay)
    refund = commands.add_parser("refund", help="give an amount back to a card", description=_REFUND)
    refund.set_defaults(run=_refund)
    for parser in (pay, refund):
        parser.add_argument("amount", metavar="AMOUNT", help="as 70,00 or 1.234,50")
        parser.add_argument("--currency", default="EUR", metavar="CODE", help="ISO 4217 (EUR)")
        parser.add_argument("--intent", metavar="NAME", help="number of the sale, made at most once (a new one)")
    reverse = commands.add_parser("reverse", help="take a charge back", description=_REVERSE)
    reverse.add_argument("sale", metavar="SALE", help="the intent of the charge")
    reverse.add_argument("--intent", metavar="NAME", help="of the reversal (SALE with '-reversed' behind it)")
    reverse.set_defaults(run=_reverse)
    recover = commands.add_parser("recover", help="find out what became of a charge or refund", description=_RECOVER)
    recover.add_argument("intent", metavar="INTENT", nargs="?", help="the sale; else the one of unknown fate")
    recover.set_defaults(run=_recover)
    for parser, wait in ((pay, 180.0), (refund, 180.0), (reverse, 180.0), (recover, 30.0)):
        parser.add_argument("--to", required=True, metavar="URL", help="for example zvt://192.168.1.90")
        parser.add_argument("--journal", default=_JOURNAL, metavar="FILE", help=f"record of payments ({_JOURNAL})")
        parser.add_argument("--timeout", type=seconds, default=wait, metavar="S", help=f"seconds at most ({wait:g})")
        parser.add_argument("--json", action="store_true", help="one JSON object")


def _pay(args: argparse.Namespace) -> int:
    amount, intent = _amount(args), _intent(args)
    with _terminal(args) as terminal:
        payment = terminal.pay(amount, intent=intent, timeout=args.timeout, on_text=_shown(args))
    return _told(payment, args)


def _refund(args: argparse.Namespace) -> int:
    amount, intent = _amount(args), _intent(args)
    with _terminal(args) as terminal:
        payment = terminal.refund(amount, intent=intent, timeout=args.timeout, on_text=_shown(args))
    return _told(payment, args)


def _reverse(args: argparse.Namespace) -> int:
    intent = args.intent or f"{args.sale}-reversed"
    with _terminal(args) as terminal:
        charge = terminal.recover(args.sale, timeout=args.timeout)
        payment = terminal.reverse(charge, intent=intent, timeout=args.timeout, on_text=_shown(args))
    return _told(payment, args)


def _recover(args: argparse.Namespace) -> int:
    from posdevkit.errors import UsageError

    with _terminal(args) as terminal:
        unresolved = terminal.unresolved
        if args.intent is None and not unresolved:
            raise UsageError("no payment is of unknown fate", remedy="Name the INTENT to see what became of it.")
        payment = terminal.recover(args.intent or unresolved[0], timeout=args.timeout)
    return _told(payment, args)


def _terminal(args: argparse.Namespace) -> PaymentTerminal:
    from posdevkit.blocking import PaymentTerminal

    return PaymentTerminal.open(args.to, journal=args.journal)


def _amount(args: argparse.Namespace) -> Money:
    from posdevkit.errors import UsageError
    from posdevkit.money import Money

    try:
        return Money.parse(args.amount, args.currency)
    except ValueError as problem:
        raise UsageError(str(problem), remedy="Write the amount as 70,00.") from None


def _intent(args: argparse.Namespace) -> str:
    from uuid import uuid4

    return args.intent or uuid4().hex[:12]


def _shown(args: argparse.Namespace) -> Callable[[str], None] | None:
    return None if args.json else (lambda text: note(clean(text)))


def _told(payment: Payment, args: argparse.Namespace) -> int:
    if args.json:
        write_json(
            {
                "intent": payment.intent,
                "amount": payment.amount.minor,
                "currency": payment.amount.currency,
                "kind": payment.kind.value,
                "of": payment.of or None,
                "state": payment.state.value,
                "reason": payment.reason,
                "receipt": payment.receipt,
                "brand": payment.brand,
                "card": None if payment.card is None else str(payment.card),
                "lines": list(payment.lines),
            }
        )
    else:
        card = f", {payment.brand} {payment.card}" if payment.card is not None else ""
        why = f": {payment.reason}" if payment.reason else ""
        kind = "" if payment.kind.value == "charge" else f"{payment.kind.value} of "
        say(clean(f"{payment.intent}: {kind}{payment.amount} {payment.state.value}{card}{why}"))
        for line in payment.lines:
            say(f"  {clean(line)}")
    if payment.approved:
        return exits.OK
    return exits.UNKNOWN if payment.state.value == "unknown" else exits.CANNOT
