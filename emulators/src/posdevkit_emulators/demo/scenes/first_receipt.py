"""A receipt is printed and the printer confirms it."""

from __future__ import annotations

from posdevkit_emulators.demo.stage import Played, Stage, order
from posdevkit_emulators.demo.telling import tell_job, tell_order

__all__ = ["first_receipt"]


def first_receipt(stage: Stage) -> None:
    """Order to receipt, receipt to the printer, and the printer's own word that it is on paper."""
    stage.narrator.begins("A receipt")
    sale, receipt = order("cafe-order.json")
    tell_order(stage.narrator, sale)
    printer = stage.shop.printer("counter")
    job = printer.submit(receipt, key=f"order-{sale.number}")
    outcome = job.wait(timeout=30)
    stage.played.append(Played(job, sale, ticket=1))
    stage.kicks += sale.takes_cash
    tell_job(stage.narrator, job)
    stage.narrator.check("the printer itself confirmed it", holds=outcome.confirmed, found=str(outcome))
