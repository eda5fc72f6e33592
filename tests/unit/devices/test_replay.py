"""A recorded conversation, played back, gives the same outcome: also the process id has to be the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.events import Delivery

from .scripted import ScriptedPrinter

pytestmark = pytest.mark.asyncio

TM = "epson-tm-t88v"


async def test_what_was_recorded_can_be_played_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path))
    async with ScriptedPrinter("recorded") as printer, ReceiptPrinter.open(printer.url, profile=TM) as driver:
        first = await driver.print(Receipt().title("Café Nord").cut())
    monkeypatch.delenv("POSDEVKIT_TRACE")
    (recording,) = tmp_path.glob("*.jsonl")
    async with ReceiptPrinter.open(f"replay://{recording}", profile=TM) as driver:
        again = await driver.print(Receipt().title("Café Nord").cut())
    assert first == again
    assert again.delivery is Delivery.CONFIRMED
