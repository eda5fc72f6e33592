"""Bytes and numbers by the names that scripts import; all of them from this library's own command table."""

from __future__ import annotations

from typing import Final

from posdevkit.protocols.escpos.commands import mechanism, position, status, text

__all__ = [
    "CD_KICK_2",
    "CD_KICK_5",
    "CODEPAGE_CHANGE",
    "CTL_CR",
    "CTL_FF",
    "CTL_HT",
    "CTL_LF",
    "CTL_VT",
    "DLE",
    "ENQ",
    "EOT",
    "ESC",
    "FS",
    "GS",
    "HW_INIT",
    "LINESPACING_RESET",
    "NUL",
    "PAPER_FULL_CUT",
    "PAPER_PART_CUT",
    "QR_ECLEVEL_H",
    "QR_ECLEVEL_L",
    "QR_ECLEVEL_M",
    "QR_ECLEVEL_Q",
    "QR_MICRO",
    "QR_MODEL_1",
    "QR_MODEL_2",
    "RT_MASK_LOWPAPER",
    "RT_MASK_NOPAPER",
    "RT_MASK_ONLINE",
    "RT_MASK_PAPER",
    "RT_STATUS_ONLINE",
    "RT_STATUS_PAPER",
    "TXT_NORMAL",
    "TXT_SIZE",
]

NUL: Final = b"\x00"
EOT: Final = b"\x04"
ENQ: Final = b"\x05"
DLE: Final = b"\x10"
ESC: Final = b"\x1b"
FS: Final = b"\x1c"
GS: Final = b"\x1d"

CTL_LF: Final = position.LineFeed().encode()
CTL_FF: Final = b"\f"
CTL_CR: Final = b"\r"
CTL_HT: Final = b"\t"
CTL_VT: Final = b"\v"

HW_INIT: Final = text.Initialize().encode()
CODEPAGE_CHANGE: Final = ESC + b"t"
TXT_SIZE: Final = GS + b"!"
TXT_NORMAL: Final = text.SelectPrintMode(0).encode()
LINESPACING_RESET: Final = position.DefaultLineSpacing().encode()
CD_KICK_2: Final = mechanism.DrawerPulse(0, 50, 50).encode()
CD_KICK_5: Final = mechanism.DrawerPulse(1, 50, 50).encode()
PAPER_FULL_CUT: Final = GS + b"V\x00"
PAPER_PART_CUT: Final = GS + b"V\x01"

QR_ECLEVEL_L: Final = 0
QR_ECLEVEL_M: Final = 1
QR_ECLEVEL_Q: Final = 2
QR_ECLEVEL_H: Final = 3
QR_MODEL_1: Final = 1
QR_MODEL_2: Final = 2
QR_MICRO: Final = 3

RT_STATUS_ONLINE: Final = status.RealtimeStatusRequest(1).encode()
RT_STATUS_PAPER: Final = status.RealtimeStatusRequest(4).encode()
RT_MASK_ONLINE: Final = 0x08
"""Set in the answer of a printer that is offline."""
RT_MASK_PAPER: Final = 0x12
"""Set in every answer."""
RT_MASK_LOWPAPER: Final = 0x1E
RT_MASK_NOPAPER: Final = 0x72
