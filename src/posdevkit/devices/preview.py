"""What a receipt will look like on paper, without a printer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

from posdevkit.documents import Receipt
from posdevkit.errors import UsageError
from posdevkit.layout import DrawText, Finding, Letters
from posdevkit.paper import CellStyle, TextCells, Ticket, lettered, render_job
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.dialects import dialect

from .compose import Composed, Fonts, compose, letters_of

if TYPE_CHECKING:
    from posdevkit.imaging.pixels import Pixels

__all__ = ["Preview", "preview", "preview_of"]


@dataclass(frozen=True, slots=True)
class Preview(Sequence[Ticket]):
    """The tickets that a receipt becomes, in order: most receipts are one."""

    tickets: tuple[Ticket, ...]
    """From the very bytes that would be sent."""
    characters: tuple[Ticket, ...]
    """The same with its characters told apart from its dots: also where lines, or all of it, go out as dots."""
    findings: tuple[Finding, ...]
    """What will look other than asked."""

    @overload
    def __getitem__(self, index: int) -> Ticket: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Ticket, ...]: ...
    def __getitem__(self, index: int | slice) -> Ticket | tuple[Ticket, ...]:
        return self.tickets[index]

    def __len__(self) -> int:
        return len(self.tickets)

    def text(self) -> str:
        """The receipt in characters, for logs and for mails that are text alone: a line for each printed line, columns
        kept, an empty line between two tickets. Pictures and symbols stand as `[image 384x120]`, `[QR ...]`."""
        return "\n".join([ticket.text() for ticket in self.characters])

    def html(self, title: str = "") -> str:
        """The receipt as one page of HTML that fetches nothing and runs nothing, for mails and browsers.

        Characters stay characters, all of them escaped; pictures and symbols are in it. `title` is the window's.
        """
        from posdevkit.paper.html import html_page

        return html_page(self.characters, title)

    def png(self, *, paper: bool = False) -> bytes:
        """The one ticket as a PNG file; `paper` as in `Ticket.png`. Raises UsageError where there are more, or none."""
        return self._only().png(paper=paper)

    def image(self, *, paper: bool = False) -> Pixels:
        """The same as a Pillow image. Raises UsageError, and MissingExtra without Pillow."""
        return self._only().image(paper=paper)

    def _only(self) -> Ticket:
        if len(self.tickets) != 1:
            raise UsageError(
                f"{len(self.tickets)} tickets do not fit into one picture",
                remedy="Take the picture of each ticket: for ticket in preview(...).",
            )
        return self.tickets[0]


def preview(
    receipt: Receipt, profile: str | Path | Profile = "generic-80mm", *, fonts: Sequence[str | Path] | None = None
) -> Preview:
    """The tickets that a printer of this model makes of `receipt`: `.text()`, `.html()`, `.png()`, `.image()`.

    `fonts` as for `ReceiptPrinter.open`.

    The very bytes that would be sent are read back and painted. Raises a UsageError for what could not be printed
    either, and MissingExtra where it has a QR code and `qrcode` is not installed.
    """
    chosen = profile if isinstance(profile, Profile) else load_profile(profile)
    return preview_of(receipt, compose(receipt, chosen, fonts), chosen, fonts)


def preview_of(receipt: Receipt, composed: Composed, profile: Profile, fonts: Fonts = None) -> Preview:
    """The same of what has been composed already."""
    tickets = render_job(composed.compiled.data, profile)
    characters = tickets
    if composed.drawn or dialect(profile.language).draws:
        # In a language that has words for all of it, and in which a picture comes as it is, whatever its size.
        as_text = replace(profile, language="escpos", graphics="gs_paren_l", max_band_rows=_AT_ONCE)
        found = compose(receipt, as_text, fonts)
        characters = render_job(found.compiled.data, as_text)
        if found.drawn:
            letters = letters_of(None if fonts is None else tuple(fonts))
            lines = {dots: _cells(line, profile, letters) for dots, line in found.drawn.items()}
            characters = tuple([lettered(ticket, lines) for ticket in characters])
    return Preview(tickets, characters, composed.findings)


_AT_ONCE: Final = 4095
"""Rows of a picture that come in one command: more than any line of text has."""
_LEFT_TO_RIGHT: Final = "\u200e"
"""A mark that has no width: an amount behind it stays where it is."""
_FROM_THE_RIGHT: Final = frozenset(("R", "AL", "AN"))
_SIDE: Final = "\u2502"


def _cells(line: DrawText, profile: Profile, letters: Letters) -> tuple[TextCells, ...]:
    """The characters of a line that was drawn, each piece where it stands in it."""
    found = []
    for text, style, left, right_to_left in line.pieces:
        font = profile.fonts[style.font]
        width = letters.width(text, style, font, right_to_left=right_to_left)
        look = CellStyle(
            style.font,
            font.width,
            font.height,
            style.width,
            style.height,
            bold=style.bold,
            underline=int(style.underline),
            reverse=style.invert,
        )
        x = line.width - left - width if style.upside_down else left
        found.append(TextCells(x, 0, width, look.tall, _in_place(text), look, style.upside_down))
    if line.framed:
        font = profile.fonts["A"]
        side = TextCells(0, 0, font.width, font.height, _SIDE, CellStyle("A", font.width, font.height))
        found += [side, replace(side, x=line.width - font.width)]
    return tuple(found)


def _in_place(text: str) -> str:
    """`text` so that whoever shows it sets letters of the right-to-left from right to left, and nothing beside them."""
    if any(unicodedata.bidirectional(char) in _FROM_THE_RIGHT for char in text):
        return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}"
    return text
