"""A layout under way: its operations and findings, and the elements that are neither text nor symbols."""

from __future__ import annotations

from typing import Final

from posdevkit.documents import Buzzer, Cut, Drawer, Feed, Image, Logo, Raw
from posdevkit.errors import DocumentTooWide, Unsupported
from posdevkit.profiles import Profile

from .operations import (
    CutPaper,
    FeedLines,
    KickDrawer,
    Operation,
    Picture,
    PrintLogo,
    RawBytes,
    SoundBuzzer,
)
from .result import Finding, FindingKind

__all__ = ["Composition"]

# Where there is no cutter: far enough, at 30 dots a line, for the last line to pass the edge that paper is torn at.
_TEAR_OFF_LINES = 4
_QUIET_MODULES: Final = 4
"""White that a QR code needs around it (ISO/IEC 18004); every other symbol needs less."""
_LOW_LINE: Final = 24
"""Dots of a line at the least, where no spacing is set by hand."""


class Composition:
    """What has been set so far for the model of a profile."""

    __slots__ = ("_at", "_graphic", "_module", "_profile", "findings", "operations")

    def __init__(self, profile: Profile) -> None:
        self.operations: list[Operation] = []
        self.findings: list[Finding] = []
        self._profile = profile
        self._at = -1
        """Place of the element that is being set."""
        self._graphic: Operation | None = None
        """The last one of the last symbol or picture."""
        self._module = 0
        """Its module in dots; 0 of a picture."""

    def _add(self, operation: Operation) -> None:
        self.operations.append(operation)

    def _find(self, kind: FindingKind, message: str) -> None:
        self.findings.append(Finding(kind, message, self._at))

    def _add_graphic(self, *operations: Operation, module: int = 0) -> None:
        """A symbol, or a picture (`module` 0): with white between it and one right above, or no scanner reads either.

        Pictures join without it, since a large one may come in pieces.
        """
        widest = max(module, self._module)
        if widest and self.operations and self.operations[-1] is self._graphic:
            self._add(FeedLines(-(-_QUIET_MODULES * widest // _LOW_LINE)))
        self.operations.extend(operations)
        self._graphic, self._module = operations[-1], module

    def image(self, element: Image) -> None:
        width = self._profile.width
        if element.width is not None and element.width > width:
            raise DocumentTooWide(
                f"a picture {element.width} dots wide, {self._profile.name} prints {width}",
                remedy=f"Give a width of at most {width}, or none, which shrinks the picture to the paper.",
            )
        self._add_graphic(Picture(element, width))

    def logo(self, element: Logo) -> None:
        if not self._profile.stored_logos:
            raise Unsupported(
                f"{self._profile.name} keeps no logos",
                remedy="Print it as a picture, with image(), or use another printer.",
            )
        self._add_graphic(PrintLogo(element))

    def feed(self, element: Feed) -> None:
        self._add(FeedLines(element.lines))

    def cut(self, element: Cut) -> None:
        name, cutter = self._profile.name, self._profile.cutter
        if cutter is None:
            self._find("no-cutter", f"{name} has no cutter: the paper is fed so that it can be torn off")
            self._add(FeedLines(_TEAR_OFF_LINES))
            return
        partial = element.partial if cutter.full and cutter.partial else cutter.partial
        if partial and not element.partial:
            self._find("other-cut", f"{name} makes no full cuts: cut partially")
        self._add(CutPaper(partial))

    def drawer(self, element: Drawer) -> None:
        pins = self._profile.drawer_pins
        if element.pin not in pins:
            known = " or ".join(map(str, pins))
            raise Unsupported(
                f"{self._profile.name} has no drawer on pin {element.pin}",
                remedy=f"Use pin {known}." if pins else "Connect the drawer to another printer.",
            )
        self._add(KickDrawer(element.pin, element.milliseconds))

    def buzzer(self, element: Buzzer) -> None:
        if self._profile.buzzer is None:
            self._find("no-buzzer", f"{self._profile.name} has no buzzer: it stays silent")
            return
        self._add(SoundBuzzer(element.times))

    def raw(self, element: Raw) -> None:
        self._add(RawBytes(element.data))
