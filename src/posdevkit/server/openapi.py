"""The description of the HTTP interface: schemas from the contract, and one way to say what a route does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from posdevkit._version import __version__
from posdevkit.contract import Campaign, Customer, CustomerEdited, OrderMessage, Product, PushResult, json_schema
from posdevkit.contract.facts import BODIES
from posdevkit.contract.sync import CHANGES

from .problems import KINDS, MEDIA_TYPE, SCHEMA

__all__ = ["array", "describe", "fields", "json_body", "ref", "route"]

Schema = dict[str, object]


def ref(name: str) -> Schema:
    """A schema by its name in the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, most: int | None = None) -> Schema:
    """A list."""
    return {"type": "array", "items": items} | ({} if most is None else {"maxItems": most})


def fields(**properties: Schema) -> Schema:
    """An object of exactly these fields."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def json_body(schema: Schema) -> Schema:
    """For `openapi_extra`: the JSON that a route takes."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def route(
    answers: Schema | Mapping[str, Schema], about: str, problems: Sequence[str] = (), status: int = 200
) -> dict[str, Any]:
    """Keyword arguments of a route: `answers` is a JSON schema, or media types with their schemas."""
    content = answers if any("/" in name for name in answers) else {"application/json": answers}
    responses: dict[int | str, dict[str, object]] = {
        status: {"description": about, "content": {name: {"schema": schema} for name, schema in content.items()}}
    }
    for slug in ("unauthorised", "forbidden", "bad-document", "bug", "busy", *problems):
        kind = KINDS[slug]
        responses[kind.status] = {
            "description": f"`{slug}`: {kind.title}. {kind.remedy}",
            "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
        }
    # Handlers give finished responses: nothing is left for FastAPI to turn into JSON or to check again.
    return {"responses": responses, "response_model": None, "status_code": status}


def _facts() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for kind, body in BODIES.items():
        envelope: dict[str, Schema] = {
            "id": {"type": "string", "format": "uuid", "description": "UUID, version 7"},
            "kind": {"const": kind},
            "at": {"type": "string", "format": "date-time"},
            "hlc": {"type": "string", "minLength": 19, "maxLength": 80, "examples": ["0198c1a2b3c4-0001-till-1"]},
            "body": ref(body.__name__),
        }
        found[body.__name__] = json_schema(body)
        found[f"{body.__name__}Fact"] = fields(**envelope)
    found["Fact"] = {"oneOf": [ref(f"{body.__name__}Fact") for body in BODIES.values()]}
    return found


def _changes() -> Schema:
    number: Schema = {"type": "integer", "minimum": 1}
    return {
        "oneOf": [fields(seq=number, kind={"const": kind}, body=ref(body.__name__)) for kind, body in CHANGES.items()]
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole document (OpenAPI 3.1), made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title="posdevkit cloud",
        version=__version__,
        summary="What tills, apps and owners say to the reference cloud server.",
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas: dict[str, object] = {"Problem": SCHEMA, "Change": _changes(), **_facts()}
    for kind in (Product, Campaign, Customer, OrderMessage, PushResult, CustomerEdited):
        schemas[kind.__name__] = json_schema(kind)
    components["schemas"] = schemas
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Made with `posdevkit cloud token create`."}
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["security"] = [] if path == "/v1/health" else [{"token": []}]
            # Ours say more; FastAPI adds its own form of a validation error.
            operation["responses"].pop("default", None)
    app.openapi_schema = document
    return document
