"""Pictures that the printer keeps under keys: over `ESC @` and power cycles, or downloaded until the next `ESC @`.

What is kept takes its dots and 24 bytes of control information (Epson TM-T81 specification, sheet 86); what does not
fit is not kept. Graphics and the bit images of old (`FS q`) share one memory and shut each other out (sheets 86, 114).
"""

from __future__ import annotations

from typing import Final

from posdevkit.documents import Raster
from posdevkit.protocols.escpos.commands import stored
from posdevkit.protocols.escpos.logos import kept_size
from posdevkit.protocols.vocabulary import Command

from .bitmaps import bitmap
from .bits import columns_to_rows, cropped

__all__ = ["KEPT", "KeptPictures", "keeps", "old_bit_images", "picture_by_columns", "picture_by_rows"]

KEPT: Final = 384 * 1024
"""Bytes of flash memory for pictures, as a TM-T88V has them."""
_STORED: Final = 67
_CLEAR: Final = b"CLR"


def picture_by_rows(width: int, height: int, data: bytes) -> Raster | None:
    """A picture that came row by row; None where dots are missing."""
    size = (width + 7) // 8 * height
    if not size or len(data) < size:
        return None
    return cropped(Raster(width, height, data[:size]), width)


def picture_by_columns(width: int, height: int, data: bytes) -> Raster | None:
    """A picture that came column by column, each padded to whole bytes; None where dots are missing."""
    deep = (height + 7) // 8
    size = width * deep
    if not size or len(data) < size:
        return None
    raster = columns_to_rows(data[:size], width, deep)
    return Raster(width, height, raster.data[: raster.stride * height])


def old_bit_images(command: stored.DefineNvBitImages) -> list[Raster]:
    """The pictures of `FS q`: each its width and height in eighths (u16 each), then its columns."""
    found: list[Raster] = []
    data, at = command.data, 0
    while at + 4 <= len(data):
        width, height = (int.from_bytes(data[place : place + 2], "little") for place in (at, at + 2))
        at += 4
        size = 8 * width * height
        picture = picture_by_columns(8 * width, 8 * height, data[at : at + size])
        if picture is None:
            break
        found.append(picture)
        at += size
    return found


class KeptPictures:
    """One memory. Only the first colour of a picture is kept."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._pictures: dict[bytes, Raster] = {}  # keys have two bytes, the numbers of old bit images one

    @property
    def keys(self) -> list[bytes]:
        """In the order in which they were stored."""
        return [key for key in self._pictures if len(key) == 2]

    @property
    def room(self) -> int:
        """Bytes that are left."""
        return self.capacity - sum(map(kept_size, self._pictures.values()))

    def get(self, key: bytes) -> Raster | None:
        """The picture that is to be printed; None where there is none."""
        return self._pictures.get(key)

    def obey(self, command: Command) -> None:
        """Store or forget."""
        if isinstance(command, stored.DeleteAllNvGraphics | stored.DeleteAllDownloadGraphics):
            if command.magic == _CLEAR:
                self._pictures.clear()
        elif isinstance(command, stored.DeleteNvGraphics | stored.DeleteDownloadGraphics):
            self._pictures.pop(_key(command), None)
        elif isinstance(command, stored.DefineNvRaster | stored.DefineDownloadRaster):
            self._define(_key(command), picture_by_rows(command.width, command.height, command.data[1:]))
        elif isinstance(command, stored.DefineNvColumns | stored.DefineDownloadColumns):
            if len(command.data) <= self.capacity:  # what cannot fit is not turned round first
                self._define(_key(command), picture_by_columns(command.width, command.height, command.data[1:]))
        elif isinstance(command, stored.DefineBitmap):
            self._define(_key(command), bitmap(command.data))
        elif isinstance(command, stored.DefineNvBitImages):
            self._pictures.clear()
            for number, picture in enumerate(old_bit_images(command), 1):
                self._keep(bytes((number,)), picture)

    def _define(self, key: bytes, picture: Raster | None) -> None:
        if picture is None:
            return
        for old in [name for name in self._pictures if len(name) == 1]:
            del self._pictures[old]
        self._keep(key, picture)

    def _keep(self, key: bytes, picture: Raster) -> None:
        before = self._pictures.get(key)
        freed = 0 if before is None else kept_size(before)
        if kept_size(picture) <= self.room + freed:
            self._pictures.pop(key, None)
            self._pictures[key] = picture


_Keyed = (
    stored.DeleteNvGraphics
    | stored.DeleteDownloadGraphics
    | stored.DefineNvRaster
    | stored.DefineNvColumns
    | stored.DefineDownloadRaster
    | stored.DefineDownloadColumns
    | stored.DefineBitmap
    | stored.PrintNvGraphics
    | stored.PrintDownloadGraphics
)


def _key(command: _Keyed) -> bytes:
    return bytes((command.key1, command.key2))


_FLASH: Final = frozenset(
    {
        stored.DefineNvRaster,
        stored.DefineNvColumns,
        stored.DeleteNvGraphics,
        stored.DeleteAllNvGraphics,
        stored.DefineNvBitImages,
    }
)


def keeps(command: Command) -> bool:
    """Whether it is for the memory that lasts, and not for the downloaded pictures."""
    if isinstance(command, stored.DefineBitmap):
        return command.function == _STORED
    return type(command) in _FLASH
