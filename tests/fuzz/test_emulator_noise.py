"""Noise into the emulated printer: valid commands, bent and broken. It answers on, in bounded memory and bounded time.

Random bytes find little, so every block is made of valid encodings that are mutated: bytes flipped, cut out, doubled,
swapped between commands, ends torn off. The size is 2 MB as a rule; POSDEVKIT_NOISE_MB=100 makes it the full dose.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from posdevkit.profiles import load_profile
from posdevkit_emulators.printers import ReceiptPrinterModel, What

MEGABYTES = int(os.environ.get("POSDEVKIT_NOISE_MB", "2"))
RSS_LIMIT_MB = 200
CUT = b"\x1dVA\x00"

VALID = [
    b"\x1b@",
    b"Flat white  38,00\n",
    "Kanelsnegl æøå 32,00\n".encode("cp865"),
    b"\x1bE\x01Total\x1bE\x00\n",
    b"\x1ba\x01\x1d!\x11BIG\n\x1d!\x00\x1ba\x00",
    b"\x1bt\x13\xd5\x1bR\x04{|}\n",
    b"\x1bD\x08\x10\x18\x00a\tb\tc\n",
    b"\x1b3\x28\x1b2\x1bd\x03\x1bJ\x40",
    b"\x1d(D\x05\x00\x14\x01\x00\x02\x00",
    b"\x1dv0\x00\x08\x00\x10\x00" + bytes(range(128)),
    b"\x1d(L\x0e\x000p0\x01\x011\x20\x00\x01\x00\xaa\x55\xaa\x55\x1d(L\x02\x0002",
    b"\x1d8L\x0e\x00\x00\x000p0\x01\x011\x20\x00\x01\x00\xaa\x55\xaa\x55\x1d(L\x02\x0002",
    b"\x1b*!\x10\x00" + bytes(48),
    b"\x1dh\x50\x1dw\x02\x1dH\x02\x1dk\x024006381333931\x00",
    b"\x1dkI\x08{BOrder1",
    b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x04\x1d(k\x03\x001E1\x1d(k\x0a\x001P0https:\x1d(k\x03\x001Q0",
    b"\x1bp\x00\x19\xfa\x10\x14\x01\x00\x02",
    b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04",
    b"\x10\x05\x01\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1da\x0f\x1dr\x01\x1dI\x43\x1d(H\x06\x0000abcd",
    b"\x1b&\x03AB\x02\x01\x02\x03\x04\x05\x06\x01\x07\x08\x09",
    b"\x1cC\x00\x1cS\x01\x02\x1c-\x01\x1c2\x21\x21" + bytes(72),
    b"\x1bL\x1bW\x00\x00\x00\x00\x40\x00\x40\x00page\x0c\x1bS",
    CUT,
    b"\x1dV\x00\x1bi\x1bm",
    b"\x1d(L\x0e\x000q0\x01\x011\x04\x00\x08\x00\xaa\x55\xaa\x55\x1d(L\x02\x0002",
    b"\x1d(L\x14\x000D0A1\x01\x08\x00\x08\x001" + bytes(9) + b"\x1d(L\x06\x000EA1\x01\x02\x1d(L\x04\x000BA1",
    b"\x1d(L\x14\x000S0A1\x01\x08\x00\x08\x001" + bytes(9) + b"\x1d(L\x06\x000UA1\x02\x01\x1d(L\x05\x000QCLR",
    b"\x1cq\x01\x01\x00\x01\x00" + bytes(8) + b"\x1cp\x01\x00\x1d*\x01\x01" + bytes(8) + b"\x1d/\x03",
    b"\x1d(L\x02\x0000\x1d(L\x02\x0003\x1d(L\x02\x0004\x1d(L\x04\x000PKC\x06\x1d(L\x04\x000@KC\x06",
    b"\x1d:a\n\x1dc\n\x1d:\x1d^\x02\x01\x00\x1dC0\x04\x01\x1dC;1;9;2;1;3;\x1d(M\x02\x00\x01\x01\x1d(M\x02\x00\x02\x01",
    b"\x1d(Q\x07\x003\x10\x00\x01\x01\x02\x30line\n\x1d(Q\x07\x003\x10\x00\x00\x01\x02\x30",
    b"\x1d(k\x11\x003P0H1234567890123\x1d(k\x03\x003Q0\x1d(k\x03\x003R0",
    b"\x1d(k\x11\x004P00B570123456789\x1d(k\x0f\x004P01A(17)261130\x1d(k\x03\x004Q0\x1d(k\x03\x004R0",
    b"\x1d(C\x0a\x00\x00\x01\x00A1hello\x1d(C\x05\x00\x00\x02\x00A1\x06\x1d(C\x03\x00\x00\x05\x00\x06\x1d(E\x02\x00\x04\x01",
    b"\x1cg1\x00\x00\x00\x00\x00\x02\x00ab\x1cg2\x00\x00\x00\x00\x00\x02\x00\x1bv\x1bu\x00\x1d(H\x03\x00101\x10\x14\x07\x01",
]


def mutated(randomly: random.Random, command: bytes) -> bytes:
    """One command, bent in one of several ways, or left alone."""
    at = randomly.randrange(len(command))
    match randomly.randrange(8):
        case 0:
            return command[:at] + bytes([command[at] ^ (1 << randomly.randrange(8))]) + command[at + 1 :]
        case 1:
            return command[:at]
        case 2:
            return command[:at] + command[at + 1 :]
        case 3:
            return command[:at] + command[at : at + 4] * 3 + command[at:]
        case 4:
            other = randomly.choice(VALID)
            return command[:at] + other[randomly.randrange(len(other)) :]
        case 5:
            return command[:at] + randomly.randbytes(randomly.randrange(1, 9)) + command[at:]
        case _:
            return command


def noise(seed: int, size: int) -> Iterator[bytes]:
    """Blocks of a few tens of kilobytes that are `size` bytes together, or a little more."""
    randomly = random.Random(seed)
    left = size
    while left > 0:
        block = b"".join(mutated(randomly, randomly.choice(VALID)) for _ in range(1500))
        left -= len(block)
        yield block


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_any_pieces_never_raises_and_the_printer_lives_on(seed: int) -> None:
    randomly = random.Random(seed)
    model = ReceiptPrinterModel(load_profile("epson-tm-t88v"))
    model.connected()
    for block in noise(seed, 300_000):
        at = 0
        while at < len(block):
            size = randomly.randrange(1, 2000)
            model.receive(block[at : at + size])
            at += size
            assert model.room == 4096
    recover(model)


def recover(model: ReceiptPrinterModel) -> None:
    """As a host would after an accident: clear, initialize, print."""
    model.receive(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
    before = model.tickets_out
    effects = model.receive(b"\x1b@well\n" + CUT)
    assert model.tickets_out == before + 1
    assert [event.ticket.text.splitlines()[-1] for event in effects.events if event.ticket] == ["well"]


@pytest.mark.parametrize("seed", range(3))
def test_noise_that_stops_for_paper_and_goes_on(seed: int) -> None:
    model = ReceiptPrinterModel(load_profile("epson-tm-t88v"))
    model.connected()
    randomly = random.Random(seed)
    for block in noise(seed, 100_000):
        at = 0
        while at < len(block):
            if randomly.random() < 0.1:
                model.run_out(randomly.randrange(5))
            if not model.room:
                assert not model.status.online
                model.load_paper()
            size = min(model.room, randomly.randrange(1, 2000))
            model.receive(block[at : at + size])
            at += size
    while not model.status.online:
        model.load_paper()
    recover(model)


SERVER = """
import asyncio, sys
from posdevkit_emulators.bench import ReceiptPrinterBench
async def main():
    async with ReceiptPrinterBench.tcp() as bench:
        print(bench.url, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
asyncio.run(main())
"""


def resident(pid: int) -> float:
    """Megabytes that a process has in memory at most so far."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.timeout(60 + 10 * MEGABYTES)
def test_megabytes_of_noise_over_tcp_take_bounded_memory() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        where = urlsplit(server.stdout.readline().strip())
        start = time.monotonic()
        with socket.create_connection((where.hostname, where.port or 0), timeout=60) as client:
            heard = threading.Thread(target=listen, args=(client,))
            heard.start()
            for block in noise(88, MEGABYTES * 1_000_000):
                client.sendall(block)
            client.sendall(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x1b@after all\n" + CUT)
            client.shutdown(socket.SHUT_WR)
            heard.join()
        seconds = time.monotonic() - start
        with socket.create_connection((where.hostname, where.port or 0), timeout=20) as client:
            client.sendall(b"\x10\x04\x01")
            assert client.recv(1) in (b"\x12", b"\x16")  # the drawer may well be open by now
        print(f"{MEGABYTES} MB in {seconds:.1f} s, at most {resident(server.pid):.0f} MB resident")
        assert resident(server.pid) < RSS_LIMIT_MB
        assert seconds < 20 + 8 * MEGABYTES
    finally:
        server.communicate("\n", timeout=20)
    assert server.returncode == 0


def listen(client: socket.socket) -> None:
    """Read what the printer answers until it ends."""
    while client.recv(65536):
        pass


def test_a_ticket_that_never_ends_is_torn_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit_emulators.printers.workings.TICKET_WEIGHT", 2_000_000)
    model = ReceiptPrinterModel(load_profile("epson-tm-t88v"))
    picture = b"\x1d(L" + (10 + 60_000).to_bytes(2, "little") + b"0p0\x01\x011\x80\x3e\x1e\x00" + bytes(60_000)
    torn = 0
    for _ in range(40):  # 2.4 MB of stored graphics that nothing prints
        torn += sum(event.what is What.TICKET for event in model.receive(picture).events)
        torn += sum(event.what is What.TICKET for event in model.receive(b"\n").events)
    assert torn == 1
