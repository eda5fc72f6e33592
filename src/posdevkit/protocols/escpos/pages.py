"""A page in page mode: areas and directions, each line and picture at its own place on a base line.

Nothing is left to what a model does by itself: motion units are dots for the time of the page, and every line has an
absolute place, so neither line spacing nor the first position matters. Pictures and lines come as graphics, since
`GS v 0` is not available in page mode (Epson TM-T88III specification, `ESC L`) and `GS ( Q` few models have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from posdevkit.documents import Raster, Style
from posdevkit.layout.operations import PagePart, PrintPage, PrintRaster, Run
from posdevkit.layout.pages import Placed, placed
from posdevkit.profiles import Profile

from .commands.graphics import PrintGraphics, StoreRaster
from .commands.page import EnterPageMode, PrintPageAndLeave, SetAbsoluteVertical, SetPageArea, SetPageDirection
from .commands.position import SetAbsolutePosition, SetMotionUnits

__all__ = ["page_parts"]

_PLAIN: Final = Style()
_SCALE, _TONE, _BLACK = 1, 48, 49
_PRINT: Final = PrintGraphics().encode()


def page_parts(page: PrintPage, profile: Profile, look: Callable[[Style, int], bytes]) -> Iterable[bytes]:
    """The bytes of a page that the model can set; `look` changes style and code page.

    Raises BadDocument where an area is too low for what stands in it.
    """
    yield SetMotionUnits(profile.dpi, profile.dpi).encode() + EnterPageMode().encode()
    if page.bars:
        yield _area(0, 0, profile.width, page.height, 0)
        for bar in page.bars:
            yield _at(bar.x, bar.y + bar.height) + _graphics(_black(bar.width, bar.height))
    for part in page.parts:
        yield _area(part.x, part.y, part.width, part.height, part.turns)
        for one in placed(part, profile):
            yield from _set(one, part, profile, look)
    # Most models print no further than what was set: the lowest area is the end of the page.
    yield PrintPageAndLeave().encode() + SetMotionUnits(0, 0).encode()


def _area(x: int, y: int, width: int, height: int, turns: int) -> bytes:
    return SetPageArea(x, y, width, height).encode() + SetPageDirection(turns).encode()


def _at(x: int, base: int) -> bytes:
    return SetAbsoluteVertical(base).encode() + SetAbsolutePosition(x).encode()


def _set(one: Placed, part: PagePart, profile: Profile, look: Callable[[Style, int], bytes]) -> Iterable[bytes]:
    operation = one.operation
    if isinstance(operation, PrintRaster):
        yield _at(_left(operation.raster.width, operation.align, part), one.base) + _graphics(operation.raster)
        return
    width = sum(len(run.data) * _cell(run, profile) for run in operation.runs)
    yield _at(_left(width, operation.align, part), one.base)
    for run in operation.runs:
        yield look(run.style, run.page)
        yield run.data
    # What is set of a line goes with the mode, so it must not reach the next line's place.
    yield look(_PLAIN, operation.runs[-1].page)


def _cell(run: Run, profile: Profile) -> int:
    style = run.style
    return (profile.fonts[style.font].width + style.spacing) * style.width


def _left(width: int, align: str, part: PagePart) -> int:
    spare = max(0, part.across - width)
    return {"left": 0, "center": spare // 2}.get(align, spare)


def _graphics(raster: Raster) -> bytes:
    return StoreRaster(_TONE, _SCALE, _SCALE, _BLACK, raster.width, raster.height, raster.data).encode() + _PRINT


def _black(width: int, height: int) -> Raster:
    spare = -width % 8
    row = ((1 << width) - 1 << spare).to_bytes((width + spare) // 8, "big")
    return Raster(width, height, row * height)
