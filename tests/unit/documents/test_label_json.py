"""Labels as JSON: the schema and the reader agree, and an error names its place."""

from __future__ import annotations

import json

import jsonschema
import pytest

from posdevkit.documents import Label
from posdevkit.documents.label_json import label_from_json, label_schema
from posdevkit.documents.reading import read_json
from posdevkit.errors import BadDocument, BadText, DocumentTooWide
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.zpl.compiler import compile_label

TEXT = """{"kind": "label", "width": 50, "height": 30.5, "elements": [
 {"type": "text", "x": 2, "y": 2, "text": "Kaffe", "height": 4, "width": 30, "align": "center", "lines": 2},
 {"type": "box", "x": 0.5, "y": 0.5, "width": 49, "height": 29, "thickness": 0.5},
 {"type": "line", "x": 1, "y": 12, "length": 20, "direction": "down"},
 {"type": "barcode", "x": 6, "y": 15, "data": "590123412345", "symbology": "EAN13", "height": 8},
 {"type": "qr", "x": 38, "y": 3, "data": "https://r.example", "module": 0.375, "level": "L"}]}"""


def test_json_is_the_builders_label_and_fits_the_schema() -> None:
    value = read_json(TEXT)
    jsonschema.validate(json.loads(TEXT), label_schema())
    assert label_from_json(value) == (
        Label(50, 30.5)
        .text(2, 2, "Kaffe", height=4, width=30, align="center", lines=2)
        .box(0.5, 0.5, 49, 29, thickness=0.5)
        .line(1, 12, 20, direction="down")
        .barcode(6, 15, "590123412345", "EAN13", height=8)
        .qr(38, 3, "https://r.example", module=0.375, level="L")
    )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"lines": 2', '"lines": 0', "elements[0]"),
        ('"type": "line"', '"type": "lime"', "elements[2].type"),
        ('"x": 38', '"x": -1', "elements[4]"),
        ('"width": 50', '"width": "wide"', "width"),
        ('"length": 20', '"lenght": 20', "elements[2].lenght"),
    ],
)
def test_an_error_names_its_place(old: str, new: str, place: str) -> None:
    assert old in TEXT
    with pytest.raises(BadDocument) as caught:
        label_from_json(read_json(TEXT.replace(old, new)))
    assert place in caught.value.detail


def test_control_characters_are_no_text() -> None:
    with pytest.raises(BadText, match="U\\+001B"):
        Label(50, 30).text(1, 1, "a\x1bb")


@pytest.mark.parametrize(
    ("label", "error", "told"),
    [
        (Label(50, 30).barcode(1, 1, "5901234123450", "EAN13"), BadDocument, "check digit 0, it should be 7"),
        (Label(50, 30).barcode(1, 1, "ÆØÅ"), BadDocument, "Code 128"),
        (Label(50, 30).barcode(20, 1, "a long text that is wider than this"), DocumentTooWide, "reaches to"),
        (Label(50, 30).qr(48, 1, "x"), DocumentTooWide, "QR code"),
        (Label(50, 30).line(1, 29, 3, direction="down"), DocumentTooWide, "line"),
        (Label(50, 30).text(1, 28, "x"), DocumentTooWide, "text"),
        (Label(120, 30), DocumentTooWide, "960 dots wide"),
    ],
)
def test_what_cannot_be_printed_is_refused(label: Label, error: type[BadDocument], told: str) -> None:
    with pytest.raises(error) as caught:
        compile_label(label, load_label_profile("generic-zpl-203"))
    assert told in caught.value.detail
    assert caught.value.remedy()


def test_a_module_between_two_dots_is_told() -> None:
    (finding,) = compile_label(Label(50, 30).barcode(1, 1, "A", module=0.33), load_label_profile("generic-zpl-203"))[1]
    assert "0.375 mm (3 dots), not 0.33 mm" in finding.message
