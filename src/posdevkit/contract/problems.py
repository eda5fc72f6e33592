"""What an error looks like to somebody at the other end of HTTP: problem details (RFC 9457), in their language.

Whoever serves requests tells errors this way, so that one reader understands all of them.
"""

from __future__ import annotations

from typing import Final

from posdevkit.errors import (
    BadDocument,
    BadText,
    Busy,
    Claimed,
    Closed,
    DeadlineExceeded,
    DeviceError,
    Forbidden,
    InputFailed,
    JobConflict,
    MissingExtra,
    NotAuthorized,
    NotFound,
    NotJson,
    OutputFailed,
    PaymentUnresolved,
    PosError,
    SlowRequest,
    Stale,
    TooLarge,
    TooManyRequests,
    Unconfirmed,
    Unsupported,
    UsageError,
    Who,
    WrongMethod,
)
from posdevkit.errors.texts import LANGUAGES, message

__all__ = ["MEDIA_TYPE", "PROBLEM_SCHEMA", "http_headers", "http_status", "language_of", "problem_details"]

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[dict[type[PosError], int]] = {
    UsageError: 400,
    NotAuthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    WrongMethod: 405,
    SlowRequest: 408,
    Stale: 409,
    JobConflict: 409,
    Claimed: 409,
    PaymentUnresolved: 409,
    Unconfirmed: 409,
    TooLarge: 413,
    NotJson: 415,
    BadDocument: 422,
    BadText: 422,
    Unsupported: 422,
    TooManyRequests: 429,
    InputFailed: 500,
    OutputFailed: 500,
    MissingExtra: 501,
    Busy: 503,
    Closed: 503,
    DeviceError: 503,
    DeadlineExceeded: 504,
}
"""Error to HTTP status; a class that is not here has its parent's."""
_HEADERS: Final[dict[type[PosError], dict[str, str]]] = {
    NotAuthorized: {"www-authenticate": "Bearer"},
    TooManyRequests: {"retry-after": "60"},
    Busy: {"retry-after": "2"},
    # Too large a body is still let in and thrown away: who is cut off in the middle of it would not see the answer.
    SlowRequest: {"connection": "close"},
}
PROBLEM_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "description": "Problem details (RFC 9457). `slug` names the error, `remedy` tells a person what to do.",
    "properties": {
        "type": {"type": "string", "description": "urn:posdevkit:problem: and the slug"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "slug": {"type": "string"},
        "remedy": {"type": "string"},
        "who": {"enum": [who.value for who in Who]},
        "retry": {"type": "boolean"},
        "code": {"type": "integer", "description": "of UnifiedPOS"},
        "outcome": {"type": "object", "description": "of a job that was under way"},
    },
    "required": ["type", "title", "status", "detail", "slug", "remedy", "who", "retry", "code"],
}
"""JSON Schema (2020-12) of what `problem_details` gives."""


def http_status(error: PosError) -> int:
    """The HTTP status that tells `error`: 4xx where the request has to change, 5xx where something else has to."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def http_headers(error: PosError) -> dict[str, str]:
    """The header fields that go with `error`, by names in small letters."""
    return dict(next((_HEADERS[kind] for kind in type(error).__mro__ if kind in _HEADERS), {}))


def problem_details(error: PosError, language: str = "en") -> dict[str, object]:
    """`error` as the members of a problem details object, in `language` ("en" or "da").

    Besides those of RFC 9457: `slug`, `remedy`, `who` can mend it, `retry`, `code` of UnifiedPOS, and the `outcome` of
    a job where one was under way.
    """
    told: dict[str, object] = {
        "type": f"urn:posdevkit:problem:{error.slug}",
        "title": message(error.slug, language),
        "status": http_status(error),
        "detail": error.detail,
        "slug": error.slug,
        "remedy": error.remedy(language),
        "who": error.who.value,
        "retry": error.retry,
        "code": int(error.code),
    }
    if error.outcome is not None:
        outcome = error.outcome
        told["outcome"] = {
            "delivery": outcome.delivery.value,
            "evidence": outcome.evidence.value,
            "bytes_taken": outcome.bytes_taken,
            "bytes_total": outcome.bytes_total,
        }
    return told


def language_of(accept_language: str, otherwise: str = LANGUAGES[0]) -> str:
    """The language of the library's texts that an `Accept-Language` header (RFC 9110, 12.5.4) likes best.

    `otherwise` where it likes none of them.
    """
    best, liked = otherwise, 0.0
    for part in accept_language.split(","):
        name, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        primary = name.strip().lower().partition("-")[0]
        if primary in LANGUAGES and liked < quality <= 1:
            best, liked = primary, quality
    return best
