"""What goes wrong over HTTP, as problem details (RFC 9457) with a slug and a remedy that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import JSONResponse

__all__ = ["KINDS", "MEDIA_TYPE", "SCHEMA", "Problem", "answer"]

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem."""

    status: int
    title: str
    remedy: str


KINDS: Final[dict[str, Kind]] = {
    "bad-request": Kind(400, "The request cannot be read", "Correct what the detail names."),
    "unauthorised": Kind(401, "A token is missing or not accepted", "Send a valid token; the owner can make another."),
    "forbidden": Kind(403, "This token does not open that", "Use a token with the role and store that it needs."),
    "not-found": Kind(404, "There is no such thing here", "Check the address and the identifier."),
    "no-method": Kind(405, "This address does not take that method", "Use a method that the header Allow names."),
    "slow": Kind(408, "The body did not arrive in time", "Send it again, in smaller parts over a slow line."),
    "stale": Kind(409, "Somebody changed it meanwhile", "Read it again and repeat the change on the new version."),
    "too-large": Kind(413, "The body is too large", "Send less at once."),
    "not-json": Kind(415, "The body is not JSON", "Send JSON with Content-Type: application/json."),
    "bad-document": Kind(422, "Something in the request is not as it should be", "Correct the field that is named."),
    "bug": Kind(500, "The server failed", "Nothing was stored. Try again; if it lasts, tell whoever runs the server."),
    "busy": Kind(503, "The server cannot do it now", "Try again in a moment."),
}

SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "urn:posdevkit:problem: and the slug"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string", "description": "What the person in front of it can do"},
    },
    "required": ["type", "title", "status", "detail", "remedy"],
    "additionalProperties": False,
}


class Problem(Exception):
    """Raised by a handler; `slug` is one of `KINDS`."""

    def __init__(self, slug: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(slug, detail)
        self.slug = slug
        self.detail = detail
        self.headers = headers


def answer(slug: str, detail: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response of a problem."""
    kind = KINDS[slug]
    body = {
        "type": f"urn:posdevkit:problem:{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "remedy": kind.remedy,
    }
    more = {"WWW-Authenticate": "Bearer"} if kind.status == 401 else {}
    return JSONResponse(body, kind.status, {**more, **(headers or {})}, MEDIA_TYPE)
