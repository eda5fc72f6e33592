"""Which requests are let in before anybody asks for a token: by the name they call the hub, and by their page.

A web page anywhere can make a tablet's browser knock at addresses of the shop's network. Three things keep it out: the
name by which the hub is called must be its own (a page that has its own name resolve to the hub is refused), the page
must be the hub's or one that was allowed, and whatever is not public needs a token, which no browser adds by itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from posdevkit.errors import BadConfiguration, Forbidden
from posdevkit.web.answers import ALWAYS

__all__ = ["CONTENT_POLICY", "Guard", "origin_of"]

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ALWAYS: Final = {**ALWAYS, "content-security-policy": CONTENT_POLICY}
_METHODS: Final = "GET, POST, PUT, DELETE"
_HEADERS: Final = "Authorization, Content-Type, Accept-Language"
_PREFLIGHT_SECONDS: Final = "600"


class Guard:
    """The names and pages that one hub answers to."""

    def __init__(self, names: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        """`names`: host names besides `localhost`; `origins`: pages as `https://pos.example`. Raises
        BadConfiguration."""
        self._names = {"localhost", *(name.lower().rstrip(".") for name in names)}
        self.origins = frozenset(origin_of(origin) for origin in origins)

    def check_host(self, host: str, server: str) -> None:
        """Refuse a `Host` header that is no name of this hub; `server` is the address that was connected to.

        An address can only be called by itself, so it cannot be a name that somebody else has pointed here.
        """
        name = _host_name(host)
        if name in self._names:
            return
        try:
            called = ipaddress.ip_address(name)
            if called.is_loopback or called == ipaddress.ip_address(server):
                return
        except ValueError:
            pass
        raise Forbidden("the hub is called by a name that is not its own", remedy="Allow it with --name.")

    def check_origin(self, origin: str | None, scheme: str, host: str) -> None:
        """Refuse a request that a page of another origin makes. Programs that are no browser send no `Origin`."""
        if origin is not None and origin not in self.origins and not _same(origin, scheme, host):
            raise Forbidden("a page of another origin", remedy="Allow it with --origin.")

    def headers(self, origin: str | None) -> dict[str, str]:
        """What goes out with every answer."""
        if origin is None or origin not in self.origins:
            return {**_ALWAYS, "vary": "Origin"}
        # No Access-Control-Allow-Credentials: the token is a header that the page's own code sets.
        return {**_ALWAYS, "vary": "Origin", "access-control-allow-origin": origin}

    def preflight(self, origin: str | None, *, private_network: bool) -> dict[str, str]:
        """The answer to a browser's question before a request of an allowed page. Raises Forbidden for others.

        Browsers that ask the person for leave (Local Network Access) want nothing more; those that ask the device
        (its forerunner, Private Network Access) want the last header.
        """
        if origin is None or origin not in self.origins:
            raise Forbidden("a page of another origin", remedy="Allow it with --origin.")
        headers = {
            **self.headers(origin),
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": _HEADERS,
            "access-control-max-age": _PREFLIGHT_SECONDS,
        }
        if private_network:
            headers["access-control-allow-private-network"] = "true"
        return headers


def origin_of(text: str) -> str:
    """An origin as browsers send it: scheme, host, and port where it is not the scheme's own. Raises
    BadConfiguration."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadConfiguration(f"{text!r} is no origin", remedy="Write it as https://pos.example, without a path.")
    return _normal(parts.scheme, parts.netloc)


def _normal(scheme: str, netloc: str) -> str:
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    return f"{scheme}://{netloc.lower().removesuffix(default)}"


def _same(origin: str, scheme: str, host: str) -> bool:
    return origin == _normal(scheme, host)


def _host_name(host: str) -> str:
    """The name in a `Host` header without its port; empty where there is none to find."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
