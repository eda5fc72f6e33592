"""What went wrong on USB, in words that name the device and what to do."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Final

from posdevkit.errors import Claimed, Disconnected, PosError

from .url import DeviceUrl

__all__ = ["lost", "not_there", "open_failure", "unplugged"]

_GONE: Final = "Check that the printer is switched on and its USB cable at both ends."
_NO_DRIVER: Final = (
    "On Windows the device needs the driver that Windows has for printers, or WinUSB; on other systems connect it by "
    "network."
)
# errno -> what happened, what to do.
_OPEN: Final = {
    errno.EACCES: (
        "not permitted",
        "On Linux let a udev rule give the device to this program's group; 'posdevkit doctor' tells the command.",
    ),
    errno.ENODEV: ("it was unplugged", _GONE),
    errno.ENOENT: ("it was unplugged", _GONE),
    errno.EIO: ("it does not answer", _GONE),
    errno.ENOSYS: ("the system's driver does not let it be used", _NO_DRIVER),
    errno.ENOTSUP: ("the system's driver does not let it be used", _NO_DRIVER),
}
_OPEN_SAME: Final = {errno.EPERM: errno.EACCES}


def open_failure(url: DeviceUrl, problem: Exception) -> PosError:
    """The error for a device that could not be opened."""
    number = getattr(problem, "errno", None) or (errno.ENOSYS if isinstance(problem, NotImplementedError) else 0)
    if number == errno.EBUSY:
        return Claimed(f"{url}: another program holds it")
    entry = _OPEN.get(_OPEN_SAME.get(number, number))
    if entry is None:
        return Disconnected(f"{url}: {problem}", remedy=_GONE)
    return Disconnected(f"{url}: {entry[0]}", remedy=entry[1])


def not_there(url: DeviceUrl, others: Sequence[str]) -> Disconnected:
    """The error for a device that is not plugged in; `others` are alike."""
    if others:
        return Disconnected(
            f"{url}: not plugged in, but {', '.join(others)}",
            remedy="Plug in that very device, or write the URL of the one that is there.",
        )
    return Disconnected(f"{url}: not plugged in", remedy=_GONE + " What is there tells: posdevkit discover")


def unplugged(url: DeviceUrl) -> Disconnected:
    """The error for a device that went away while it was opened."""
    return Disconnected(f"{url}: it was unplugged", remedy=_GONE)


def lost(url: DeviceUrl, taken: int, problem: BaseException) -> Disconnected:
    """The error for a device that went away; `taken` bytes had been taken."""
    reason = getattr(problem, "strerror", None) or problem
    return Disconnected(f"{url}: the connection broke after {taken} bytes ({reason})", remedy=_GONE)
