"""The bidirectional algorithm: in which order the characters of a line stand that mixes scripts of both directions.

Unicode Standard Annex 9; the names of its rules stand beside what they do. One line at a time, as a receipt has them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["levels", "mirrored", "starts_at_the_right", "visual_order"]

_EMBED = {"LRE": (0, None), "RLE": (1, None), "LRO": (0, "L"), "RLO": (1, "R")}
_ISOLATES = ("LRI", "RLI", "FSI")
_REMOVED = ("LRE", "RLE", "LRO", "RLO", "PDF", "BN")
_NEUTRAL = ("B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI")
_DEEPEST = 125
_PLAIN = frozenset(("L", "EN", "ES", "ET", "CS", "NSM", "BN", "B", "S", "WS", "ON"))
"""In a paragraph from left to right, these alone change nothing."""

_PAIRS = (
    "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋"
    "⦌⦍⦎⦏⦐⦑⦒⦓⦔⦕⦖⦗⦘⧘⧙⧚⧛⧼⧽⸢⸣⸤⸥⸦⸧⸨⸩〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
_CLOSER = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}
_MIRRORED = {**_CLOSER, **_OPENER, "<": ">", ">": "<", "«": "»", "»": "«", "‹": "›", "›": "‹", "≤": "≥", "≥": "≤"}
# One bracket under two code points each (UAX 9, BD16).
_SAME = {"\u2329": "\u3008", "\u232a": "\u3009"}


def mirrored(char: str) -> str:
    """The character that `char` looks like where text runs from right to left (rule L4); itself for most."""
    return _MIRRORED.get(char, char)


def starts_at_the_right(text: str) -> bool:
    """Whether a paragraph runs from right to left: its first letter with a direction decides (rules P2 and P3)."""
    return _first_strong([unicodedata.bidirectional(char) for char in text], 0, len(text)) == 1


def levels(text: str, *, right_to_left: bool) -> list[int]:
    """The embedding level of each character of one line; odd ones run from right to left."""
    kinds = [unicodedata.bidirectional(char) or "L" for char in text]
    base = int(right_to_left)
    if not base and _PLAIN.issuperset(kinds):
        return [0] * len(text)
    found = _explicit(kinds, base)
    resolved = [found.overrides.get(at, kind) for at, kind in enumerate(kinds)]
    for sequence in _sequences(kinds, found, base):
        _resolve(sequence, resolved, text, found.levels)
    for at, level in enumerate(found.levels):
        if kinds[at] not in _REMOVED:
            found.levels[at] = _implicit(level, resolved[at])
    return _at_the_ends(kinds, found.levels, base)


def visual_order(of: Sequence[int]) -> list[int]:
    """The places of pieces with these levels from left to right (rule L2)."""
    order = list(range(len(of)))
    for level in range(max(of, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and of[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = end + 1
    return order


def _first_strong(kinds: Sequence[str], start: int, end: int) -> int | None:
    depth = 0
    for at in range(start, end):
        kind = kinds[at]
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            if not depth and start:
                return None
            depth = max(0, depth - 1)
        elif not depth and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return None


@dataclass(slots=True)
class _Explicit:
    levels: list[int]
    overrides: dict[int, str] = field(default_factory=dict)
    partner: dict[int, int] = field(default_factory=dict)
    """Of each isolate's beginning, its end."""


def _explicit(kinds: list[str], base: int) -> _Explicit:
    """Rules X1 to X8."""
    found = _Explicit([base] * len(kinds))
    stack: list[tuple[int, str | None, int | None]] = [(base, None, None)]  # level, override, where an isolate began
    lost_isolates = lost_embeddings = 0
    for at, kind in enumerate(kinds):
        level, override, _ = stack[-1]
        if kind in _EMBED:
            right, forced = _EMBED[kind]
            found.levels[at] = level
            deeper = _deeper(level, right)
            if deeper <= _DEEPEST and not lost_isolates and not lost_embeddings:
                stack.append((deeper, forced, None))
            elif not lost_isolates:
                lost_embeddings += 1
        elif kind in _ISOLATES:
            found.levels[at] = level
            if override:
                found.overrides[at] = override
            right = int(kind == "RLI") if kind != "FSI" else _first_strong(kinds, at + 1, len(kinds)) or 0
            deeper = _deeper(level, right)
            if deeper <= _DEEPEST and not lost_isolates and not lost_embeddings:
                stack.append((deeper, None, at))
            else:
                lost_isolates += 1
        elif kind == "PDI":
            if lost_isolates:
                lost_isolates -= 1
            elif any(began is not None for _, _, began in stack):
                lost_embeddings = 0
                while stack[-1][2] is None:
                    stack.pop()
                began = stack.pop()[2]
                assert began is not None
                found.partner[began] = at
            level, override, _ = stack[-1]
            found.levels[at] = level
            if override:
                found.overrides[at] = override
        elif kind == "PDF":
            found.levels[at] = level
            if lost_isolates:
                pass
            elif lost_embeddings:
                lost_embeddings -= 1
            elif stack[-1][2] is None and len(stack) > 1:
                stack.pop()
        elif kind == "B":
            found.levels[at] = base
        else:
            found.levels[at] = level
            if override and kind != "BN":
                found.overrides[at] = override
    return found


def _deeper(level: int, right: int) -> int:
    return level + 1 if (level + 1) % 2 == right else level + 2


@dataclass(slots=True)
class _Sequence:
    """An isolating run sequence: places of one level that follow each other once isolates are left out."""

    places: list[int]
    before: str
    after: str
    level: int


