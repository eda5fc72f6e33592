"""`posdevkit pay` and `posdevkit recover`: a charge at the payment terminal, and what became of one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from . import exits
from .console import clean, note, say, write_json
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from posdevkit.devices import Payment

__all__ = ["register"]

_JOURNAL: Final = "payments.jsonl"
_PAY: Final = """\
Charge an amount at a payment terminal. Exit code 0 if the customer paid, 1 if not, 5 if nobody knows yet: then run
'posdevkit recover', and nothing else is charged before that. The journal remembers charges over a crash.
"""
_RECOVER: Final = """\
Find out what became of a charge whose answer was lost, by the terminal's last receipt. Nothing is charged. Exit codes
are those of 'posdevkit pay'.
"""


def register(commands: Commands[Parser]) -> None:
    """Add both parsers."""
    pay = commands.add_parser("pay", help="charge an amount at a payment terminal", description=_PAY)
    pay.add_argument("amount", metavar="AMOUNT", help="as 70,00 or 1.234,50")
    pay.add_argument("--currency", default="EUR", metavar="CODE", help="ISO 4217 (EUR)")
    pay.add_argument("--intent", metavar="NAME", help="number of the sale, charged at most once (a new one)")
    pay.set_defaults(run=_pay)
    recover = commands.add_parser("recover", help="find out what became of a charge", description=_RECOVER)
    recover.add_argument("intent", metavar="INTENT", nargs="?", help="the sale; else the one of unknown fate")
    recover.set_defaults(run=_recover)
    for parser, wait in ((pay, 180.0), (recover, 30.0)):
        parser.add_argument("--to", required=True, metavar="URL", help="for example zvt://192.168.1.90")
        parser.add_argument("--journal", default=_JOURNAL, metavar="FILE", help=f"record of charges ({_JOURNAL})")
        parser.add_argument("--timeout", type=seconds, default=wait, metavar="S", help=f"seconds at most ({wait:g})")
        parser.add_argument("--json", action="store_true", help="one JSON object")


def _pay(args: argparse.Namespace) -> int:
    from uuid import uuid4

    from posdevkit.blocking import PaymentTerminal
    from posdevkit.errors import UsageError
    from posdevkit.money import Money

    try:
        amount = Money.parse(args.amount, args.currency)
    except ValueError as problem:
        raise UsageError(str(problem), remedy="Write the amount as 70,00.") from None
    intent = args.intent or uuid4().hex[:12]
    with PaymentTerminal.open(args.to, journal=args.journal) as terminal:
        shown = None if args.json else (lambda text: note(clean(text)))
        payment = terminal.pay(amount, intent=intent, timeout=args.timeout, on_text=shown)
    return _told(payment, args)


def _recover(args: argparse.Namespace) -> int:
    from posdevkit.blocking import PaymentTerminal
    from posdevkit.errors import UsageError

    with PaymentTerminal.open(args.to, journal=args.journal) as terminal:
        unresolved = terminal.unresolved
        if args.intent is None and not unresolved:
            raise UsageError("no charge is of unknown fate", remedy="Name the INTENT to see what became of it.")
        payment = terminal.recover(args.intent or unresolved[0], timeout=args.timeout)
    return _told(payment, args)


def _told(payment: Payment, args: argparse.Namespace) -> int:
    if args.json:
        write_json(
            {
                "intent": payment.intent,
                "amount": payment.amount.minor,
                "currency": payment.amount.currency,
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
        say(clean(f"{payment.intent}: {payment.amount} {payment.state.value}{card}{why}"))
        for line in payment.lines:
            say(f"  {clean(line)}")
    if payment.approved:
        return exits.OK
    return exits.UNKNOWN if payment.state.value == "unknown" else exits.CANNOT
