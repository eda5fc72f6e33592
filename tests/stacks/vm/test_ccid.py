"""Smart cards in a reader on USB: QEMU's CCID reader on an emulated xHCI, usbfs, libccid, pcscd and pyscard.

The card is ours. QEMU asks it over a port of the machine (`tools/ci/stacks.py`), in the protocol of libcacard.
"""

from __future__ import annotations

import asyncio
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posdevkit.discovery import discover
from posdevkit.errors import Disconnected
from posdevkit.links.pcsc import PcscLink, card_readers
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline, within
from tests.stacks.vm.conftest import SOON, soon
from tests.stacks.vm.qemu import Monitor, Port

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

pytestmark = [pytest.mark.asyncio, pytest.mark.may_leak("pyscard keeps its connection to the service")]

SOCKET = Path("/run/pcscd/pcscd.comm")
ATR = bytes.fromhex("3B6500002063CBA000")
PPSE = b"2PAY.SYS.DDF01"
SELECT = bytes((0x00, 0xA4, 0x04, 0x00, len(PPSE), *PPSE, 0x00))
DIRECTORY = bytes.fromhex("6F10840E") + PPSE
FOREIGN = bytes.fromhex("00A4040002FFFF00")
NOT_FOUND = bytes.fromhex("6A82")
NOTICED = 4.0
"""Seconds within which the service notices a card. Some that QEMU's reader tells of it never does."""
READER = "pcsc://Gemalto"
"""QEMU's reader has the numbers of one by Gemalto, so libccid calls it that."""


class Card:
    """What is in the reader.

    libcacard, src/vscard_common.h: type, reader and length in 32 bits each, most significant byte first, then so many
    bytes. 1 hello, 2 how it went, 3 a reader comes, 5 a card with this answer to reset, 6 it goes, 7 a command or its
    answer, 8 and 9 everything so far is done.
    """

    HELLO, RESULT, READER, INSERTED, REMOVED, COMMAND, FLUSH, FLUSHED = 1, 2, 3, 5, 6, 7, 8, 9
    NO_READER = 0xFFFFFFFF

    def __init__(self, port: Port) -> None:
        self.got: list[bytes] = []
        self._port = port
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="card", daemon=True)
        self._thread.start()
        self.greet()

    def greet(self) -> None:
        """To the reader, after it was plugged in."""
        self._say(self.HELLO, b"VSCD" + struct.pack(">II", 2, 0))
        self._say(self.READER, b"lab\0", reader=self.NO_READER)

    def insert(self) -> None:
        self._say(self.INSERTED, ATR)

    def take_away(self) -> None:
        self._say(self.REMOVED)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join(SOON)

    def _answer(self) -> None:
        while not self._ended.is_set():
            if not self._port.readable(0.2):
                continue
            kind, _, size = struct.unpack(">III", self._port.read(12))
            body = self._port.read(size)
            if kind == self.COMMAND:
                self.got.append(body)
                self._say(self.COMMAND, DIRECTORY + b"\x90\x00" if body == SELECT else NOT_FOUND)
            elif kind == self.FLUSH:
                self._say(self.FLUSHED)

    def _say(self, kind: int, body: bytes = b"", reader: int = 0) -> None:
        self._port.write(struct.pack(">III", kind, reader, len(body)) + body)


@pytest.fixture(scope="module")
def card_service(qemu_drivers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("pcsc")
    (folder / "reader.conf").touch()  # none but those that it finds on USB
    SOCKET.parent.mkdir(exist_ok=True)
    with (folder / "log").open("w") as log:
        service = subprocess.Popen(
            ["/usr/sbin/pcscd", "--foreground", "-c", str(folder / "reader.conf")], stdout=log, stderr=log
        )
        try:
            end = time.monotonic() + SOON
            while not (SOCKET.exists() and card_readers()):
                assert service.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < end, f"pcscd found no reader: {(folder / 'log').read_text()}"
                time.sleep(0.1)
            yield
        finally:
            service.terminate()
            try:
                service.wait(SOON)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait(SOON)


@pytest.fixture(scope="module")
def card(card_service: None) -> Iterator[Card]:
    port = Port("card")
    one = Card(port)
    yield one
    one.stop()
    port.close()


async def opened(card: Card, url: str = READER) -> PcscLink:
    """As soon as the service has noticed the card; one that it does not notice is put in again, as a person would."""
    end, patience = time.monotonic() + SOON, time.monotonic() + NOTICED
    while True:
        link = PcscLink(parse_url(url))
        try:
            await link.open(Deadline.after(SOON))
        except Disconnected:
            now = time.monotonic()
            if now > end:
                raise
            if now > patience:
                patience = now + NOTICED
                card.take_away()
                await asyncio.sleep(1)
                card.insert()
        else:
            return link


async def lost(link: PcscLink) -> None:
    """Ask until it is told that nothing is there; each command before that has its answer."""
    end = time.monotonic() + SOON
    with pytest.raises(Disconnected, match="taken away"):
        while time.monotonic() < end:
            assert await within(Deadline.after(SOON), link.exchange(SELECT)) == DIRECTORY + b"\x90\x00"
    await link.close()


async def test_a_card_from_putting_it_in_to_taking_it_away_and_another_one(card: Card) -> None:
    survey = await discover(only=["pcsc"], timeout=SOON)
    assert not survey.skipped
    (url,) = [found.url for found in survey.found]
    assert "CCID" in url
    with pytest.raises(Disconnected, match="no card is in the reader"):
        await PcscLink(parse_url(url)).open(Deadline.after(SOON))
    for _ in range(2):
        card.got.clear()
        card.insert()
        link = await opened(card, url)
        assert link.answer_to_reset == ATR
        assert await link.exchange(SELECT) == DIRECTORY + b"\x90\x00"
        assert await link.exchange(FOREIGN) == NOT_FOUND
        assert card.got == [SELECT, FOREIGN]
        card.take_away()
        await lost(link)


async def test_the_reader_pulled_out_of_its_socket_and_plugged_in_again(card: Card, monitor: Monitor) -> None:
    card.insert()
    link = await opened(card)
    assert await link.exchange(SELECT) == DIRECTORY + b"\x90\x00"
    monitor.ask("device_del", id="reader")
    await lost(link)
    assert await soon(lambda: not card_readers())
    with pytest.raises(Disconnected, match="no such reader"):
        await PcscLink(parse_url(READER)).open(Deadline.after(SOON))
    assert await soon(lambda: monitor.agrees("device_add", {"driver": "usb-ccid", "id": "reader"}))
    slot = {"driver": "ccid-card-passthru", "chardev": "card", "id": "slot", "bus": "reader.0"}
    assert await soon(lambda: monitor.agrees("device_add", slot))
    assert await soon(card_readers)
    card.greet()
    card.insert()
    link = await opened(card)
    assert await link.exchange(SELECT) == DIRECTORY + b"\x90\x00"
    await link.close()
    card.take_away()
