"""Pages: areas of the paper in dots, and where in an area each thing stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from posdevkit.documents import Area, Direction, Element, Font, Page, PageBox, PageLine, to_dots
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.profiles import Profile

from .operations import (
    FeedLines,
    Operation,
    PageBar,
    PagePart,
    PrintBlock,
    PrintLine,
    PrintPage,
    PrintRaster,
    Run,
    SpaceLines,
)

__all__ = ["LINE_SPACING", "Placed", "below_base_line", "page_operation", "placed", "prints_pages"]

LINE_SPACING: Final = 30
"""Dots from line to line in an area."""
_TURNS: Final[Mapping[Direction, int]] = {"right": 0, "up": 1, "left": 2, "down": 3}
_MOST_UNITS: Final = 255
_PER_INCH: Final = Decimal("25.4")
# Dots of a cell below its base line: 24 have it at 21, 17 at 16, 16 at 15 (ESC/POS Application Programming Guide
# 10.01, p. 125).
_BELOW: Final[Mapping[Font, int]] = {"A": 3, "B": 1, "C": 1}


def below_base_line(font: Font, height: int) -> int:
    """Dots of a character below its base line when it is `height` times as high as its font."""
    return _BELOW[font] * height


def page_operation(
    page: Page, profile: Profile, inside: Callable[[Profile, Iterable[Element]], tuple[Operation, ...]]
) -> PrintPage:
    """The page in dots; `inside` lays out what stands in an area, for a paper that is as wide as the area is.

    Raises DocumentTooWide, naming what reaches beyond the paper.
    """
    dpmm = profile.dpi / _PER_INCH
    parts = [_part(area, profile, dpmm, inside) for area in page.areas]
    shapes: tuple[PageLine | PageBox, ...] = (*page.lines, *page.boxes)
    bars = [bar for shape in shapes for bar in _bars(shape, dpmm)]
    for what, right in (
        *(
            (f"the area at {area.x}, {area.y} mm", part.x + part.width)
            for area, part in zip(page.areas, parts, strict=True)
        ),
        *((f"the line or box at {bar.x}, {bar.y} dots", bar.x + bar.width) for bar in bars),
    ):
        if right > profile.width:
            raise DocumentTooWide(
                f"{what} ends {right} dots from the left edge, {profile.name} prints {profile.width}",
                remedy=f"Let it end within {profile.width / dpmm:.1f} mm, or use wider paper.",
            )
    ends = [part.y + part.height for part in parts] + [bar.y + bar.height for bar in bars]
    return PrintPage(max(ends), tuple(parts), tuple(bars))


def _dots(length: float | Decimal, dpmm: Decimal) -> int:
    return to_dots(Decimal(length), dpmm)


def _between(start: float | Decimal, length: float | Decimal, dpmm: Decimal) -> tuple[int, int]:
    """Where something begins, and its dots: both ends are rounded, so that what meets in millimetres meets in dots."""
    first = _dots(start, dpmm)
    return first, max(1, _dots(Decimal(start) + Decimal(length), dpmm) - first)


def _part(
    area: Area,
    profile: Profile,
    dpmm: Decimal,
    inside: Callable[[Profile, Iterable[Element]], tuple[Operation, ...]],
) -> PagePart:
    x, width = _between(area.x, area.width, dpmm)
    y, height = _between(area.y, area.height, dpmm)
    turns = _TURNS[area.direction]
    across = height if turns % 2 else width
    # Symbols come as dots, whose height is known before they are printed; logos are in the printer, and are refused.
    within = replace(
        profile,
        width=across,
        fonts={name: replace(font, columns=across // font.width) for name, font in profile.fonts.items()},
        barcodes=frozenset(),
        qr=False,
        symbols=frozenset(),
        stored_logos=False,
    )
    return PagePart(x, y, width, height, turns, inside(within, area.elements))


def _bars(shape: PageLine | PageBox, dpmm: Decimal) -> Iterator[PageBar]:
    thick = max(1, _dots(shape.thickness, dpmm))
    if isinstance(shape, PageLine):
        across = shape.direction == "across"
        start, length = _between(shape.x if across else shape.y, shape.length, dpmm)
        if across:
            yield PageBar(start, _dots(shape.y, dpmm), length, thick)
        else:
            yield PageBar(_dots(shape.x, dpmm), start, thick, length)
        return
    x, width = _between(shape.x, shape.width, dpmm)
    y, height = _between(shape.y, shape.height, dpmm)
    yield PageBar(x, y, width, min(thick, height))
    yield PageBar(x, max(y, y + height - thick), width, min(thick, height))
    yield PageBar(x, y, min(thick, width), height)
    yield PageBar(max(x, x + width - thick), y, min(thick, width), height)


class Placed(NamedTuple):
    """A line or a picture, and where its top and its base line are, in dots from the top of its area."""

    top: int
    base: int
    operation: PrintLine | PrintRaster


def placed(part: PagePart, profile: Profile) -> list[Placed]:
    """Everything in an area with its place; pictures and symbols have been turned into dots before.

    Raises BadDocument where the area is too low for it.
    """
    found: list[Placed] = []
    top, spacing = 0, LINE_SPACING
    for operation in _single(part.operations):
        match operation:
            case SpaceLines(dots):
                spacing = LINE_SPACING if dots is None else dots
            case FeedLines(lines):
                top += lines * spacing
            case PrintRaster(raster):
                found.append(Placed(top, top + raster.height, operation))
                top += raster.height
                _check(part, top, profile)
            case PrintLine(runs):
                tall = max((_tall(run, profile) for run in runs), default=0)
                below = max((_below(run) for run in runs), default=0)
                if runs:
                    _check(part, top + tall, profile)
                    found.append(Placed(top, top + tall - below, operation))
                top += max(tall, spacing)
            case _:
                raise TypeError(f"{operation} has no place on a page")
    return found


def _single(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, PrintBlock):
            for line in operation.lines:
                yield PrintLine((Run(line, operation.page, operation.style),), operation.align)
        else:
            yield operation


def _tall(run: Run, profile: Profile) -> int:
    font, style = profile.fonts[run.style.font], run.style
    return font.width * style.width if style.rotate else font.height * style.height


def _below(run: Run) -> int:
    return 0 if run.style.rotate else below_base_line(run.style.font, run.style.height)


def _check(part: PagePart, needed: int, profile: Profile) -> None:
    if needed > part.along:
        mm = float(_PER_INCH) / profile.dpi
        raise BadDocument(
            f"the area at {part.x * mm:.1f}, {part.y * mm:.1f} mm is {part.along * mm:.1f} mm long, "
            f"what stands in it takes {needed * mm:.1f} or more",
            remedy="Make the area larger, or put less into it.",
        )


def prints_pages(page: PrintPage, profile: Profile) -> bool:
    """Whether the model sets this page by itself: it has page mode and a page as long, and no character is turned."""
    return (
        page.height <= profile.page_rows
        and profile.dpi <= _MOST_UNITS
        and not any(
            run.style.rotate or run.style.upside_down
            for part in page.parts
            for operation in _single(part.operations)
            if isinstance(operation, PrintLine)
            for run in operation.runs
        )
    )
