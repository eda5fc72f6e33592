"""The one module that knows the HTTP library: bytes there and back, and what goes wrong as one of our errors."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from posdevkit._version import __version__
from posdevkit.errors import BadUrl, CloudMisdirected, CloudOffline, MissingExtra, UsageError
from posdevkit.secret import Secret

if TYPE_CHECKING:
    import httpx2

__all__ = ["Http", "Reply", "check_base_url", "check_token"]

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
"""Longest silence while an answer is awaited or comes in."""
QUIET_SECONDS: Final = 60.0
"""Longest silence of the event stream: servers send a comment well within it."""
LARGEST_ANSWER: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has been read whole, or (of a stream) not at all."""

    status: int
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """As `application/json`, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_base_url(url: str, *, insecure: bool) -> str:
    """The URL without a slash at its end. Raises BadUrl: a token goes over TLS, or no further than this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as problem:
        raise BadUrl(f"{url!r}: {problem}", remedy=_LIKE) from None
    if parts.username is not None or parts.password is not None:
        raise BadUrl("the cloud's URL has a user or a password in it", remedy="Give the token as token= instead.")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or not url.isascii():
        raise BadUrl(repr(url), remedy=_LIKE)
    if parts.scheme == "http" and not insecure and not _loopback(host):
        raise BadUrl(
            f"{url!r} would carry the token in clear",
            remedy="Use https://, or insecure=True (--insecure) in a network that is yours alone.",
        )
    return url.rstrip("/")


_LIKE: Final = "Write it as https://host or https://host/path."


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_token(token: Secret) -> Secret:
    """Raises UsageError for what cannot stand in a header, without showing it."""
    text = token.reveal()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise UsageError("the token is empty or has blanks or other characters in it", remedy="Copy it once more.")
    return token


class Http:
    """Connections to one server. Redirects are never followed: a token goes to the server it was made for."""

    def __init__(self, base_url: str, token: Secret) -> None:
        """Imports the library and reads the system's certificates, which takes time: not on an event loop.

        Raises MissingExtra, and what `check_token` raises.
        """
        try:
            import httpx2
        except ImportError:
            raise MissingExtra("the cloud client needs httpx2", remedy="pip install 'posdevkit[cloud]'") from None
        self._library = httpx2
        self.url = base_url
        self.token = check_token(token)
        timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._client: httpx2.AsyncClient = httpx2.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            # Without TLS its context is not needed, and costs seven megabytes.
            verify=base_url.startswith("https:"),
            # Proxies and certificates as the system has them; but no proxy leads to this machine.
            trust_env=base_url.startswith("https:") or not _loopback(urlsplit(base_url).hostname or ""),
        )

    async def close(self) -> None:
        """End all connections."""
        await self._client.aclose()

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Raises CloudOffline where no complete answer came: nobody can tell then whether the server took it."""
        return await self._exchange("POST", path, headers | {"content-type": "application/json"}, body)

    async def get(self, path: str) -> Reply:
        """Raises CloudOffline."""
        return await self._exchange("GET", path, {})

    async def _exchange(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Reply:
        async with self._open(method, path, {"accept": "application/json"} | headers, body) as response:
            received = bytearray()
            async for chunk in response.aiter_bytes():
                received += chunk
                if len(received) > LARGEST_ANSWER:
                    raise CloudMisdirected(f"{path}: an answer of more than {LARGEST_ANSWER >> 20} MiB")
            return Reply(response.status_code, _headers(response), bytes(received))

    @asynccontextmanager
    async def stream(self, path: str, last_id: str) -> AsyncIterator[tuple[Reply, AsyncIterator[bytes]]]:
        """An event stream: how it began, and its bytes as they come. Raises CloudOffline, also between the bytes."""
        headers = {"accept": "text/event-stream", "cache-control": "no-store", "last-event-id": last_id}
        timeout = self._library.Timeout(QUIET_SECONDS, connect=CONNECT_SECONDS)
        async with self._open("GET", path, headers, timeout=timeout) as response:
            yield Reply(response.status_code, _headers(response)), response.aiter_bytes()

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None = None,
        timeout: httpx2.Timeout | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        library = self._library
        named = {"user-agent": f"posdevkit/{__version__}", "authorization": f"Bearer {self.token.reveal()}"}
        request = self._client.build_request(
            method,
            f"{self.url}{path}",
            headers=headers | named,
            content=body,
            timeout=timeout or self._client.timeout,
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                yield response
            finally:
                await response.aclose()
        except library.DecodingError as problem:
            raise CloudMisdirected(f"{path}: {_words(problem)}") from None
        except (library.TransportError, library.StreamError, OSError) as problem:
            if _foreign_certificate(problem):
                raise CloudMisdirected(f"{self.url}: {_words(problem)}") from None
            raise CloudOffline(f"{path}: {_words(problem)}") from None


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _foreign_certificate(problem: BaseException | None) -> bool:
    """Whether somebody answered who cannot prove to be the one that was asked for."""
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _words(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
