"""An error as an answer, and what every answer carries against other people's pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from posdevkit.contract.problems import MEDIA_TYPE, http_headers, language_of, problem_details
from posdevkit.errors import PosError

from .requests import language_header

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["ALWAYS", "problem_answer"]

ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def problem_answer(
    error: PosError,
    request: Request,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    """`error` as problem details in the language of the request; `more`: members of its own."""
    from starlette.responses import Response

    details = {**problem_details(error, language_of(language_header(request))), **(more or {})}
    fields = {"cache-control": "no-store", **http_headers(error), **(headers or {})}
    status = details["status"]
    assert isinstance(status, int)
    return Response(json.dumps(details, ensure_ascii=False), status, fields, MEDIA_TYPE)
