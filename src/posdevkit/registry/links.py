"""Which link a URL means. Nothing is imported before a URL asks for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from posdevkit.errors import BadUrl, MissingExtra, Unsupported
from posdevkit.links.base import StreamLink
from posdevkit.links.trace import TraceLink, trace_directory
from posdevkit.links.url import DeviceUrl, nearest_scheme, parse_url

__all__ = ["ENTRY_POINTS", "LinkFactory", "check_url", "open_link", "schemes"]

ENTRY_POINTS: Final = "posdevkit.links"
"""Group of entry points by which other distributions add schemes: the name is the scheme, the value a LinkFactory."""

LinkFactory = Callable[[DeviceUrl], StreamLink]
"""Makes a link that is not open yet. Raises BadUrl for an address or an option that it cannot use."""

_OWN: Final = {
    "tcp": "posdevkit.links.tcp:TcpLink",
    "memory": "posdevkit.links.memory:MemoryLink",
    "replay": "posdevkit.links.replay:ReplayLink",
}
_NOT_YET: Final = {
    "usb": "USB",
    "serial": "serial ports",
    "ble": "Bluetooth Low Energy",
    "hid": "HID devices",
    "spooler": "the operating system's print queues",
}
_EMULATORS: Final = "emu"


def open_link(url: str | DeviceUrl) -> StreamLink:
    """The link that a URL means, not yet connected: `await link.open(deadline)` does that.

    With POSDEVKIT_TRACE set, each connection is recorded into that directory. Raises BadUrl for a URL that cannot be
    understood, with the nearest scheme, Unsupported for a cable that this version does not drive, and MissingExtra for
    emulated devices that are not installed.
    """
    parsed = parse_url(url) if isinstance(url, str) else url
    link = _factory(parsed)(parsed)
    directory = trace_directory()
    return link if directory is None else TraceLink(link, directory)


def check_url(url: str | DeviceUrl) -> DeviceUrl:
    """The URL, parsed, after making sure that `open_link` would take it. Raises as `open_link` does."""
    parsed = parse_url(url) if isinstance(url, str) else url
    _factory(parsed)(parsed)
    return parsed


def schemes() -> tuple[str, ...]:
    """The schemes that can be opened here, those of other distributions included."""
    return tuple(dict.fromkeys((*_OWN, *(point.name for point in _others()))))


def _factory(url: DeviceUrl) -> LinkFactory:
    target = _OWN.get(url.scheme)
    if target is not None:
        module, _, name = target.partition(":")
        return cast(LinkFactory, getattr(import_module(module), name))
    for point in _others():
        if point.name == url.scheme:
            return cast(LinkFactory, point.load())
    if url.scheme == _EMULATORS:
        raise MissingExtra(
            f"{url}: emulated devices are a distribution of their own",
            remedy="Install it with: pip install posdevkit-emulators",
        )
    if (cable := _NOT_YET.get(url.scheme)) is not None:
        raise Unsupported(
            f"{url}: this version does not drive {cable}",
            remedy="Connect the device by network and write tcp://ADDRESS.",
        )
    known = schemes()
    near = nearest_scheme(url.scheme, (*known, *_NOT_YET))
    hint = f"; did you mean {near}://?" if near else ""
    raise BadUrl(
        f"{str(url)!r} has the unknown scheme {url.scheme!r}{hint}",
        remedy=f"Use one of {', '.join(f'{scheme}://' for scheme in known)}.",
    )


def _others() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=ENTRY_POINTS))
