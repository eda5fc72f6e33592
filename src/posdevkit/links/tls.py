"""`tls://host:port`: raw printing through TLS, so that nobody on the network reads receipts or prints of their own.

The bytes below are TcpLink's; this one only seals and opens them, in records. A record that has been sealed can no
longer be called back: it is counted as taken, and whoever sends or closes next sends the rest of it first.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections import deque
from typing import Final

from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .tcp import TcpLink
from .tls_failures import broken, no_answer, other_certificate, refused
from .url import DeviceUrl

__all__ = ["TlsLink"]

_RECORD: Final = 4096
"""Bytes sealed at a time: small, so that what is counted and what the cable has taken lie close together."""
_CHUNK: Final = 65_536
_GOODBYE_SECONDS: Final = 5.0
"""How long `close` waits for a device to take the last record."""
_OWN: Final = ("ca", "fingerprint", "name")
_SHA256: Final = re.compile("[0-9a-f]{64}")


class TlsLink:
    """A StreamLink over TLS 1.2 or later.

    The device's certificate is checked against the system's authorities. Options of the URL: `ca`, a file of other
    authorities (PEM) instead of the system's; `fingerprint`, the SHA-256 of the one certificate that is taken, as
    hexadecimal digits with or without colons, whoever issued it; `name`, the name the certificate has to be for,
    instead of the host; and those of `tcp://`.
    """

    def __init__(self, url: DeviceUrl) -> None:
        """Raises BadUrl for an option it does not know or cannot use, and without a port."""
        url.only("drain", "alive", *_OWN)
        if url.port is None:
            raise BadUrl(f"{str(url)!r} has no port", remedy="Write the port on which the device speaks TLS.")
        self._pinned = (url.option("fingerprint") or "").replace(":", "").lower()
        if url.option("fingerprint") is not None:
            if not _SHA256.fullmatch(self._pinned):
                raise BadUrl(
                    f"{str(url)!r} has a fingerprint that is no SHA-256", remedy="Write its 64 hexadecimal digits."
                )
            if url.option("ca") is not None or url.option("name") is not None:
                raise BadUrl(f"{str(url)!r} has a fingerprint, and ca or name beside it", remedy="Give one of them.")
        self._url = url
        self._cable = TcpLink(url.without(*_OWN))
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._sealed = b""
        """What of the last records the cable has not taken yet."""
        self._kept: deque[bytes] = deque()
        self._sending: asyncio.Lock | None = None
        self._open = False
        self._taken = 0

    @property
    def url(self) -> DeviceUrl:
        return self._url

    @property
    def taken(self) -> int:
        return self._taken

    async def open(self, deadline: Deadline) -> None:
        if self._open:
            raise RuntimeError(f"{self._url} is open")
        # The system's authorities take a while to read; who goes by a fingerprint needs none.
        context = (
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if self._pinned
            else await in_thread(self._authorities, name="posdevkit-certificates")
        )
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION  # sending never has to wait for what is received
        if self._pinned:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # the fingerprint says which certificate, and no other is taken
        await self._cable.open(deadline)
        try:
            self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
            self._sealed, self._taken = b"", 0
            self._kept.clear()
            self._sending = asyncio.Lock()
            name = None if self._pinned else self._url.option("name", self._url.address)
            self._tls = context.wrap_bio(self._in, self._out, server_hostname=name)
            await self._shake_hands(self._tls, deadline)
        except BaseException:
            self._tls = None
            self._cable.abort()
            raise
        self._open = True

    async def send(self, data: bytes | memoryview) -> None:
        tls, sending = self._opened()
        async with sending:
            view = memoryview(data).cast("B")
            await self._flush()
            while view:
                if not self._open:
                    raise Disconnected(f"{self._url}: closed by this program after {self._taken} bytes")
                piece = view[:_RECORD]
                try:
                    tls.write(piece)
                except ssl.SSLError as problem:
                    raise broken(self._url, self._taken, problem) from problem
                self._taken += len(piece)
                view = view[len(piece) :]
                await self._flush()

    async def receive(self) -> bytes:
        tls = self._tls
        if tls is None:
            raise Closed(str(self._url))
        while True:
            if self._kept:
                return self._kept.popleft()
            data = self._unsealed(tls)
            if data is not None:
                return data
            self._feed(await self._cable.receive())

    async def send_eof(self) -> None:
        tls, sending = self._opened()
        async with sending:
            await self._flush()
            # OpenSSL wants nothing of the device's to lie unread when it says goodbye.
            while data := self._unsealed(tls):
                self._kept.append(data)
            try:
                tls.unwrap()
            except ssl.SSLError:
                pass  # it waits for the device's own goodbye, which may take as long as it likes
            await self._flush()
            await self._cable.send_eof()

    async def close(self) -> None:
        if not self._open:
            await self._cable.close()
            return
        try:
            await within(Deadline.after(_GOODBYE_SECONDS), self.send_eof())
        except (Disconnected, Closed, TimeoutError):
            pass  # broken, or already ended: there is nothing left to lose
        finally:
            self._open = False
        await self._cable.close()

    def abort(self) -> None:
        self._open = False
        self._cable.abort()

    def _opened(self) -> tuple[ssl.SSLObject, asyncio.Lock]:
        if not self._open or self._tls is None or self._sending is None:
            raise Closed(str(self._url))
        return self._tls, self._sending

    def _feed(self, data: bytes) -> None:
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    def _unsealed(self, tls: ssl.SSLObject) -> bytes | None:
        """What has come and could be opened; None for nothing yet, b"" for the end, with or without a goodbye."""
        try:
            return tls.read(_CHUNK)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as problem:
            raise broken(self._url, self._taken, problem) from problem

    async def _flush(self) -> None:
        while self._sealed or self._out.pending:
            self._sealed += self._out.read()
            before = self._cable.taken
            try:
                await self._cable.send(self._sealed)
            finally:
                self._sealed = self._sealed[self._cable.taken - before :]

    async def _shake_hands(self, tls: ssl.SSLObject, deadline: Deadline) -> None:
        try:
            while True:
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    await within(deadline, self._flush())
                    self._feed(await within(deadline, self._cable.receive()))
                else:
                    break
            await within(deadline, self._flush())
        except TimeoutError:
            raise no_answer(self._url) from None
        except ssl.SSLError as problem:
            raise refused(self._url, problem) from problem
        if self._pinned:
            shown = hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest()
            if shown != self._pinned:
                raise other_certificate(self._url, shown)

    def _authorities(self) -> ssl.SSLContext:
        authorities = self._url.option("ca")
        try:
            return ssl.create_default_context(cafile=authorities)
        except (OSError, ssl.SSLError) as problem:
            raise BadUrl(
                f"{str(self._url)!r}: the file {authorities!r} holds no certificates that can be read ({problem})",
                remedy="Give the path of a PEM file.",
            ) from problem
