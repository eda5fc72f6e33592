"""The table of operations as an OpenAPI 3.1 document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from posdevkit import errors
from posdevkit._version import __version__
from posdevkit.codes.telling import Json
from posdevkit.contract.problems import MEDIA_TYPE, http_status
from posdevkit.documents.json import receipt_schema
from posdevkit.documents.label_json import label_schema
from posdevkit.errors import PosError

from .exchange import Operation

__all__ = ["openapi_document", "statuses"]

_ALWAYS = ("too-large", "usage", "not-found")
_PROBLEM: dict[str, Json] = {
    "type": "object",
    "description": "Problem details (RFC 9457). `slug` names the error, `remedy` tells a person what to do.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "slug": {"type": "string"},
        "remedy": {"type": "string"},
        "who": {"enum": ["integrator", "cashier", "hardware", "network"]},
        "retry": {"type": "boolean"},
        "code": {"type": "integer"},
    },
    "required": ["type", "title", "status", "slug", "remedy", "who", "retry"],
}


def openapi_document(operations: Iterable[Operation]) -> dict[str, Json]:
    """The whole document."""
    paths: dict[str, dict[str, Json]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "posdevkit hub", "version": __version__},
        "paths": cast(Json, paths),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "problem": _PROBLEM,
                "receipt": cast(Json, _placed(receipt_schema(), "receipt")),
                "label": cast(Json, _placed(label_schema(), "label")),
            },
        },
    }


def statuses(operation: Operation) -> dict[int, list[str]]:
    """HTTP status to the slugs of the errors that an operation can tell under it."""
    by_slug = {kind.slug: kind for name in errors.__all__ if _is_error(kind := getattr(errors, name))}
    slugs = (*(() if operation.public else ("not-authorized",)), "forbidden", *_ALWAYS, *operation.problems)
    found: dict[int, list[str]] = {}
    for slug in dict.fromkeys(slugs):
        found.setdefault(http_status(by_slug[slug]()), []).append(slug)
    return dict(sorted(found.items()))


def _described(operation: Operation) -> dict[str, Json]:
    media = operation.media
    responses: dict[str, Json] = {
        str(status): {"description": text, **({} if status == 204 else {"content": {media: {}}})}
        for status, text in operation.answers.items()
    }
    for status, slugs in statuses(operation).items():
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(slugs)}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}},
        }
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    parameters += [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in operation.query.items()
    ]
    described: dict[str, Json] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
        "security": [] if operation.public else [{"token": []}],
    }
    if operation.body is not None:
        content: dict[str, Json] = {"schema": cast(Json, _placed(operation.body, "")), "example": operation.example}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _placed(schema: object, home: str) -> object:
    """A schema as it stands among the components: its own references lead to its own definitions there."""
    if isinstance(schema, dict):
        placed = {key: _placed(value, home) for key, value in schema.items() if key not in ("$id", "$schema")}
        if isinstance(ref := placed.get("$ref"), str):
            own = ref.removeprefix("#")
            placed["$ref"] = (
                f"#/components/schemas/{home}{own}" if ref.startswith("#") else f"#/components/schemas/{ref}"
            )
        return placed
    return [_placed(member, home) for member in schema] if isinstance(schema, list | tuple) else schema


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, PosError)
