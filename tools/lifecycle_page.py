"""The life of a device handle as a page and a drawing, both made from the table that the drivers use."""

from __future__ import annotations

import math
from collections import defaultdict
from html import escape

from posdevkit.devices.lifecycle import TRANSITIONS, State, Trigger

WIDTH, HEIGHT = 860, 620
BOX = (104, 36)
TIP = (
    '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto">'
    '<path d="M0,0 L9,4.5 L0,9 z" fill="#555"/></marker></defs>'
)


def edges() -> dict[tuple[State, State], list[Trigger]]:
    """Triggers per pair of states."""
    found: dict[tuple[State, State], list[Trigger]] = defaultdict(list)
    for (before, trigger), after in TRANSITIONS.items():
        found[before, after].append(trigger)
    return found


def common() -> set[tuple[State, Trigger]]:
    """Transitions that nearly every state has to one and the same place; told in words, not drawn."""
    by_aim: dict[tuple[Trigger, State], list[State]] = defaultdict(list)
    for (before, trigger), after in TRANSITIONS.items():
        by_aim[trigger, after].append(before)
    return {(before, trigger) for (trigger, _), many in by_aim.items() if len(many) >= 5 for before in many}


def drawing() -> str:
    """An SVG: states on an ellipse in their order, one arrow per pair, its triggers beside it."""
    places = {}
    for number, state in enumerate(State):
        angle = 2 * math.pi * number / len(State) - math.pi / 2
        places[state] = (WIDTH / 2 + 320 * math.cos(angle), HEIGHT / 2 + 240 * math.sin(angle))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'{TIP}<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    told = common()
    for (before, after), triggers in edges().items():
        shown = [trigger.value for trigger in triggers if (before, trigger) not in told]
        if shown and before is not after:
            parts += _arrow(places[before], places[after], " / ".join(shown))
    for state, (x, y) in places.items():
        stays = [trigger for (before, trigger), after in TRANSITIONS.items() if before is after is state]
        own = [trigger.value for trigger in stays if (state, trigger) not in told]
        left, top = x - BOX[0] / 2, y - BOX[1] / 2
        box = f'x="{left:.1f}" y="{top:.1f}" width="{BOX[0]}" height="{BOX[1]}" rx="9"'
        parts.append(f'<rect {box} fill="#eef3fb" stroke="#345"/>')
        parts.append(_text(x, y + 5, state.value, 'font-weight="bold"'))
        if own:
            parts.append(_text(x, y + 32, f"stays on {' / '.join(own)}", 'fill="#777"'))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _arrow(start: tuple[float, float], end: tuple[float, float], words: str) -> list[str]:
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    # Bent to its right, so that the way back is another line.
    bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) / length * 34, (y1 + y2) / 2 + (x2 - x1) / length * 34
    ax, ay = _edge(x1, y1, bend_x, bend_y)
    bx, by = _edge(x2, y2, bend_x, bend_y)
    label_x, label_y = (ax + 2 * bend_x + bx) / 4, (ay + 2 * bend_y + by) / 4
    way = f"M{ax:.1f},{ay:.1f} Q{bend_x:.1f},{bend_y:.1f} {bx:.1f},{by:.1f}"
    halo = 'fill="#a33" stroke="white" stroke-width="4" paint-order="stroke"'
    return [
        f'<path d="{way}" fill="none" stroke="#555" marker-end="url(#tip)"/>',
        _text(label_x, label_y + 4, words, halo),
    ]


def _text(x: float, y: float, words: str, look: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="middle" {look}>{escape(words)}</text>'


def _edge(x: float, y: float, to_x: float, to_y: float) -> tuple[float, float]:
    """Where the line from a box's middle towards a point leaves the box."""
    dx, dy = to_x - x, to_y - y
    scale = min((BOX[0] / 2 + 3) / abs(dx) if dx else math.inf, (BOX[1] / 2 + 3) / abs(dy) if dy else math.inf)
    return x + dx * scale, y + dy * scale


def rows() -> list[tuple[str, str]]:
    """One row per state: its meaning and where each trigger leads."""
    found = []
    for state in State:
        ways = [
            f"{trigger.value} → {after.value}" for (before, trigger), after in TRANSITIONS.items() if before is state
        ]
        found.append((state.value, ", ".join(ways)))
    return found


def told_in_words() -> str:
    """The sentences for what is not drawn."""
    aims = {(trigger, TRANSITIONS[before, trigger]) for before, trigger in common()}
    lines = [f"From nearly every state, `{trigger.value}` leads to `{after.value}`." for trigger, after in aims]
    return " ".join(sorted(lines))
