"""What an error looks like to somebody at the other end of HTTP: problem details (RFC 9457), in their language.

Whoever serves requests tells errors this way, so that one reader understands all of them.
"""

from __future__ import annotations

from typing import Final

from posdevkit.errors import (
    BadDocument,
    BadText,
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
    OutputFailed,
    PaymentUnresolved,
    PosError,
    TooLarge,
    TooManyRequests,
    Unconfirmed,
    Unsupported,
    UsageError,
)
from posdevkit.errors.texts import LANGUAGES, message

__all__ = ["MEDIA_TYPE", "http_status", "language_of", "problem_details"]

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[dict[type[PosError], int]] = {
    UsageError: 400,
    NotAuthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    JobConflict: 409,
    Claimed: 409,
    PaymentUnresolved: 409,
    Unconfirmed: 409,
    TooLarge: 413,
    BadDocument: 422,
    BadText: 422,
    Unsupported: 422,
    TooManyRequests: 429,
    InputFailed: 500,
    OutputFailed: 500,
    MissingExtra: 501,
    Closed: 503,
    DeviceError: 503,
    DeadlineExceeded: 504,
}
"""Error to HTTP status; a class that is not here has its parent's."""


def http_status(error: PosError) -> int:
    """The HTTP status that tells `error`: 4xx where the request has to change, 5xx where something else has to."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


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


def language_of(accept_language: str) -> str:
    """The language of the library's texts that an `Accept-Language` header (RFC 9110, 12.5.4) likes best."""
    best, liked = LANGUAGES[0], 0.0
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
