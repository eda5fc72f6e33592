"""Print queues: of CUPS by what `lpstat` says of them, of Windows by its spooler; none is printed to.

A queue of CUPS whose printer is on the network is given as that printer, which can then tell what it printed; others
are given as queues.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import Final

from posdevkit.errors import BadUrl
from posdevkit.links.url import DeviceUrl
from posdevkit.links.winspool import system_spooler
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.threads import in_thread

from .base import Found, Kind
from .models import suggested_profile

__all__ = ["QueueSource", "printer_queues", "queues_in", "windows_queues"]

_LINE: Final = re.compile(r"^device for (?P<name>.+?): (?P<uri>\S+)$", re.MULTILINE)
"""lpstat(1), -v, in the C locale."""
_SOCKET: Final = re.compile(r"socket://(?P<host>\[[0-9a-fA-F:.]+\]|[^/:?\[\]]+)(?::(?P<port>\d{1,5}))?/?")
_SECONDS: Final = 3.0
_NO_PRINTERS: Final = ("Microsoft ", "OneNote", "Fax")
"""How queues of Windows begin that make files and letters: they cannot take a printer's own commands."""


class QueueSource:
    """A Source for the print queues of this machine."""

    async def find(self, deadline: Deadline) -> Sequence[Found]:
        """The queues that lead to something that can be opened; none where there are no queues."""
        return await in_thread(_find, name="posdevkit-queue-search")


def _find() -> list[Found]:
    spooler = system_spooler()
    if spooler is not None:
        try:
            return windows_queues(spooler.names())
        except OSError:
            return []  # the spooler does not run
    return queues_in(_listing(_SECONDS), os.environ.get("CUPS_SERVER", ""))


def windows_queues(names: Sequence[str]) -> list[Found]:
    """What the spooler of Windows lists, without the queues that are no printers."""
    found = []
    for name in names:
        if name.startswith(_NO_PRINTERS):
            continue
        profile = suggested_profile(name)
        kind: Kind = "receipt-printer" if profile else "printer"
        found.append(Found(str(DeviceUrl("spooler", name)), kind, f"print queue {name}", profile, "a queue of Windows"))
    return found


def printer_queues(seconds: float = _SECONDS) -> list[tuple[str, str]]:
    """Name and URI of every queue of CUPS; none where there is no CUPS, or it says nothing in time. It blocks."""
    return _entries(_listing(seconds))


def _listing(seconds: float) -> str:
    """What `lpstat -v` says; empty where there is no CUPS."""
    program = shutil.which("lpstat")
    if program is None:
        return ""
    plain = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # a program of the system and our own words
            [program, "-v"], env=plain, capture_output=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def queues_in(listing: str, server: str = "") -> list[Found]:
    """What `lpstat -v` lists, asking the `server` that CUPS_SERVER names (cups(1)): a host, perhaps with a port, or the
    path of a socket on this machine. Total."""
    host = "localhost" if not server or server.startswith("/") else server.partition("/")[0]
    return list(_queues(listing, host))


def _entries(listing: str) -> list[tuple[str, str]]:
    return [(line["name"], line["uri"]) for line in _LINE.finditer(listing)]


def _queues(listing: str, host: str) -> Iterator[Found]:
    for name, uri in _entries(listing):
        profile = suggested_profile(f"{name} {uri}".replace("%20", " ").replace("_", " "))
        try:
            if place := _SOCKET.fullmatch(uri):
                url = DeviceUrl("tcp", place["host"].strip("[]"), int(place["port"] or 9100))
            else:
                url = DeviceUrl("cups", f"{host}/{name}")
        except BadUrl:
            continue  # a queue to nowhere
        kind: Kind = "receipt-printer" if profile else "printer"
        yield Found(str(url), kind, f"print queue {name}", profile, f"a queue of CUPS to {uri.partition('?')[0]}")
