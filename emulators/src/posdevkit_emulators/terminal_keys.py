"""Keys without Enter in a terminal. Where that is not to be had, on Windows too, words on lines are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keys_without_enter"]

if sys.platform != "win32":
    import termios
    import tty

    @contextmanager
    def keys_without_enter(wanted: bool) -> Iterator[bool]:
        """Keys without Enter while this lasts, where standard input is a terminal; gives whether it is so."""
        try:
            if not wanted:
                raise ValueError
            descriptor = sys.stdin.fileno()
            before = termios.tcgetattr(descriptor)
            tty.setcbreak(descriptor)
        except Exception:  # noqa: BLE001  # no terminal, or no stdin: words on lines then
            yield False
            return
        try:
            yield True
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

else:

    @contextmanager
    def keys_without_enter(wanted: bool) -> Iterator[bool]:
        """Gives False: a Windows console is read line by line."""
        yield False
