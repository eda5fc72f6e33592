"""Pictures that a printer keeps: the questions, the answers, and the commands. Storing wears its flash memory.

Those that are downloaded lie in its working memory instead, and the next `ESC @` forgets them.

Sources: Epson GS ( L functions 64, 66, 67, 80, 82 and 83; Citizen CT-S280 command reference, p. 160: blocks of at
most 40 keys, status 41 where another follows, and an acknowledgement for each.
"""

from __future__ import annotations

from posdevkit.documents import Raster

from .commands.stored import (
    DefineDownloadRaster,
    DefineNvRaster,
    DeleteDownloadGraphics,
    DeleteNvGraphics,
    ListDownloadGraphics,
    ListNvGraphics,
)
from .replies import Block

__all__ = [
    "ACK",
    "KEYS_IN_BLOCK",
    "LIST_DOWNLOADED",
    "LIST_LOGOS",
    "KeyList",
    "delete_logo",
    "kept_size",
    "key_blocks",
    "store_logo",
]

ACK = b"\x06"
LIST_LOGOS = ListNvGraphics(b"KC").encode()
LIST_DOWNLOADED = ListDownloadGraphics(b"KC").encode()
KEYS_IN_BLOCK = 40
_CONTROL = 24  # of each picture (Epson TM-T81 specification, sheet 86)
_HEADER = 0x37
_KEYS = {False: b"\x72", True: b"\x73"}
"""What the answer begins with, by whether it tells of the downloaded ones (Epson guide 10.01, p. 251)."""
_LAST, _MORE = b"\x40", b"\x41"
_MONOCHROME, _BLACK = 48, b"\x31"


def store_logo(key: str, raster: Raster, *, downloaded: bool = False) -> bytes:
    """The command that makes the printer keep `raster` under `key`."""
    kc1, kc2 = key.encode("ascii")
    define = DefineDownloadRaster if downloaded else DefineNvRaster
    return define(_MONOCHROME, kc1, kc2, 1, raster.width, raster.height, _BLACK + raster.data).encode()


def kept_size(raster: Raster) -> int:
    """Bytes of the printer's memory that a picture takes, stored or downloaded."""
    return len(raster.data) + _CONTROL


def delete_logo(key: str, *, downloaded: bool = False) -> bytes:
    """The command that makes the printer forget what it keeps under `key`."""
    kc1, kc2 = key.encode("ascii")
    return (DeleteDownloadGraphics if downloaded else DeleteNvGraphics)(kc1, kc2).encode()


def key_blocks(keys: list[bytes], *, downloaded: bool = False) -> list[Block]:
    """What a printer answers to `LIST_LOGOS`, or to `LIST_DOWNLOADED`."""
    groups = [keys[at : at + KEYS_IN_BLOCK] for at in range(0, len(keys), KEYS_IN_BLOCK)] or [[]]
    return [
        Block(_HEADER, _KEYS[downloaded] + (_MORE if place < len(groups) else _LAST) + b"".join(group))
        for place, group in enumerate(groups, 1)
    ]


class KeyList:
    """Gathers the answer to `LIST_LOGOS` or `LIST_DOWNLOADED`; every block that it takes wants an `ACK`."""

    def __init__(self, *, downloaded: bool = False) -> None:
        self.keys: list[str] = []
        self.blocks = 0
        self.complete = False
        self._begins = _KEYS[downloaded]

    def take(self, header: int, data: bytes) -> bool:
        """Whether this block belongs to the answer."""
        if header != _HEADER or data[:1] != self._begins or data[1:2] not in (_LAST, _MORE):
            return False
        found = data[2:].decode("ascii", "replace")
        self.keys += [found[at : at + 2] for at in range(0, len(found), 2)]
        self.blocks += 1
        self.complete = data[1:2] == _LAST
        return True
