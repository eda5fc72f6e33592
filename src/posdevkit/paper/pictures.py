"""What the ESC/POS commands do that print, keep and forget pictures: raster, columns, stored and downloaded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar, cast

from posdevkit.documents import Raster
from posdevkit.imaging import scale
from posdevkit.protocols.escpos.commands import graphics, stored
from posdevkit.protocols.vocabulary import Command

from .bits import columns_to_rows, cropped, turned
from .kept import keeps, picture_by_columns, picture_by_rows
from .mechanism import Handler, Renderer, Step
from .settings import Setting
from .state import Modes

__all__ = ["PICTURE_HANDLERS", "PICTURE_SETTINGS"]

C = TypeVar("C", bound=Command)
_Steps = Iterator[Step]
_HANDLERS: dict[type[Command], Handler] = {}
PICTURE_HANDLERS: Final[Mapping[type[Command], Handler]] = _HANDLERS
"""By command class."""
_SETTINGS: dict[type[Command], Setting] = {}
PICTURE_SETTINGS: Final[Mapping[type[Command], Setting]] = _SETTINGS
"""By command class."""

_SCALES: Final[Mapping[int, tuple[int, int]]] = {0: (1, 1), 1: (2, 1), 2: (1, 2), 3: (2, 2)}
_BUFFER: Final = 8 * 1024 * 1024
"""Bytes of graphics that may wait to be printed; what comes beyond is lost."""
_COLUMNS: Final = 1024 * 1024
"""Bytes of a picture in columns, which has to be turned round; a larger one is lost."""
_LARGEST_BIT_IMAGE: Final = 1536
"""Width times height in eighths (Epson TM-T88III specification, sheet 118)."""


def _prints(kind: type[C]) -> Callable[[Callable[[Renderer, C], _Steps]], Callable[[Renderer, C], _Steps]]:
    def register(function: Callable[[Renderer, C], _Steps]) -> Callable[[Renderer, C], _Steps]:
        _HANDLERS[kind] = cast(Handler, function)
        return function

    return register


def _sets(kind: type[C]) -> Callable[[Callable[[Modes, C], None]], Callable[[Modes, C], None]]:
    def register(function: Callable[[Modes, C], None]) -> Callable[[Modes, C], None]:
        _SETTINGS[kind] = cast(Setting, function)
        return function

    return register


@_prints(graphics.BitImage)
def _bit_image(printer: Renderer, command: graphics.BitImage) -> _Steps:
    # 8-dot modes have a third of the vertical density; even modes half of the horizontal one.
    deep, sy = (3, 1) if command.mode >= 32 else (1, 3)
    raster = scale(columns_to_rows(command.data, command.columns, deep), 1 if command.mode & 1 else 2, sy)
    room = printer.line.room - printer.line.cursor
    raster = cropped(raster, max(0, room))
    if raster.width:
        printer.line.put_columns(turned(raster) if printer.modes.turned else raster)
    return iter(())


def _alone(printer: Renderer, picture: Raster | None, sx: int = 1, sy: int = 1) -> _Steps:
    """A picture by itself, below what has been set of a line; nothing where there is none."""
    yield from printer.flush()
    if picture is not None:
        yield from printer.print_raster(scale(picture, sx, sy))


@_prints(graphics.RasterImage)
def _raster_image(printer: Renderer, command: graphics.RasterImage) -> _Steps:
    raster = Raster(8 * command.width_bytes, command.rows, command.data)
    return _alone(printer, raster, *_SCALES[command.mode & 3])


@_prints(graphics.PrintTallBitImage)
def _tall(printer: Renderer, command: graphics.PrintTallBitImage) -> _Steps:
    small = len(command.data) <= _COLUMNS
    picture = picture_by_columns(command.width, 8 * command.height_bytes, command.data) if small else None
    return _alone(printer, picture, *_SCALES[command.mode & 3])


def _wait(modes: Modes, picture: Raster | None, sx: int, sy: int) -> None:
    if picture is not None and sum(len(one.data) for one in modes.graphics) + len(picture.data) <= _BUFFER:
        modes.graphics.append(scale(picture, sx, sy))


@_sets(graphics.StoreRaster)
def _store_raster(modes: Modes, command: graphics.StoreRaster) -> None:
    picture = picture_by_rows(command.width, command.height, command.data)
    _wait(modes, picture, command.scale_x, command.scale_y)


@_sets(graphics.StoreColumns)
def _store_columns(modes: Modes, command: graphics.StoreColumns) -> None:
    if len(command.data) > _COLUMNS:
        return
    picture = picture_by_columns(command.width, command.height, command.data)
    _wait(modes, picture, command.scale_x, command.scale_y)


@_prints(graphics.PrintGraphics)
def _print_graphics(printer: Renderer, command: graphics.PrintGraphics) -> _Steps:
    yield from printer.flush()
    waiting, printer.modes.graphics = printer.modes.graphics, []
    for raster in waiting:
        yield from printer.print_raster(raster)


@_sets(graphics.DefineDownloadedBitImage)
def _define_bit_image(modes: Modes, command: graphics.DefineDownloadedBitImage) -> None:
    # It shares its memory with the user-defined characters (Metapace T-3 command manual, p. 105).
    if command.x * command.y <= _LARGEST_BIT_IMAGE:
        modes.user.clear()
        modes.bit_image = picture_by_columns(8 * command.x, 8 * command.y, command.data)


@_prints(graphics.PrintDownloadedBitImage)
def _print_bit_image(printer: Renderer, command: graphics.PrintDownloadedBitImage) -> _Steps:
    return _alone(printer, printer.modes.bit_image, *_SCALES[command.mode & 3])


@_prints(stored.PrintNvGraphics)
def _print_kept(printer: Renderer, command: stored.PrintNvGraphics) -> _Steps:
    picture = printer.kept.get(bytes((command.key1, command.key2)))
    return _alone(printer, picture, command.scale_x, command.scale_y)


@_prints(stored.PrintDownloadGraphics)
def _print_downloaded(printer: Renderer, command: stored.PrintDownloadGraphics) -> _Steps:
    picture = printer.modes.downloaded.get(bytes((command.key1, command.key2)))
    return _alone(printer, picture, command.scale_x, command.scale_y)


@_prints(stored.PrintNvBitImage)
def _print_old(printer: Renderer, command: stored.PrintNvBitImage) -> _Steps:
    if printer.sheet.on:
        return iter(())  # not in page mode (Epson TM-T88III specification, sheet 111)
    return _alone(printer, printer.kept.get(bytes((command.number,))), *_SCALES[command.mode & 3])


@_prints(stored.DefineNvBitImages)
def _define_old(printer: Renderer, command: stored.DefineNvBitImages) -> _Steps:
    printer.kept.obey(command)
    printer.power_on()  # all modes, as at power-on, and what is set (Epson TM-T81 specification, sheet 114)
    return iter(())


def _keep(printer: Renderer, command: Command) -> _Steps:
    (printer.kept if keeps(command) else printer.modes.downloaded).obey(command)
    return iter(())


_HANDLERS.update(
    dict.fromkeys(
        (
            stored.DefineNvRaster,
            stored.DefineNvColumns,
            stored.DeleteNvGraphics,
            stored.DeleteAllNvGraphics,
            stored.DefineDownloadRaster,
            stored.DefineDownloadColumns,
            stored.DeleteDownloadGraphics,
            stored.DeleteAllDownloadGraphics,
            stored.DefineBitmap,
        ),
        _keep,
    )
)
