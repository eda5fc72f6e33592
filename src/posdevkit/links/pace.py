"""How fast a cable carries bytes, where it is slow enough to matter; from the URL alone."""

from __future__ import annotations

from typing import Final

from .url import DeviceUrl, url_of

__all__ = ["bytes_per_second"]

_BLE: Final = 400.0
"""Twenty bytes (the payload of the smallest ATT MTU, Bluetooth Core 3.F.5.2.1) every 50 ms, a slow connection interval.
An assumption on the safe side: it only makes deadlines longer."""


def bytes_per_second(url: str | DeviceUrl) -> float | None:
    """Bytes a second, as slow as they may be; None where the printer and not the cable sets the pace."""
    where = url_of(url)
    if where.scheme == "ble":
        return _BLE
    if where.scheme != "serial":
        return None
    baud, bits, stop = (float(where.option(name, usual) or usual) for name, usual in _FRAME)
    parity = 0 if where.option("parity", "none") == "none" else 1
    return baud / (1 + bits + parity + stop)


_FRAME: Final = (("baud", "9600"), ("bits", "8"), ("stop", "1"))
"""As `links.serial` has them."""
