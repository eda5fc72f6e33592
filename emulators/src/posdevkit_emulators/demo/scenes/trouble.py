"""What goes wrong on an ordinary morning: paper, terminal, network."""

from __future__ import annotations

from typing import Final

import posdevkit as pos
from posdevkit_emulators.demo.selling import sell
from posdevkit_emulators.demo.stage import Stage

__all__ = ["lost_answer", "network_down", "paper_ends"]

LINES_LEFT: Final = 18
"""Lines that are left on the roll: the receipt takes more than twice as many."""
STATUS_MESSAGE: Final = 8
"""Which of the terminal's messages says that the card was charged: three tell of its last receipt, then it takes the
charge, asks for the card, asks for patience, and shows that it approved."""
_SECONDS: Final = 20.0


def paper_ends(stage: Stage) -> None:
    """The job waits for a new roll and goes on: one ticket, on two rolls, and not two."""
    stage.devices.hands("counter", lambda bench: bench.printer.run_out(after=LINES_LEFT))
    sell(stage, "a-big-basket")


def lost_answer(stage: Stage) -> None:
    """The card is charged and nobody hears of it; it is charged once."""
    stage.devices.lose_answer(STATUS_MESSAGE)
    before = len(stage.devices.terminal.model.ledger)
    sell(stage, "breakfast")
    charged = len(stage.devices.terminal.model.ledger) - before
    stage.narrator.check("charges of that card in the terminal's own ledger", expected=1, found=charged)


def network_down(stage: Stage) -> None:
    """Selling goes on; the facts wait in the registers' files, and arrive."""
    narrator, tills = stage.narrator, stage.tills
    for till in tills.values():
        till.cloud.wait_empty(_SECONDS)
    stage.devices.do(stage.network.cut)
    narrator.tell("network", "somebody pulls the network cable", up=False)
    for name in ("offline-cake", "offline-coffee", "offline-beer"):
        sell(stage, name)
    try:
        tills["counter"].cloud.push()
    except pos.CloudOffline as problem:
        narrator.tell("remedy", f'the cashier reads: "{problem.remedy()}"', error=problem.slug)
    waiting = sum(till.cloud.status().pending for till in tills.values())
    narrator.check("sales that wait in the registers' files", expected=3, found=waiting)
    stage.devices.do(stage.network.mend)
    narrator.tell("network", "the cable is back", up=True)
    for till in tills.values():
        till.cloud.push()
    waiting = sum(till.cloud.status().pending for till in tills.values())
    narrator.check("sales that still wait", expected=0, found=waiting)
