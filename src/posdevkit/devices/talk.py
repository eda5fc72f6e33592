"""What a connection has to know of a model."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Talk"]


class Talk(Protocol):
    """What a profile tells of a model's talk, whatever its language."""

    @property
    def answers(self) -> bool:
        """Whether it ever sends a byte."""
        ...

    @property
    def asb(self) -> bool:
        """Whether it tells its status unasked."""
        ...

    @property
    def realtime_status(self) -> bool:
        """Whether it can be asked for its status."""
        ...

    @property
    def realtime_clear(self) -> bool:
        """Whether it can be told to drop what is not yet printed."""
        ...
