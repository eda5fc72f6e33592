"""A catalogue as CSV: one product a line, every problem named with its place.

    sku;name;group;price;vat;unit;codes
    1001;Rugbrød;Bageri;24,95;25;pcs;9520000010013

`price` is of one piece or kilogram, VAT included, empty for what has none yet; `vat` in per cent; `unit` is `pcs` or
`kg`; `codes` are article numbers with a blank between. Columns are told by their names, in any order; the separator is
a semicolon, a comma or a tab, whichever the first line has; decimals have a comma or a point.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from posdevkit.codes.checkdigit import check_digit, checked
from posdevkit.contract import BadMessage, Product, from_json
from posdevkit.money import PLAIN, Money

from .in_store import Plan, split

__all__ = ["COLUMNS", "Problem", "read_products", "write_products"]

COLUMNS = ("sku", "name", "group", "price", "vat", "unit", "codes")
_NEEDED = ("sku", "name", "price", "vat")
_PLAIN = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,3})?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,3}")
_UNITS = {"pcs": False, "kg": True, "": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in a file. `str(problem)` names all but the remedy, in English."""

    file: str
    line: int
    """From 1."""
    column: str
    """Empty where the whole line is meant."""
    value: str
    text: str
    remedy: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}, line {self.line}{column}: {self.value!r} {self.text}"


Report = Callable[[str, str, str, str], None]


def read_products(text: str, file: str, currency: str, plan: Plan) -> tuple[list[Product], list[Problem]]:
    """All products that are right, and all that is wrong."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problems: list[Problem] = []
    products: list[Product] = []
    seen: dict[str, int] = {}

    def report(column: str, value: str, what: str, remedy: str) -> None:
        problems.append(Problem(file, max(rows.line_num, 1), column, value, what, remedy))

    try:
        names = [name.strip().lower() for name in next(rows, [])]
        if not _heading(names, report):
            return products, problems
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                remedy = "Put quotes around a value that has the separator in it."
                report("", separator.join(row), f"has {len(row)} values, the first line {len(names)}", remedy)
                continue
            before = len(problems)
            cells = dict(zip(names, (cell.strip() for cell in row), strict=True))
            product = _product(cells, currency, plan, report)
            keys = {"sku": [cells["sku"]], "codes": [_key(code, plan) for code in cells.get("codes", "").split()]}
            for column, values in keys.items():
                for value in values:
                    if (known := seen.setdefault(f"{column} {value}", rows.line_num)) != rows.line_num:
                        report(column, value, f"stands in line {known} already", "Give each product its own.")
            if product and len(problems) == before:
                products.append(product)
    except csv.Error as problem:
        report("", "", f"is no CSV: {problem}", "Close every quote that is opened.")
    return products, problems


def _heading(names: list[str], report: Report) -> bool:
    known = f"The first line names the columns: {';'.join(COLUMNS)}."
    good = True
    for name in names:
        if name not in COLUMNS or names.count(name) > 1:
            report(name, name, "is no column" if name not in COLUMNS else "stands there twice", known)
            good = False
    for name in _NEEDED:
        if name not in names:
            report(name, "", "the column is missing", known)
            good = False
    return good


def _product(cells: dict[str, str], currency: str, plan: Plan, report: Report) -> Product | None:
    unit = cells.get("unit", "").lower()
    if unit not in _UNITS:
        report("unit", unit, "is no unit", "Write pcs or kg.")
    price = _price(cells["price"], currency, report)
    codes = tuple(code for code in cells.get("codes", "").split() if _code(code, plan, report))
    fields = {
        "sku": cells["sku"],
        "name": cells["name"],
        "price": price,
        "vat_rate": _rate(cells["vat"], report),
        "codes": list(codes),
        "by_weight": _UNITS.get(unit, False),
        "group": cells.get("group", ""),
    }
    try:
        return from_json(Product, fields)
    except BadMessage as problem:
        column = str(problem).partition(":")[0].partition("[")[0]
        report(
            column, cells.get(column, ""), f"is no {column}: {str(problem).partition(': ')[2]}", "Correct the value."
        )
        return None


def _decimal(text: str) -> Decimal | None:
    if _THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    elif not _PLAIN.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def _price(text: str, currency: str, report: Report) -> int | None:
    if not text:
        return None
    value = _decimal(text)
    try:
        if value is not None:
            return Money.of(value, currency).minor
    except ValueError:
        pass
    report("price", text, "is no price", "Write it like 24,95 or 24.95, or leave it empty for a product without one.")
    return None


def _rate(text: str, report: Report) -> int:
    value = _decimal(text.removesuffix("%").strip())
    if value is not None and value <= 100 and value * 100 % 1 == 0:
        return int(value * 100)
    report("vat", text, "is no VAT rate", "Write per cent from 0 to 100, such as 25.")
    return 0


def _code(code: str, plan: Plan, report: Report) -> bool:
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        report("codes", code, "is no article number", "Write 8, 12, 13 or 14 digits, a blank between two numbers.")
    elif not checked(code):
        report("codes", code, "has a wrong check digit", f"Its last digit is {check_digit(code[:-1])}, or another is.")
    elif (inside := split(code, plan)) and inside[2]:
        report(
            "codes", code, f"carries a {inside[0].holds}", "Write zeros in place of it, and the check digit to them."
        )
    else:
        return True
    return False


def _key(code: str, plan: Plan) -> str:
    inside = split(code, plan) if code.isascii() and code.isdigit() else None
    return inside[1] if inside else code.zfill(14)


def write_products(products: Iterable[Product], currency: str) -> str:
    """A line for each product, below the names of the columns. Versions are the cloud's and are left out."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in products:
        price = "" if one.price is None else Money(one.price, currency).write(PLAIN).replace(".", ",")
        rate = f"{Decimal(one.vat_rate) / 100:f}".replace(".", ",")
        unit = "kg" if one.by_weight else "pcs"
        writer.writerow((one.sku, one.name, one.group, price, rate, unit, " ".join(one.codes)))
    return out.getvalue()
