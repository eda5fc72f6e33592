"""Code 128: which code sets make data shortest, and the prefixes by which ESC/POS printers are told."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["code128_sets", "code128_symbols"]

# Bytes that make a real-time command of a DLE (0x10) before them: EOT, ENQ and DC4. Printers look for them in all data,
# and code set C sends the digits 1604 as exactly those bytes.
_DLE = 16
_AFTER_DLE = frozenset({4, 5, 20})


@lru_cache(maxsize=256)
def _plan(data: str) -> tuple[str, int]:
    """A code set for each character of `data` (digit pairs in C count two), and the symbols it takes without start."""
    # From the end: the fewest symbols from `at` on when in set B or C, and the sets that they stand for. Linear.
    size = len(data)
    best: dict[str, list[tuple[int, int, str]]] = {"B": [], "C": []}  # symbols, prefix bytes, sets; index size - at
    nothing = (0, 0, "")
    for at in range(size, -1, -1):
        if at == size:
            best["B"].append(nothing)
            best["C"].append(nothing)
            continue
        in_b = best["B"][-1]
        stay_b = (in_b[0] + 1, in_b[1] + (2 if data[at] == "{" else 1), "B")
        stay_c = None
        if data[at : at + 2].isdigit() and at + 2 <= size and not _wakes(data, at):
            after = best["C"][-2]
            stay_c = (after[0] + 1, after[1] + 1, "C")
        from_c = (stay_b[0] + 1, stay_b[1] + 2, "b")
        best["C"].append(min(stay_c, from_c) if stay_c else from_c)
        best["B"].append(min(stay_b, (stay_c[0] + 1, stay_c[1] + 2, "c")) if stay_c else stay_b)
    # Where both are as short, pairs first: so the standard begins with four digits or more, and so do printers.
    start = "C" if best["C"][-1][:2] <= best["B"][-1][:2] and best["C"][-1][2] == "C" else "B"
    sets: list[str] = []
    at, current = 0, start
    while at < size:
        step = best[current][size - at][2]
        if step in ("b", "c"):
            current = step.upper()
            sets.append(current.lower())
        if current == "C":
            sets.append("C")
            at += 2
        else:
            sets.append("B")
            at += 1
    return start + "".join(sets), best[start][-1][0]


def _wakes(data: str, at: int) -> bool:
    """Whether the digit pair at `at`, sent in code set C with the next one, would read as a real-time command."""
    after = data[at + 2 : at + 4]
    return int(data[at : at + 2]) == _DLE and len(after) == 2 and after.isdigit() and int(after) in _AFTER_DLE


def code128_symbols(data: str) -> int:
    """Symbol characters that `data` takes, changes of code set included, start, check and stop not."""
    return _plan(data)[1]


def code128_sets(data: str) -> bytes:
    """`data` (printable ASCII) as ESC/POS takes it: `{B` and `{C` prefixes, digit pairs as one byte each, `{` doubled.

    The fewest symbols possible. Pairs that would read as a real-time command (`DLE EOT`, `DLE ENQ`, `DLE DC4`: digits
    1604, 1605, 1620) are never sent as such: text is data. Source: Epson, GS k m=73, code sets; `{C` takes 0 to 99.
    """
    plan = _plan(data)[0]
    out = bytearray(b"{" + plan[:1].encode())
    at = 0
    for step in plan[1:]:
        if step in ("b", "c"):
            out += b"{" + step.upper().encode()
        elif step == "C":
            out.append(int(data[at : at + 2]))
            at += 2
        else:
            out += b"{{" if data[at] == "{" else data[at].encode("ascii")
            at += 1
    return bytes(out)
