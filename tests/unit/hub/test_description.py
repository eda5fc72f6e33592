"""The table describes what the hub does: its OpenAPI document is whole, and its examples are taken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from posdevkit.cli.main import main
from posdevkit.devices import Scanner
from posdevkit.documents.json import receipt_schema
from posdevkit.hub.openapi import openapi_document
from posdevkit.hub.table import OPERATIONS
from posdevkit.hub.web import PAGE

from .conftest import Counter


def test_every_reference_leads_somewhere_and_every_name_is_told_once() -> None:
    document = openapi_document(OPERATIONS)
    text = json.dumps(document)
    for ref in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place: object = document
        for step in ref.split("/"):
            assert isinstance(place, dict)
            place = place[step]
    ids = re.findall(r'"operationId": "(\w+)"', text)
    assert len(ids) == len(set(ids)) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.body], ids=lambda one: one.id)
def test_examples_fit_their_schemas(operation) -> None:  # type: ignore[no-untyped-def]
    schema = json.loads(json.dumps(operation.body))
    if "document" in schema["properties"]:
        schema["properties"]["document"] = receipt_schema()
    jsonschema.Draft202012Validator(schema).validate(operation.example)


@pytest.mark.asyncio
async def test_a_member_too_many_and_one_too_few_are_refused(counter: Counter) -> None:
    async with counter.stack:
        tablet = await counter.tablet(await counter.hub(Scanner("tcp://127.0.0.1:9", name="x")))
        for operation in OPERATIONS:
            if not isinstance(operation.example, dict):
                continue
            path = re.sub(r"\{\w+\}", "x", operation.path)
            bodies: list[object] = [{**operation.example, "more": 1}]
            bodies += [[], "text"] + ([{}] if operation.body and operation.body["required"] else [])
            for body in bodies:
                answer = await tablet.ask(operation.method, path, body)
                assert answer.status_code == 422, (operation.id, body, answer.text)


@pytest.mark.asyncio
async def test_the_document_is_served_and_printed(counter: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    async with counter.stack:
        tablet = await counter.tablet(await counter.hub())
        served = (await tablet.ask("GET", "/v1/openapi.json")).json()
    assert main(["hub", "openapi"]) == 0
    assert json.loads(capsys.readouterr().out) == served


def test_every_part_of_the_page_is_named() -> None:
    folder = Path(__file__).parents[3] / "src" / "posdevkit" / "hub" / "page"
    assert {name for name, _ in PAGE.values()} == {path.name for path in folder.iterdir()}
