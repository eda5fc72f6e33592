"""Schema and parser say the same: what is written validates and comes back; what one refuses, so does the other."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from posdevkit.documents import (
    Area,
    Barcode,
    Buzzer,
    Column,
    Columns,
    Cut,
    Direction,
    Drawer,
    Element,
    Feed,
    Image,
    Logo,
    Page,
    PageBox,
    PageLine,
    QrCode,
    Raw,
    Receipt,
    Rule,
    Style,
    Symbol,
    Symbology,
    Text,
)
from posdevkit.documents.elements import Align, Dither
from posdevkit.documents.json import receipt_from_json, receipt_schema, receipt_to_json
from posdevkit.documents.reading import read_json
from posdevkit.errors import BadDocument, BadText

SCHEMA = Draft202012Validator(receipt_schema())

printable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)
multi_line = st.lists(printable, max_size=3).map("\n".join)
aligns = st.sampled_from(get_args(Align))
styles = st.builds(
    Style,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from("ABC"),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 255),
)
columns = st.builds(Column, st.none() | st.integers(1, 99), aligns, st.booleans(), st.integers(0, 99))
rows = st.lists(st.tuples(multi_line, columns), min_size=1, max_size=4)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, multi_line, styles, aligns),
    st.builds(
        lambda cells, style, gap: Columns(tuple(c for c, _ in cells), tuple(p for _, p in cells), style, gap),
        rows,
        styles,
        st.integers(0, 5),
    ),
    st.builds(Rule, printable.filter(lambda text: len(text) == 1), styles),
    st.builds(Image, st.binary(min_size=1), aligns, st.sampled_from(get_args(Dither)), st.none() | st.integers(1, 600)),
    st.builds(
        Barcode,
        printable,
        st.sampled_from(Symbology),
        st.integers(1, 255),
        st.integers(2, 6),
        st.sampled_from(["none", "above", "below", "both"]),
        aligns,
    ),
    st.builds(Logo, st.text("01A ~", min_size=2, max_size=2), st.sampled_from([1, 2]), aligns),
    st.builds(QrCode, st.text(min_size=1), st.integers(1, 16), st.sampled_from("LMQH"), aligns),
    st.builds(
        Symbol,
        st.text(min_size=1),
        st.just("PDF417"),
        st.integers(2, 8),
        st.none() | st.integers(0, 8),
        st.none() | st.integers(1, 30),
        aligns,
    ),
    st.builds(
        Symbol, st.text(min_size=1), st.just("AZTEC"), st.integers(2, 16), st.none() | st.integers(5, 95), align=aligns
    ),
    st.builds(
        Symbol,
        st.text(min_size=1),
        st.just("MICRO-QR"),
        st.integers(2, 16),
        st.none() | st.integers(0, 2),
        align=aligns,
    ),
    st.builds(
        Symbol, st.text(min_size=1), st.sampled_from(["DATAMATRIX", "MAXICODE"]), st.integers(2, 16), align=aligns
    ),
    st.builds(Feed, st.integers(1, 255)),
    st.builds(Cut, st.booleans()),
    st.builds(Drawer, st.sampled_from([2, 5]), st.integers(2, 510)),
    st.builds(Buzzer, st.integers(1, 9)),
    st.builds(Raw, st.binary(min_size=1)),
)
lengths = st.integers(0, 3000) | st.decimals("0", "3000", places=2)
sizes = st.integers(1, 3000) | st.decimals("0.1", "3000", places=2)
on_a_page = elements.filter(lambda element: not isinstance(element, Cut | Drawer | Buzzer | Raw | Logo))
areas = st.builds(
    Area,
    lengths,
    lengths,
    sizes,
    sizes,
    st.lists(on_a_page, max_size=2),
    direction=st.sampled_from(get_args(Direction)),
)
lines = st.builds(PageLine, lengths, lengths, sizes, sizes, st.sampled_from(["across", "down"]))
boxes = st.builds(
    PageBox, lengths, lengths, st.integers(10, 3000), st.integers(10, 3000), st.decimals("0.05", "5", places=2)
)
parts = st.tuples(*(st.lists(one, max_size=2).map(tuple) for one in (areas, lines, boxes))).filter(any)
pages = parts.map(lambda found: Page(*found))
receipts = st.builds(Receipt, st.lists(elements | pages, max_size=8))


@given(receipts)
def test_what_is_written_validates_and_comes_back(receipt: Receipt) -> None:
    value = receipt_to_json(receipt)
    SCHEMA.validate(value)
    assert receipt_from_json(value) == receipt
    assert receipt_from_json(read_json(json.dumps(value))) == receipt


NUMBERS = [0, 1, -1, 3, 9, 256, 511, 2.0, 2.5]
STRANGE: list[Any] = [None, True, False, *NUMBERS, "", "x", "left", "A", "\x1b", "\n", [], ["x"], {}, {"width": 3}]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a document."""
    found: list[tuple[Any, Any]] = []
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found += [(value, key), *places(value[key])]
    return found


def mutated(value: Any, dice: random.Random) -> Any:
    value = copy.deepcopy(value)
    container, key = dice.choice(places(value))
    match dice.randrange(4):
        case 0:
            container[key] = dice.choice(STRANGE)
        case 1:
            del container[key]
        case 2 if isinstance(container, dict):
            container[dice.choice(["widht", "text", "data", "lines", "char", "columns", "path"])] = container.pop(key)
        case _ if isinstance(container, dict):
            container[dice.choice(["bold", "width", "align", "text", "type", "module"])] = dice.choice(STRANGE)
    return value


@given(st.lists(elements, min_size=1, max_size=3), st.integers(0, 2**32), st.integers(1, 2))
def test_parser_and_schema_refuse_the_same_shapes(parts: list[Element], seed: int, times: int) -> None:
    dice = random.Random(seed)
    value: Any = receipt_to_json(Receipt(parts))
    for _ in range(times):
        value = mutated(value, dice) if places(value) else value
    valid = SCHEMA.is_valid(value)
    refused = ""
    try:
        receipt_from_json(value)
    except (BadDocument, BadText) as problem:
        refused = problem.detail
    if "do not match" not in refused:  # two lists of different lengths are no matter of shape
        assert valid == (not refused), (value, refused, list(SCHEMA.iter_errors(value)))
