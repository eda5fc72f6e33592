"""Pictures that the printer keeps under keys, over `ESC @` and power cycles."""

from __future__ import annotations

from posdevkit.documents import Raster
from posdevkit.protocols.escpos.commands import stored
from posdevkit.protocols.vocabulary import Command

from .bits import cropped

__all__ = ["KeptPictures"]

CAPACITY = 384 * 1024
"""Bytes of user memory for pictures, as a TM-T88V has them; what does not fit is not kept."""


class KeptPictures:
    """What `GS ( L` 65, 66, 67 do. Only the first colour is kept."""

    def __init__(self) -> None:
        self._pictures: dict[bytes, Raster] = {}

    @property
    def keys(self) -> list[bytes]:
        """In the order in which they were stored."""
        return list(self._pictures)

    def get(self, command: stored.PrintNvGraphics) -> Raster | None:
        """The picture that is to be printed; None where there is none."""
        return self._pictures.get(bytes((command.key1, command.key2)))

    def obey(self, command: Command) -> None:
        """Store or forget."""
        if isinstance(command, stored.DeleteAllNvGraphics):
            if command.magic == b"CLR":
                self._pictures.clear()
        elif isinstance(command, stored.DeleteNvGraphics):
            self._pictures.pop(bytes((command.key1, command.key2)), None)
        elif isinstance(command, stored.DefineNvRaster):
            self._store(command)

    def _store(self, command: stored.DefineNvRaster) -> None:
        size = (command.width + 7) // 8 * command.height
        dots = command.data[1 : 1 + size]
        key = bytes((command.key1, command.key2))
        others = sum(len(raster.data) for name, raster in self._pictures.items() if name != key)
        if len(dots) < size or not size or others + size > CAPACITY:
            return
        self._pictures.pop(key, None)
        self._pictures[key] = cropped(Raster(command.width, command.height, dots), command.width)
