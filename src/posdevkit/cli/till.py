"""`posdevkit till`: a register on the command line, to try it or to sell from a script."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from . import exits
from .console import Json, clean, note, say, write_json
from .parsing import Commands, Parser

if TYPE_CHECKING:
    from uuid import UUID

    from posdevkit.blocking import Register
    from posdevkit.contract import ShiftClosed, Tender
    from posdevkit.money import Money
    from posdevkit.till import Basket, Paid

__all__ = ["register"]

_FILE: Final = "till.db"
_MEANS: Final = ("cash", "card", "mobilepay", "wallet", "voucher", "account")
_CODES: Final = "CODE is a stock number or a scanned code; *N behind it is a quantity or kilograms, as in 1005*2."


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser(
        "till",
        help="sell, refund and report at a register",
        description="A register in one file. Without --catalogue it sells an invented shop's 200 products.",
        epilog=_CODES,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (about, add) in _ACTIONS.items():
        action = actions.add_parser(name, help=about.partition(".")[0].lower(), description=about)
        _common(action)
        add(action)


def _common(parser: Parser) -> None:
    parser.add_argument("--file", default=_FILE, metavar="FILE", help=f"the register's file ({_FILE})")
    parser.add_argument("--register", default="1", metavar="NAME", help="the register's name (1)")
    parser.add_argument("--catalogue", metavar="CSV", help="what is sold (an invented shop's products)")
    parser.add_argument("--seller", default="posdevkit", metavar="NAME", help="who sells, on top of the receipts")
    parser.add_argument("--printer", metavar="URL", help="where receipts go, for example tcp://192.168.1.87")
    parser.add_argument("--profile", metavar="NAME", help="the printer's model")
    parser.add_argument("--country", default="", metavar="CC", help="where cash is handled in a way of its own (FI)")
    parser.add_argument("--cashier", default="", metavar="NAME", help="who is at the register")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _means(parser: Parser) -> None:
    for means in _MEANS:
        parser.add_argument(f"--{means}", metavar="AMOUNT", help=f"received by {means}, as 70,00")
    _reference(parser)


def _reference(parser: Parser) -> None:
    parser.add_argument("--reference", default="", metavar="NUMBER", help="the terminal's own receipt number")


def _sell_parser(parser: Parser) -> None:
    parser.add_argument("codes", nargs="*", metavar="CODE[*N]", help="what is sold")
    parser.add_argument("--parked", metavar="NAME", help="go on with a basket that was put aside")
    parser.add_argument("--discount", metavar="PERCENT", help="on the whole, as 10 or 7,5")
    parser.add_argument("--customer", metavar="WORD", help="identifier, phone number or e-mail address")
    parser.add_argument("--redeem", type=int, default=0, metavar="POINTS", help="points that the customer pays with")
    parser.add_argument("--id", metavar="UUID", help="of the sale: the same one sells once")
    _means(parser)
    parser.set_defaults(run=_sell)


def _refund_parser(parser: Parser) -> None:
    parser.add_argument("receipt", metavar="RECEIPT", help="number of the receipt, such as 1-000001")
    parser.add_argument("--line", action="append", metavar="N[*QUANTITY]", help="a line from 1; else all that is left")
    parser.add_argument("--means", choices=_MEANS, help="how the money goes back (a whole sale: as it came)")
    _reference(parser)
    parser.add_argument("--due", action="store_true", help="book nothing: tell what is to be paid back, and how")
    parser.add_argument("--id", metavar="UUID", help="of the refund: the same one refunds once")
    parser.set_defaults(run=_refund)


def _park_parser(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="to find it by")
    parser.add_argument("codes", nargs="+", metavar="CODE[*N]", help="what is in it")
    parser.set_defaults(run=_park)


def _parked_parser(parser: Parser) -> None:
    parser.set_defaults(run=_parked)


def _report_parser(run: Callable[[argparse.Namespace], int]) -> Callable[[Parser], None]:
    def add(parser: Parser) -> None:
        parser.add_argument("--counted", metavar="AMOUNT", help="what lies in the drawer (of a Z report)")
        parser.set_defaults(run=run)

    return add


def _sell(args: argparse.Namespace) -> int:
    with _register(args) as till:
        customer = till.customer(args.customer) if args.customer else None
        basket = till.resume(args.parked, cashier=args.cashier) if args.parked else till.basket(customer)
        try:
            return _sold(args, till, _filled(till, basket, args.codes))
        except BaseException:
            if args.parked:
                till.park(args.parked, basket, cashier=args.cashier)  # nothing was sold: it waits as before
            raise


def _sold(args: argparse.Namespace, till: Register, basket: Basket) -> int:
    from posdevkit.till import Discount

    if args.redeem:
        basket = basket.redeem(args.redeem)
    if args.discount:
        basket = basket.discounted(Discount(int(_number(args.discount) * 100)))
    sold = till.sell(basket, _payments(args, basket), id=_identifier(args.id), cashier=args.cashier)
    _wait_for_paper(args, till, sold.receipt)
    sale = sold.sale
    facts: dict[str, Json] = {
        "receipt": sold.receipt,
        "id": str(sold.fact.id),
        "new": sold.new,
        "total": sale.total,
        "rounding": sale.rounding,
        "change": sold.change.minor,
        "pieces": {str(piece): count for piece, count in sold.pieces.items()},
        "currency": sale.currency,
        "points": sum(entry.points for entry in sale.points),
    }
    if args.json:
        write_json(facts)
        return exits.OK
    for line in sale.lines:
        say(f"  {line.quantity:f} x {clean(line.name)}: {_money(line.total, sale.currency)}")
    again = "" if sold.new else " (it had been sold before: nothing was sold twice)"
    say(f"receipt {sold.receipt}: {_money(sale.total + sale.rounding, sale.currency)}{again}")
    if sold.change:
        pieces = ", ".join(f"{count} x {_money(piece, sale.currency)}" for piece, count in sold.pieces.items())
        say(f"change {sold.change}: {pieces}")
    return exits.OK


def _refund(args: argparse.Namespace) -> int:
    from posdevkit.errors import UsageError

    wanted: dict[int, Decimal] = {}
    with _register(args) as till:
        for text in args.line or ():
            place, _, quantity = text.partition("*")
            if not place.isdecimal() or int(place) < 1:
                raise UsageError(f"--line {text}", remedy="Give the line's number from 1, as 2 or 2*0,350.")
            wanted[int(place) - 1] = _number(quantity or "1")
        if args.due:
            due = till.refund_due(args.receipt, wanted or None, means=args.means)
            return _due(args, due, till.catalogue().currency)
        sold = till.refund(
            args.receipt,
            wanted or None,
            means=args.means,
            reference=args.reference,
            id=_identifier(args.id),
            cashier=args.cashier,
        )
        _wait_for_paper(args, till, sold.receipt)
    sale = sold.sale
    facts: dict[str, Json] = {
        "receipt": sold.receipt,
        "id": str(sold.fact.id),
        "new": sold.new,
        "total": sale.total,
        "rounding": sale.rounding,
        "currency": sale.currency,
        "tenders": [{"means": one.means, "amount": one.amount, "reference": one.reference} for one in sale.tenders],
    }
    if args.json:
        write_json(facts)
    else:
        say(f"receipt {sold.receipt}: gives back {_back(sale.tenders, sale.currency)} of {args.receipt}")
    return exits.OK


def _due(args: argparse.Namespace, due: Iterable[Tender], currency: str) -> int:
    if args.json:
        write_json({"currency": currency, "due": [{"means": one.means, "amount": -one.amount} for one in due]})
    else:
        say(f"{args.receipt}: {_back(due, currency)} to be paid back; nothing is booked")
    return exits.OK


def _back(tenders: Iterable[Tender], currency: str) -> str:
    return ", ".join(f"{_money(-one.amount, currency)} by {one.means}" for one in tenders) or "nothing"


def _park(args: argparse.Namespace) -> int:
    with _register(args) as till:
        basket = _filled(till, till.basket(), args.codes)
        till.park(args.name, basket, cashier=args.cashier)
    if args.json:
        write_json({"name": args.name, "total": basket.total.minor, "currency": basket.currency})
    else:
        say(f"{clean(args.name)}: {basket.total} put aside")
    return exits.OK


def _parked(args: argparse.Namespace) -> int:
    from posdevkit.till import Basket

    with _register(args) as till:
        found = [(one.name, Basket.resume(one.basket), one.parked_at) for one in till.parked()]
    if args.json:
        baskets: list[Json] = [
            {
                "name": name,
                "total": basket.total.minor,
                "currency": basket.currency,
                "lines": len(basket.lines),
                "parked_at": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            }
            for name, basket, at in found
        ]
        write_json({"baskets": baskets})
        return exits.OK
    for name, basket, at in found:
        say(f"{clean(name)}: {basket.total}, since {datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}")
    if not found:
        say("nothing is put aside")
    return exits.OK


def _x(args: argparse.Namespace) -> int:
    from posdevkit.errors import UsageError

    if args.counted:
        raise UsageError("--counted belongs to a Z report", remedy="Close the shift with 'posdevkit till z'.")
    with _register(args) as till:
        return _reported(args, till.x_report(cashier=args.cashier))


def _z(args: argparse.Namespace) -> int:
    with _register(args) as till:
        counted = _amount(args.counted) if args.counted else None
        return _reported(args, till.z_report(counted_cash=counted, cashier=args.cashier))


_ACTIONS: Final[dict[str, tuple[str, Callable[[Parser], None]]]] = {
    "sell": ("Sell. Without an amount the total is taken as paid by card.", _sell_parser),
    "refund": ("Give back a sale, whole or in part.", _refund_parser),
    "park": ("Put a basket aside. 'sell --parked NAME' goes on with it.", _park_parser),
    "parked": ("List the baskets that are put aside, the one that waits longest first.", _parked_parser),
    "x": ("Print the X report: the shift so far.", _report_parser(_x)),
    "z": ("Close the shift with the Z report.", _report_parser(_z)),
}


def _reported(args: argparse.Namespace, shift: ShiftClosed) -> int:
    from posdevkit.contract import to_json

    if args.json:
        facts = to_json(shift)
        assert isinstance(facts, dict)
        write_json(facts)
        return exits.OK
    say(f"shift {shift.number}: {shift.sales} sales, {shift.refunds} refunds, {_money(shift.total, shift.currency)}")
    for tender in shift.tenders:
        say(f"  {tender.means}: {_money(tender.amount, shift.currency)}")
    if shift.rounding:
        say(f"  rounding of cash: {_money(shift.rounding, shift.currency)}")
    for group in shift.vat:
        say(f"  VAT {group.rate / 100:g} %: {_money(group.vat, shift.currency)}")
    say(f"  cash expected: {_money(shift.expected_cash, shift.currency)}")
    if shift.counted_cash is not None:
        difference = _money(shift.counted_cash - shift.expected_cash, shift.currency)
        say(f"  cash counted: {_money(shift.counted_cash, shift.currency)} ({difference})")
    return exits.OK


@contextmanager
def _register(args: argparse.Namespace) -> Iterator[Register]:
    from posdevkit.blocking import Register
    from posdevkit.devices.receipt_printer import DEFAULT_PROFILE
    from posdevkit.till import Catalogue, Seller

    catalogue = Catalogue.read(args.catalogue) if args.catalogue else Catalogue.demo()
    with Register.open(
        args.file,
        register=args.register,
        seller=Seller(args.seller),
        catalogue=catalogue,
        printer=args.printer,
        profile=args.profile or DEFAULT_PROFILE,
        country=args.country,
    ) as opened:
        yield opened


def _filled(till: Register, basket: Basket, codes: list[str]) -> Basket:
    from posdevkit.errors import NotForSale

    catalogue = till.catalogue()
    for place, text in enumerate(codes, 1):
        code, _, quantity = text.partition("*")
        found = catalogue.find(code)
        if found is None:
            raise NotForSale("no product has this code", remedy=f"Look at place {place} of the codes.")
        basket = basket.add(found, _number(quantity) if quantity else None)
    return basket


def _payments(args: argparse.Namespace, basket: Basket) -> list[Paid]:
    from posdevkit.errors import UsageError
    from posdevkit.till import Paid

    given = {means: text for means in _MEANS if (text := getattr(args, means)) is not None}
    if not given and basket.total:
        return [Paid("card", basket.total, args.reference)]
    if args.reference and len(given.keys() - {"cash"}) != 1:
        raise UsageError(f"--reference {args.reference}", remedy="It belongs to one payment that is not cash.")
    return [
        Paid(means, _amount(text, basket.currency), "" if means == "cash" else args.reference)  # type: ignore[arg-type]  # as _MEANS has them
        for means, text in given.items()
    ]


def _wait_for_paper(args: argparse.Namespace, till: Register, key: str) -> None:
    """The sale is safe whatever the printer does; a person is told where it does not print."""
    from posdevkit.errors import DeadlineExceeded

    if args.printer is None:
        return
    try:
        job = till.queue.wait(key, 10)
    except DeadlineExceeded:
        note(f"The receipt {key} waits for the printer; it is printed when that is back.")
    else:
        if job.state.value != "printed":
            note(f"The receipt {key} is {job.state.value}: see 'posdevkit queue'.")


def _identifier(text: str | None) -> UUID | None:
    from uuid import UUID

    from posdevkit.errors import UsageError

    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise UsageError(f"--id {text}", remedy="Give a UUID, such as the one that 'sell --json' told.") from None


def _amount(text: str, currency: str = "DKK") -> Money:
    from posdevkit.errors import UsageError
    from posdevkit.money import Money

    try:
        return Money.parse(text, currency)
    except ValueError as problem:
        raise UsageError(str(problem), remedy="Write amounts as 70,00.") from None


def _number(text: str) -> Decimal:
    from posdevkit.errors import UsageError

    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise UsageError(f"{text!r} is no number", remedy="Write it as 2 or 0,350.")
    return value


def _money(minor: int, currency: str) -> str:
    from posdevkit.money import Money

    return str(Money(minor, currency))
