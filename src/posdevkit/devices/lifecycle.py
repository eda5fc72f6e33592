"""The life of a device handle as a table. The diagram in the documentation is drawn from it."""

from __future__ import annotations

from enum import Enum

__all__ = ["TRANSITIONS", "State", "Trigger", "next_state"]


class State(Enum):
    """Where a handle is in its life."""

    CLOSED = "closed"
    OPENING = "opening"
    GREETING = "greeting"
    READY = "ready"
    WAITING = "waiting"
    """The device tells that a person has to do something."""
    SUSPECT = "suspect"
    """The connection broke, or an answer is overdue: being tried again."""
    FAILED = "failed"
    """Missed three times: gone. The next job tries anew."""


class Trigger(Enum):
    """What happens to a handle."""

    OPEN = "open"
    CONNECTED = "connected"
    GREETED = "greeted"
    TROUBLE = "trouble"
    CLEAR = "clear"
    OVERDUE = "overdue"
    HEARD = "heard"
    LOST = "lost"
    REFUSED = "refused"
    GONE = "gone"
    CLOSE = "close"


S, T = State, Trigger

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (S.CLOSED, T.OPEN): S.OPENING,
    (S.FAILED, T.OPEN): S.OPENING,
    (S.SUSPECT, T.OPEN): S.OPENING,
    (S.OPENING, T.CONNECTED): S.GREETING,
    (S.OPENING, T.REFUSED): S.SUSPECT,
    (S.GREETING, T.GREETED): S.READY,
    (S.GREETING, T.LOST): S.SUSPECT,
    (S.READY, T.TROUBLE): S.WAITING,
    (S.READY, T.OVERDUE): S.SUSPECT,
    (S.READY, T.LOST): S.SUSPECT,
    (S.WAITING, T.CLEAR): S.READY,
    (S.WAITING, T.OVERDUE): S.SUSPECT,
    (S.WAITING, T.LOST): S.SUSPECT,
    (S.SUSPECT, T.HEARD): S.READY,
    (S.SUSPECT, T.TROUBLE): S.WAITING,
    (S.SUSPECT, T.LOST): S.SUSPECT,
    (S.SUSPECT, T.GONE): S.FAILED,
    **{(state, T.CLOSE): S.CLOSED for state in State},
}


def next_state(state: State, trigger: Trigger) -> State:
    """Where `trigger` leads; a trigger that has no place in `state` changes nothing."""
    return TRANSITIONS.get((state, trigger), state)
