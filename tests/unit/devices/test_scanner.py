"""The scanner driver against its emulator, on every wire it has."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import posdevkit
from posdevkit import GS1, Misread, PaymentCode, Product, Scan, aio
from posdevkit.discovery import discover
from posdevkit.errors import BadUrl, Claimed, Disconnected, PosError
from posdevkit.events import LinkLost, LinkRestored
from posdevkit.protocols.keys import type_text
from posdevkit.protocols.keys.events import SIZE
from posdevkit.runtime.subscription import merge_events
from posdevkit_emulators.scanners import EmulatedHidScanner, ScannerBench, ScannerModel
from posdevkit_emulators.scanners.wires import SocketWire

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals and named pipes")
WIRES = [pytest.param("pty", marks=POSIX), pytest.param("keys", marks=POSIX), "tcp", "hid"]
GS1_TEXT = "0109506000134352103ABC\x1d17251231"
Act = Callable[..., Awaitable[None]]


class Rig:
    """One emulated scanner, whatever its wire."""

    def __init__(self, url: str, scan: Act, unplug: Act, plug: Act, ready: Act) -> None:
        self.url, self.scan, self.unplug, self.plug, self.ready = url, scan, unplug, plug, ready


@asynccontextmanager
async def rig(wire: str, model: ScannerModel | None = None, serial: str = "S1") -> AsyncIterator[Rig]:
    if wire == "hid":
        async with EmulatedHidScanner(model, serial=serial) as device:

            def later(act: Callable[..., None]) -> Act:
                async def acted(*args: str) -> None:
                    act(*args)

                return acted

            nothing = later(lambda: None)
            yield Rig(device.url, later(device.scan), later(device.unplug), later(device.plug), nothing)
        return
    makers: dict[str, Callable[[ScannerModel | None], ScannerBench]] = {
        "pty": ScannerBench.pty,
        "keys": ScannerBench.keys,
        "tcp": ScannerBench.tcp,
    }
    async with makers[wire](model) as bench:

        async def ready() -> None:
            came = getattr(bench.wire, "came", None)
            if came is not None:
                await came.wait()
                came.clear()

        yield Rig(bench.url, bench.scan, bench.unplug, bench.plug, ready)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.asyncio
async def test_scans_come_with_their_meaning(wire: str) -> None:
    async with rig(wire) as device, aio.Scanner.open(device.url, name="front") as scanner:
        await device.ready()
        scans = scanner.scans()
        await device.scan("4006381333931", "E0")
        await device.scan(GS1_TEXT, "C1")
        first, second = await scans.get(5), await scans.get(5)
        assert (first.device, first.meaning) == ("front", Product("4006381333931", "EAN-13"))
        assert isinstance(second.meaning, GS1)
        assert second.reveal() == GS1_TEXT.encode()
        with scanner.collecting_payment():
            await device.scan("134567890123456789", "Q1")
            paid = await scans.get(5)
        await device.scan("134567890123456789", "Q1")
        idle = await scans.get(5)
        assert isinstance(paid.meaning, PaymentCode)
        assert paid.meaning.secret.reveal() == "134567890123456789"
        assert not isinstance(idle.meaning, PaymentCode)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.asyncio
async def test_unplugged_and_back(wire: str) -> None:
    async with rig(wire) as device, aio.Scanner.open(device.url) as scanner:
        await device.ready()
        events = scanner.events()
        await device.unplug()
        assert isinstance(await events.get(5), LinkLost)
        await device.plug()
        assert isinstance(await events.get(5), LinkRestored)
        await device.ready()
        await device.scan("96385074", "E4")
        found = await events.get(5)
        assert isinstance(found, Scan)
        assert found.meaning == Product("96385074", "EAN-8")


@POSIX
@pytest.mark.asyncio
async def test_split_and_garbled_lines() -> None:
    async with rig("pty", ScannerModel(split=1, garble=True)) as device, aio.Scanner.open(device.url) as scanner:
        events = scanner.events()
        await device.scan("4006381333931", "E0")
        noise, code = await events.get(5), await events.get(5)
        assert isinstance(noise, Misread)
        assert isinstance(code, Scan)
        assert code.text == "4006381333931"


@pytest.mark.parametrize("wire", [pytest.param("keys", marks=POSIX), pytest.param("pty", marks=POSIX), "tcp"])
@pytest.mark.asyncio
async def test_a_loop_that_stands_still_within_a_code_does_not_cut_it(wire: str) -> None:
    """Silence ends a code without a suffix. A program that stood still finds the rest of it waiting: that is none."""
    if wire == "keys":
        whole, option = type_text("4006381333931", enter=False), ""
        middle = 7 * 4 * SIZE  # seven keys, each pressed and released, each with its SYNC
    else:
        whole, option, middle = b"4006381333931", "?suffix=none", 7
    makers: dict[str, Callable[[], ScannerBench]] = {
        "keys": ScannerBench.keys,
        "pty": ScannerBench.pty,
        "tcp": ScannerBench.tcp,
    }
    async with makers[wire]() as bench, aio.Scanner.open(bench.url + option) as scanner:
        if isinstance(bench.wire, SocketWire):
            await bench.wire.somebody()
        scans = scanner.scans()
        await bench.send(whole[:middle])
        await asyncio.sleep(0.02)
        time.sleep(0.2)  # another task of the program
        await bench.send(whole[middle:])
        assert (await scans.get(5)).text == "4006381333931"


@POSIX
@pytest.mark.asyncio
async def test_noise_on_a_serial_line_is_told_with_the_settings_and_what_to_do() -> None:
    async with ScannerBench.pty() as bench, aio.Scanner.open(bench.url + "?baud=19200") as scanner:
        events = scanner.events()
        await bench.noise()
        noise = await events.get(5)
        assert isinstance(noise, Misread)
        assert noise.reason.endswith("; the line is read at 19200 8N1: set it as the scanner is, by the URL")


@pytest.mark.asyncio
async def test_noise_elsewhere_has_no_settings_to_tell() -> None:
    async with ScannerBench.tcp() as bench, aio.Scanner.open(bench.url) as scanner:
        assert isinstance(bench.wire, SocketWire)
        await bench.wire.somebody()
        events = scanner.events()
        await bench.noise()
        noise = await events.get(5)
        assert isinstance(noise, Misread)
        assert noise.reason == "control characters that no code has"


@POSIX
@pytest.mark.asyncio
async def test_several_scanners_are_never_mixed() -> None:
    async with rig("pty") as one, rig("hid") as two, rig("keys") as three:
        rigs = {"serial": one, "hid": two, "keys": three}
        scanners = {name: await aio.Scanner.open(device.url, name=name) for name, device in rigs.items()}
        try:
            merged = merge_events(*(scanner.scans() for scanner in scanners.values()))
            for number in range(5):
                await asyncio.gather(*(device.scan(f"{name}-{number}") for name, device in rigs.items()))
            found = [await merged.get(5) for _ in range(15)]
            assert all(scan.text.startswith(scan.device + "-") for scan in found)
            for name in rigs:
                assert [scan.text for scan in found if scan.device == name] == [f"{name}-{n}" for n in range(5)]
        finally:
            for scanner in scanners.values():
                await scanner.close()


@POSIX
@pytest.mark.asyncio
async def test_two_programs_on_one_port() -> None:
    async with rig("pty") as device, aio.Scanner.open(device.url):
        with pytest.raises(Claimed):
            await aio.Scanner.open(device.url)


@POSIX
@pytest.mark.asyncio
async def test_a_trace_shows_no_payment_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    async with rig("pty") as device, aio.Scanner.open(device.url) as scanner:
        scans = scanner.scans()
        await device.scan("134567890123456789", "Q1")
        await scans.get(5)
    (trace,) = tmp_path.iterdir()
    assert "receive" in trace.read_text("utf-8")
    assert b"1345".hex() not in trace.read_text("utf-8")


def test_the_blocking_face_and_callbacks() -> None:
    with EmulatedHidScanner() as device, posdevkit.Scanner.open(device.url, name="desk") as scanner:
        got: list[str] = []
        scans, called = scanner.scans(), scanner.scans()
        ready = scanner.scans()
        stop = called.on(lambda scan: got.append(scan.text))
        device.scan("4006381333931", "E0")
        assert scans.get_blocking(5).meaning == Product("4006381333931", "EAN-13")
        assert ready.get_blocking(5).device == "desk"
        with scanner.collecting_payment():
            device.scan("134567890123456789")
            assert isinstance(next(scans.blocking(5)).meaning, PaymentCode)
        stop()
        for left in (scans, ready):
            left.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("serial:///nowhere/tty", Disconnected),
        ("serial:///dev/tty?baud=fast", BadUrl),
        ("serial:///dev/tty?suffix=crr", BadUrl),
        ("serial:///dev/tty?layout=us", BadUrl),
        ("evdev:///nowhere/event0", Disconnected),
        ("evdev:///nowhere/event0?layout=xx", BadUrl),
        ("hid://keyboard", BadUrl),
        ("hid://05e0:1300?suffix=cr", BadUrl),
        ("tcp://127.0.0.1?encoding=klingon", BadUrl),
    ],
)
@POSIX
def test_what_cannot_be_opened_says_why(url: str, problem: type[PosError]) -> None:
    with pytest.raises(problem) as caught:
        posdevkit.Scanner.open(url)
    assert caught.value.remedy()


def test_an_absent_hid_device_says_so() -> None:
    with EmulatedHidScanner() as device, pytest.raises(Disconnected):
        posdevkit.Scanner.open(device.url.replace("05e0", "05f9"))


@pytest.mark.asyncio
async def test_discovery_finds_a_hid_scanner() -> None:
    async with EmulatedHidScanner() as device:
        survey = await discover(only=["hid"])
    (found,) = survey.found
    assert (found.url, found.kind) == (device.url, "scanner")
