"""Pictures that a receipt printer keeps: listed, stored once, forgotten. Only between jobs.

A printer does not give a picture back. What was stored is remembered in a record, a small JSON file of the caller's, by
printer and key, as a checksum of its dots: the same picture is then never written to the flash memory a second time.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from posdevkit.documents import Logo, Raster, Receipt
from posdevkit.errors import BadDocument, DeadlineExceeded, Disconnected, OutputFailed, Unsupported
from posdevkit.protocols.escpos.logos import ACK, LIST_DOWNLOADED, LIST_LOGOS, KeyList
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.runtime.deadline import Deadline, within

from .connection import Connection

__all__ = ["LogoRecord", "change_logos", "checksum", "keys_of", "list_logos", "refuse_missing"]


def keys_of(receipt: Receipt) -> frozenset[str]:
    """The keys of the stored pictures that a receipt prints."""
    return frozenset(element.key for element in receipt.elements if isinstance(element, Logo))


def refuse_missing(wanted: frozenset[str], kept: tuple[str, ...], name: str) -> None:
    """Raises BadDocument, naming the first key that the printer does not keep."""
    for key in sorted(wanted.difference(kept)):
        raise BadDocument(
            f"{name} keeps no logo {key!r}",
            remedy=f"Store it once: posdevkit logo store URL {key} PICTURE. Kept are: {', '.join(kept) or 'none'}.",
        )


def checksum(raster: Raster) -> str:
    """What tells two pictures apart."""
    return hashlib.sha256(b"%dx%d:" % (raster.width, raster.height) + raster.data).hexdigest()


class LogoRecord:
    """What was stored where, in a JSON file. A file that is missing or holds something else knows nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def get(self, printer: str, key: str) -> str | None:
        """The checksum of what was stored; None where nobody wrote it down."""
        found = self._read().get(f"{printer} {key}")
        return found if isinstance(found, str) else None

    def put(self, printer: str, key: str, value: str | None) -> None:
        """Write it down, or that nothing is stored any more. Raises OutputFailed."""
        if self._path is None:
            return
        known = self._read()
        known[f"{printer} {key}"] = value
        known = {name: one for name, one in known.items() if one is not None}
        try:
            self._path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        except OSError as problem:
            raise OutputFailed(f"{self._path}: {problem.strerror or problem}") from problem

    def _read(self) -> dict[str, object]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


async def list_logos(line: Connection, deadline: Deadline, name: str, *, downloaded: bool = False) -> tuple[str, ...]:
    """The keys that the printer keeps pictures under. Raises Unsupported, Disconnected, DeadlineExceeded."""
    if not line.up:
        await line.open(deadline)
    session = line.session
    if line.mute or not isinstance(session, EscPosSession):
        raise Unsupported(f"{name} never answers: nobody can tell what it keeps", remedy="Print the logo as a picture.")
    answer = session.key_list = KeyList(downloaded=downloaded)
    try:
        await within(deadline, line.send(LIST_DOWNLOADED if downloaded else LIST_LOGOS))
        acknowledged = 0
        while not (answer.complete and acknowledged == answer.blocks):
            if acknowledged < answer.blocks:
                acknowledged += 1
                await within(deadline, line.send(ACK))
            elif line.session is not session or not line.up:
                raise Disconnected(line.reason)
            elif not await line.changed.wait(deadline):
                raise TimeoutError
    except TimeoutError:
        # An answer that comes later would meet another question.
        line.drop("the list of logos did not come")
        raise DeadlineExceeded(f"{name}: the list of its logos") from None
    return tuple(answer.keys)


async def change_logos(
    line: Connection, data: bytes, deadline: Deadline, name: str, *, downloaded: bool = False
) -> tuple[str, ...]:
    """Send a command that stores or forgets; the keys that the printer keeps when it is through with it."""
    try:
        await within(deadline, line.send(data, longest=len(data)))
    except TimeoutError:
        line.drop("the logo was not taken")
        raise DeadlineExceeded(f"{name}: a logo") from None
    return await list_logos(line, deadline, name, downloaded=downloaded)
