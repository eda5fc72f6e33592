"""The drawers are counted, everything goes to the office, and the owner reads."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

import posdevkit as pos
from posdevkit_emulators.demo.office import REPORTS
from posdevkit_emulators.demo.selling import on_paper, sell
from posdevkit_emulators.demo.stage import Stage
from posdevkit_emulators.demo.sums import figures, kroner

__all__ = ["closing", "report"]

_SECONDS: Final = 20.0


def closing(stage: Stage) -> None:
    """One more customer; then a Z report for each register, with what lies in its drawer."""
    sell(stage, "the-last-one")
    sums = figures(stage.page)
    for name, till in stage.tills.items():
        cash = sum(slip.paid for slip in sums.of(name) if slip.means == "cash")
        counted = pos.Money(till.plan.opening + cash)
        shift = till.register.z_report(counted_cash=counted, cashier=till.plan.cashier)
        stage.closed[name] = shift
        told = f"register {till.plan.number}: {shift.sales} sales, {shift.refunds} refunds, {kroner(shift.total)} kr."
        stage.narrator.tell(
            "z-report",
            f"{told}; {kroner(counted.minor)} kr. counted in the drawer",
            register=till.plan.number,
            total=shift.total,
            counted=counted.minor,
        )
        on_paper(stage, till, f"{till.plan.number}-z-{shift.number}", f"Z report of {told}")
        status = till.cloud.wait_empty(_SECONDS)
        stage.narrator.tell("cloud", f"everything of {till.plan.number} has arrived", pending=status.pending)


def report(stage: Stage) -> None:
    """As JSON and CSV for programs, and as a page for people."""
    folder = stage.out / "report"
    for name in REPORTS:
        rows = stage.office.rows(name)
        table = stage.office.table(name)
        stage.reports[name] = rows
        (folder / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (folder / f"{name}.csv").write_text(table, "utf-8")
        lines = len(list(csv.reader(io.StringIO(table)))) - 1
        stage.narrator.check(f"lines of the report by {name} as CSV", expected=len(rows), found=lines)
    (folder / "index.html").write_text(stage.office.page(), "utf-8")
    sales, amount, vat = (stage.taken(figure) for figure in ("sales", "amount", "vat"))
    stage.narrator.tell(
        "report",
        f"{sales} sales, {kroner(amount)} kr., {kroner(vat)} kr. of it VAT: {folder / 'index.html'}",
        page=str(folder / "index.html"),
        amount=amount,
        vat=vat,
    )
