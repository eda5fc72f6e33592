"""Lasting names of ports on Linux (`/dev/serial/by-id/...`): whether one leads to the device that it names.

udev makes and removes such names a moment after a device has come or gone. In that moment the name of a device that was
pulled out may lead to another one, which has been given its place in /dev.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["FOLDER", "leads_astray"]

FOLDER = "/dev/serial/by-id/"
_REPLACED = re.compile(r"[^0-9A-Za-z#+\-.:=@_]")


def leads_astray(path: str, device: tuple[int, int], system: Path = Path("/sys")) -> bool:
    """Whether the device (major and minor number) is another one than `path` names, by its USB serial number.

    False where nothing tells: a path that is no lasting name, a device whose name has no number in it.
    """
    if not path.startswith(FOLDER):
        return False
    place = (system / "dev" / "char" / f"{device[0]}:{device[1]}" / "device").resolve()
    # The nearest USB device above the port is its own; those above that are hubs, which have numbers too.
    usb = next((folder for folder in (place, *place.parents) if (folder / "idVendor").exists()), None)
    if usb is None:
        return False
    try:
        number = _as_named((usb / "serial").read_text("utf-8").rstrip("\n"))
    except (OSError, UnicodeDecodeError):
        return False
    return number not in path[len(FOLDER) :]


def _as_named(number: str) -> str:
    """A serial number as udev writes it into names; empty for one that it leaves out.

    Source: systemd, src/udev/udev-builtin-usb_id.c and udev_replace_whitespace, udev_replace_chars.
    """
    if any(not " " <= char <= "\x7f" or char == "," for char in number):
        return ""
    return _REPLACED.sub("_", "_".join(number.split()))
