"""What a trouble does to the mechanism, and what is to be seen of it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from posdevkit.events import Fault
from posdevkit_emulators.schedule import Trouble

from .effects import What
from .mechanism import Mechanism

__all__ = ["SEEN_AS", "befall"]

SEEN_AS: Final[Mapping[Fault, What]] = {
    Fault.CUTTER: What.CUTTER_JAMMED,
    Fault.AUTO_RECOVERABLE: What.HEAD_HOT,
    Fault.RECOVERABLE: What.ERROR,
    Fault.UNRECOVERABLE: What.FAILED,
}


def befall(mechanism: Mechanism, trouble: Trouble) -> list[What]:
    """Let it come."""
    return _BEFALLS[trouble](mechanism)


def _end_of_roll(mechanism: Mechanism, *, near: bool) -> list[What]:
    mechanism.end_roll(0, near=near)
    return mechanism.check()


def _cover_opens(mechanism: Mechanism) -> list[What]:
    mechanism.cover_open = True
    return [What.COVER_OPENED]


def _blade_sticks(mechanism: Mechanism) -> list[What]:
    mechanism.jammed = True
    return []  # nothing shows until it is to cut


def _drawer(mechanism: Mechanism, *, is_open: bool) -> list[What]:
    mechanism.drawer_open = is_open
    return [What.DRAWER_OPENED if is_open else What.DRAWER_CLOSED]


def _fails(mechanism: Mechanism, fault: Fault) -> list[What]:
    mechanism.faults.add(fault)
    return [SEEN_AS[fault]]


_BEFALLS: Final[Mapping[Trouble, Callable[[Mechanism], list[What]]]] = {
    Trouble.PAPER_OUT: lambda mechanism: _end_of_roll(mechanism, near=False),
    Trouble.NEAR_END: lambda mechanism: _end_of_roll(mechanism, near=True),
    Trouble.COVER_OPEN: _cover_opens,
    Trouble.CUTTER: _blade_sticks,
    Trouble.HEAD: lambda mechanism: _fails(mechanism, Fault.AUTO_RECOVERABLE),
    Trouble.ERROR: lambda mechanism: _fails(mechanism, Fault.RECOVERABLE),
    Trouble.VOLTAGE: lambda mechanism: _fails(mechanism, Fault.UNRECOVERABLE),
    Trouble.DRAWER_OPEN: lambda mechanism: _drawer(mechanism, is_open=True),
    Trouble.DRAWER_CLOSE: lambda mechanism: _drawer(mechanism, is_open=False),
}
