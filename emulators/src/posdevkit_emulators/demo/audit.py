"""The account at the end: what came out of the printer against what was sold."""

from __future__ import annotations

from posdevkit.paper import RollChange
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.tickets import PrintedTicket

from .stage import Played, Stage

__all__ = ["audit"]


def audit(stage: Stage) -> None:
    """Tell and check every figure. Called when no more paper can come."""
    narrator = stage.narrator
    narrator.begins("The account")
    tickets = {ticket.number: ticket for ticket in stage.printer.tickets}
    for played in stage.played:
        if (ticket := tickets.get(played.ticket)) is not None:
            _ticket(stage, played, ticket)
    narrator.check(
        f"{len(stage.played)} receipts, {len(stage.played)} tickets: one of each, not two",
        holds=sorted(tickets) == [played.ticket for played in stage.played],
        found=f"tickets {sorted(tickets)}",
    )
    kicks = stage.printer.count(What.DRAWER_KICK)
    narrator.check(
        f"{stage.kicks} kicks of the drawer were asked for and came", holds=kicks == stage.kicks, found=str(kicks)
    )


def _ticket(stage: Stage, played: Played, ticket: PrintedTicket) -> None:
    narrator = stage.narrator
    changes = sum(isinstance(item, RollChange) for item in ticket.paper.items)
    rolls = f", on {changes + 1} rolls" if changes else ""
    name = stage.out / f"{ticket.number:04d}"
    missing = [ending for ending in ("png", "txt", "json") if not name.with_suffix(f".{ending}").is_file()]
    narrator.tell(
        "ticket",
        f"{name}.png, .txt, .json: {ticket.paper.width} x {ticket.paper.height} dots{rolls}",
        number=ticket.number,
        key=played.job.key,
        png=f"{name}.png",
        rolls=changes + 1,
    )
    text = ticket.text
    lost = [line.name for line in played.order.lines if text.count(line.name.split()[0]) < 1]
    total = f"{played.order.total.minor // 100},{played.order.total.minor % 100:02d}"
    narrator.check(
        f"ticket {ticket.number:04d} holds all {len(played.order.lines)} lines and the total, and ends with a cut",
        holds=not lost and total in text.replace(".", "") and ticket.cut and not missing,
        found=f"without {', '.join(lost + missing) or 'total or cut'}",
    )
