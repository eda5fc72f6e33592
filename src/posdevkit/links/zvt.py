"""`zvt://host[:port]`: a payment terminal on the network. The cable is TCP; only port and options differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .tcp import TcpLink
from .url import DeviceUrl

__all__ = ["DEFAULT_PORT", "zvt_link"]

DEFAULT_PORT: Final = 20007
"""Where terminals listen (PA00P015, TCP/IP transport)."""


def zvt_link(url: DeviceUrl) -> TcpLink:
    """The TCP link to a terminal. `password` is the protocol's business, and stays out of what the link shows.

    Raises BadUrl.
    """
    port = DEFAULT_PORT if url.port is None else url.port
    return TcpLink(replace(url.without("password"), scheme="tcp", port=port))
