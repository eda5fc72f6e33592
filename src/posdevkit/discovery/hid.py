"""HID devices that say what they are for: scanners (usage page 8C), card readers (8E) and scales (8D)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posdevkit.links.hid_bus import HidDescription, hid_devices, hid_url
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

from .base import Found, Kind

__all__ = ["HidSource"]

_PAGES: Final[dict[int, Kind]] = {0x8C: "scanner", 0x8D: "scale", 0x8E: "card-reader"}


class HidSource:
    """A Source for the HID devices of this machine, or for those plugged into this process."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The devices that are there. Raises MissingExtra."""
        return await in_thread(_find, name="posdevkit-hid-search")


def _find() -> list[Found]:
    listed = hid_devices()
    return [_told(one, listed) for one in listed if one.usage_page in _PAGES]


def _told(one: HidDescription, listed: Sequence[HidDescription]) -> Found:
    name = " ".join(word for word in (one.maker, one.name) if word) or f"{one.vendor:04x}:{one.product:04x}"
    return Found(
        str(hid_url(one, listed)),
        _PAGES[one.usage_page],
        name + (f", serial number {one.serial}" if one.serial else ""),
        None,
        f"HID usage page {one.usage_page:02X}",
    )
