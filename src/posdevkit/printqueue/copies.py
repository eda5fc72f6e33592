"""Jobs marked as copies, by the language of their commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from posdevkit.errors import Unsupported
from posdevkit.protocols.escpos.copying import copy_of
from posdevkit.protocols.job import Compiled
from posdevkit.till.order import Language
from posdevkit.till.words import words

__all__ = ["marked"]

_MARKERS: Final[Mapping[str, Callable[[Compiled, str], Compiled]]] = {"escpos": copy_of}


def marked(compiled: Compiled, commands: str, language: str) -> Compiled:
    """The job with the word for a copy above it. Raises Unsupported for a label, which is no document of a sale."""
    marker = _MARKERS.get(commands)
    if marker is None:
        raise Unsupported(
            f"a copy of a job in {commands}", remedy="Add the document under a new key; only receipts are marked."
        )
    return marker(compiled, words(cast(Language, language))["copy"])
