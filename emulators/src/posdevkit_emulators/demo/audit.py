"""The account: what is on paper, in the drawers, on cards and in the books, against the sum of `sums.py`."""

from __future__ import annotations

from collections.abc import Mapping

from posdevkit.paper import RollChange
from posdevkit_emulators.printers.effects import What

from .books import read_books
from .stage import Stage
from .sums import Figures, Slip, figures, kroner

__all__ = ["audit"]


def audit(stage: Stage) -> None:
    """Tell and check every figure. Called when everybody has hung up."""
    sums = figures(stage.page)
    _paper(stage, sums)
    _money(stage, sums)
    _drawers(stage, sums)
    _books(stage, sums)
    _reports(stage, sums)
    _silence(stage)


def _paper(stage: Stage, sums: Figures) -> None:
    """Every receipt once, with its lines and its sum; and nothing else but the Z reports."""
    check = stage.narrator.check
    for name, bench in stage.devices.printers.items():
        slips, tickets = sums.of(name), bench.tickets
        check(
            f"tickets of the {name}'s printer: one per receipt and a Z report",
            expected=len(slips) + 1,
            found=len(tickets),
        )
        told = [ticket.text for ticket in tickets]
        wrong = [slip.number for slip in slips if sum(_holds(slip, text) for text in told) != 1]
        check(
            f"receipts of the {name} that are not on paper just once, with lines, sum, VAT and change",
            expected="none",
            found=", ".join(wrong) or "none",
        )
        closing = kroner(sum(slip.total for slip in slips))
        check(
            f"Z reports of the {name} that tell {closing}",
            expected=1,
            found=sum("Z-rapport" in text and closing in text.split() for text in told),
        )
        rolls = 1 + max(sum(isinstance(item, RollChange) for item in ticket.paper.items) for ticket in tickets)
        check(f"rolls under the longest ticket of the {name}", expected=2 if name == "counter" else 1, found=rolls)
        saved = len(list((stage.out / name).glob("*.png")))
        check(f"pictures of the {name}'s tickets", expected=len(slips) + 1, found=saved)
    labels = stage.devices.label.labels
    check("labels", expected=1, found=len(labels))
    text = " ".join(word for label in labels for word in label.texts)
    lacking = [words for words in stage.page.label.text if words not in text]
    check("words that the label lacks", expected="none", found=", ".join(lacking) or "none")


def _holds(slip: Slip, text: str) -> bool:
    """Whether a ticket is this receipt, and tells all of its figures."""
    words = text.split()
    figures_of = [slip.total, *(amount for pair in slip.vat.values() for amount in pair)]
    figures_of += [slip.change] if slip.change else []
    figures_of += [slip.rounding] if slip.rounding else []
    names = all(word in words for name in slip.names for word in name.split())
    return slip.number in words and names and all(kroner(figure) in words for figure in figures_of)


def _money(stage: Stage, sums: Figures) -> None:
    """What the terminal and the wallet's service took and gave back: each amount once."""
    cards = sorted(slip.paid for slip in sums.slips if slip.means == "card")
    charged = sorted(entry.signed for entry in stage.devices.terminal.model.ledger)
    stage.narrator.check("charges and refunds in the terminal's ledger", expected=_list(cards), found=_list(charged))
    wallets = sorted(slip.paid for slip in sums.slips if slip.means == "wallet")
    taken = sorted(entry.minor for entry in stage.wallet.ledger)
    stage.narrator.check("charges in the wallet's ledger", expected=_list(wallets), found=_list(taken))


def _list(amounts: list[int]) -> str:
    return " + ".join(map(kroner, amounts))


def _drawers(stage: Stage, sums: Figures) -> None:
    """A drawer opens for cash, and holds what was taken."""
    for name, bench in stage.devices.printers.items():
        slips = [slip for slip in sums.of(name) if slip.means == "cash"]
        kicks = bench.count(What.DRAWER_KICK)
        stage.narrator.check(f"times that the {name}'s drawer opened", expected=len(slips), found=kicks)
        opening = stage.page.register(name).opening
        expected = opening + sum(slip.paid for slip in slips)
        stage.narrator.check(
            f"kroner that the till expects in the {name}'s drawer",
            expected=kroner(expected),
            found=kroner(stage.closed[name].expected_cash),
        )


