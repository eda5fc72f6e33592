"""What may leave the shop: text without card numbers, tokens, serial numbers, radio addresses, people and folders."""

from __future__ import annotations

import getpass
import platform
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from posdevkit.secret import MASK

__all__ = ["Redaction"]

# A pattern and what takes its place, in this order. What is long and opaque goes even where nothing says what it is: a
# wallet's code is any 16 to 24 digits, and a token any letters.
_ALWAYS: Final = (
    # A card's digits in hexadecimal, before they are taken for decimal ones.
    (re.compile(r"(?:\b|(?<=[0-9a-fA-F]))3[0-9](?:[ :]?3[0-9]){11,}"), MASK),
    (re.compile(r"(?:/home/|/Users/|\b[A-Za-z]:\\+Users\\+)[^/\\\s\"':;,)]+"), "~"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)([\w-]*(?:token|passwd|password|secret|api[_-]?key|authorization|credential|pin))"
            r"([\"']?\s*[:=]\s*[\"']?)(?!\*\*\*\*)[^\s\"',&}]+"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]*)*"), MASK),  # a JSON Web Token
    (re.compile(r"\d(?:[ -]?\d){12,}"), MASK),
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Names of device files are long as well, and are wanted.
_OPAQUE: Final = re.compile(r"(?P<kept>by-(?:id|path)/[^\s\"']+)|(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}")
_RADIO: Final = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_SERIAL: Final = re.compile(r"(?i)(serial(?:[ _-]?number|[ _-]?no)?\"?\s*[=: ]\s*\"?)(?!serial-\d)([\w.-]*\d[\w.-]*)")
_UNFIT: Final = re.compile(r"[^\w#+\-.:=@]")
"""What udev writes as _ in the names of device files."""
_LONG_NUMBER: Final = 10**12
"""A number of JSON with as many digits as the shortest card's."""
_TELLING: Final = 4
"""A shorter serial number is taken out only where it is called one: "1" stands everywhere."""


class Redaction:
    """Call it with a text. A serial number becomes the same stand-in wherever it stands, so devices stay apart."""

    def __init__(
        self, serials: Iterable[str] = (), *, user: str | None = None, host: str | None = None, home: str | None = None
    ) -> None:
        """`user`, `host` and `home` are by default those of this process."""
        self._stand_ins: dict[str, str] = {}
        self._names = [
            (re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])"), stand_in)
            for name, stand_in in (
                (home if home is not None else str(Path.home()), "~"),
                (host if host is not None else platform.node(), "<host>"),
                (user if user is not None else _user(), "<user>"),
            )
            # Root is nobody in particular, and a word that findings use.
            if name not in ("", "/", "root", "localhost")
        ]
        for serial in dict.fromkeys(filter(None, serials)):
            self._stand_in(serial)
            self._stand_ins.setdefault(_UNFIT.sub("_", serial), self._stand_ins[serial])

    def __call__(self, text: str) -> str:
        text = _MAIL.sub("<mail>", text)
        for serial in sorted(self._stand_ins, key=len, reverse=True):
            if len(serial) >= _TELLING:
                whole = rf"(?<![A-Za-z0-9]){re.escape(serial)}(?![A-Za-z0-9])"
                text = re.sub(whole, self._stand_ins[serial], text)
        for name, stand_in in self._names:
            text = name.sub(stand_in, text)
        text = _RADIO.sub(lambda found: self._stand_in(found[0].upper()), text)
        text = _SERIAL.sub(lambda found: found[1] + self._stand_in(found[2]), text)
        for pattern, instead in _ALWAYS:
            text = pattern.sub(instead, text)
        return _OPAQUE.sub(lambda found: found["kept"] or MASK, text)

    def everywhere(self, value: object) -> object:
        """A value of JSON with each text in it redacted."""
        return _mapped(value, self)

    def _stand_in(self, serial: str) -> str:
        return self._stand_ins.setdefault(serial, f"serial-{len(set(self._stand_ins.values())) + 1}")


def _mapped(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(str(key)): _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(one, change) for one in value]
    if isinstance(value, int) and abs(value) >= _LONG_NUMBER:
        return MASK
    return value


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
