"""Text is data: the one gate through which a caller's text enters a document."""

from __future__ import annotations

import re

from posdevkit.errors import BadText

from .checks import no_text

__all__ = ["plain"]

# C0 and C1 controls, DEL and lone surrogates: what a printer could take for a command, or no encoder can encode.
# Line breaks and tabs have been turned into "\n" and blanks before this is applied.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SUSPECT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TAB = 8


def plain(text: object) -> str:
    """`text` with every kind of line break as "\\n" and tabs as blanks to the next eighth column.

    Raises BadText, naming the character and its place, for any other control character and for lone surrogates.
    """
    if not isinstance(text, str):
        raise no_text(text, "what is printed")
    if text.isprintable() or not _SUSPECT.search(text):  # nearly every text; one scan and no copy
        return text
    text = _BREAKS.sub("\n", text)
    if "\t" in text:
        text = "\n".join(line.expandtabs(_TAB) for line in text.split("\n"))
    if bad := _FORBIDDEN.search(text):
        raise BadText(f"character U+{ord(bad[0]):04X} at position {bad.start() + 1} of {_shown(text)}")
    return text


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else text[:37] + "..."
    return ascii(short)
