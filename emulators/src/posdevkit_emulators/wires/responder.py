"""What printers on a network answer to whoever asks who is there: on the loopback alone, by UDP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from posdevkit.protocols.discovery import dns, enpc, star

__all__ = ["Answers", "Responder", "epson", "mdns", "star_printer"]

Answers = Callable[[bytes], Sequence[bytes]]
"""The datagrams that one datagram is answered with."""


def epson(model: str = "TM-T88V", name: str = "TM-T88V", hardware: bytes = bytes.fromhex("0026AB010203")) -> Answers:
    """An interface board of Epson's."""
    told = {enpc.ASK_NAME: enpc.name_reply(name, hardware), enpc.ASK_MODEL: enpc.model_reply(model)}
    return lambda asked: [told[asked]] if asked in told else []


def star_printer(model: str = "TSP100LAN", firmware: str = "1.3") -> Answers:
    """A printer of Star's."""
    return lambda asked: [star.reply(model, firmware)] if asked == star.ASK else []


def mdns(services: Sequence[str], name: str, *, port: int = 9100, **text: str) -> Answers:
    """A printer that announces `services`, as ["_ipp._tcp"], each on `port`; `text` is what it tells of itself."""
    host = dns.name_of("printer.local")

    def answers(asked: bytes) -> list[bytes]:
        records: list[dns.Record] = []
        for question in dns.questions(asked):
            if ".".join(question[:2]) in services:
                instance = (name, *question)
                records += [
                    dns.Pointer(question, instance),
                    dns.Service(instance, host, port),
                    dns.Text(instance, text),
                    dns.Address(host, "127.0.0.1"),
                ]
        return [dns.answer(records)] if records else []

    return answers


class Responder(asyncio.DatagramProtocol):
    """Answers on a free port of the loopback while it is entered; `place` is what `ask` of a search names."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._transport: asyncio.DatagramTransport | None = None
        self.muted = False
        """Set it, and nothing is answered: the device has gone."""
        self.place = ""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._transport.get_extra_info('sockname')[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            self._transport.close()
            await asyncio.sleep(0)  # the loop closes the socket in its next turn

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop."""
        if self._transport is not None and not self.muted:
            for datagram in self._answers(data):
                self._transport.sendto(datagram, addr)
