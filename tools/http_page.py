"""The reference page of the server's HTTP interface, from its OpenAPI document."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from posdevkit.server import Database, create_app
from posdevkit.server.problems import KINDS, MEDIA_TYPE

__all__ = ["http_routes", "problem_rows"]

Route = tuple[str, str, str, str]


def document() -> Mapping[str, Any]:
    """The OpenAPI document of a server with an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        try:
            found: Mapping[str, Any] = create_app(database).openapi()
            return found
        finally:
            database.close()


def http_routes() -> Iterator[Route]:
    """Method and path, what it does, what it takes, what it answers."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            takes = [one["name"] for one in operation.get("parameters", ()) if one["in"] != "path"]
            if "requestBody" in operation:
                takes.append("JSON body")
            answers = [
                f"{status} {kind}"
                for status, one in operation["responses"].items()
                for kind in one.get("content", ())
                if kind != MEDIA_TYPE
            ]
            about = " ".join([f"{operation['summary']}.", operation.get("description", "").replace("\n", " ")]).strip()
            yield f"`{method.upper()} {path}`", about, ", ".join(takes), ", ".join(answers)


def problem_rows() -> Iterator[Route]:
    """Status, slug, title and remedy of every problem."""
    for slug, kind in KINDS.items():
        yield str(kind.status), f"`{slug}`", kind.title, kind.remedy
