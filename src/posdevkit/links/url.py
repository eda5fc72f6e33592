"""Device URLs: a grammar of our own that keeps case, allows blanks in names, and gives back the text it was given.

    scheme "://" address [":" port] ["?" key "=" value *("&" key "=" value)]

The address is whatever the scheme means by one: `COM10`, `/dev/ttyUSB0`, `04b8:0e15`, `AA:BB:CC:DD:EE:FF`,
`Front Desk Printer`, `192.168.1.87`. Only schemes that reach hosts have a port, and only there do brackets mark an IPv6
address. `#`, `+` and `@` mean nothing here and stand for themselves. `%` and two hexadecimal digits stand for a byte of
UTF-8; any other `%` stands for itself. Written back, only what would be misread is escaped.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from posdevkit.errors import BadUrl

__all__ = ["SCHEMES", "DeviceUrl", "nearest_scheme", "parse_url", "url_of"]

SCHEMES: Final = (
    "tcp", "tls", "usb", "serial", "rfc2217", "socket", "ble", "hid", "evdev", "spooler", "emu", "memory",
    "replay", "zvt", "cups", "file", "rfcomm", "pcsc",
)  # fmt: skip
"""The schemes that the library and its emulators know by name; others join through the registry."""

_HOST_SCHEMES: Final = frozenset({"tcp", "tls", "rfc2217", "socket", "zvt"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MISREAD_PERCENT = re.compile(r"%(?=[0-9A-Fa-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DOTTED = re.compile(r"[0-9.]+")
_BAD_IN_HOST = re.compile(r"[\s/\\@\[\]]")
_EXAMPLE: Final = "tcp://192.168.1.87:9100"
_PORT_REMEDY: Final = "A port is a number from 1 to 65535; printers use 9100."


@dataclass(frozen=True, slots=True)
class DeviceUrl:
    """Where a device is. `str(url)` is its text and `parse_url(str(url)) == url`. Raises BadUrl when built wrong."""

    scheme: str
    """In lower case."""
    address: str
    """As the scheme means it, without escapes and without the brackets of IPv6."""
    port: int | None = None
    """0 to 65535, only for schemes that reach hosts; None where none was written."""
    options: tuple[tuple[str, str], ...] = ()
    """In the order they were written; no key twice."""

    def __post_init__(self) -> None:
        _check(self, _written(self))

    def __str__(self) -> str:
        return _written(self)

    def option(self, key: str, default: str | None = None) -> str | None:
        """The value of an option, or `default`."""
        return dict(self.options).get(key, default)

    def without(self, *keys: str) -> DeviceUrl:
        """This URL less some options: what remains is for the next room to understand."""
        return replace(self, options=tuple(pair for pair in self.options if pair[0] not in keys))

    def only(self, *keys: str) -> None:
        """Raise BadUrl, with the nearest name, for an option that is not among `keys`."""
        for key, _ in self.options:
            if key not in keys:
                raise BadUrl(f"{str(self)!r} has the unknown option {key!r}{_did_you_mean(key, keys)}")


def parse_url(text: str) -> DeviceUrl:
    """Read a device URL. Raises BadUrl naming the text, what is wrong with it, and the nearest scheme."""
    if not isinstance(text, str):
        raise BadUrl(f"expected text, got {type(text).__name__}")
    stripped = text.strip()
    if not stripped:
        raise BadUrl("the text is empty", remedy=f"Write it as scheme://address, for example {_EXAMPLE}.")
    scheme, separator, rest = stripped.partition("://")
    if not separator:
        raise BadUrl(f"{text!r} has no '://'", remedy=_scheme_remedy(stripped))
    if not _SCHEME.fullmatch(scheme):
        raise BadUrl(f"{text!r} has no scheme that could be read before '://'", remedy=_scheme_remedy(stripped))
    scheme = scheme.lower()
    place, _, query = rest.partition("?")
    address, port = _split_host(place, text) if scheme in _HOST_SCHEMES else (place, None)
    options = []
    for part in query.split("&") if query else ():
        key, _, value = part.partition("=")
        options.append((_unescape(key, text), _unescape(value, text)))
    return DeviceUrl(scheme, _unescape(address, text), port, tuple(options))


def url_of(url: str | DeviceUrl) -> DeviceUrl:
    """A device URL that may have been read already. Raises BadUrl."""
    return url if isinstance(url, DeviceUrl) else parse_url(url)


def nearest_scheme(scheme: str, known: Iterable[str] = SCHEMES) -> str | None:
    """The known scheme that looks most like `scheme`, if any does."""
    found = difflib.get_close_matches(scheme.lower(), list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def _split_host(place: str, text: str) -> tuple[str, int | None]:
    if place.startswith("["):
        host, bracket, tail = place[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise BadUrl(f"{text!r} has a '[' that no ']' closes before the port")
        if ":" not in host:
            raise BadUrl(f"{text!r} has brackets around {host!r}, which is no IPv6 address")
        colon = bool(tail)
        digits = tail[1:]
    else:
        if place.count(":") > 1:
            raise BadUrl(
                f"{text!r} has more than one ':' after the scheme",
                remedy="Write an IPv6 address in brackets, for example tcp://[fe80::1]:9100.",
            )
        host, mark, digits = place.partition(":")
        colon = bool(mark)
    if not colon:
        return host, None
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 5 and int(digits) <= 65535):
        raise BadUrl(f"{text!r} has the port {digits!r}", remedy=_PORT_REMEDY)
    return host, int(digits)


def _check(url: DeviceUrl, written: str) -> None:
    name = repr(written)
    if not _SCHEME.fullmatch(url.scheme) or url.scheme != url.scheme.lower():
        raise BadUrl(f"{url.scheme!r} is no scheme in lower case")
    try:
        written.encode()
    except UnicodeEncodeError:
        raise BadUrl(f"{name} holds half a character") from None
    if not url.address:
        raise BadUrl(f"{name} has no address after {url.scheme}://")
    keys = [key for key, _ in url.options]
    for key in keys:
        if not key:
            raise BadUrl(f"{name} has an option without a name")
        if keys.count(key) > 1:
            raise BadUrl(f"{name} gives the option {key!r} twice")
    if url.scheme not in _HOST_SCHEMES:
        if url.port is not None:
            raise BadUrl(f"{name}: {url.scheme}:// has no port")
        return
    if url.port is not None and not 0 <= url.port <= 65535:
        raise BadUrl(f"{name} has the port {url.port}", remedy=_PORT_REMEDY)
    if ":" in url.address:
        try:
            ipaddress.IPv6Address(url.address)
        except ValueError:
            raise BadUrl(f"{name}: {url.address!r} is no IPv6 address") from None
    elif bad := _BAD_IN_HOST.search(url.address):
        raise BadUrl(f"{name} has {bad[0]!r} in the name of the host")
    elif _DOTTED.fullmatch(url.address):
        try:
            ipaddress.IPv4Address(url.address)
        except ValueError:
            raise BadUrl(f"{name}: {url.address!r} is no IPv4 address") from None


def _written(url: DeviceUrl) -> str:
    host = f"[{url.address}]" if url.scheme in _HOST_SCHEMES and ":" in url.address else url.address
    place = _escape(host, "?") + ("" if url.port is None else f":{url.port}")
    query = "&".join(f"{_escape(key, '&=')}={_escape(value, '&')}" for key, value in url.options)
    return f"{url.scheme}://{place}" + (f"?{query}" if url.options else "")


def _escape(text: str, special: str) -> str:
    text = _MISREAD_PERCENT.sub("%25", text)
    text = _CONTROL.sub(lambda found: _as_bytes(found[0]), text)
    for character in special:
        text = text.replace(character, _as_bytes(character))
    # Blanks at an edge would be stripped with those that a person leaves around a URL.
    core = text.strip()
    start = text.index(core) if core else len(text)
    head, tail = text[:start], text[start + len(core) :]
    return _as_bytes(head) + core + _as_bytes(tail)


def _as_bytes(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _unescape(text: str, whole: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        try:
            return bytes.fromhex(found[0].replace("%", "")).decode()
        except UnicodeDecodeError:
            raise BadUrl(f"{whole!r} has {found[0]!r}, which is no UTF-8") from None

    return _ESCAPED.sub(decoded, text)


def _scheme_remedy(text: str) -> str:
    """What was probably meant by a text without a scheme."""
    head = re.split(r"[:/]", text, maxsplit=1)[0]
    if (near := nearest_scheme(head)) and head != text:
        return f"Write it as {near}://address, for example {_EXAMPLE}."
    if re.fullmatch(r"/dev/(usb/)?lp\d+", text):
        return f"For a printer's device file write file://{text}."
    if re.fullmatch(r"COM\d+|/dev/.+", text, re.IGNORECASE):
        return f"For a serial port write serial://{text}."
    if re.fullmatch(r"[\w.-]+(:\d+)?", text):
        return f"For a printer on the network write tcp://{text}."
    return f"Write it as scheme://address, for example {_EXAMPLE}."


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    known = list(known)
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if found:
        return f"; did you mean {found[0]!r}?"
    return f"; known are {', '.join(known)}" if known else "; this scheme has no options"
