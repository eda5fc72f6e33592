"""The scenes in their order. A scene is a function of the stage; a new one is a module here and a line below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from posdevkit_emulators.demo.stage import Stage

from .drawer import drawer
from .first_receipt import first_receipt
from .paper_runs_out import paper_runs_out

__all__ = ["SCENES", "Scene"]

Scene = Callable[[Stage], None]

SCENES: Final[tuple[Scene, ...]] = (first_receipt, drawer, paper_runs_out)
