"""A scanner that types, as a keyboard on HID: what it sends key by key, by the tables of USB and none of our own."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["KEYBOARD", "typed"]

KEYBOARD = bytes.fromhex(
    "05010906A101 050719E029E7150025017501 95088102 95017508 8101 95067508150025650507 19002965 8100 C0".replace(
        " ", ""
    )
)
"""The boot keyboard of the HID specification 1.11, appendix B.1, without its lights."""

# HID Usage Tables 1.12, 10: the usages of a keyboard set to US English, and those of them with left Shift (bit 1).
PLAIN = dict(zip("abcdefghijklmnopqrstuvwxyz1234567890\n", range(4, 41), strict=True)) | {"-": 45, "]": 48, "/": 56}
SHIFTED = {letter.upper(): usage for letter, usage in PLAIN.items() if letter.isalpha()} | {"%": 34, "?": 56}


def typed(text: str) -> Iterator[bytes]:
    """The reports: Shift first where it is needed, the key, and the release of all."""
    for character in text:
        if character in SHIFTED:
            yield bytes((2, 0, 0, 0, 0, 0, 0, 0))
            yield bytes((2, 0, SHIFTED[character], 0, 0, 0, 0, 0))
        else:
            yield bytes((0, 0, PLAIN[character], 0, 0, 0, 0, 0))
        yield bytes(8)
