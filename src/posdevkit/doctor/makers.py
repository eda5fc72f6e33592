"""What vendors and chips are, read from `makers.toml` when the first device is looked at."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from posdevkit.links.usb_bus import UsbId

__all__ = ["braille_chip", "grabs_cards", "makes", "serial_module", "vendors"]


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("makers.toml").read_text(encoding="utf-8"))


def makes(kind: str, device: UsbId) -> bool:
    """Whether the vendor makes devices of that kind: "printer", "scanner" or "card-reader"."""
    return f"{device.vendor:04x}" in _tables()[kind]


def vendors(kind: str) -> dict[str, str]:
    """Vendor numbers, four digits each, to names."""
    return dict(_tables()[kind])


def serial_module(device: UsbId) -> str | None:
    """The Linux module that makes a serial port of this chip."""
    return _tables()["serial"].get(str(device))


def braille_chip(device: UsbId) -> str | None:
    """The name of a chip that brltty takes for a Braille display."""
    return _tables()["braille"].get(str(device))


def grabs_cards(module: str) -> bool:
    """Whether the module keeps PC/SC from a card reader."""
    return module in _tables()["grabs"]
