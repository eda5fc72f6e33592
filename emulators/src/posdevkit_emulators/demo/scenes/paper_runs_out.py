"""The roll ends in the middle of a receipt; a new one goes in, and the same job is confirmed: one ticket, not two."""

from __future__ import annotations

from typing import Final

import posdevkit as pos
from posdevkit_emulators.demo.stage import Played, Stage, order
from posdevkit_emulators.demo.telling import tell_job, tell_order

__all__ = ["paper_runs_out"]

LINES_LEFT: Final = 24
"""Lines that are left on the roll: the receipt takes about twice as many."""
PATIENCE_SECONDS: Final = 1.0


def paper_runs_out(stage: Stage) -> None:
    """Nothing is sent again: the job outlives the deadline and goes on with the new roll."""
    narrator = stage.narrator
    narrator.begins("The paper runs out in the middle")
    sale, receipt = order("cafe-order-2.json")
    tell_order(narrator, sale)
    printer = stage.shop.printer("counter")
    stage.printer.run_out(after=LINES_LEFT)

    def show_cashier(event: pos.JobEvent) -> None:
        narrator.tell(
            "remedy", f'the cashier reads: "{event.remedy}"', problem=event.problem, remedy=event.remedy, key=event.key
        )

    key = f"order-{sale.number}"
    stage.kicks += sale.takes_cash
    try:
        printer.print(receipt, key=key, timeout=PATIENCE_SECONDS, on_wait=show_cashier)
    except pos.PaperOut as problem:
        job = problem.job
        assert isinstance(job, pos.Job)
        narrator.tell(
            "deadline",
            f"{PATIENCE_SECONDS:g} s are over: {type(problem).__name__}, and the job lives on: {problem.outcome}",
            error=problem.slug,
            outcome=str(problem.outcome),
            remedy_da=problem.remedy("da"),
        )
    else:
        narrator.check("the roll ended in the middle of the receipt", holds=False, found="the receipt was printed")
        return
    narrator.tell("hands", "somebody loads a new roll and closes the cover", did="load_paper")
    stage.printer.load_paper()
    outcome = job.wait(timeout=30)
    stage.played.append(Played(job, sale, ticket=2))
    tell_job(narrator, job)
    narrator.check("the same job was confirmed", holds=outcome.confirmed and job.key == key, found=str(outcome))
