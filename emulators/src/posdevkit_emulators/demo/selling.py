"""One customer at a register: goods in, money in, paper out. Every scene that sells does it by these steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import posdevkit as pos
from posdevkit.codes import PaymentCode
from posdevkit.errors import PaymentUnresolved
from posdevkit.till import settle

from .morning import Line, Refund, Sale
from .stage import Stage, Till
from .sums import kroner

__all__ = ["on_paper", "onto_card", "proof", "sell"]

_SECONDS: Final = 20.0
"""More than anything here takes; what takes longer has failed."""
_DISPLAYED: Final = "counter"
"""The register that has the customer display."""
_PROOFS: Final = {
    pos.Evidence.PROCESS_ID: "the printer itself told the job's number",
    pos.Evidence.IN_ORDER_STATUS: "the printer went through all of it, and cannot tell more",
}


def sell(stage: Stage, name: str) -> pos.Sold:
    """Serve the customer of that name on the page, until the receipt is on paper."""
    sale = stage.page.sale(name)
    till = stage.tills[sale.register]
    basket = _rung_up(stage, till, sale)
    paid = _paid(stage, till, sale, basket)
    sold = till.register.sell(basket, [paid], cashier=till.plan.cashier)
    stage.sold[name] = sold
    amount = sold.sale.total + sold.sale.rounding
    told = f"receipt {sold.receipt}: {kroner(amount)} kr. by {sale.means}"
    if sold.change.minor:
        coins = " + ".join(f"{count} x {kroner(piece)}" for piece, count in sold.pieces.items())
        told += f", change {kroner(sold.change.minor)} ({coins})"
    stage.narrator.tell("sold", told, receipt=sold.receipt, total=sold.sale.total, means=sale.means)
    on_paper(stage, till, sold.receipt, told)
    return sold


def _rung_up(stage: Stage, till: Till, sale: Sale) -> pos.Basket:
    goods = till.register.catalogue()
    member = till.register.customer(stage.page.member.phone) if sale.member else None
    basket = till.register.basket(member)
    for line in sale.lines:
        basket, how = _added(stage, till, basket, goods, line)
        if sale.register == _DISPLAYED:
            stage.shop.display().show(line.name, kroner(basket.priced[-1].gross.minor).rjust(20))
        stage.narrator.tell("line", f"{how} {_amount(line)}{line.name}", sku=line.sku, how=how)
    basket = basket.redeem(sale.redeem)
    if sale.redeem:
        stage.narrator.tell("points", f"{member and member.name} pays with {sale.redeem} points", points=sale.redeem)
    for priced in basket.priced:
        if saving := priced.saving:
            stage.narrator.tell(
                "campaign",
                f'the campaign "{saving.campaign.name}" takes off {kroner(saving.amount.minor)} kr.',
                campaign=saving.campaign.id,
                amount=saving.amount.minor,
            )
    return basket


def _amount(line: Line) -> str:
    return f"{line.pieces} x " if line.pieces != 1 and not line.grams else ""


def _added(stage: Stage, till: Till, basket: pos.Basket, goods: pos.Catalogue, line: Line) -> tuple[pos.Basket, str]:
    """The basket with a line more, and how it came in."""
    if line.code:
        stage.devices.scan(till.plan.name, line.code, "E0")
        scan = till.scans.get_blocking(_SECONDS)
        found = goods.find(scan)
        if found is None:
            raise pos.NotForSale("no product has this code")
        return basket.add(found, None if found.price is not None else line.pieces), "scanned"
    product = goods.products[line.sku]
    if not line.grams:
        return basket.add(product, line.pieces), "keyed in"
    stage.devices.weigh(line.grams)
    weight = stage.shop.scale().weigh(_SECONDS)
    stage.devices.weigh(0)
    if not isinstance(weight, pos.Weight):
        raise pos.NotForSale(f"{line.name}: {weight}")
    return basket.add(product, weight.grams / Decimal(1000)), f"weighed {weight.grams} g of"


def _paid(stage: Stage, till: Till, sale: Sale, basket: pos.Basket) -> pos.Paid:
    cash = pos.Money(sale.received)
    due = settle(basket, [pos.Paid("cash", cash)]).due if sale.means == "cash" else basket.total
    if sale.register == _DISPLAYED:
        _show_total(stage, sale, kroner(due.minor))
    match sale.means:
        case "cash":
            return pos.Paid("cash", cash)
        case "card":
            return pos.Paid("card", due, reference=_by_card(stage, sale, due))
        case "wallet":
            return pos.Paid("wallet", due, reference=_by_wallet(stage, till, due))
        case _:
            raise pos.BadTender(f"{sale.means}: the demo takes no such money")


def _show_total(stage: Stage, sale: Sale, due: str) -> None:
    stage.shop.display().show("I alt", due.rjust(20))
    picture = stage.out / "display" / f"{sale.name}.png"
    picture.write_bytes(stage.devices.shows(due))
    stage.narrator.shows(f"display/{picture.name}", f"The customer display: I alt {due}")
    stage.narrator.tell("display", f"the customer reads: I alt {due}", total=due)


def _by_card(stage: Stage, sale: Sale, due: pos.Money) -> str:
    """Charge the terminal; where its answer is lost, ask it what became of the charge, and charge nothing more."""
    terminal = stage.shop.payment_terminal()
    payment = terminal.pay(due, intent=sale.name, timeout=_SECONDS)
    if payment.state is pos.PaymentState.UNKNOWN:
        stage.narrator.tell(
            "payment", "the terminal's answer is lost: nobody knows whether the card was charged", state="unknown"
        )
        try:
            terminal.pay(due, intent=f"{sale.name}-again", timeout=_SECONDS)
        except PaymentUnresolved as problem:
            stage.narrator.tell("remedy", f"a second charge is refused: {problem.remedy()}", error=problem.slug)
        payment = terminal.recover(sale.name, timeout=_SECONDS)
        stage.narrator.tell(
            "payment",
            f"the terminal is asked for its last receipt: {payment.state.value}, nothing is charged again",
            state=payment.state.value,
        )
    if not payment.approved:
        raise pos.BadTender(f"{sale.name}: {payment.state.value} {payment.reason}")
    stage.narrator.tell(
        "payment",
        f"{payment.brand} {payment.card}: {kroner(due.minor)} kr. approved, the terminal's receipt {payment.receipt}",
        amount=due.minor,
        state=payment.state.value,
    )
    return f"{payment.receipt}"


def onto_card(stage: Stage, refund: Refund, due: pos.Money) -> str:
    """Give money back to the customer's card; the number of the terminal's receipt."""
    if refund.means != "card":
        raise pos.BadTender(f"{refund.means}: the demo gives money back to cards")
    payment = stage.shop.payment_terminal().refund(due, intent=refund.name, timeout=_SECONDS)
    if not payment.approved:
        raise pos.BadTender(f"{refund.name}: {payment.state.value} {payment.reason}")
    stage.narrator.tell(
        "payment",
        f"{payment.brand} {payment.card}: {kroner(due.minor)} kr. given back, the terminal's receipt {payment.receipt}",
        amount=-due.minor,
        state=payment.state.value,
    )
    return f"{payment.receipt}"


def _by_wallet(stage: Stage, till: Till, due: pos.Money) -> str:
    with till.scanner.collecting_payment():
        stage.devices.scan(till.plan.name, stage.page.wallet.code, "Q1")
        scan = till.scans.get_blocking(_SECONDS)
    match scan.meaning:
        case PaymentCode(wallet=wallet, secret=code):
            reference = stage.wallet.charge(code, due)
        case other:
            raise pos.BadTender(f"a wallet's code was expected, and {other} came")
    stage.narrator.tell(
        "payment",
        f"the customer's phone is scanned: {wallet} {scan.text}, {kroner(due.minor)} kr. as {reference}"
        " (the demo plays the wallet's service)",
        amount=due.minor,
        wallet=wallet,
        reference=reference,
    )
    return reference


def proof(evidence: pos.Evidence) -> str:
    """What tells how far it got, in words."""
    return _PROOFS.get(evidence, "the printer never tells")


def on_paper(stage: Stage, till: Till, key: str, words: str) -> None:
    """Wait for the paper, show the cashier what the printer needs, and take the ticket, which `words` describe."""
    narrator = stage.narrator

    def show_cashier(event: pos.JobEvent) -> None:
        narrator.tell("remedy", f'the cashier reads: "{event.remedy}"', problem=event.problem, remedy=event.remedy)
        narrator.tell("hands", f"{till.plan.cashier} loads a new roll and closes the cover", did="load_paper")
        stage.devices.hands(till.plan.name, lambda bench: bench.printer.load_paper())

    job = till.register.queue.wait(key, _SECONDS, on_wait=show_cashier)
    if not stage.devices.cuts(till.plan.name):
        stage.devices.hands(till.plan.name, lambda bench: bench.printer.tear_off())
    narrator.tell(
        "paper",
        f"{key} on paper over {till.plan.printer.upper()}: {job.delivery.value}; {proof(job.evidence)}",
        key=key,
        delivery=job.delivery.value,
        evidence=job.evidence.value,
        printer=till.plan.name,
    )
    number = len(stage.devices.printers[till.plan.name].tickets)
    narrator.shows(f"{till.plan.name}/{number:04}.png", words[:1].upper() + words[1:])
