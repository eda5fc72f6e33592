"""Receipts in the ReceiptLine markup, as `.receipt` files have it.

    {width: *, 2, 10}
    Flat white | 2 | 76.00
    ---
    ^TOTAL | ^76.00
    {code: https://r.example/8F2; option: qrcode, 4, m}
    =

Source: the OFSC ReceiptLine Specification (ofsc.or.jp/receiptline), and its grammar as the reference implementation
tells it. A column is drawn to the pipe that it touches.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from posdevkit.errors import BadDocument

from .elements import Align, Column, Cut, Edge, Element, Feed, Line, Raw, Rule, Span, SpanColumns, Style
from .receipt import Receipt

__all__ = ["receipt_from_markup"]

_ABBREVIATIONS: Final = {
    "a": "align", "b": "border", "c": "code", "i": "image", "o": "option", "t": "text", "w": "width", "x": "command",
    "_": "comment",
}  # fmt: skip
_MEMBER: Final = re.compile(r"[\t ]*([A-Za-z_]\w*)[\t ]*:[\t ]*(.*?)[\t ]*")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_ESCAPED: Final = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)?", re.DOTALL)
_DECORATION: Final = re.compile(r"(\\x[0-9A-Fa-f]{2}|\\.|_|\"|`|\^+)", re.DOTALL)
_BORDERS: Final = {"line": 1, "space": 1, "none": 0, "0": 0, "1": 1, "2": 2}
# Runs of "^": width and height as multiples.
_SIZES: Final = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6))
_SYMBOLOGIES: Final = frozenset(("upc", "ean", "jan", "code39", "itf", "codabar", "nw7", "code93", "code128", "qrcode"))


@dataclass(frozen=True, slots=True)
class _State:
    """What properties set for the lines below them."""

    align: Align = "center"
    """Of lines that are narrower than the paper."""
    widths: tuple[int, ...] = ()
    """-1: a share of what the others leave; empty: every column that."""
    gap: int = 1
    border: bool = False
    """Lines between columns and around rows."""
    wrap: bool = True
    option: tuple[str, ...] = ()
    columns: int = 42


def receipt_from_markup(text: str, *, columns: int = 42, commands: bool = False) -> Receipt:
    """A receipt from ReceiptLine markup.

    `columns`: characters of a line; where widths ask for more, the widest column gets what the others leave.
    `commands` lets `{command: ...}` send bytes to the printer, which else is refused. Raises BadDocument with the
    number of the line.
    """
    state = _State(columns=columns)
    elements: list[Element] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found, state = _line(line, state, commands)
        except BadDocument as problem:
            raise type(problem)(f"line {number}: {problem.detail}", remedy=problem.remedy()) from None
        elements += found
    return Receipt(_edged(elements))


def _edged(elements: list[Element]) -> list[Element]:
    """With edges where bordered rows begin, end and have a rule between them; a rule alone draws nothing there."""
    edged: list[Element] = []
    last: SpanColumns | None = None
    ruled = False
    for element in elements:
        if isinstance(element, _Ruled):
            ruled = last is not None
            continue
        row = element if isinstance(element, SpanColumns) and element.border else None
        if row is not None and (last is None or ruled):
            edged.append(Edge(last.columns if last else (), row.columns, row.border or "left"))
        elif row is None and last is not None:
            edged.append(Edge(last.columns, (), last.border or "left"))
        last, ruled = row, False
        edged.append(element)
    if last is not None:
        edged.append(Edge(last.columns, (), last.border or "left"))
    return edged


class _Ruled(Rule):
    """A rule among bordered rows."""


def _line(line: str, state: _State, commands: bool) -> tuple[list[Element], _State]:
    columns = _columns(line)
    if len(columns) == 1:
        (text, align) = columns[0]
        if text.startswith("{") and text.endswith("}") and not text.endswith("\\}"):
            return _property(text[1:-1], align, state, commands)
        if text and not text.strip("-"):
            return [_Ruled() if state.border else Rule()], state
        if text and not text.strip("="):
            return [Cut()], state
    if any(re.search(r"(?<!\\)[{}]", text) for text, _ in columns):
        raise BadDocument(
            f"{line.strip()!r} has a brace among text", remedy="Write \\{ and \\}, or a property on a line of its own."
        )
    return _text(columns, state), state


def _columns(line: str) -> list[tuple[str, Align]]:
    """Each column's text without the blanks around it, and the side of the pipe that it touches."""
    line = line.strip("\t ")
    parts = _PIPE.split(line)
    first, last = len(parts) > 1 and not parts[0].strip("\t "), len(parts) > 1 and not parts[-1].strip("\t ")
    inner = parts[1 if first else 0 : len(parts) - 1 if last else len(parts)] or [""]
    found: list[tuple[str, Align]] = []
    for at, part in enumerate(inner):
        left = at > 0 or first
        right = at < len(inner) - 1 or last
        found.append((part.strip("\t "), _drawn(part, left=left, right=right)))
    return found


