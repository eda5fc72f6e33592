"""A member: a campaign, points earned at one register and spent at another."""

from __future__ import annotations

from typing import Final

from posdevkit_emulators.demo.selling import sell
from posdevkit_emulators.demo.stage import Stage

__all__ = ["campaign_and_points"]

_SECONDS: Final = 20.0


def campaign_and_points(stage: Stage) -> None:
    """Two buns for the price of the campaign, then a latte for points."""
    narrator, page = stage.narrator, stage.page
    earned = sell(stage, "buns-for-a-member").sale.points
    narrator.tell("points", f"{page.member.name} earns {sum(one.points for one in earned)} points", earned=len(earned))
    stage.tills["counter"].cloud.push()
    bar = stage.tills["bar"]
    bar.cloud.pull()
    member = bar.register.customer(page.member.phone)
    narrator.tell(
        "points", f"at the bar the till knows by way of the cloud: {member.points} points", points=member.points
    )
    sell(stage, "latte-for-points")
