"""Typography that may fall back to ASCII where no code page has it: never one letter for another."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BLANKS", "LOOKALIKES"]

_BY_LOOKALIKE: Mapping[str, str] = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u2500\u2501\u2504\u2505\u2508\u2509\u254c\u254d",
    "=": "\u2550",
    "|": "\u2502\u2503\u2506\u2507\u250a\u250b\u254e\u254f\u2551\u23d0",
    "+": "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬╭╮╯╰",
    "'": "\u2018\u2019\u201b\u02bc\u02b9\u2032",
    '"': "\u201c\u201d\u201e\u201f\u2033",
    ",": "\u201a",
    "<": "\u2039",
    ">": "\u203a",
    "/": "\u2044\u2215",
    "*": "\u2022\u2217\u2219",
    "...": "\u2026",
    "fi": "\ufb01",
    "fl": "\ufb02",
    "ff": "\ufb00",
    "ffi": "\ufb03",
    "ffl": "\ufb04",
    "x": "\u00d7",
}

LOOKALIKES: Mapping[str, str] = {char: ascii_ for ascii_, chars in _BY_LOOKALIKE.items() for char in chars}
"""Character -> ASCII that looks like it and means the same. `x` stands for the sign of multiplication only."""

BLANKS = str.maketrans(
    {
        **dict.fromkeys("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f", " "),
        **dict.fromkeys("\u2007\u202f", "\u00a0"),
        "\u3000": "  ",
    }
)
"""Every kind of blank -> a blank, or a no-break space where a line must not break; the ideographic one is two."""
