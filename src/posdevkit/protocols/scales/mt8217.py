"""Mettler Toledo 8217, by notes from the Datalogic Magellan 8500 manual (pages 39 to 45).

The host sends one letter; the scale answers `STX WW.WWW [N] CR`, or `STX ? status CR` when it has no weight to give.
The line is 9600 baud, 7 data bits, even parity, 1 stop bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Literal

from posdevkit.protocols.vocabulary import Command, Effect, Language, Seen, u8, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

__all__ = [
    "ASK_WEIGHT",
    "MT8217",
    "AskWeight",
    "NoWeight",
    "ReplyDecoder",
    "StatusReply",
    "Unit",
    "Weight",
    "WeightReply",
    "WhyNoWeight",
    "Zero",
    "no_weight_reply",
    "weight_reply",
]

Unit = Literal["kg", "lb"]
"""Which of the two is a setting of the scale, and stands in no reply."""
_GRAMS: Final = {"kg": Decimal(1000), "lb": Decimal("453.59237")}
_NOTES = Seen.FACTS
_LONGEST: Final = 16


class WhyNoWeight(Enum):
    """Why a scale gives no weight. The values are the bits of its status byte."""

    MOTION = 0
    """The plate moves: ask again."""
    OVERLOAD = 1
    UNDER_ZERO = 2
    OUTSIDE_ZERO = 3
    """It was switched on with a load, and cannot find its zero."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A stable weight."""

    grams: Decimal
    net: bool = False
    """Whether a tare was taken off."""


@dataclass(frozen=True, slots=True)
class NoWeight:
    """The scale answers, and has no weight now: neither zero nor the last one."""

    reasons: tuple[WhyNoWeight, ...]
    """Empty where the status byte names none of those known."""


class AskWeight(Command, name="W", prefix="57", effect=Effect.REPORTED, source="pp. 39-45", seen=_NOTES):
    """Give the weight."""


class Zero(Command, name="Z", prefix="5A", effect=Effect.PARSED, source="pp. 39-45", seen=_NOTES):
    """Take the present load for zero."""


class ClearTare(Command, name="C", prefix="43", effect=Effect.PARSED, source="pp. 39-45", seen=_NOTES):
    """Forget the tare."""


def _to_cr(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    end = data.find(b"\r", at, at + _LONGEST)
    if end >= 0:
        return end + 1 - at
    return NO_FIT if len(data) - at >= _LONGEST else len(data) - at + 1


class StatusReply(Command, name="STX ?", prefix="02 3F", effect=Effect.REPORTED, source="pp. 39-45", seen=_NOTES):
    """No weight now."""

    status: int = u8(
        "bit 0 motion, 1 over capacity, 2 under zero, 3 outside zero range, 4 at zero, 5 net; 6 always set"
    )
    end: int = u8("CR", values=(13,))


class WeightReply(Command, name="STX", prefix="02", effect=Effect.REPORTED, source="pp. 39-45", seen=_NOTES):
    """The weight."""

    text: bytes = walked("digits with a point, N for net, CR", _to_cr)


MT8217 = Language("Mettler Toledo 8217", (__name__,))
ASK_WEIGHT: Final = AskWeight().encode()


def weight_reply(grams: Decimal, unit: Unit = "kg", *, net: bool = False) -> bytes:
    """What the scale sends for a weight."""
    places = Decimal("0.001") if unit == "kg" else Decimal("0.01")
    number = (grams / _GRAMS[unit]).quantize(places)
    return WeightReply(
        f"{number:06.3f}{'N' * net}\r".encode() if unit == "kg" else f"{number:05.2f}\r".encode()
    ).encode()


def no_weight_reply(reasons: tuple[WhyNoWeight, ...]) -> bytes:
    """What the scale sends when it has none."""
    return StatusReply(sum(1 << reason.value for reason in reasons) | 0x40, 13).encode()


class ReplyDecoder:
    """Feed it bytes as they come: the answers that are complete. Noise is skipped; what cannot be an answer is dropped.

    The eighth bit is the parity where a converter leaves it in, and is taken off.
    """

    def __init__(self, unit: Unit = "kg") -> None:
        self._unit: Unit = unit
        self._buffer = b""
        self._dropped = False

    @property
    def noisy(self) -> bool:
        """Whether something came since `clear` that is part of no answer, or of one that was never complete."""
        return self._dropped or bool(self._buffer)

    def clear(self) -> None:
        """Forget what is not complete, and the noise."""
        self._buffer = b""
        self._dropped = False

    def feed(self, data: bytes) -> list[Weight | NoWeight]:
        """The answers that `data` completes."""
        found: list[Weight | NoWeight] = []
        buffer = self._buffer + bytes(byte & 0x7F for byte in data)
        while (start := buffer.find(b"\x02")) >= 0:
            self._dropped = self._dropped or start > 0
            buffer = buffer[start:]
            command: type[StatusReply | WeightReply] = StatusReply if buffer[1:2] == b"?" else WeightReply
            prefix = len(command.spec.prefixes[0])
            length = command.spec.measure(buffer, prefix)
            if length >= 0 and len(buffer) < prefix + length:
                break
            reply = command.from_body(buffer[prefix : prefix + length]) if length >= 0 else None
            answer = None if reply is None else self._read(reply)
            if answer is None:
                buffer = buffer[1:]  # no answer begins here
                self._dropped = True
                continue
            found.append(answer)
            buffer = buffer[prefix + length :]
        self._buffer = buffer if buffer[:1] == b"\x02" else b""
        self._dropped = self._dropped or len(buffer) > len(self._buffer)
        return found

    def _read(self, reply: StatusReply | WeightReply) -> Weight | NoWeight | None:
        if isinstance(reply, StatusReply):
            return NoWeight(tuple(why for why in WhyNoWeight if reply.status >> why.value & 1))
        text = reply.text[:-1]
        net = text.endswith(b"N")
        digits = text.removesuffix(b"N")
        whole, point, part = digits.partition(b".")
        if not (whole.isdigit() and point and part.isdigit()):
            return None
        grams = Decimal(digits.decode("ascii")) * _GRAMS[self._unit]
        return Weight(grams.quantize(Decimal(1)) if self._unit == "kg" else grams, net)