def _drawn(part: str, *, left: bool, right: bool) -> Align:
    touches_left = left and part[:1] not in ("", " ", "\t")
    touches_right = right and part[-1:] not in ("", " ", "\t")
    if touches_left != touches_right:
        return "left" if touches_left else "right"
    if touches_left or left == right:
        return "center"
    return "right" if left else "left"


def _text(columns: list[tuple[str, Align]], state: _State) -> list[Element]:
    rows = [_spans(text) for text, _ in columns]
    if len(columns) == 1 and not state.widths and not state.border:
        lines = rows[0]
        return [Line(tuple(line), columns[0][1]) if line else Feed() for line in lines]
    widths = state.widths or (-1,) * len(columns)
    plan: list[Column] = []
    cells: list[list[list[Span]]] = []
    for at, width in enumerate(widths):
        if width:
            align: Align = columns[at][1] if at < len(columns) else "center"
            plan.append(Column(None if width < 0 else width, align, state.wrap))
            cells.append(rows[at] if at < len(rows) else [[]])
    if not plan:
        return [Feed()]
    if -1 not in widths and state.align != "left" and not state.border:
        # A narrower line stands in the middle or at the right of the paper: what is free goes before it, and behind.
        plan, cells = [Column(), *plan], [[[]], *cells]
        if state.align == "center":
            plan, cells = [*plan, Column()], [*cells, [[]]]
    height = max(map(len, cells))
    return [
        SpanColumns(
            tuple(tuple(cell[at]) if at < len(cell) else () for cell in cells),
            tuple(plan),
            state.gap,
            state.align if state.border else None,
        )
        for at in range(height)
    ]


def _spans(text: str) -> list[list[Span]]:
    r"""The lines of a column (`\n` breaks them), as pieces: `_ " `` ` `` ^` switch a look on and off."""
    looks = {"_": False, '"': False, "`": False}
    size = 0
    lines: list[list[Span]] = [[]]
    for piece in _DECORATION.split(text):
        if piece in looks:
            looks[piece] = not looks[piece]
        elif piece.startswith("^"):
            size = 0 if size else min(len(piece), len(_SIZES) - 1)
        elif piece == "\\n":
            lines.append([])
        elif piece:
            width, height = _SIZES[size]
            style = Style(bold=looks['"'], underline=looks["_"], invert=looks["`"], width=width, height=height)
            plain = _unescaped(piece if piece.startswith("\\") else piece.replace("~", " "))
            if plain:
                lines[-1].append(Span(plain, style))
    return lines


def _unescaped(text: str, line_break: str = "") -> str:
    r"""`\x41` is a character by its number, `\n` a line break, a special character stands for itself; others go.

    Control characters go as well: text can never become a command.
    """

    def one(found: re.Match[str]) -> str:
        code = found[1] or ""
        if code.startswith("x") and len(code) == 3:
            return chr(int(code[1:], 16))
        if code == "n":
            return line_break
        return code if code in '\\|{}-=~_"`^;:' else ""

    text = _ESCAPED.sub(one, text)
    return "".join(char for char in text if char == line_break or (ord(char) >= 0x20 and not 0x7F <= ord(char) < 0xA0))


