"""What went wrong with a serial port, in words that name the port, the cause and the one thing that mends it."""

from __future__ import annotations

import errno
import re
import sys
from typing import Final

from posdevkit.errors import Claimed, Disconnected, PosError

from .serial_settings import Settings
from .url import DeviceUrl

__all__ = ["noise", "open_failure"]

_LIST: Final = "'posdevkit discover' lists the ports."
_GONE: Final = (
    f"Plug the device in, or write the port it has; {_LIST} An adapter that is missing there needs its driver."
)
_PERMISSION: Final = (
    "Let this user in: 'sudo usermod -aG {group} $USER', then log in again; 'posdevkit doctor' looks at the rest."
    if sys.platform.startswith("linux")
    else "Let this user read and write it."
)
# errno -> what happened, what to do.
_OPEN: Final = {
    errno.EACCES: ("not permitted", _PERMISSION),
    errno.ENOENT: ("there is no such port", _GONE),
    errno.EIO: ("the port does not answer", "Plug its adapter out and in again."),
    errno.ENOTTY: ("this is no serial port", f"Write the port of the device; {_LIST}"),
}
_SAME: Final = {
    errno.EPERM: errno.EACCES,
    errno.ENXIO: errno.ENOENT,
    errno.ENODEV: errno.ENOENT,
    errno.ENOTDIR: errno.ENOENT,
    errno.EISDIR: errno.ENOTTY,
}
_WINDOWS: Final = re.compile(r"[A-Za-z]*Error\((\d+), ")
_SETTINGS: Final = "Write in the URL what the device and this port can both do, such as baud=9600."


def open_failure(url: DeviceUrl, settings: Settings, problem: Exception, group: str = "dialout") -> PosError:
    """The error for a port that could not be opened or set; `group` is the one that may use it.

    `problem` is an OSError, a ValueError or a termios.error.
    """
    number = _number(problem) or _windows_number(problem)
    if number == errno.EACCES and url.address.upper().startswith("COM"):
        # Windows has no rights on a port: it says so of one that is open.
        return Claimed(f"{url}: another program holds it", remedy="Close that program, and try again.")
    if number in (errno.EAGAIN, errno.EBUSY):
        return Claimed(
            f"{url}: another program holds it", remedy=f"Close that program: 'fuser -v {url.address}' names it."
        )
    entry = _OPEN.get(_SAME.get(number, number))
    if entry is None:
        return Disconnected(f"{url}: the port refuses {settings} ({problem})", remedy=_SETTINGS)
    return Disconnected(f"{url}: {entry[0]}", remedy=entry[1].format(group=group))


def _number(problem: BaseException | None) -> int:
    """The system's number of the error, 0 where it has none.

    termios.error is no OSError and has it as its first argument; pyserial makes errors without one of others that have.
    """
    while problem is not None:
        for number in (getattr(problem, "errno", None), *problem.args):
            if isinstance(number, int):
                return number
        problem = problem.__context__
    return 0


def _windows_number(problem: Exception) -> int:
    """pyserial's win32 port puts the system's error into its words alone, as in `PermissionError(13, ...`."""
    found = _WINDOWS.search(str(problem))
    return int(found[1]) if found else 0


def noise(url: DeviceUrl, settings: str) -> Disconnected:
    """The error for a device that answers what makes no sense at these `settings`."""
    return Disconnected(
        f"{url}: the device's answers are noise at {settings}",
        remedy="Set baud, bits, parity and stop in the URL as they are on the device: its self-test print or its "
        "switches tell.",
    )
