"""A serial port that is a pseudo terminal, under a name of its own as in /dev/serial/by-id. Windows has none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from posdevkit.errors import Unsupported

__all__ = ["PseudoTerminal"]


class PseudoTerminal:
    """Both ends of one. The host opens its name; the device writes to and reads from `near`, which never waits."""

    def __init__(self) -> None:
        """Raises Unsupported where there are none."""
        try:
            self.near, self._far, self._device = _open()
        except OSError as problem:
            raise Unsupported(
                f"a pseudo terminal: {problem.strerror or problem}", remedy="Use --listen tcp://127.0.0.1:0."
            ) from None
        self._name: Path | None = None

    def call(self, name: Path) -> None:
        """Give the host's end a name that it keeps when the device is plugged in again."""
        name.unlink(missing_ok=True)
        name.symlink_to(self._device)
        self._name = name

    def close(self) -> None:
        """The port hangs up and its name goes away."""
        if self._name is not None:
            self._name.unlink(missing_ok=True)
        os.close(self.near)
        os.close(self._far)


if sys.platform != "win32":
    import tty

    def _open() -> tuple[int, int, str]:
        """The device's end, the host's, and the name of the host's. Raises OSError."""
        near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        return near, far, os.ttyname(far)

else:

    def _open() -> tuple[int, int, str]:
        raise OSError("this system has none")
