"""Lasting names of ports on Linux (`/dev/serial/by-id/...`): whether one leads to the device that it names.

udev makes and removes such names a moment after a device has come or gone. In that moment the name of a device that was
pulled out may lead to another one, which has been given its place in /dev.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["FOLDER", "leads_astray"]

FOLDER = "/dev/serial/by-id/"
# What udev writes as an underscore in a name (systemd, src/shared/device-nodes.c: encode_devnode_name).
_REPLACED = re.compile(r"[^0-9A-Za-z#+\-.:=@_]")


def leads_astray(path: str, device: tuple[int, int], system: Path = Path("/sys")) -> bool:
    """Whether the device (major and minor number) is another one than `path` names, by its USB serial number.

    False where nothing tells: a path that is no lasting name, a device without a number of its own.
    """
    if not path.startswith(FOLDER):
        return False
    place = (system / "dev" / "char" / f"{device[0]}:{device[1]}" / "device").resolve()
    for folder in (place, *place.parents):
        try:
            number = (folder / "serial").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        return bool(number) and _REPLACED.sub("_", number) not in path[len(FOLDER) :]
    return False
