"""QR codes: whether the data fits a symbol, and the symbol the paper.

The capacity is that of byte mode, which is right for text and a safe bound where a printer packs digits closer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from posdevkit.documents import QrCode
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.profiles import Profile

__all__ = ["NEVER_IN_A_SYMBOL", "check_qr", "qr_capacity", "qr_version", "qr_width"]

# Data codewords of versions 1 to 40 by level: ISO/IEC 18004, number of data codewords.
_CODEWORDS: Mapping[str, tuple[int, ...]] = {
    "L": (
        *(19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795, 861),
        *(932, 1006, 1094, 1174, 1276, 1370, 1468, 1531, 1631, 1735, 1843, 1955, 2071, 2191, 2306, 2434, 2566, 2702),
        *(2812, 2956),
    ),
    "M": (
        *(16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669),
        *(714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102),
        *(2216, 2334),
    ),
    "Q": (
        *(13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445, 485),
        *(512, 568, 614, 664, 718, 754, 808, 871, 911, 985, 1033, 1115, 1171, 1231, 1286, 1354, 1426, 1502),
        *(1582, 1666),
    ),
    "H": (
        *(9, 16, 26, 36, 46, 60, 66, 86, 100, 122, 140, 158, 180, 197, 223, 253, 283, 313, 341, 385),
        *(406, 442, 464, 514, 538, 596, 628, 661, 701, 745, 793, 845, 901, 961, 986, 1054, 1096, 1142),
        *(1222, 1276),
    ),
}


def qr_capacity(version: int, level: str) -> int:
    """Bytes that a symbol of `version` (1 to 40) holds at `level` (L, M, Q or H) in byte mode."""
    # Mode and length take 12 bits up to version 9, 20 bits from version 10.
    return _CODEWORDS[level][version - 1] - (2 if version <= 9 else 3)


def qr_version(size: int, level: str) -> int | None:
    """The smallest version that holds `size` bytes at `level`, or None."""
    for version in range(1, 41):
        if size <= qr_capacity(version, level):
            return version
    return None


def qr_width(version: int, module: int) -> int:
    """Dots across, without the quiet zone; `module` in dots."""
    return (17 + 4 * version) * module


def check_qr(qr: QrCode, profile: Profile) -> QrCode:
    """`qr` as it is, if it can be printed. Its data travels as UTF-8.

    Raises BadDocument for data that is too long or holds a character no symbol should carry, and DocumentTooWide,
    both with what to do instead.
    """
    if bad := NEVER_IN_A_SYMBOL.search(qr.data):
        raise BadDocument(f"QR data with U+{ord(bad[0]):04X}", remedy="Remove the character that is named.")
    size = len(qr.data.encode())
    version = qr_version(size, qr.level)
    if version is None:
        # Only what helps is proposed: level L holds the most, and for some data that is not enough either.
        other = ", or use level='L'" if qr_version(size, "L") is not None else ""
        raise BadDocument(
            f"QR data of {size} bytes, level {qr.level} holds {qr_capacity(40, qr.level)}",
            remedy=f"Shorten the data, for example to a link{other}.",
        )
    width = qr_width(version, qr.module)
    if width > profile.width:
        module = profile.width // qr_width(version, 1)
        smaller = f"Use module={module}" if module else "Shorten the data, use level='L'"
        raise DocumentTooWide(
            f"the QR code takes {width} dots, {profile.name} prints {profile.width}",
            remedy=f"{smaller}, or wider paper.",
        )
    return qr


# DLE begins a printer's real-time commands, which it obeys even inside data; the other controls but line breaks and
# tabs go with it, since readers stumble over them.
NEVER_IN_A_SYMBOL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
