"""Alphabets of the one-dimensional symbologies, each character as the widths of its bars and spaces.

Facts of the public standards: ISO/IEC 15420 (EAN/UPC), 16388 (Code 39), 16390 (ITF), EN 798 (Codabar), AIM BC5
(Code 93), ISO/IEC 15417 (Code 128). Where only narrow and wide exist, 1 is narrow and 2 is wide.
"""

# ruff: noqa: SIM905  (a table of words reads better than a column of quotes)
from __future__ import annotations

__all__ = [
    "CODABAR",
    "CODE39",
    "CODE93",
    "CODE93_ASCII",
    "CODE93_EDGE",
    "CODE93_ORDER",
    "CODE128",
    "CODE128_STOP",
    "EAN13_PARITY",
    "EAN_DIGITS",
    "ITF",
    "UPC_E_PARITY",
]

# Space first in the left half, bar first in the right half; read backwards it is the left half's other alphabet.
EAN_DIGITS = "3211 2221 2122 1411 1132 1231 1114 1312 1213 3112".split()
# Which of the six left digits come from the backward alphabet ("G"), by the first digit of an EAN-13.
EAN13_PARITY = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split()
# The same for a UPC-E of number system 0, by its check digit; number system 1 swaps the letters.
UPC_E_PARITY = "GGGLLL GGLGLL GGLLGL GGLLLG GLGGLL GLLGGL GLLLGG GLGLGL GLGLLG GLLGLG".split()


def _two_widths(table: str) -> dict[str, str]:
    """ "0:000110100 ..." with 1 for wide, as widths."""
    pairs = (entry.rsplit(":", 1) for entry in table.split())
    return {" " if name == "space" else name: bits.replace("1", "2").replace("0", "1") for name, bits in pairs}


CODE39 = _two_widths(
    "0:000110100 1:100100001 2:001100001 3:101100000 4:000110001 5:100110000 6:001110000 7:000100101 8:100100100"
    " 9:001100100 A:100001001 B:001001001 C:101001000 D:000011001 E:100011000 F:001011000 G:000001101 H:100001100"
    " I:001001100 J:000011100 K:100000011 L:001000011 M:101000010 N:000010011 O:100010010 P:001010010 Q:000000111"
    " R:100000110 S:001000110 T:000010110 U:110000001 V:011000001 W:111000000 X:010010001 Y:110010000 Z:011010000"
    " -:010000101 .:110000100 space:011000100 *:010010100 $:010101000 /:010100010 +:010001010 %:000101010"
)

CODABAR = _two_widths(
    "0:0000011 1:0000110 2:0001001 3:1100000 4:0010010 5:1000010 6:0100001 7:0100100 8:0110000 9:1001000"
    " -:0001100 $:0011000 ::1000101 /:1010001 .:1010100 +:0010101 A:0011010 B:0101001 C:0001011 D:0001110"
)

ITF = [bits.replace("1", "2").replace("0", "1") for bits in
       "00110 10001 01001 11000 00101 10100 01100 00011 10010 01010".split()]  # fmt: skip

# a to d stand for the four shifts ($) (%) (/) (+), which no character of the data can reach by itself.
CODE93_ORDER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%abcd"
CODE93 = (
    "131112 111213 111312 111411 121113 121212 121311 111114 131211 141111 211113 211212 211311 221112 221211 231111"
    " 112113 112212 112311 122112 132111 111123 111222 111321 121122 131121 212112 212211 211122 211221 221121 222111"
    " 112122 112221 122121 123111 121131 311112 311211 321111 112131 113121 211131 121221 312111 311121 122211"
).split()
CODE93_EDGE = "111141"


def _code93_ascii() -> dict[str, str]:
    table = {char: char for char in CODE93_ORDER[:43]}
    letters = CODE93_ORDER[10:36]
    table |= {chr(1 + place): "a" + letter for place, letter in enumerate(letters)}
    table |= {chr(ord("a") + place): "d" + letter for place, letter in enumerate(letters)}
    table |= {
        char: "b" + letter for char, letter in zip("\x1b\x1c\x1d\x1e\x1f;<=>?[\\]^_{|}~\x7f\0@`", letters, strict=False)
    }
    table |= {char: "c" + letters[ord(char) - ord("!")] for char in "!\"#&'()*,:"}
    return table


CODE93_ASCII = _code93_ascii()

CODE128 = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222"
    " 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321"
    " 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121"
    " 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224"
    " 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111"
    " 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113"
    " 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
CODE128_STOP = "2331112"
