"""The scale: a weight, or the honest word that there is none now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, get_args

from posdevkit.errors import DeadlineExceeded, Disconnected
from posdevkit.links.base import StreamLink
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.protocols.scales.mt8217 import ASK_WEIGHT, NoWeight, ReplyDecoder, Unit, Weight, WhyNoWeight
from posdevkit.registry import DeviceKind, Key, values
from posdevkit.registry.links import open_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening

from .plain_line import PlainLine

__all__ = ["KIND", "Scale"]

ANSWER_SECONDS: Final = 1.0
"""A scale that is there answers within this; then it is asked again."""
MISSES: Final = 3
SETTLE_SECONDS: Final = 0.1
"""Pause before a scale whose plate moves is asked again."""
_NOISE: Final = (
    "Check that the scale is set to the protocol of the Mettler Toledo 8217, and that the port it hangs on is set as "
    "the scale is, usually to 9600 baud, 7 data bits, even parity."
)


_SET_BY_URL: Final = ("serial", "rfc2217")


class Scale(Closing):
    """A scale of the Mettler Toledo 8217 protocol behind a URL. All methods run on one event loop.

    Make one with `open`; `async with` closes it. On a serial port, here or at a device
    server, its line is 9600 baud, 7 data bits, even parity.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        *,
        unit: Unit = "kg",
        name: str = "",
        make_link: Callable[[], StreamLink] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.url = str(url)
        self.name = name or self.url
        cable = _with_its_settings(self.url)
        self._line = PlainLine(make_link or (lambda: open_link(cable)), self.name, clock)
        self._replies = ReplyDecoder(unit)
        self._clock = clock

    @classmethod
    def open(
        cls,
        url: str,
        *,
        unit: Unit = "kg",
        name: str = "",
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[Scale]:
        """Connect, in `timeout` seconds at most. `unit`: what the scale is set to; its replies do not tell.

        Raises BadUrl, Disconnected.
        """
        scale = cls(url, unit=unit, name=name, clock=clock)
        return opening(scale, lambda: scale._line.open(Deadline.after(timeout, clock)))

    def __repr__(self) -> str:
        return f"<Scale {self.name}>"

    async def close(self) -> None:
        """Close the connection."""
        await self._line.close()

    async def weigh(self, timeout: float | None = 3.0) -> Weight | NoWeight:
        """The weight on the plate, or why there is none now.

        A moving plate is waited for, `timeout` seconds at most; everything else is told at once. What was weighed
        before is never given again. Raises Disconnected for a scale that is not there, does not answer three times or
        answers what makes no sense (at a wrong speed), and DeadlineExceeded when the time is up before that.
        """
        deadline = Deadline.after(timeout, self._clock)
        async with self._line.turn(deadline):
            while True:
                answer = await self._ask(deadline)
                if not isinstance(answer, NoWeight) or answer.reasons != (WhyNoWeight.MOTION,):
                    return answer
                left = deadline.remaining()
                if left is not None and left <= SETTLE_SECONDS:
                    return answer
                await self._clock.sleep(SETTLE_SECONDS)

    async def _ask(self, deadline: Deadline) -> Weight | NoWeight:
        line, noisy = self._line, False
        for _ in range(MISSES):
            line.forget()
            self._replies.clear()
            await line.send(ASK_WEIGHT, deadline)
            patience = deadline.at_most(ANSWER_SECONDS)
            while data := await line.receive(patience):
                if answers := self._replies.feed(data):
                    return answers[-1]
            noisy = noisy or self._replies.noisy
            if deadline.expired:
                break
        if noisy:
            raise line.drop_noise(_NOISE)
        if deadline.expired:
            line.drop("no answer")
            raise DeadlineExceeded(f"{self.name} does not answer")
        line.drop(f"no answer to {MISSES} questions")
        raise Disconnected(f"{self.name}: no answer to {MISSES} questions")


def _with_its_settings(url: str) -> str:
    """A serial port, here or at a device server, is set to what the scale speaks, unless the URL says otherwise."""
    parsed = parse_url(url)
    if parsed.scheme not in _SET_BY_URL or parsed.option("bits") or parsed.option("parity"):
        return url
    return f"{url}{'&' if '?' in url else '?'}bits=7&parity=even"


def _check_url(url: DeviceUrl) -> None:
    open_link(_with_its_settings(str(url)))


KIND: Final = DeviceKind(
    "serial:///dev/ttyUSB1",
    _check_url,
    Scale,
    {"unit": Key(values.choice(get_args(Unit)), values.always("kg"))},
)
