"""Opening a device's cable again and again, each time to the very device that was opened first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from posdevkit.links.base import Identified, ReportLink, StreamLink
from posdevkit.runtime.deadline import Deadline

__all__ = ["SameDevice"]

L = TypeVar("L", bound="StreamLink | ReportLink")


class SameDevice(Generic[L]):
    """Makes a new link for each connection, and has it keep to the device, where anything tells that from others."""

    def __init__(self, make_link: Callable[[], L]) -> None:
        self._make_link = make_link
        self._identity: tuple[str, str] | None = None

    async def open(self, deadline: Deadline) -> L:
        """A link that is open. Raises what making and opening it raise."""
        link = self._make_link()
        device: object = link
        if isinstance(device, Identified) and self._identity is not None:
            device.expect(self._identity)
        await link.open(deadline)
        if isinstance(device, Identified):
            self._identity = device.identity
        return link
