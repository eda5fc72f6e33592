"""One program for one HID device on Linux: a lock on its node (`flock(2)`), since hidraw itself lets anybody in.

The lock is advisory: it binds programs that take it, as this library does. A foreign one reads along all the same, and
every report then reaches both. It ends with the descriptor, so also with a program that is killed.
"""

from __future__ import annotations

import errno
import os
import sys

__all__ = ["claim"]

if sys.platform == "linux":
    import fcntl

    def claim(path: bytes) -> int | None:
        """A descriptor that holds the lock until it is closed; None where nothing can be locked.

        Raises OSError with EBUSY while another handle has it, in this process or another.
        """
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None  # whoever opens the device says why
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(descriptor)
            if isinstance(problem, BlockingIOError):
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY)) from problem
            return None
        return descriptor

else:

    def claim(path: bytes) -> int | None:
        """None: the systems have ways of their own, macOS by seizing the device."""
        return None
