"""What a job looks like: bytes read back into a display list, and painted.

`render_job` turns a whole job into tickets; `EscPosRenderer` takes decoded commands one at a time and can be stopped
between any two printed lines, which is what an emulator needs. A `Ticket` is everything between two cuts: items with
their places in dots, a text form, packed dots and a PNG. Bytes are judged elsewhere; this room only draws.
"""

from .display import CellStyle, Cut, DrawerKick, Item, Pane, RasterBlock, RollChange, Stroke, Symbol, TextCells, Ticket
from .geometry import Geometry
from .languages import renderer_for
from .lettered import lettered
from .mechanism import NO_STEP, DrawerKicked, LinePrinted, Renderer, Step, TicketFinished
from .preview import render_job
from .renderer import EscPosRenderer

__all__ = [
    "NO_STEP",
    "CellStyle",
    "Cut",
    "DrawerKick",
    "DrawerKicked",
    "EscPosRenderer",
    "Geometry",
    "Item",
    "LinePrinted",
    "Pane",
    "RasterBlock",
    "Renderer",
    "RollChange",
    "Step",
    "Stroke",
    "Symbol",
    "TextCells",
    "Ticket",
    "TicketFinished",
    "lettered",
    "render_job",
    "renderer_for",
]
