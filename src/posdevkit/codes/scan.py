"""One code that was read, and one that could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from posdevkit.events import DeviceEvent
from posdevkit.secret import MASK, Secret

from .meaning import GS1, Meaning, Product, meaning_of, sensitive

__all__ = ["Misread", "Scan"]


@dataclass(frozen=True, slots=True, repr=False)
class Scan(DeviceEvent):
    """A code, as one scanner read it.

    The data exist only in a Secret, since a scan may be a customer's money. What could be a payment code shows a mask
    wherever a scan is shown; everything else shows its text.
    """

    payload: Secret
    """The very bytes, one character per byte; `reveal` gives them."""
    aim: str = ""
    """The AIM identifier without its bracket (`E0`, `C1`), where the scanner sent one."""
    symbology: str = ""
    """The kind of symbol in words, where known."""
    collecting: bool = False
    """Whether a payment was being collected when it was read."""
    encoding: str = ""
    """How to read the bytes as text; empty: UTF-8, or Latin-1 where they are none."""
    _meaning: Meaning | None = field(default=None, init=False, repr=False, compare=False)

    def reveal(self) -> bytes:
        """The data as read, group separators included, payment codes too. Never log or store what it gives."""
        return self.payload.reveal().encode("latin-1")

    @property
    def sensitive(self) -> bool:
        """Whether it is, or could be, a payment code: while one is expected, whatever is no product."""
        if sensitive(self.payload.reveal(), self.aim):
            return True
        return self.collecting and not isinstance(self.meaning, Product | GS1)

    @property
    def text(self) -> str:
        """The data as text; a mask for what is or could be a payment code."""
        return MASK if self.sensitive else self._text()

    @property
    def meaning(self) -> Meaning:
        """What it means, worked out when first asked. Never raises."""
        if self._meaning is None:
            meaning = meaning_of(self.payload.reveal(), self.aim, collecting=self.collecting, symbology=self.symbology)
            object.__setattr__(self, "_meaning", meaning)
            return meaning
        return self._meaning

    def _text(self) -> str:
        data = self.reveal()
        try:
            return data.decode(self.encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            return data.decode("latin-1")

    def __repr__(self) -> str:
        kind = f", symbology={self.symbology!r}" if self.symbology else ""
        return f"Scan(device={self.device!r}, text={self.text!r}{kind})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Scan is not pickled: it may be a payment code")


@dataclass(frozen=True, slots=True)
class Misread(DeviceEvent):
    """Something came from a scanner that is no code: noise on the line, a cut-off report, keys that were lost."""

    reason: str
    """For a person, without the data."""
    length: int
    """How many bytes or keys were dropped."""
