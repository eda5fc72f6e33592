"""Field data: text as bytes in which nothing can be a command, and back.

`^FH_` makes `_` and two hexadecimal digits one byte, `^CI28` makes the bytes UTF-8 (ZPL II guide, ^FH and ^CI). All but
letters, digits and blanks is written that way, so that it holds also where ^CC, ^CT or ^CD have exchanged characters.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escaped", "unescaped"]

_PLAIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
_SPECIAL: Final = re.compile(rb"[^A-Za-z0-9 ]")
_WRITTEN: Final = tuple(bytes([n]) if n in _PLAIN else b"_%02X" % n for n in range(256))


def escaped(data: bytes) -> bytes:
    """`data` for `^FH_^FD`."""
    return _SPECIAL.sub(lambda found: _WRITTEN[found[0][0]], data)


def unescaped(data: bytes, indicator: bytes) -> bytes:
    """What the printer makes of `^FD` data after `^FH`; an indicator without two hexadecimal digits is itself."""
    return re.sub(re.escape(indicator) + rb"([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), data)
