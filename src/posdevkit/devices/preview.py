"""What a receipt will look like on paper, without a printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

from posdevkit.documents import Receipt
from posdevkit.errors import UsageError
from posdevkit.layout import Finding
from posdevkit.paper import Ticket, render_job
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.dialects import dialect

from .compose import Composed, Fonts, compose

if TYPE_CHECKING:
    from posdevkit.imaging.pixels import Pixels

__all__ = ["Preview", "preview", "preview_of"]


@dataclass(frozen=True, slots=True)
class Preview(Sequence[Ticket]):
    """The tickets that a receipt becomes, in order: most receipts are one."""

    tickets: tuple[Ticket, ...]
    """From the very bytes that would be sent."""
    characters: tuple[Ticket, ...]
    """The same with its characters told apart from its dots: for a printer that is sent dots alone, what was drawn."""
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
    if dialect(profile.language).draws:
        as_text = replace(profile, language="escpos")
        characters = render_job(compose(receipt, as_text, fonts).compiled.data, as_text)
    return Preview(tickets, characters, composed.findings)
