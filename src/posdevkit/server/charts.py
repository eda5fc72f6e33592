"""Bars as inline SVG, drawn on the server: no script, and a table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

__all__ = ["Bar", "bars"]

WIDTH: Final = 340
HEIGHT: Final = 150
_TOP: Final = 18
_BOTTOM: Final = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its short name under it, its size, and its full words for whoever points at it."""

    name: str
    value: int
    words: str
    now: bool = False
    """Drawn in the colour that stands out."""


def bars(items: Sequence[Bar], title: str, most: str) -> str:
    """A chart of `items`; `most` is the largest value in words. Less than nothing is drawn below the line."""
    values = [item.value for item in items]
    high, low = max([0, *values]), min([0, *values])
    span = (high - low) or 1
    room = HEIGHT - _TOP - _BOTTOM
    zero = _TOP + room * high / span
    step = WIDTH / max(1, len(items))
    every = max(1, -(-len(items) // 8))
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<line class="grid" x1="0" x2="{WIDTH}" y1="{_TOP}" y2="{_TOP}"/>',
        f'<text class="most" x="0" y="{_TOP - 6}">{escape(most)}</text>',
    ]
    for place, item in enumerate(items):
        tall = room * abs(item.value) / span
        top = zero if item.value < 0 else zero - tall
        left, wide = step * place + step * 0.14, step * 0.72
        parts.append(
            f'<rect class="{"bar now" if item.now else "bar"}" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}"'
            f' height="{max(tall, 0.5 if item.value else 0):.1f}" rx="2"><title>{escape(item.words)}</title></rect>'
        )
        if (len(items) - 1 - place) % every == 0:
            middle = step * (place + 0.5)
            parts.append(f'<text class="name" x="{middle:.1f}" y="{HEIGHT - 5}">{escape(item.name)}</text>')
    parts.append(f'<line class="axis" x1="0" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}"/></svg>')
    return "".join(parts)
