"""The page about JSON shows what the schemas take, and names every element and key they know."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from posdevkit.documents.json import receipt_from_json, receipt_schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")
STYLE = {
    "bold", "underline", "invert", "width", "height", "font", "smooth", "second_color", "rotate", "upside_down",
    "spacing",
}  # fmt: skip


@pytest.mark.parametrize("page", ["README.md", "docs/reference/json.md"])
def test_every_receipt_shown_is_one(page: str) -> None:
    shown = re.findall(r"^```json\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert shown
    for text in shown:
        Draft202012Validator(receipt_schema()).validate(json.loads(text))
        receipt_from_json(json.loads(text))


def test_the_table_names_every_element_and_key() -> None:
    schema: Any = receipt_schema()
    known = {}
    for reference in schema["properties"]["elements"]["items"]["oneOf"]:
        element = schema["$defs"][reference["$ref"].rpartition("/")[2]]
        keys = {re.sub(r" \(.*", "", key) for key in element["properties"]}
        known[element["properties"]["type"]["const"]] = keys - {"type"}
    told = {}
    for name, cell in re.findall(r"^\| `(\w+)` \| ((?!\[).*) \|$", PAGE, re.MULTILINE):
        plain = re.sub(r"\(.*?\)|:.*|\*|and style.*", "", cell).replace(" or ", ", ")
        keys = {key.strip() for key in plain.split(",")} - {""}
        told[name] = keys | (STYLE if "and style" in cell else set())
    assert told == known
