"""Jobs marked as copies, by the language of their commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from posdevkit.documents import Style
from posdevkit.errors import Unsupported
from posdevkit.layout import PrintLine, Run
from posdevkit.profiles import load_profile
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.escpos import copying as escpos
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.star import copying as star
from posdevkit.till.order import Language
from posdevkit.till.words import words

__all__ = ["marked"]

_INITIALIZE: Final = b"\x1b@"
"""ESC @, in every language that has a word for it."""
_MARK: Final = Style(bold=True, width=2, height=2)


def _drawn_copy(compiled: Compiled, mark: str) -> Compiled:
    """For printers that know nothing but dots. At the left edge, since a job does not tell how wide its paper is."""
    from posdevkit.paper.drawn import drawn

    profile = load_profile("star-tsp100")  # every printer of that language; only its fonts matter here
    dots = drawn([PrintLine((Run(mark.encode("ascii"), profile.code_pages[0].number, _MARK),))], profile)
    return star.copy_below(compiled, dialect(profile.language).compile_job(dots, profile).data)


_MARKERS: Final[Mapping[str, Callable[[Compiled, str], Compiled]]] = {
    "escpos": escpos.copy_of,
    "star-prnt": star.copy_of,
    "star-line": star.copy_of,
    "star-graphic": _drawn_copy,
}


def marked(compiled: Compiled, commands: str, language: str) -> Compiled:
    """The job with the word for a copy above it.

    Raises Unsupported for a label, which is no document of a sale, and for a job that only opened the drawer.
    """
    marker = _MARKERS.get(commands)
    if marker is None:
        raise Unsupported(
            f"a copy of a job in {commands}", remedy="Add the document under a new key; only receipts are marked."
        )
    copy = marker(compiled, words(cast(Language, language))["copy"])
    left = copy.data[copy.ends[0] :].replace(_INITIALIZE, b"")
    if not left and compiled.data.replace(_INITIALIZE, b""):  # pulses were all there was
        raise Unsupported(
            "a copy of a job that only opened the drawer", remedy="There is nothing to reprint: open the drawer anew."
        )
    return copy
