"""A Mettler Toledo 8217: a load, whether the plate moves, and what it says when asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from posdevkit.protocols.scales.mt8217 import Unit, WhyNoWeight, no_weight_reply, weight_reply

__all__ = ["ScaleModel"]

_CAPACITY: Final = Decimal(15_000)
_KEPT: Final = 999


class ScaleModel:
    """What lies on the plate, in grams, and the scale's view of it."""

    kind = "scale"

    def __init__(self, grams: Decimal = Decimal(0), *, unit: Unit = "kg") -> None:
        self.grams = grams
        self.moving = False
        self.lost_zero = False
        self.mute = False
        """Connected, and says nothing: its power supply is out."""
        self.garbled = False
        """The next answers are noise."""
        self._unit: Unit = unit
        self._zero = Decimal(0)
        self._tare = Decimal(0)
        self.asked = 0
        self.readings: list[dict[str, str | None]] = []
        """What it answered, until somebody takes them away: grams as a text, or None and why there is no weight."""

    def connected(self) -> None:
        """A scale does not notice its cable."""

    def receive(self, data: bytes) -> bytes:
        """The answers to what came; letters that are no command are not answered."""
        return b"".join([self._answer(byte & 0x7F) for byte in data])

    def _answer(self, letter: int) -> bytes:
        if self.mute:
            return b""
        match chr(letter):
            case "W":
                self.asked += 1
                reply = self._weighed()
                return b"\x02\x7f#" + reply[1:2] + b"\r" if self.garbled else reply
            case "Z":
                self._zero = self.grams
            case "T":
                self._tare = self.grams - self._zero
            case "C":
                self._tare = Decimal(0)
        return b""

    def _weighed(self) -> bytes:
        reasons = tuple(
            why
            for why, holds in (
                (WhyNoWeight.MOTION, self.moving),
                (WhyNoWeight.OVERLOAD, self.grams > _CAPACITY),
                (WhyNoWeight.UNDER_ZERO, self.grams - self._zero < 0),
                (WhyNoWeight.OUTSIDE_ZERO, self.lost_zero),
            )
            if holds
        )
        net = self.grams - self._zero - self._tare
        why = ", ".join(reason.name.lower() for reason in reasons)
        self.readings = [*self.readings[-_KEPT:], {"grams": None if reasons else str(net), "why": why or None}]
        return no_weight_reply(reasons) if reasons else weight_reply(net, self._unit, net=bool(self._tare))
