"""Where lines break and where columns stand, counted in character cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from posdevkit.documents import Column, ColumnAlign
from posdevkit.errors import DocumentTooWide

from .graphemes import clusters
from .widths import cells, char_cells

__all__ = [
    "LEAST_LABEL",
    "ZERO_WIDTH_SPACE",
    "breakable",
    "check_amounts",
    "clip",
    "column_widths",
    "goes_below",
    "is_label_and_amount",
    "pad",
    "set_row",
    "shared_widths",
    "simple_row",
    "wrap",
]

_WORDS_AND_BLANKS = re.compile(" +|[^ ]+")
# What must not begin a line, and what must not end one, where words have no blanks between them (JIS X 4051, in short).
_NOT_FIRST = frozenset("、。，．・：；？！ー）］｝〕〉》」』】ゝゞ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％℃,.:;?!)]}%")
_NOT_LAST = frozenset("（［｛〔〈《「『【￥＄￡([{$£¥")
LEAST_LABEL = 8
"""Cells beside an amount in which words may be cut; in fewer, nobody reads what is left of them."""
ZERO_WIDTH_SPACE = "\u200b"
_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ENDS = frozenset(",.;:!?)]}%/\u2026\u0e2f\u0e46\u0e5a\u0e5b\u0eaf\u0ec6\u104a\u104b\u17d4\u17d5\u17d7")
"""Punctuation, and the signs of Thai, Lao, Burmese and Khmer that end a word or a sentence."""


def wrap(text: str, columns: int) -> list[str]:
    """The lines of `text`, none wider than `columns`: broken at line breaks, at blanks, and inside words too long.

    Blanks at a break are dropped, others kept, an indent at the start of a line too. No-break spaces hold.
    Raises DocumentTooWide if a wide character meets a single column.
    """
    if cells(text) <= columns and "\n" not in text:
        return [text]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if cells(paragraph) <= columns:
            lines.append(paragraph)
        else:
            lines.extend(_wrap_paragraph(paragraph, columns))
    return lines


def breakable(text: str) -> list[str]:
    """`text` cut where a line may break: after blanks, and around characters of scripts that put none between words.

    Where such a script has no characters that stand by themselves (Thai, Lao, Khmer, Burmese), its words are not known:
    a line breaks after punctuation, and at zero-width spaces, which mark where words end and are left out.
    """
    parts: list[str] = []
    for token in re.findall(" *[^ ]+ *| +", text):
        word = ""
        for cluster in clusters(token):
            if cluster == ZERO_WIDTH_SPACE:
                if word:
                    parts.append(word)
                word = ""
                continue
            if word and word[-1] in _ENDS and _WITHOUT_BLANKS.match(cluster):
                parts.append(word)
                word = cluster
                continue
            ideographic = char_cells(cluster[0]) == 2
            breaks = word and (ideographic or char_cells(word.rstrip(" ")[-1:] or " ") == 2)
            if breaks and cluster[0] not in _NOT_FIRST and word[-1] not in _NOT_LAST and cluster != " ":
                parts.append(word)
                word = ""
            word += cluster
        if word:
            parts.append(word)
    return parts


def _tokens(paragraph: str) -> Iterator[str]:
    """Words and stretches of blanks; where there are wide characters, what no line breaks within."""
    for token in _WORDS_AND_BLANKS.findall(paragraph):
        if token[0] == " " or cells(token) == len(token):
            yield token
        else:
            yield from breakable(token)


def _wrap_paragraph(paragraph: str, columns: int) -> list[str]:
    lines: list[str] = []
    line = blanks = ""
    used = 0
    for token in _tokens(paragraph):
        if token[0] == " ":
            blanks = token
            continue
        width = cells(token)
        if used + len(blanks) + width <= columns:
            line += blanks + token
            used += len(blanks) + width
        else:
            if line:
                lines.append(line)
            *full, line = _pieces(token, columns)
            lines.extend(full)
            used = cells(line)
        blanks = ""
    # A paragraph of blanks alone is a blank line.
    if line or not lines:
        lines.append(line)
    return lines


def _pieces(word: str, columns: int) -> list[str]:
    """`word` cut into pieces of at most `columns` cells."""
    if cells(word) <= columns:
        return [word]
    if cells(word) == len(word):
        return [word[at : at + columns] for at in range(0, len(word), columns)]
    pieces: list[str] = []
    start = used = 0
    at = 0
    for cluster in clusters(word):
        width = cells(cluster)
        if width > columns:
            raise DocumentTooWide(f"{cluster!r} takes {width} columns, there is {columns}")
        if used + width > columns:
            pieces.append(word[start:at])
            start, used = at, 0
        used += width
        at += len(cluster)
    return [*pieces, word[start:]]


def clip(text: str, columns: int, ellipsis: str) -> str:
    """`text` if it fits, else as much of it as leaves room for the mark of the cut."""
    if cells(text) <= columns:
        return text
    mark = ellipsis[:columns]
    room = columns - cells(mark)
    kept = 0
    for char in text:
        room -= char_cells(char)
        if room < 0:
            break
        kept += 1
    return text[:kept] + mark


def pad(text: str, columns: int, align: ColumnAlign) -> str:
    """`text` with blanks up to `columns` cells."""
    free = columns - cells(text)
    if free <= 0:
        return text
    if align == "left":
        return text + " " * free
    if align in ("right", "decimal"):
        return " " * free + text
    left = free // 2
    return " " * left + text + " " * (free - left)


def column_widths(columns: tuple[Column, ...], gap: int, total: int, row: Sequence[str]) -> list[int]:
    """Cells of each column: the fixed ones as they ask, the others in equal shares, what is left over to the first.

    In a row of two, an amount at the right edge that must not wrap takes what its text needs and the label the rest.
    One that needs more than its share (`Column.least`) gets it, where the others can spare it.
    Raises DocumentTooWide, naming the row, when a column would have no room.
    """
    free = total - gap * (len(columns) - 1) - sum(column.width or 0 for column in columns)
    sharing = sum(column.width is None for column in columns)
    if free < sharing:
        asked = total - free + sharing
        raise DocumentTooWide(f"the row {_named(row)} needs {asked} columns, there are {total}")
    if len(row) == 2 and is_label_and_amount(columns):
        amount = max(map(cells, row[1].split("\n")))
        label = free - amount
        if label < min(1, len(row[0])):
            raise DocumentTooWide(f"the row {_named(row)}: {row[1]!r} leaves no room for its label in {total} columns")
        return [label, amount]
    if not sharing:
        return [column.width or 0 for column in columns]
    settled = _more_than_a_share([column for column in columns if column.width is None], free)
    share, rest = divmod(free - sum(settled), sharing - len(settled)) if len(settled) < sharing else (0, 0)
    widths: list[int] = []
    for column in columns:
        if column.width is not None:
            widths.append(column.width)
        elif column.least in settled:
            widths.append(column.least)
        else:
            widths.append(share + (1 if rest > 0 else 0))
            rest -= 1
    return widths


def _more_than_a_share(columns: Sequence[Column], free: int) -> list[int]:
    """The widths of those that need more than equal shares of `free`; none where the others cannot spare it."""
    if not any(column.least for column in columns) or sum(max(1, column.least) for column in columns) > free:
        return []
    settled: list[int] = []
    for least in sorted((column.least for column in columns), reverse=True):
        if least * (len(columns) - len(settled)) <= free - sum(settled):
            break
        settled.append(least)
    return settled


def goes_below(room: int, longest: int, least: int, fits: bool) -> bool:
    """Whether an amount that `fits` a line goes below its label: in the `room` beside it a word would be cut up."""
    return fits and room < least and longest > room


def is_label_and_amount(columns: tuple[Column, ...]) -> bool:
    if len(columns) != 2:
        return False
    label, amount = columns
    return (
        label.width is None
        and label.align == "left"
        and amount.width is None
        and amount.align == "right"
        and not amount.wrap
    )


@lru_cache(maxsize=256)
def shared_widths(columns: tuple[Column, ...], gap: int, total: int) -> tuple[int, ...]:
    """`column_widths` where they do not depend on what stands in the row; none where they do, or there is no room."""
    if is_label_and_amount(columns):
        return ()
    try:
        return tuple(column_widths(columns, gap, total, ()))
    except DocumentTooWide:
        return ()


def simple_row(row: Sequence[str], columns: tuple[Column, ...], widths: Sequence[int], gap: int) -> str:
    """What `set_row` makes of a row whose cells fit their columns as they stand, without the blanks at its end.

    Nothing where one does not, and where `widths` are none. Each character is taken for one cell.
    """
    parts = []
    for cell, column, width in zip(row, columns, widths, strict=False):
        free = width - len(cell)
        if free < 0:
            return ""
        align = column.align
        before = 0 if align == "left" else free // 2 if align == "center" else free
        parts.append(f"{' ' * before}{cell}{' ' * (free - before)}")
    return (" " * gap).join(parts).rstrip(" ")


def set_row(  # noqa: PLR0917  # what `Columns` is made of, and the room
    row: Sequence[str],
    columns: tuple[Column, ...],
    gap: int,
    total: int,
    ellipsis: str,
    spans: tuple[int, ...] = (),
) -> list[str]:
    """The lines of one row of a table, each cell wrapped or clipped in its column; lines end in no blanks of their own.

    `spans`: over how many columns each cell goes, one each if empty. Raises DocumentTooWide, naming the row.
    """
    if len(row) == 2 and is_label_and_amount(columns):
        label, amount = row
        blanks = total - cells(label) - cells(amount)
        if blanks >= gap and "\n" not in label and "\n" not in amount:  # nearly every row of a receipt
            return [label + " " * blanks + amount]
        words = max(map(cells, label.split()), default=0)
        if "\n" not in amount and goes_below(total - gap - cells(amount), words, LEAST_LABEL, cells(amount) <= total):
            return [*wrap(label, total), pad(amount, total, "right")]
    widths = column_widths(columns, gap, total, row)
    if spans:
        starts = [sum(spans[:at]) for at in range(len(spans))]
        widths = [
            sum(widths[start : start + span]) + gap * (span - 1) for start, span in zip(starts, spans, strict=True)
        ]
        columns = tuple(columns[start] for start in starts)
    check_amounts(row, columns, widths)
    try:
        stacks = [
            wrap(cell, width) if column.wrap else [clip(line, width, ellipsis) for line in cell.split("\n")]
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
    except DocumentTooWide as error:
        raise DocumentTooWide(f"the row {_named(row)}: {error.detail}") from None
    between = " " * gap
    return [
        between.join(
            pad(stack[at] if at < len(stack) else "", width, column.align)
            for stack, width, column in zip(stacks, widths, columns, strict=True)
        )
        for at in range(max(map(len, stacks)))
    ]


def check_amounts(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> None:
    """Raises DocumentTooWide for an amount in a decimal column that no line of it holds: broken, it is another one."""
    for cell, column, width in zip(row, columns, widths, strict=True):
        if column.align != "decimal" or len(cell) <= width:
            continue
        for word in cell.split():
            if cells(word) > width and any(map(str.isdigit, word)):
                raise DocumentTooWide(
                    f"the row {_named(row)}: {word!r} takes {cells(word)} characters, its column has {width}",
                    remedy=f"Give its column least={cells(word)}, leave out another one, use font B, or wider paper.",
                )


def _named(row: Sequence[str]) -> str:
    text = " | ".join(row).replace("\n", " ")
    return repr(text if len(text) <= 60 else text[:57] + "...")