def _books(stage: Stage, sums: Figures) -> None:
    """What the registers wrote into their own files."""
    kept = dict.fromkeys(sums.stock, 0.0)
    for plan in stage.page.registers:
        books = read_books(stage.out / "books" / f"{plan.number}.db", sums.stock)
        told = f"the journal and ledgers of {plan.number}"
        stage.narrator.check(f"what is not as it was written in {told}", expected="none", found=books.wrong or "none")
        expected = {slip.number: float(slip.total) for slip in sums.of(plan.name)}
        _each(
            stage, f"receipts of {len(expected)} that differ in the journal of {plan.number}", expected, books.receipts
        )
        for sku, amount in books.stock.items():
            kept[sku] = round(kept[sku] + amount, 3)
    stock = {sku: amount / 1000 for sku, amount in sums.stock.items()}
    _each(stage, f"products of {len(stock)} whose stock differs in the registers' ledgers", stock, kept)


def _reports(stage: Stage, sums: Figures) -> None:
    """What the server told the owner."""
    check, told = stage.narrator.check, stage.reports
    check("turnover", expected=kroner(sums.total), found=kroner(stage.taken("amount")))
    by_hour = sum(int(row["amount"]) for row in told["hour"])
    check("turnover by the hour", expected=kroner(sums.total), found=kroner(by_hour))
    receipts = sum(1 for slip in sums.slips if slip.total > 0)
    check("sales", expected=receipts, found=stage.taken("sales"))
    rates = {int(row["key"]) // 100: (int(row["amount"]), int(row["vat"])) for row in told["vat"]}
    for rate, (gross, vat) in sums.by_vat().items():
        reported = rates.pop(rate, (0, 0))
        check(f"turnover at {rate} % VAT", expected=kroner(gross), found=kroner(reported[0]))
        check(f"VAT at {rate} %", expected=kroner(vat), found=kroner(reported[1]))
    check("other rates of VAT", expected=0, found=len(rates))
    means = {str(row["key"]): int(row["amount"]) for row in told["payment"]}
    for kind, amount in sums.by_means().items():
        check(f"paid by {kind}", expected=kroner(amount), found=kroner(means.pop(kind, 0)))
    check("other means of payment", expected=0, found=len(means))
    points = {str(row["kind"]): int(row["points"]) for row in told["points"]}
    points["balance"] = sum(points.values())
    for kind, amount in sums.points().items():
        check(f"points: {kind}", expected=amount, found=points.get(kind, 0))
    goods = {str(row["key"]): row for row in told["product"]}
    for what, expected, field in (
        ("turnover", {sku: float(ore) for sku, ore in sums.by_product().items()}, "amount"),
        ("quantity", sums.pieces(), "quantity"),
    ):
        found = {sku: float(row[field]) for sku, row in goods.items()}
        _each(stage, f"products of {len(expected)} whose {what} differs", expected, found)
    kept = {str(row["sku"]): float(row["quantity"]) for row in told["stock"]}
    stock = {sku: amount / 1000 for sku, amount in sums.stock.items()}
    _each(stage, f"products of {len(stock)} whose stock differs", stock, kept)


def _each(stage: Stage, what: str, expected: Mapping[str, float], found: Mapping[str, float]) -> None:
    """One line for all of a kind; those that differ are named."""
    wrong = [
        f"{key} {found.get(key, 'nothing')} for {expected.get(key, 'nothing')}"
        for key in sorted({*expected, *found})
        if expected.get(key) != found.get(key)
    ]
    stage.narrator.check(what, expected="none", found="; ".join(wrong) or "none")


def _silence(stage: Stage) -> None:
    """The customer's code was as good as cash: it is in no file that the morning left."""
    code = stage.page.wallet.code.encode()
    holding = [path.name for path in stage.out.rglob("*") if path.is_file() and code in path.read_bytes()]
    stage.narrator.check("files that hold the wallet's code", expected="none", found=", ".join(holding) or "none")
