"""What a request brings: a token, and a body of bounded size that comes within bounded time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posdevkit.errors import NotJson, SlowRequest, TooLarge
from posdevkit.runtime.deadline import Deadline, within

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["bearer_of", "body_of", "check_json", "language_header"]


def bearer_of(request: Request) -> str:
    """The token of the header Authorization; "" for none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def language_header(request: Request) -> str:
    """What the request says of languages."""
    found: str = request.headers.get("accept-language", "")
    return found


def check_json(request: Request) -> None:
    """Raises NotJson unless the body says that it is JSON: no form of another page can say so."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson


async def body_of(request: Request, most: int, deadline: Deadline) -> bytes:
    """The body, at most `most` bytes. Raises TooLarge, SlowRequest."""

    async def read() -> bytes:
        whole = bytearray()
        async for piece in request.stream():
            whole += piece
            if len(whole) > most:
                raise TooLarge(f"at most {most} bytes")
        return bytes(whole)

    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise TooLarge(f"{length[:20]} bytes, at most {most}")
    try:
        return await within(deadline, read())
    except TimeoutError:
        raise SlowRequest from None
