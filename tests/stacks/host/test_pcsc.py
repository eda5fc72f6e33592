"""Smart cards through the system's own card service: pcscd, its driver for a virtual reader, and pyscard.

The driver listens on every address, so this rung runs in a network that is the loopback alone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.discovery import discover
from posdevkit.errors import BadUrl, Closed, Disconnected
from posdevkit.links.base import ExchangeLink
from posdevkit.links.pcsc import PcscLink
from posdevkit.links.url import parse_url
from posdevkit.registry import open_exchange_link
from posdevkit.runtime.deadline import Deadline

assert sys.platform == "linux"  # this rung is a Linux machine's; mypy reads on only there

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("pyscard keeps its connection to the service")]

PORT = 0x8C7B
"""The virtual reader's; its second slot has the next one."""
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET = Path("/run/pcscd/pcscd.comm")
SOON = 10.0
URL = parse_url("pcsc://Virtual PCD 00 00")
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
PPSE = b"2PAY.SYS.DDF01"
SELECT = bytes((0x00, 0xA4, 0x04, 0x00, len(PPSE), *PPSE, 0x00))
DIRECTORY = bytes.fromhex("6F10840E") + PPSE
NOT_FOUND = bytes.fromhex("6A82")


class Card:
    """A card in the virtual reader's slot: connecting is putting it in, hanging up is taking it away.

    vsmartcard, "Virtual Smart Card", the protocol between vpcd and vicc: a length of two bytes, then that many; a
    single byte is an order (0 off, 1 on, 2 reset, 4 tell the answer to reset).
    """

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self._wire = socket.create_connection(("127.0.0.1", PORT))
        self._thread = threading.Thread(target=self._answer, name="card", daemon=True)
        self._thread.start()

    def take_away(self) -> None:
        with contextlib.suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _answer(self) -> None:
        with self._wire, contextlib.suppress(OSError, EOFError):
            while True:
                (size,) = struct.unpack(">H", self._exactly(2))
                command = self._exactly(size)
                if size > 1:
                    self.got.append(command)
                    self._say(DIRECTORY + b"\x90\x00" if command == SELECT else NOT_FOUND)
                elif command == b"\x04":
                    self._say(ATR)

    def _say(self, data: bytes) -> None:
        self._wire.sendall(struct.pack(">H", len(data)) + data)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            # The driver sends length and command apart; without this every exchange waits 40 ms for an acknowledgement.
            self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            piece = self._wire.recv(size - len(found))
            if not piece:
                raise EOFError
            found += piece
        return found


@pytest.fixture(scope="module")
def card_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("pcsc")
    configuration = folder / "reader.conf"
    configuration.write_text(
        f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{PORT:#x}\nLIBPATH {DRIVER}\nCHANNELID {PORT:#x}\n'
    )
    assert not SOCKET.exists(), "another card service runs here: this rung needs a /run/pcscd of its own"
    with (folder / "log").open("w") as log:
        service = subprocess.Popen(
            ["/usr/sbin/pcscd", "--foreground", "-c", str(configuration)], stdout=log, stderr=log
        )
        try:
            end = time.monotonic() + SOON
            while not _listens():
                assert service.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < end, "pcscd does not listen"
                time.sleep(0.01)
            yield
        finally:
            service.terminate()
            service.wait(SOON)
            SOCKET.unlink(missing_ok=True)


def _listens() -> bool:
    if not SOCKET.exists():
        return False
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    return f":{PORT:04X} " in listening


async def opened(url: str = str(URL)) -> PcscLink:
    """The service looks for cards every few hundred milliseconds."""
    end = time.monotonic() + SOON
    while True:
        link = PcscLink(parse_url(url))
        try:
            await link.open(Deadline.after(SOON))
        except Disconnected as problem:
            if "no card" not in str(problem) or time.monotonic() > end:
                raise
        else:
            return link


async def test_a_card_from_putting_it_in_to_taking_it_away(card_service: None) -> None:
    """One card in the life of a service: Debian's driver often fails to notice a second one, whoever asks."""
    card = Card()
    link = await opened()
    assert isinstance(link, ExchangeLink)
    assert link.answer_to_reset == ATR
    assert await link.exchange(SELECT) == DIRECTORY + b"\x90\x00"
    assert await link.exchange(bytes.fromhex("00A4040002FFFF00")) == NOT_FOUND
    assert card.got == [SELECT, bytes.fromhex("00A4040002FFFF00")]
    await link.close()
    await link.close()
    with pytest.raises(Closed):
        await link.exchange(SELECT)
    link = await opened("pcsc://PCD 00 00")
    card.take_away()
    end = time.monotonic() + SOON
    with pytest.raises(Disconnected, match="taken away"):
        while time.monotonic() < end:
            await link.exchange(SELECT)
    await link.close()
    with pytest.raises(Disconnected, match="no card is in the reader"):
        await link.open(Deadline.after(SOON))


async def test_readers_are_found_and_given_as_urls_that_open(card_service: None) -> None:
    survey = await discover(only=["pcsc"], timeout=SOON)
    assert not survey.skipped
    assert [found.url for found in survey.found] == ["pcsc://Virtual PCD 00 00", "pcsc://Virtual PCD 00 01"]
    assert isinstance(open_exchange_link(survey.found[0].url), PcscLink)


async def test_readers_without_card_or_name(card_service: None) -> None:
    with pytest.raises(Disconnected, match="no card is in the reader"):
        await PcscLink(parse_url("pcsc://Virtual PCD 00 01")).open(Deadline.after(SOON))
    with pytest.raises(Disconnected, match="no such reader"):
        await PcscLink(parse_url("pcsc://ACR122U")).open(Deadline.after(SOON))
    with pytest.raises(BadUrl, match="could be any of"):
        await PcscLink(parse_url("pcsc://Virtual")).open(Deadline.after(SOON))


async def test_where_no_service_runs_there_are_no_readers() -> None:
    """In a process of its own, which looks for the service where there is none."""
    asks = "from posdevkit.links.pcsc import card_readers; print(card_readers())"
    done = subprocess.run(
        [sys.executable, "-c", asks],
        env={**os.environ, "PCSCLITE_CSOCK_NAME": "/nowhere/pcscd.comm"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == "[]\n"