def _sequences(kinds: list[str], found: _Explicit, base: int) -> Iterator[_Sequence]:
    """Rules X9 and X10."""
    kept = [at for at, kind in enumerate(kinds) if kind not in _REMOVED]
    runs: list[list[int]] = []
    for at in kept:
        if runs and found.levels[runs[-1][-1]] == found.levels[at]:
            runs[-1].append(at)
        else:
            runs.append([at])
    run_at = {run[0]: number for number, run in enumerate(runs)}
    taken: set[int] = set()
    position = {at: number for number, at in enumerate(kept)}
    for number, run in enumerate(runs):
        if number in taken:
            continue
        places = list(run)
        taken.add(number)
        while kinds[places[-1]] in _ISOLATES and (end := found.partner.get(places[-1])) is not None:
            following = run_at.get(end)
            if following is None or following in taken:
                break
            taken.add(following)
            places += runs[following]
        level = found.levels[places[0]]
        first, last = position[places[0]], position[places[-1]]
        before = found.levels[kept[first - 1]] if first else base
        open_ended = kinds[places[-1]] in _ISOLATES and places[-1] not in found.partner
        after = base if open_ended or last + 1 == len(kept) else found.levels[kept[last + 1]]
        yield _Sequence(places, _side(max(level, before)), _side(max(level, after)), level)


def _side(level: int) -> str:
    return "R" if level % 2 else "L"


def _resolve(sequence: _Sequence, kinds: list[str], text: str, of: list[int]) -> None:
    places = sequence.places
    row = [kinds[at] for at in places]
    _weak(row, sequence.before)
    _brackets(row, [_SAME.get(text[at], text[at]) for at in places], [kinds[at] for at in places], sequence)
    _neutral(row, sequence)
    for at, kind in zip(places, row, strict=True):
        kinds[at] = kind


def _weak(row: list[str], before: str) -> None:
    """Rules W1 to W7, in place."""
    last = before
    for at, kind in enumerate(row):  # W1
        if kind == "NSM":
            row[at] = "ON" if last in (*_ISOLATES, "PDI") else last
        last = row[at]
    strong = before
    for at, kind in enumerate(row):  # W2, W3
        if kind in ("L", "R", "AL"):
            strong = kind
        if kind == "EN" and strong == "AL":
            row[at] = "AN"
    for at, kind in enumerate(row):
        if kind == "AL":
            row[at] = "R"
    for at in range(1, len(row) - 1):  # W4
        a, b, c = row[at - 1 : at + 2]
        if (a == c == "EN" and b in ("ES", "CS")) or (a == c == "AN" and b == "CS"):
            row[at] = a
    at = 0
    while at < len(row):  # W5
        end = at
        while end < len(row) and row[end] == "ET":
            end += 1
        if end > at and ((at and row[at - 1] == "EN") or (end < len(row) and row[end] == "EN")):
            row[at:end] = ["EN"] * (end - at)
        at = end + 1
    strong = before
    for at, kind in enumerate(row):  # W6, W7
        if kind in ("ES", "ET", "CS"):
            row[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            row[at] = "L"


def _strength(kind: str) -> str:
    return "R" if kind in ("R", "EN", "AN") else kind


def _brackets(row: list[str], characters: list[str], original: list[str], sequence: _Sequence) -> None:
    """Rule N0, in place: a pair of brackets goes with what is inside, or with what is before."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for at, char in enumerate(characters):
        if row[at] != "ON":
            continue
        if char in _CLOSER:
            if len(stack) == 63:
                pairs = []
                break
            stack.append((_SAME.get(_CLOSER[char], _CLOSER[char]), at))
        elif char in _OPENER:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == char:
                    pairs.append((stack[depth][1], at))
                    del stack[depth:]
                    break
    embedding = _side(sequence.level)
    for opened, closed in sorted(pairs):
        inside = {_strength(kind) for kind in row[opened + 1 : closed]} & {"L", "R"}
        if embedding in inside:
            kind = embedding
        elif inside:
            earlier = (_strength(kind) for kind in reversed(row[:opened]))
            context = next((kind for kind in earlier if kind in ("L", "R")), sequence.before)
            kind = context if context != embedding else embedding
        else:
            continue
        for place in (opened, closed):
            row[place] = kind
            following = place + 1
            while following < len(row) and original[following] == "NSM":
                row[following] = kind
                following += 1


def _neutral(row: list[str], sequence: _Sequence) -> None:
    """Rules N1 and N2, in place."""
    embedding = _side(sequence.level)
    at = 0
    while at < len(row):
        end = at
        while end < len(row) and row[end] in _NEUTRAL:
            end += 1
        if end > at:
            left = _strength(row[at - 1]) if at else sequence.before
            right = _strength(row[end]) if end < len(row) else sequence.after
            row[at:end] = [left if left == right else embedding] * (end - at)
        at = end + 1


def _implicit(level: int, kind: str) -> int:
    """Rules I1 and I2."""
    if level % 2:
        return level + 1 if kind in ("L", "EN", "AN") else level
    return level + 1 if kind == "R" else level + 2 if kind in ("AN", "EN") else level


def _at_the_ends(kinds: list[str], of: list[int], base: int) -> list[int]:
    """Rule L1: blanks before separators and at the end of the line are the paragraph's."""
    blank = True
    for at in range(len(kinds) - 1, -1, -1):
        kind = kinds[at]
        if kind in ("B", "S"):
            of[at], blank = base, True
        elif kind in ("WS", *_ISOLATES, "PDI", *_REMOVED):
            if blank:
                of[at] = base
        else:
            blank = False
    return of
