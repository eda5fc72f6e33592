"""Readers of smart cards that the system's card service knows (PC/SC); no card is touched."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.links.pcsc import card_readers
from posdevkit.links.url import DeviceUrl
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

from .base import Found

__all__ = ["PcscSource"]


class PcscSource:
    """A Source for the slots of this machine's smart card readers."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The readers that are there; none where no card service runs. Raises MissingExtra."""
        names = await in_thread(card_readers, name="posdevkit-pcsc-search")
        return [
            Found(str(DeviceUrl("pcsc", name)), "card-reader", name, None, "the system's card service (PC/SC) knows it")
            for name in names
        ]
