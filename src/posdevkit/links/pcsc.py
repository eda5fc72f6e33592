"""`pcsc://ACS%20ACR122U`: a smart card in a reader that the system's card service (PC/SC) knows, by pyscard.

The service blocks, so every call has a short-lived thread, one call at a time. A card may be taken away between any two
exchanges: what was read before stands, and the next exchange says so.
"""

from __future__ import annotations

import asyncio
import time
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from posdevkit.errors import BadUrl, Closed, Disconnected, MissingExtra
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .url import DeviceUrl

__all__ = ["PcscLink", "card_readers"]

_NAME: Final = "posdevkit-pcsc"
_WAKING_SECONDS: Final = 1.0
"""How long a card that was just put on the reader is tried: at first the service may take it for one without power."""
_WAKING_STEP_SECONDS: Final = 0.02


class PcscLink:
    """An ExchangeLink to the card in one reader. The address is the reader's name, or enough of it to mean one."""

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for any option, and without a reader's name."""
        url.only()
        if not url.address:
            raise BadUrl(f"{str(url)!r} names no reader", remedy="Write its name, for example pcsc://ACR122U.")
        self._url = url
        self._connection: Any = None  # pyscard has no types
        self._turn: asyncio.Lock | None = None
        self._answer_to_reset = b""

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def answer_to_reset(self) -> bytes:
        return self._answer_to_reset

    async def open(self, deadline: Deadline) -> None:
        if self._connection is not None:
            raise RuntimeError(f"{self._url} is open")
        try:
            opened = await within(deadline, in_thread(self._connect, name=_NAME))
        except TimeoutError:
            raise Disconnected(f"{self._url}: the card service did not answer in time") from None
        self._connection, self._answer_to_reset = opened
        self._turn = asyncio.Lock()

    async def exchange(self, command: bytes) -> bytes:
        if self._connection is None or self._turn is None:
            raise Closed(str(self._url))
        async with self._turn:
            connection = self._connection
            if connection is None:
                raise Closed(str(self._url))
            return await in_thread(lambda: self._transmit(connection, command), name=_NAME)

    async def close(self) -> None:
        turn, connection, self._connection = self._turn, self._connection, None
        if connection is None or turn is None:
            return
        async with turn:
            await in_thread(lambda: _let_go(connection), name=_NAME)

    def _connect(self) -> tuple[Any, bytes]:
        system, wrong = _need("smartcard.System"), _failures()
        try:
            readers = {str(reader): reader for reader in system.readers()}
        except wrong as problem:
            raise Disconnected(
                f"{self._url}: the card service does not answer ({problem})",
                remedy="Start it: on Linux install and start pcscd.",
            ) from problem
        wanted = self._url.address
        found = [name for name in readers if name == wanted] or [name for name in readers if wanted in name]
        if not found:
            there = ", ".join(readers) or "none"
            raise Disconnected(f"{self._url}: no such reader", remedy=f"Plug it in. Readers that are there: {there}.")
        if len(found) > 1:
            raise BadUrl(f"{str(self._url)!r} could be any of {', '.join(found)}", remedy="Write more of the name.")
        connection = readers[found[0]].createConnection()
        try:
            self._wake(connection)
            return connection, bytes(connection.getATR())
        except BaseException:
            _let_go(connection)
            raise

    def _wake(self, connection: Any) -> None:
        wrong = _need("smartcard.Exceptions")
        end = time.monotonic() + _WAKING_SECONDS
        while True:
            try:
                connection.connect()
            except wrong.NoCardException as problem:
                raise Disconnected(f"{self._url}: no card is in the reader", remedy="Put the card on it.") from problem
            except _failures() as problem:
                if time.monotonic() > end:
                    raise Disconnected(f"{self._url}: the card does not answer ({problem})") from problem
                time.sleep(_WAKING_STEP_SECONDS)
            else:
                return

    def _transmit(self, connection: Any, command: bytes) -> bytes:
        try:
            data, *status = connection.transmit(list(command))
        except _failures() as problem:
            # Its text may quote what was sent, which can be a card's number.
            raise Disconnected(
                f"{self._url}: the card was taken away", remedy="Put it back and begin anew."
            ) from problem
        return bytes((*data, *status))


def card_readers() -> list[str]:
    """The names of the readers that are there now; none where no card service runs. It blocks. Raises MissingExtra."""
    system = _need("smartcard.System")
    try:
        return [str(reader) for reader in system.readers()]
    except _failures():
        return []


def _let_go(connection: Any) -> None:
    try:
        connection.release()  # with its line to the service, which only the collector would give back else
    except _failures():
        pass  # the card or the reader has gone


def _failures() -> tuple[type[Exception], ...]:
    """pyscard's own errors, and those of the service's client library, which are no kin of them."""
    own = _need("smartcard.Exceptions").SmartcardException
    return own, _need("smartcard.pcsc.PCSCExceptions").BaseSCardException


def _need(module: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as problem:
        raise MissingExtra(f"pcsc:// needs pyscard ({problem})", remedy="pip install 'posdevkit[pcsc]'") from problem
