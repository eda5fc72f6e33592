"""The dialects of receipt printing: which framer, which conversation and which compiler a profile's language means.

The one place that knows them all. A dialect is loaded when a printer that speaks it is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

from posdevkit.layout.operations import Operation
from posdevkit.profiles import Profile, ReceiptLanguage
from posdevkit.protocols.conversation import Conversation
from posdevkit.protocols.job import Compiled
from posdevkit.protocols.vocabulary.stream import StreamDecoder

__all__ = ["Dialect", "dialect"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one language of receipt printers is read, spoken and written."""

    decoder: Callable[[], StreamDecoder]
    session: Callable[[Profile, int], Conversation]
    """From a profile and a seed for ids."""
    compile_job: Callable[[Sequence[Operation], Profile], Compiled]
    draws: bool = False
    """It knows dots and nothing else: all that is printed has to be drawn first."""


_PLACES: Final[Mapping[ReceiptLanguage, tuple[str, str]]] = {
    "escpos": ("escpos", "DIALECT"),
    "star-prnt": ("star", "TEXT"),
    "star-line": ("star", "TEXT"),
    "star-graphic": ("star", "GRAPHIC"),
}


@cache
def dialect(language: ReceiptLanguage) -> Dialect:
    """The dialect of a profile's language."""
    package, name = _PLACES[language]
    found = getattr(import_module(f"{__package__}.{package}.dialect"), name)
    assert isinstance(found, Dialect)
    return found
