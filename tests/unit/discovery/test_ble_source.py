"""Searching over Bluetooth LE: bleak's own scanner on emulated controllers."""

from __future__ import annotations

import asyncio

import pytest
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from posdevkit.discovery.ble import BleSource
from posdevkit.errors import Disconnected
from posdevkit.runtime import Deadline
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.wires.ble import BleWire
from posdevkit_emulators.wires.bleak_backend import scanner_onto

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("gatt", "kind"), [("18f0", "receipt-printer"), ("issc", "unknown"), ("terminal-io", "unknown")]
)
async def test_what_advertises_is_found_and_not_touched(gatt: str, kind: str) -> None:
    async with ReceiptPrinterBench.ble(gatt=gatt, address="F0:00:00:00:00:07") as bench:
        assert isinstance(bench.wire, BleWire)
        for seconds in (0.3, 1.0, 5.0):  # as long as it may: on a busy machine nobody may be heard in a short time
            if heard := await BleSource(scanner_onto(bench.wire)).find(Deadline.after(seconds)):
                break
        (found,) = heard
        assert (found.url, found.kind) == (bench.url, kind)
        # Beside a long UUID the name has no room; the emulated scanner hears no scan responses.
        assert found.what == ("F0:00:00:00:00:07" if gatt == "issc" else "BlueTooth Printer")
        assert gatt in found.why
        assert bench.count(What.CONNECTED) == 0


async def test_a_radio_that_takes_long_to_wake_is_listened_to_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.discovery.ble._LISTEN_SECONDS", 0.3)
    async with ReceiptPrinterBench.ble() as bench:
        assert isinstance(bench.wire, BleWire)
        awake = scanner_onto(bench.wire)

        class Sleepy(awake):  # type: ignore[valid-type,misc]  # made while the test runs
            async def start(self) -> None:
                await asyncio.sleep(0.4)
                await super().start()

        (found,) = await BleSource(Sleepy).find(Deadline.after(10))
        assert found.url == bench.url


async def test_a_radio_that_is_gone() -> None:
    async with ReceiptPrinterBench.ble() as bench:
        wire = bench.wire
    assert isinstance(wire, BleWire)
    with pytest.raises(Disconnected):
        await BleSource(scanner_onto(wire)).find(Deadline.after(0.1))


async def test_bluetooth_that_is_off_says_what_to_do() -> None:
    class Off(BaseBleakScanner):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__(None, None)

        async def start(self) -> None:
            raise BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)

        async def stop(self) -> None:
            await asyncio.sleep(0)

    with pytest.raises(Disconnected, match="cannot be used") as caught:
        await BleSource(Off).find(Deadline.after(0.1))
    assert "Switch Bluetooth on" in caught.value.remedy()
