"""Linux's input devices: opened without waiting, and grabbed. Elsewhere there are none."""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
import time
from typing import Final

__all__ = ["open_grabbed"]

_GET_VERSION: Final = 0x80044501
"""EVIOCGVERSION, `_IOR('E', 0x01, int)`: only input devices answer it."""
_GRAB: Final = 0x40044590
"""EVIOCGRAB, `_IOW('E', 0x90, int)`."""
_CLOCK: Final = 0x400445A0
"""EVIOCSCLOCKID, `_IOW('E', 0xa0, int)`: by which clock events are stamped. Unasked it is the one that people set."""

if sys.platform == "linux":
    import fcntl

    def open_grabbed(path: str) -> int:
        """A descriptor on the device, for this program alone; a FIFO is opened as it is. Raises OSError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISFIFO(mode):
                if not stat.S_ISCHR(mode):
                    raise OSError(errno.ENOTTY, "it is no input device")
                fcntl.ioctl(descriptor, _GET_VERSION, b"\0" * 4)
                fcntl.ioctl(descriptor, _GRAB, 1)
                fcntl.ioctl(descriptor, _CLOCK, struct.pack("i", time.CLOCK_MONOTONIC))
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

else:

    def open_grabbed(path: str) -> int:
        """Raises OSError."""
        raise OSError(errno.ENODEV, "only Linux has input devices", path)
