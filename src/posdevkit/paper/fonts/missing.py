"""What a character without a shape looks like: its code point in small hexadecimal digits, in a box."""

from __future__ import annotations

__all__ = ["hex_box"]

# Digits of 3 x 5 dots, a row to each octal digit: 7 is three dots, 5 is the outer two.
_DIGITS = (
    "75557", "26227", "71747", "71717", "55711", "74717", "74757", "71122",
    "75757", "75717", "75755", "65656", "74447", "65556", "74747", "74744",
)  # fmt: skip


def hex_box(code: int, width: int, height: int) -> tuple[int, ...]:
    """Rows of a cell of `width` x `height` dots that show `code` in hexadecimal; the highest bit is the leftmost dot.

    At least four digits, as many in a row as fit; the box's sides break off where they would touch a digit.
    """
    text = f"{code:04X}"
    box_width = width - 1 if width > 10 else width
    per_row = max(1, (box_width - 1) // 4)
    per_row = -(-len(text) // -(-len(text) // per_row))  # as even as the rows allow
    lines = [text[start : start + per_row] for start in range(0, len(text), per_row)]
    block_height = 6 * len(lines) - 1
    block_width = 4 * per_row - 1

    rows = [0] * height
    top = max(0, (height - block_height) // 2)
    left = (box_width - block_width) // 2
    for number, line in enumerate(lines):
        for offset in range(5):
            index = top + 6 * number + offset
            if index < height:
                rows[index] = _digit_row(line, offset) << (width - left - 4 * len(line) + 1)
    margin = 2 if height >= block_height + 8 else 1 if height >= block_height + 6 else 0
    first, last = margin, height - 1 - margin
    sides = 1 << (width - 1) | 1 << (width - box_width)
    edge = ((1 << box_width) - 1) << (width - box_width)
    if block_height + 4 <= last - first + 1:
        rows[first] |= edge
        rows[last] |= edge
    for index in range(first, last + 1):
        if not rows[index] or left > 1:
            rows[index] |= sides
    return tuple(rows)


def _digit_row(line: str, offset: int) -> int:
    """One row of dots of a line of digits, one blank dot between two of them."""
    bits = 0
    for digit in line:
        bits = bits << 4 | int(_DIGITS[int(digit, 16)][offset])
    return bits
