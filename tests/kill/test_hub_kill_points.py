"""The hub killed at each commit point of a job, then started again: the tablet asks again with its key, and one ticket
is out, or a person is asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from posdevkit.printqueue.rows import Point
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.printers import What

PROGRAM = Path(__file__).with_name("hub_process.py")
JOB = {
    "key": "order-1",
    "document": {"kind": "receipt", "elements": [{"type": "text", "text": "<order-1>"}, {"type": "cut"}]},
}


@contextmanager
def hub(shop: Path, point: str) -> Iterator[tuple[str, str]]:
    """URL and pairing code of a hub in a process of its own."""
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(shop), point], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url, code = process.stdout.readline().split()
        yield url, code
    finally:
        process.kill()
        process.communicate()


def asked_twice(printer: EmulatedReceiptPrinter, folder: Path, point: Point, path: str, body: object) -> Any:
    """What a tablet is answered that asks a hub which dies at that point, and then, with the same key, the next one."""
    shop = folder / "shop.toml"
    shop.write_text(f'[printer.counter]\nurl = "{printer.url}"\nprofile = "epson-tm-t88v"\n', "utf-8")
    with hub(shop, point.value) as (url, code):
        answer = httpx2.post(f"{url}/v1/pair", json={"code": code, "name": "bar"})
        headers = {"authorization": f"Bearer {answer.json()['token']}"}
        with pytest.raises(httpx2.HTTPError):
            httpx2.post(url + path, json=body, headers=headers, timeout=20)
    with hub(shop, "never") as (url, _):  # the token is still good
        return httpx2.post(url + path, json=body, headers=headers, timeout=30).json()


@pytest.mark.parametrize("point", list(Point))
def test_killed_and_started_again(point: Point, tmp_path: Path, receipt_printer: EmulatedReceiptPrinter) -> None:
    job = asked_twice(receipt_printer, tmp_path, point, "/v1/printers/counter/jobs?wait=20", JOB)
    tickets = sum(ticket.text.count("<order-1>") for ticket in receipt_printer.tickets)
    if point in (Point.SENDING, Point.KNOWN):
        assert job["state"] in ("unconfirmed", "printed")
    else:
        assert job["state"] == "printed"
    assert tickets == 1 if job["state"] == "printed" else tickets <= 1


@pytest.mark.parametrize("point", [Point.SENDING, Point.KNOWN, Point.SETTLED])
def test_a_drawer_is_not_kicked_again(point: Point, tmp_path: Path, receipt_printer: EmulatedReceiptPrinter) -> None:
    kick = asked_twice(receipt_printer, tmp_path, point, "/v1/printers/counter/drawer", {"key": "kick-1"})
    assert kick["outcome"] == ("confirmed" if point is Point.SETTLED else "unknown")
    assert receipt_printer.count(What.DRAWER_KICK) == (0 if point is Point.SENDING else 1)
