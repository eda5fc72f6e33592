"""International character sets (`ESC R`): what stands in twelve places of ASCII.

Source: Epson ESC/POS command reference, page esc_cr with the character table of international character sets.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["REPLACED"]

_PLACES = "#$@[\\]^`{|}~"
_COUNTRIES: tuple[str, ...] = (
    "#$@[\\]^`{|}~",  # 0 USA
    "#$à°ç§^`éùè¨",  # 1 France
    "#$§ÄÖÜ^`äöüß",  # 2 Germany
    "£$@[\\]^`{|}~",  # 3 United Kingdom
    "#$@ÆØÅ^`æøå~",  # 4 Denmark I
    "#¤ÉÄÖÅÜéäöåü",  # 5 Sweden
    "#$@°\\é^ùàòèì",  # 6 Italy
    "₧$@¡Ñ¿^`¨ñ}~",  # 7 Spain I
    "#$@[¥]^`{|}~",  # 8 Japan
    "#¤ÉÆØÅÜéæøåü",  # 9 Norway
    "#$ÉÆØÅÜéæøåü",  # 10 Denmark II
    "#$á¡Ñ¿é`íñóú",  # 11 Spain II
    "#$á¡Ñ¿éüíñóú",  # 12 Latin America
    "#$@[₩]^`{|}~",  # 13 Korea
    "#$ŽŠĐĆČžšđćč",  # 14 Slovenia, Croatia
    "#¥@[\\]^`{|}~",  # 15 China
    "#₫@[\\]^`{|}~",  # 16 Vietnam
    "#$@[\\]^`{|}~",  # 17 Arabia
)

REPLACED: Mapping[int, Mapping[int, str]] = {
    country: {ord(place): char for place, char in zip(_PLACES, chars, strict=True) if place != char}
    for country, chars in enumerate(_COUNTRIES)
}
"""By country: the byte and what it prints instead of the ASCII character."""
