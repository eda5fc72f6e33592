"""The cash drawer."""

from __future__ import annotations

import posdevkit as pos
from posdevkit_emulators.demo.stage import Stage
from posdevkit_emulators.printers.effects import What

__all__ = ["drawer"]


def drawer(stage: Stage) -> None:
    """The receipt of a cash sale has opened it already; now it is opened by itself, for change."""
    stage.narrator.begins("The drawer")
    try:
        outcome = stage.shop.printer("counter").open_drawer(timeout=10)
    finally:
        stage.kicks += 1
    kicked = stage.printer.count(What.DRAWER_KICK)
    stage.narrator.tell(
        "drawer", f"opened once with the receipt and once by itself: {outcome}", kicks=kicked, outcome=str(outcome)
    )
    stage.narrator.check(
        f"the drawer was kicked {stage.kicks} times, no more and no less",
        holds=kicked == stage.kicks and outcome.delivery is pos.Delivery.CONFIRMED,
        found=f"{kicked} kicks, {outcome}",
    )
