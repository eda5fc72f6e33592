"""The USB example and the command that finds printers, as their reader runs them, on an emulated bus."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.runtime.threads import in_thread
from posdevkit_emulators.bench import ReceiptPrinterBench

EXAMPLE = Path(__file__).parents[2] / "examples" / "usb_printer.py"

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("given", [True, False])
async def test_it_finds_a_printer_and_prints(
    given: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ReceiptPrinterBench.usb() as bench:
        monkeypatch.setattr(sys, "argv", [str(EXAMPLE), *([bench.url] if given else [])])
        await in_thread(lambda: runpy.run_path(str(EXAMPLE), run_name="__main__"), name="example")
        out = capsys.readouterr().out
        # The common profile of 80 mm printers asks for no process id, so it proves less than the model's own.
        assert ("confirmed by process_id" in out or "sent" in out) if given else "confirmed by process_id" in out
        assert ("EPSON TM-T88V, serial number EMU0001" in out) is not given
        assert "Flat white" in (await bench.ticket(1)).text


async def test_the_command_line_finds_it(capsys: pytest.CaptureFixture[str]) -> None:
    async with ReceiptPrinterBench.usb():
        assert await in_thread(lambda: main(["discover", "--only", "usb", "--json"]), name="cli") == 0
        told = json.loads(capsys.readouterr().out)
        assert await in_thread(lambda: main(["discover", "--only", "usb"]), name="cli") == 0
        said = capsys.readouterr().out
    assert told == {
        "found": [
            {
                "url": "usb://04b8:0202?serial=EMU0001",
                "kind": "receipt-printer",
                "what": "EPSON TM-T88V, serial number EMU0001",
                "profile": "epson-tm-t88v",
                "why": "USB interface 0 is of the printer class",
            }
        ],
        "skipped": [],
    }
    assert said.startswith("usb://04b8:0202?serial=EMU0001  receipt-printer, --profile epson-tm-t88v\n")


async def test_the_command_line_says_which_cable_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert await in_thread(lambda: main(["discover", "--only", "ubs"]), name="cli") == 2
    assert "Known are" in capsys.readouterr().err
