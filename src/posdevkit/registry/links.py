"""Which link a URL means. Nothing is imported before a URL asks for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from posdevkit.errors import BadUrl, MissingExtra, Unsupported
from posdevkit.links.base import ExchangeLink, ReportLink, StreamLink
from posdevkit.links.recording import Redactor, keep
from posdevkit.links.trace import trace_directory, traced
from posdevkit.links.url import DeviceUrl, nearest_scheme, url_of

__all__ = [
    "ENTRY_POINTS",
    "LinkFactory",
    "carries_reports",
    "check_url",
    "open_exchange_link",
    "open_link",
    "open_report_link",
    "schemes",
]

ENTRY_POINTS: Final = "posdevkit.links"
"""Group of entry points by which other distributions add schemes: the name is the scheme, the value a LinkFactory."""

LinkFactory = Callable[[DeviceUrl], StreamLink]
"""Makes a link that is not open yet. Raises BadUrl for an address or an option that it cannot use."""

_OWN: Final = {
    "tcp": "posdevkit.links.tcp:TcpLink",
    "tls": "posdevkit.links.tls:TlsLink",
    "memory": "posdevkit.links.memory:MemoryLink",
    "replay": "posdevkit.links.replay:ReplayLink",
    "usb": "posdevkit.links.usb:usb_link",
    "zvt": "posdevkit.links.zvt:zvt_link",
    "serial": "posdevkit.links.serial:serial_link",
    "rfc2217": "posdevkit.links.rfc2217:Rfc2217Link",
    "socket": "posdevkit.links.rfc2217:socket_link",
    "evdev": "posdevkit.links.evdev:EvdevLink",
    "ble": "posdevkit.links.ble:BleLink",
    "cups": "posdevkit.links.cups:CupsLink",
    "file": "posdevkit.links.file:FileLink",
    "rfcomm": "posdevkit.links.rfcomm:RfcommLink",
    "spooler": "posdevkit.links.spooler:SpoolerLink",
}
_REPORTS: Final = {
    "hid": "posdevkit.links.hid:HidLink",
}
"""Schemes whose cables carry reports instead of a stream."""
_EXCHANGES: Final = {
    "pcsc": "posdevkit.links.pcsc:PcscLink",
}
"""Schemes over which every command has one answer."""
_NO_STREAM: Final = (
    "Look which URL the device has: posdevkit discover. Scanners, card readers and scales have their own commands."
)
_EMULATORS: Final = "emu"


def open_link(url: str | DeviceUrl, *, redact: Redactor = keep) -> StreamLink:
    """The link that a URL means, not yet connected: `await link.open(deadline)` does that.

    With POSDEVKIT_TRACE set, each connection is recorded into that directory, and `redact` says what of it may stand
    there. Raises BadUrl for a URL that cannot be understood, with the nearest scheme, Unsupported for a cable that this
    version does not drive, and MissingExtra for emulated devices that are not installed.
    """
    parsed = url_of(url)
    link = _factory(parsed)(parsed)
    directory = trace_directory()
    return link if directory is None else traced(link, directory, redact=redact)


def open_report_link(url: str | DeviceUrl) -> ReportLink:
    """The link that a URL means, where its cable carries reports; not yet connected, and never recorded.

    Raises BadUrl for a URL that cannot be understood or whose cable carries a stream, and MissingExtra.
    """
    parsed = url_of(url)
    if parsed.scheme not in _REPORTS:
        raise BadUrl(f"{str(parsed)!r} carries no reports", remedy="Use hid://.")
    return cast("Callable[[DeviceUrl], ReportLink]", _loaded(_REPORTS[parsed.scheme]))(parsed)


def open_exchange_link(url: str | DeviceUrl) -> ExchangeLink:
    """The link that a URL means, where every command over it has one answer; not yet connected, and never recorded.

    Raises BadUrl for a URL that cannot be understood or whose cable carries something else, and MissingExtra.
    """
    parsed = url_of(url)
    if parsed.scheme not in _EXCHANGES:
        raise BadUrl(f"{str(parsed)!r} leads to no smart card", remedy="Use pcsc://.")
    return cast("Callable[[DeviceUrl], ExchangeLink]", _loaded(_EXCHANGES[parsed.scheme]))(parsed)


def carries_reports(url: str | DeviceUrl) -> bool:
    """Whether the URL's cable carries reports, so that `open_report_link` opens it and not `open_link`."""
    return url_of(url).scheme in _REPORTS


def check_url(url: str | DeviceUrl) -> DeviceUrl:
    """The URL, parsed, after making sure that one of the functions that open links would take it. Raises as they do."""
    parsed = url_of(url)
    if parsed.scheme in _REPORTS:
        open_report_link(parsed)
    elif parsed.scheme in _EXCHANGES:
        open_exchange_link(parsed)
    else:
        _factory(parsed)(parsed)
    return parsed


def schemes() -> tuple[str, ...]:
    """The schemes that can be opened here, those of other distributions included."""
    return tuple(dict.fromkeys((*_OWN, *_REPORTS, *_EXCHANGES, *(point.name for point in _others()))))


def _factory(url: DeviceUrl) -> LinkFactory:
    target = _OWN.get(url.scheme)
    if target is not None:
        return cast(LinkFactory, _loaded(target))
    for point in _others():
        if point.name == url.scheme:
            return cast(LinkFactory, point.load())
    if url.scheme in _REPORTS:
        raise Unsupported(
            f"{url}: this device speaks in a stream of bytes, and {url.scheme}:// carries reports", remedy=_NO_STREAM
        )
    if url.scheme in _EXCHANGES:
        raise Unsupported(
            f"{url}: this device speaks in a stream of bytes, and {url.scheme}:// in questions to a card",
            remedy=_NO_STREAM,
        )
    if url.scheme == _EMULATORS:
        raise MissingExtra(
            f"{url}: emulated devices are a distribution of their own",
            remedy="Install it with: pip install posdevkit-emulators",
        )
    known = schemes()
    near = nearest_scheme(url.scheme, known)
    hint = f"; did you mean {near}://?" if near else ""
    raise BadUrl(
        f"{str(url)!r} has the unknown scheme {url.scheme!r}{hint}",
        remedy=f"Use one of {', '.join(f'{scheme}://' for scheme in known)}.",
    )


def _loaded(target: str) -> object:
    module, _, name = target.partition(":")
    loaded: object = getattr(import_module(module), name)
    return loaded


def _others() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=ENTRY_POINTS))
