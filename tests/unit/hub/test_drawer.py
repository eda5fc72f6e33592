"""The drawer over the hub: kicked once by key, now or never."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from posdevkit.devices import ReceiptPrinter
from posdevkit.profiles import load_profile
from posdevkit.store import Store
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers import What

from .conftest import Counter, receipt

DRAWER = "/v1/printers/counter/drawer"
JOBS = "/v1/printers/counter/jobs"
MONTH = 30 * 86_400.0


def printer(bench: ReceiptPrinterBench, name: str = "counter") -> ReceiptPrinter:
    return ReceiptPrinter(bench.url, load_profile("epson-tm-t88v"), name=name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.hub.kicks.KICK_SECONDS", 1.0)


@pytest.mark.asyncio
async def test_one_key_kicks_once(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        first = await tablet.ask("POST", DRAWER, {"key": "k", "pin": 2})
        assert (first.status_code, first.json()["key"], first.json()["outcome"]) == (201, "k", "confirmed")
        again = await tablet.ask("POST", DRAWER, {"key": "k"})
        assert (again.status_code, again.json()) == (200, first.json())
        other = await tablet.ask("POST", DRAWER, {"key": "k", "pin": 5})
        assert (other.status_code, other.json()["slug"]) == (409, "job-conflict")
        assert bench.count(What.DRAWER_KICK) == 1
        # A print job of that key is another thing, and so is another key.
        assert (await tablet.ask("POST", JOBS, {"key": "k", "document": receipt("x")})).status_code == 201
        assert (await tablet.ask("POST", DRAWER, {"key": "l"})).status_code == 201
        assert bench.count(What.DRAWER_KICK) == 2


@pytest.mark.asyncio
async def test_the_key_is_asked_for(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        for body in (
            {},
            {"pin": 2},
            {"key": ""},
            {"key": "a/b"},
            {"key": 7},
            {"key": "k", "pin": 3},
            {"key": "k", "x": 1},
        ):
            refused = await tablet.ask("POST", DRAWER, body)
            assert (refused.status_code, refused.json()["slug"]) in ((422, "bad-document"), (400, "usage")), body
        assert bench.count(What.DRAWER_KICK) == 0


@pytest.mark.asyncio
async def test_a_request_that_comes_again_meanwhile_waits_for_the_same_kick(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["paper-out-after=2"]) as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablets = [await counter.tablet(hub, name) for name in ("bar", "door")]
        await tablets[0].ask("POST", JOBS, {"key": "a", "document": receipt("x\ny\nz")})
        async with tablets[0].listening("/v1/events") as events:
            while (await events.next("device", "status")).get("problem") != "paper-out":
                pass
        asked = [asyncio.create_task(tablet.ask("POST", DRAWER, {"key": "k"})) for tablet in (*tablets, *tablets)]
        await asyncio.sleep(0.2)
        bench.printer.load_paper()
        answers = await asyncio.gather(*asked)
        assert {answer.json()["outcome"] for answer in answers} == {"confirmed"}
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert bench.count(What.DRAWER_KICK) == 1


@pytest.mark.asyncio
@pytest.mark.usefixtures("impatient")
async def test_a_kick_that_had_to_wait_too_long_never_comes_later(counter: Counter) -> None:
    """Nobody stands at the till any more when the roll is changed."""
    async with ReceiptPrinterBench.tcp(faults=["paper-out-after=2"]) as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        await tablet.ask("POST", JOBS, {"key": "a", "document": receipt("x\ny\nz")})
        async with tablet.listening("/v1/events") as events:
            while (await events.next("device", "status")).get("problem") != "paper-out":
                pass
        for key in ("k", "k", "l"):
            late = await tablet.ask("POST", DRAWER, {"key": key})
            assert (late.status_code, late.json()["slug"]) in ((503, "paper-out"), (504, "timeout")), late.json()
            assert late.json()["remedy"]
        bench.printer.load_paper()
        job = await tablet.ask("GET", f"{JOBS}/a?wait=20")
        assert job.json()["state"] == "printed"
        assert (await tablet.ask("POST", JOBS + "?wait=20", {"key": "b", "document": receipt("y")})).status_code == 201
        assert bench.count(What.DRAWER_KICK) == 0
        # It did not happen, so the key is free.
        now = await tablet.ask("POST", DRAWER, {"key": "k"})
        assert (now.status_code, now.json()["outcome"]) == (201, "confirmed")
        assert bench.count(What.DRAWER_KICK) == 1


@pytest.mark.asyncio
@pytest.mark.usefixtures("impatient")
async def test_what_nobody_can_tell_is_told_and_not_kicked_again(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["power-cut-at=40"]) as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        first = await tablet.ask("POST", DRAWER, {"key": "k"})
        assert (first.status_code, first.json()["outcome"]) == (201, "unknown"), first.text
        kicks = bench.count(What.DRAWER_KICK)
        bench.printer.power_cycle()
        again = await tablet.ask("POST", DRAWER, {"key": "k"})
        assert (again.status_code, again.json()["outcome"]) == (200, "unknown")
        assert bench.count(What.DRAWER_KICK) == kicks


@pytest.mark.asyncio
async def test_a_drawer_of_another_printer_stays_shut(counter: Counter) -> None:
    """A fallback is for what can come out elsewhere: money lies in this drawer."""
    async with ReceiptPrinterBench.tcp() as bar, counter.stack:
        gone = ReceiptPrinter(
            "tcp://127.0.0.1:9", load_profile("epson-tm-t88v"), name="counter", fallback=printer(bar, "bar")
        )
        tablet = await counter.tablet(await counter.hub(gone))
        answer = await tablet.ask("POST", DRAWER, {"key": "k"})
        assert (answer.status_code, answer.json()["slug"]) == (503, "disconnected")
        assert bar.count(What.DRAWER_KICK) == 0


@pytest.mark.asyncio
async def test_keys_are_kept_as_long_as_those_of_print_jobs(counter: Counter, tmp_path: Path) -> None:
    time = [1_780_000_000.0]
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench), now=lambda: time[0]))
        for later, key, status in ((0.0, "k", 201), (MONTH - 60, "k", 200), (120.0, "other", 201), (0.0, "k", 201)):
            time[0] += later
            assert (await tablet.ask("POST", DRAWER, {"key": key})).status_code == status, key
    store = Store(tmp_path / "shop.hub.db")
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM hub_kick").fetchone() == (2,)
    store.close()
