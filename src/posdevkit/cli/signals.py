"""Ctrl-C and SIGTERM as exceptions, so that every `with` on the way out closes its ports."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, cast

__all__ = ["Terminated", "second_signal_kills", "termination_raises"]


class Terminated(KeyboardInterrupt):
    """SIGTERM came. A KeyboardInterrupt, since whatever takes care to end well on that shall end well on this."""


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _strike_main_thread(number: int) -> None:
    # Raised in this thread, a signal would not wake the main thread, the only one that can see to it.
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(cast(int, threading.main_thread().ident), number)


@contextmanager
def termination_raises() -> Iterator[None]:
    """Within this, on the main thread, SIGTERM raises Terminated."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    hook = sys.unraisablehook

    def come_again(swallowed: sys.UnraisableHookArgs) -> None:
        # A signal that strikes inside a destructor or a weak reference's callback is thrown away by Python: send it
        # once more, a moment later, from outside.
        if not isinstance(swallowed.exc_value, KeyboardInterrupt):
            hook(swallowed)
            return
        number = signal.SIGTERM if isinstance(swallowed.exc_value, Terminated) else signal.SIGINT
        while True:
            again = threading.Timer(0.02, _strike_main_thread, (number,))
            again.daemon = True
            try:
                again.start()
                return
            except KeyboardInterrupt:
                # It came before this hook was through, as on a busy machine, and what a hook raises is thrown away too.
                continue

    sys.unraisablehook = come_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGTERM, before)


def second_signal_kills() -> None:
    """From here on a signal ends the process at once: the first is being seen to, and nobody wants two tracebacks."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
