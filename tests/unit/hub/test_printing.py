"""Receipts over the hub: printed once by key, told honestly, whatever is cut in between."""

from __future__ import annotations

import pytest

from posdevkit.devices import ReceiptPrinter
from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench

from .conftest import Counter, receipt


def printer(bench: ReceiptPrinterBench, name: str = "counter") -> ReceiptPrinter:
    return ReceiptPrinter(bench.url, load_profile("epson-tm-t88v"), name=name)


@pytest.mark.asyncio
async def test_one_key_prints_once_and_other_content_is_a_conflict(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        first = await tablet.ask("POST", "/v1/printers/counter/jobs?wait=10", {"key": "a", "document": receipt("one")})
        assert (first.status_code, first.json()["state"], first.json()["outcome"]) == (201, "printed", "confirmed")
        again = await tablet.ask("POST", "/v1/printers/counter/jobs?wait=10", {"key": "a", "document": receipt("one")})
        assert (again.status_code, again.json()["state"]) == (200, "printed")
        other = await tablet.ask("POST", "/v1/printers/counter/jobs", {"key": "a", "document": receipt("two")})
        assert other.status_code == 409
        assert other.headers["content-type"] == "application/problem+json"
        assert other.json()["slug"] == "job-conflict"
        assert len(bench.tickets) == 1
        picture = await tablet.ask("GET", "/v1/printers/counter/jobs/a/picture")
        assert picture.content.startswith(b"\x89PNG")
