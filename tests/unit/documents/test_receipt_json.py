"""Receipts from JSON: what is read, and how an error names the field."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image as Pil

from posdevkit.documents import Column, Columns, Image, Raw, Receipt, Style, Symbology
from posdevkit.documents.json import receipt_from_json, receipt_schema, receipt_to_json
from posdevkit.documents.reading import read_json
from posdevkit.errors import BadDocument, BadOrder, BadText

SCHEMA = Draft202012Validator(receipt_schema())


def receipt(*elements: dict[str, Any]) -> dict[str, object]:
    return {"kind": "receipt", "elements": list(elements)}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(receipt_schema())


def test_every_element_as_a_person_writes_it(tmp_path: Path) -> None:
    text = """
        {"kind": "receipt", "elements": [
            {"type": "image", "path": "logo.png", "width": 300, "dither": "ordered"},
            {"type": "title", "text": "Café Nord"},
            {"type": "text", "text": "Strandgade 12", "align": "center", "bold": true, "width": 2, "font": "B"},
            {"type": "rule"}, {"type": "rule", "char": "="},
            {"type": "row", "label": "Flat white", "amount": "38,00"},
            {"type": "columns", "cells": ["a", "b", "c"], "gap": 2,
             "columns": [{"width": 5}, {}, {"align": "right", "wrap": false}]},
            {"type": "columns", "cells": ["a", "b"]},
            {"type": "total", "amount": "70,00", "label": "I alt"},
            {"type": "barcode", "data": "5901234123457", "symbology": "EAN13", "text": "none"},
            {"type": "qr", "data": "https://r.example/8F2", "level": "Q"},
            {"type": "feed", "lines": 2.0}, {"type": "drawer", "pin": 5},
            {"type": "raw", "hex": "1B 40"}, {"type": "cut"}
        ]}
        """
    assert receipt_from_json(read_json(text), folder=tmp_path) == (
        Receipt()
        .image(tmp_path / "logo.png", width=300, dither="ordered")
        .title("Café Nord")
        .text("Strandgade 12", align="center", bold=True, width=2, font="B")
        .rule()
        .rule("=")
        .row("Flat white", "38,00")
        .add(Columns(("a", "b", "c"), (Column(5), Column(), Column(align="right", wrap=False)), Style(), 2))
        .columns("a", "b")
        .total("70,00", "I alt")
        .barcode("5901234123457", Symbology.EAN13, text="none")
        .qr("https://r.example/8F2", level="Q")
        .feed(2)
        .drawer(5)
        .raw(b"\x1b\x40")
        .cut()
    )
    SCHEMA.validate(json.loads(text))


# What a person gets wrong, and the start of the error.
FLAWS: list[tuple[object, str]] = [
    ([], "[] is not an object"),
    ({"elements": []}, "'kind' is missing"),
    ({"kind": "reciept", "elements": []}, "kind: no 'reciept'; did you mean 'receipt'?"),
    ({"kind": "receipt"}, "'elements' is missing"),
    ({"kind": "receipt", "elements": {}}, "elements: {} is not an array"),
    ({"kind": "receipt", "element": []}, "element: no such key; did you mean 'elements'?"),
    (receipt({"text": "x"}), "elements[0]: 'type' is missing"),
    (receipt({"type": "cut"}, {"type": "txt", "text": "x"}), "elements[1].type: no 'txt'; did you mean 'text'?"),
    (receipt({"type": 7}), "elements[0].type: 7 is not text"),
    (receipt("cut"), 'elements[0]: "cut" is not an object'),  # type: ignore[arg-type]
    (receipt({"type": "text"}), "elements[0]: 'text' is missing"),
    (receipt({"type": "text", "text": None}), "elements[0].text: null is not text"),
    (receipt({"type": "text", "text": "x", "bold": 1}), "elements[0].bold: 1 is neither true nor false"),
    (receipt({"type": "text", "text": "x", "blod": True}), "elements[0].blod: no such key; did you mean 'bold'?"),
    (receipt({"type": "text", "text": "x", "two words": 1}), 'elements[0]["two words"]: no such key'),
    (receipt({"type": "text", "text": "x", "width": 9}), "elements[0]: a style's width is 1 to 8, not 9"),
    (receipt({"type": "text", "text": "x", "width": "2"}), 'elements[0].width: "2" is not a whole number'),
    (receipt({"type": "text", "text": "x", "width": True}), "elements[0].width: true is not a whole number"),
    (receipt({"type": "text", "text": "x", "width": 1.5}), "elements[0].width: 1.5 is not a whole number"),
    (receipt({"type": "text", "text": "x", "align": "middle"}), "elements[0].align: no 'middle'; one of left, cent"),
    (receipt({"type": "columns", "cells": []}), "elements[0].cells: takes 1 or more, not 0"),
    (receipt({"type": "columns", "cells": ["a", 2]}), "elements[0].cells[1]: 2 is not text"),
    (receipt({"type": "columns", "cells": ["a"], "columns": [{}, {}]}), "elements[0]: 1 cells do not match 2 columns"),
    (receipt({"type": "columns", "cells": ["a"], "columns": [{"width": 0}]}), "elements[0].columns[0]: a column's wi"),
    (receipt({"type": "columns", "cells": ["a"], "gap": -1}), "elements[0].gap: columns stand 0 or more"),
    (receipt({"type": "rule", "char": "--"}), "elements[0]: a rule repeats one character"),
    (receipt({"type": "rule", "char": "\n"}), "elements[0].char: a line break"),
    (receipt({"type": "image"}), "elements[0]: a picture has either a path or data"),
    (receipt({"type": "image", "path": "a.png", "data": "AAAA"}), "elements[0]: a picture has either"),
    (receipt({"type": "image", "path": ""}), "elements[0].path: is empty"),
    (receipt({"type": "image", "data": "no base64"}), "elements[0].data: is not base64"),
    (receipt({"type": "image", "path": "a.png", "dither": "none"}), "elements[0].dither: no 'none'"),
    (receipt({"type": "barcode", "data": "1", "symbology": "EAN12"}), "elements[0].symbology: no 'EAN12'; did you me"),
    (receipt({"type": "barcode", "data": "1", "height": 0}), "elements[0]: a barcode's height"),
    (receipt({"type": "qr", "data": ""}), "elements[0]: a QR code needs data"),
    (receipt({"type": "feed", "lines": 0}), "elements[0]: feed is 1 to 255 lines"),
    (receipt({"type": "drawer", "pin": 3}), "elements[0]: a drawer hangs on pin 2 or 5, not 3"),
    (receipt({"type": "raw", "hex": "1B4"}), "elements[0].hex: is not pairs"),
    (receipt({"type": "raw", "hex": ""}), "elements[0].hex: is not pairs"),
]


@pytest.mark.parametrize(("value", "says"), FLAWS)
def test_an_error_names_the_field(value: object, says: str) -> None:
    with pytest.raises(BadDocument) as caught:
        receipt_from_json(value)
    assert caught.value.detail.startswith(says)
    # The one flaw that is no matter of shape: two lists of different lengths.
    assert SCHEMA.is_valid(value) == ("do not match" in says)


def test_a_control_character_is_named_with_its_field() -> None:
    value = receipt({"type": "cut"}, {"type": "row", "label": "Bob\x1b@", "amount": "1"})
    with pytest.raises(BadText, match=r"^Bad|U\+001B") as caught:
        receipt_from_json(value)
    assert caught.value.detail.startswith("elements[1]: character U+001B at position 4")
    assert not SCHEMA.is_valid(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"kind": "receipt",}', "not JSON: "),
        ("", "not JSON: Expecting value at line 1, column 1"),
        ('{"a": 1,\n "a": 2}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ("[" * 100_000, "not JSON anyone wrote"),
        ("1" * 5_000, "not JSON: "),
        (b"\xff\xfe", "not UTF-8: byte FF (hex) at 1"),
    ],
)
def test_what_is_no_json_is_told_by_place(text: str | bytes, says: str) -> None:
    for error in (BadDocument, BadOrder):
        with pytest.raises(error) as caught:
            read_json(text, error)
        assert caught.value.detail.startswith(says)


def test_json_keeps_decimals_exact_and_takes_a_byte_order_mark() -> None:
    assert str(read_json(b'\xef\xbb\xbf{"a": 0.10}')) == "{'a': Decimal('0.10')}"


def test_pictures_in_memory_travel_as_base64() -> None:
    pixels = Pil.new("1", (9, 3))
    file = io.BytesIO()
    pixels.save(file, "PNG")
    for source in (pixels, file.getvalue()):
        value = receipt_to_json(Receipt().image(source, width=20))
        assert value == receipt({"type": "image", "data": base64.b64encode(file.getvalue()).decode(), "width": 20})
        (image,) = receipt_from_json(value).elements
        assert isinstance(image, Image)
        assert image.source == file.getvalue()


def test_a_path_stays_a_path_and_a_folder_of_its_own_wins(tmp_path: Path) -> None:
    assert receipt_to_json(Receipt().image("a/logo.png")) == receipt({"type": "image", "path": "a/logo.png"})
    (image,) = receipt_from_json(receipt({"type": "image", "path": str(tmp_path / "x.png")}), folder=Path("y")).elements
    assert isinstance(image, Image)
    assert image.source == tmp_path / "x.png"


def test_an_image_of_something_else_cannot_be_written() -> None:
    class Picture:
        """As Pillow's, as far as it is looked at before it is printed."""

        size = (1, 1)

        def convert(self, mode: str) -> Picture:
            return self

    with pytest.raises(BadDocument, match="from Picture"):
        receipt_to_json(Receipt([Image(Picture())]))


def test_defaults_are_left_out_and_the_rest_is_json() -> None:
    whole = Receipt().text("x").total("1").rule().raw(b"\x10\x04").cut().cut(partial=False)
    value = json.loads(json.dumps(receipt_to_json(whole)))
    assert value == receipt(
        {"type": "text", "text": "x"},
        {
            "type": "columns",
            "cells": ["Total", "1"],
            "columns": [{}, {"align": "right", "wrap": False}],
            "bold": True,
            "height": 2,
        },
        {"type": "rule"},
        {"type": "raw", "hex": "1004"},
        {"type": "cut"},
        {"type": "cut", "partial": False},
    )
    assert receipt_from_json(value) == whole
    assert isinstance(receipt_from_json(value).elements[3], Raw)
