"""The scenes in their order. A scene is a function of the stage; a new one is a function here and a line below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from posdevkit_emulators.demo.stage import Stage

from .closing import closing, report
from .customers import bar, counter, refund, scale, terrace
from .loyalty import campaign_and_points
from .opening import label, opening
from .trouble import lost_answer, network_down, paper_ends

__all__ = ["SCENES", "Scene"]

Scene = Callable[[Stage], None]

SCENES: Final[tuple[tuple[str, Scene], ...]] = (
    ("The shop opens", opening),
    ("A shelf label", label),
    ("Bread and milk: a serial scanner, the customer display, cash, a receipt over TCP", counter),
    ("Apples: the scale, a card", scale),
    ("The bar: a HID scanner, a wallet's code, a receipt over USB", bar),
    ("The terrace: a scanner that types, a card, a receipt over Bluetooth LE", terrace),
    ("The paper ends in the middle of a receipt", paper_ends),
    ("The terminal's answer is lost", lost_answer),
    ("The network is down for three sales, and returns", network_down),
    ("A campaign, and points that are earned and spent", campaign_and_points),
    ("A bun comes back", refund),
    ("The shop closes", closing),
    ("The owner's report", report),
)