def _property(text: str, align: Align, state: _State, commands: bool) -> tuple[list[Element], _State]:
    members: dict[str, str] = {}
    for member in re.split(r"(?<!\\);", text):
        if not member.strip("\t "):
            continue
        if (found := _MEMBER.fullmatch(member)) is None:
            raise BadDocument(f"{member.strip()!r} is no property", remedy="Write it as {key: value; key: value}.")
        members[_ABBREVIATIONS.get(found[1].lower(), found[1].lower())] = found[2]
    for key, change in _SETTINGS.items():
        if key in members:
            state = change(state, members[key].lower())
    elements: list[Element] = []
    if "image" in members:
        elements += Receipt().image(_picture(members["image"]), align=align).elements
    if "code" in members:
        elements += _code(_unescaped(members["code"], "\n"), state.option, align).elements
    if "command" in members:
        if not commands:
            raise BadDocument(
                "a command of a device", remedy="Leave it out, or read the markup with commands=True if you trust it."
            )
        elements.append(Raw(_bytes(members["command"])))
    return elements, state


def _words(value: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\t ]*,[\t ]*|[\t ]+", value))


def _widths(state: _State, value: str) -> _State:
    words = _words(value)
    widths = () if "auto" in words else tuple(-1 if w == "*" else int(w) if w.isdecimal() else 0 for w in words)
    # A column of no width is not there, and has no border either.
    asked = sum(max(width, 1) for width in widths) + state.gap * (len(widths) - 1) + (2 if state.border else 0)
    if asked > state.columns:
        widest = widths.index(max(widths))
        widths = (*widths[:widest], -1, *widths[widest + 1 :])
    return replace(state, widths=widths)


def _align(state: _State, value: str) -> _State:
    align = cast(Align, value) if value in ("left", "center", "right") else "center"
    return replace(state, align=align)


_SETTINGS: Final[Mapping[str, Callable[[_State, str], _State]]] = {
    "text": lambda state, value: replace(state, wrap=value != "nowrap"),
    "border": lambda state, value: replace(state, gap=_BORDERS.get(value, 1), border=value == "line"),
    "width": _widths,
    "align": _align,
    "option": lambda state, value: replace(state, option=_words(value)),
}


def _picture(value: str) -> bytes:
    text = re.sub("=.*|[^A-Za-z0-9+/]", "", value)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadDocument("a picture that is no base64", remedy="Give a PNG file as base64.") from None


def _bytes(value: str) -> bytes:
    text = _ESCAPED.sub(lambda found: chr(int(found[1][1:], 16)) if (found[1] or "").startswith("x") else "", value)
    return text.encode("latin-1", "replace")


def _code(data: str, option: tuple[str, ...], align: Align) -> Receipt:
    kind = next((word for word in option if word in _SYMBOLOGIES), "code128")
    numbers = [int(word) for word in option if word.isdecimal()]
    if kind == "qrcode":
        cell = next((number for number in numbers if 3 <= number <= 8), 3)
        level = next((word.upper() for word in option if word in ("l", "m", "q", "h")), "L")
        return Receipt().qr(data, module=cell, level=cast(Literal["L", "M", "Q", "H"], level), align=align)
    names = {"upc": "UPC-A", "nw7": "CODABAR"}
    if kind in ("ean", "jan"):
        names[kind] = "EAN8" if len(data) <= 8 else "EAN13"
    return Receipt().barcode(
        data.strip("*").upper() if kind == "code39" else data,
        names.get(kind, kind.upper()),
        height=next((number for number in numbers if 24 <= number <= 240), 72),
        module=next((number for number in numbers if 2 <= number <= 4), 2),
        text="below" if "hri" in option else "none",
        align=align,
    )
