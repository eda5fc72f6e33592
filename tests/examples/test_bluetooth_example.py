"""The Bluetooth example as its reader runs it, on a machine whose Bluetooth is an emulated radio."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import bleak
import pytest

from posdevkit.runtime.threads import in_thread
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.ble import BleWire
from posdevkit_emulators.wires.bleak_backend import client_onto, scanner_onto

EXAMPLE = Path(__file__).parents[2] / "examples" / "bluetooth.py"


@pytest.mark.asyncio
@pytest.mark.parametrize("given", [True, False])
async def test_it_finds_a_printer_and_prints(
    given: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ReceiptPrinterBench.ble(profile="generic-58mm") as bench:
        wire = bench.wire
        assert isinstance(wire, BleWire)
        monkeypatch.setattr(bleak, "get_platform_client_backend_type", lambda: (client_onto(wire), "emulated"))
        monkeypatch.setattr(bleak, "get_platform_scanner_backend_type", lambda: (scanner_onto(wire), "emulated"))
        monkeypatch.setattr("posdevkit.discovery.ble._LISTEN_SECONDS", 0.3)
        monkeypatch.setattr(sys, "argv", [str(EXAMPLE), *([bench.url] if given else [])])
        await in_thread(lambda: runpy.run_path(str(EXAMPLE), run_name="__main__"), name="example")
        out = capsys.readouterr().out
        assert "confirmed" in out or "sent" in out
        assert ("BlueTooth Printer" in out) is not given
        bench.printer.tear_off()  # it has no cutter
        assert "Flat white" in (await bench.ticket(1)).text
