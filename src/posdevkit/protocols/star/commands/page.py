"""Page mode: a page is composed, then printed as one."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8, u16

RENDERED = Effect.RENDERED
PEER = Seen.PEER
PAGE_MODE = "1B 1D 50"


class PageMode(
    Command, name="ESC GS P", prefix=PAGE_MODE, effect=RENDERED, source="StarPRNT: ESC GS P 0, 1, 6 to 8", seen=PEER
):
    """Enter, leave, print, print and leave, clear."""

    function: int = u8(
        "0 enter, 1 leave, 6 print, 7 print and leave, 8 clear (48 more the same)",
        values=(0, 1, 6, 7, 8, 48, 49, 54, 55, 56),
        selects=True,
    )


class PageDirection(
    Command, name="ESC GS P 2", prefix=PAGE_MODE, effect=RENDERED, source="StarPRNT: ESC GS P 2", seen=PEER
):
    """Direction in which the page is printed."""

    function: int = u8("2 or 50", values=(2, 50), selects=True)
    direction: int = u8("0 to 3, 48 to 51", values=(*range(4), *range(48, 52)))


class PageArea(Command, name="ESC GS P 3", prefix=PAGE_MODE, effect=RENDERED, source="StarPRNT: ESC GS P 3", seen=PEER):
    """Place and size of the print area."""

    function: int = u8("3 or 51", values=(3, 51), selects=True)
    left: int = u16("dots")
    top: int = u16("dots")
    width: int = u16("dots")
    height: int = u16("dots")


class PagePosition(Command, name="ESC GS P 4", prefix=PAGE_MODE, effect=RENDERED, source="StarPRNT: ESC GS P 4, 5"):
    """Vertical position on the page."""

    function: int = u8("4 or 52 from the top, 5 or 53 from here", values=(4, 5, 52, 53), selects=True)
    dots: int = u16("dots")
