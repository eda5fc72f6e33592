"""The customer display: two lines of twenty places."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final, Literal

from posdevkit.links.base import StreamLink
from posdevkit.links.url import DeviceUrl
from posdevkit.protocols.displays.dialects import DIALECTS, dialect_named, line_bytes
from posdevkit.registry import DeviceKind, Key, values
from posdevkit.registry.links import open_link
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Closing, Opening, opening

from .plain_line import PlainLine

__all__ = ["KIND", "Display"]

logger = logging.getLogger("posdevkit.devices")

_FLOW: Final = b"\x11\x13"
"""XON and XOFF, with which some displays hold their host up."""
_GLITCH: Final = 3
"""Bytes that a line may seem to bring as a display is switched on."""


class Display(Closing):
    """A two-line customer display behind a URL. All methods run on one event loop.

    What a display shows is never told back: a call that returns means that the cable took it. After a lost connection
    the next call connects, sets the display up and shows what is asked. Make one with `open`; `async with` closes it.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        *,
        language: str = "cd5220",
        code_page: str = "",
        name: str = "",
        make_link: Callable[[], StreamLink] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.name = name or str(url)
        self.url = str(url)
        self._dialect = dialect_named(language)
        self._code_page = code_page or next(iter(self._dialect.pages))
        self._page = self._dialect.page(self._code_page)
        self._line = PlainLine(make_link or (lambda: open_link(url)), self.name, clock, self._hear)
        self._clock = clock
        self._shown = ("", "")
        self._level: Literal[1, 2, 3, 4] | None = None
        self._came = 0
        self._noise = ""

    @classmethod
    def open(
        cls,
        url: str,
        *,
        language: str = "cd5220",
        code_page: str = "",
        name: str = "",
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[Display]:
        """Connect and set the display up, in `timeout` seconds at most.

        `language`: "cd5220" (most pole displays) or "epson-dm-d". `code_page`: one that the display has; empty for its
        usual one. Raises BadUrl, UsageError (another language), Unsupported (a page it lacks), Disconnected.
        """
        display = cls(url, language=language, code_page=code_page, name=name, clock=clock)
        return opening(display, lambda: display.clear(timeout=timeout))

    def __repr__(self) -> str:
        return f"<Display {self.name} ({self._dialect.name})>"

    @property
    def noise(self) -> str:
        """What came from its line, though a display sends nothing, and what to do; empty for nothing.

        What stands on the glass nobody is told. But a line that is set wrongly, hurt or in use by another device often
        brings something back, and then what is shown may be nonsense.
        """
        return self._noise

    async def close(self) -> None:
        """Close the connection; the display keeps what it shows."""
        await self._line.close()

    async def show(self, line1: str, line2: str = "", *, timeout: float | None = 3.0) -> None:
        """Show two lines, each cut to 20 places.

        A character that the code page lacks shows as one that looks alike, else as "?". Raises BadText for control
        characters, Disconnected, and DeadlineExceeded for a display that takes no data for `timeout` seconds.
        """
        data = self._dialect.show(line_bytes(line1, self._code_page), line_bytes(line2, self._code_page))
        await self._say(data, timeout)
        self._shown = (line1, line2)

    async def clear(self, *, timeout: float | None = 3.0) -> None:
        """Show nothing. Raises as `show` does."""
        await self._say(self._dialect.clear(), timeout)
        self._shown = ("", "")

    async def brightness(self, level: Literal[1, 2, 3, 4], *, timeout: float | None = 3.0) -> None:
        """How bright, from 1 (dim) to 4; what is shown stays. Raises ValueError for another level, else as `show`."""
        told = self._dialect.brightness(level)
        self._level = level
        shown = self._dialect.show(*(line_bytes(line, self._code_page) for line in self._shown))
        await self._say(told + shown, timeout)

    def _hear(self, data: bytes) -> None:
        self._came += len(data.translate(None, _FLOW))
        if self._came <= _GLITCH or self._noise:
            return
        settings = self._line.settings
        told = (
            f"bytes come from it, though a display sends none{f'; the line is set to {settings}' if settings else ''}"
        )
        where = "in the URL" if settings else "of the port it hangs on"
        self._noise = f"{told}: check baud, bits and parity {where}, the cable, and that no other device is there"
        logger.warning("%s: noise: %s", self.name, self._noise)

    async def _say(self, data: bytes, timeout: float | None) -> None:
        deadline = Deadline.after(timeout, self._clock)
        async with self._line.turn(deadline) as is_new:
            if is_new:
                self._came, self._noise = 0, ""
                level = b"" if self._level is None else self._dialect.brightness(self._level)
                data = self._dialect.begin(self._page) + level + data
            await self._line.send(data, deadline)


def _has_page(settings: Mapping[str, object]) -> None:
    language, page = settings["language"], settings["code_page"]
    assert isinstance(language, str)
    assert isinstance(page, str)
    dialect_named(language).page(page)


KIND: Final = DeviceKind(
    "serial:///dev/ttyUSB0",
    open_link,
    Display,
    {
        "language": Key(values.choice(tuple(DIALECTS)), values.always("cd5220")),
        "code_page": Key(values.text, agrees=_has_page),
    },
)
