"""Ordinary customers."""

from __future__ import annotations

import posdevkit as pos
from posdevkit_emulators.demo.selling import on_paper, onto_card, sell
from posdevkit_emulators.demo.stage import Stage
from posdevkit_emulators.demo.sums import kroner

__all__ = ["bar", "counter", "refund", "scale", "terrace"]


def counter(stage: Stage) -> None:
    """A serial scanner and cash."""
    sell(stage, "bread-and-milk")


def scale(stage: Stage) -> None:
    """Something weighed, and a card."""
    sell(stage, "apples")


def bar(stage: Stage) -> None:
    """A HID scanner reads the goods, and then the customer's phone."""
    sell(stage, "two-flat-whites")


def terrace(stage: Stage) -> None:
    """A scanner that plays a keyboard, and a printer that is carried about."""
    sell(stage, "lunch-in-the-sun")


def refund(stage: Stage) -> None:
    """One piece of an earlier sale goes back; its money goes back onto the card, and takes its points along."""
    (plan,) = stage.page.refunds
    till = stage.tills[stage.page.sale(plan.of).register]
    earlier, quantities = stage.sold[plan.of].receipt, {plan.line - 1: plan.pieces}
    (due,) = till.register.refund_due(earlier, quantities, means=plan.means)
    reference = onto_card(stage, plan, pos.Money(-due.amount))
    back = till.register.refund(earlier, quantities, means=plan.means, reference=reference, cashier=till.plan.cashier)
    stage.sold[plan.name] = back
    points = sum(entry.points for entry in back.sale.points)
    told = f"receipt {back.receipt} gives back {kroner(-back.sale.total)} kr. of {earlier}"
    stage.narrator.tell(
        "refund",
        f"{told}, and {-points} points go with it",
        receipt=back.receipt,
        amount=-back.sale.total,
        points=points,
    )
    on_paper(stage, till, back.receipt, told)
