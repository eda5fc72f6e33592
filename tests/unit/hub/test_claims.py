"""A lease that runs out by itself, and what a challenger sees."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from posdevkit.devices import ReceiptPrinter, Scanner
from posdevkit.errors import NotFound
from posdevkit.hub.claims import Claim, Claims, HeldByAnother
from posdevkit.profiles import load_profile
from posdevkit.runtime.clock import ManualClock
from posdevkit_emulators.bench import ReceiptPrinterBench

from .conftest import Counter, receipt


@pytest.mark.asyncio
async def test_a_lease_runs_out_and_frees_the_device() -> None:
    clock = ManualClock()
    told: list[tuple[str, Claim | None]] = []
    claims = Claims(clock, lambda device, claim: told.append((device, claim)))
    inside: list[str] = []

    @contextmanager
    def collecting() -> Iterator[None]:
        inside.append("in")
        yield
        inside.append("out")

    claims.take("scanner", "a", "bar", 30, collecting())
    with pytest.raises(HeldByAnother) as held:
        claims.take("scanner", "b", "door", 30)
    assert held.value.claim.holder_name == "bar"
    assert "another 30 s" in held.value.detail
    await clock.run(29)
    claims.renew("scanner", "a", 30)
    await clock.run(29)
    claims.check("scanner", "a")
    assert inside == ["in"]
    await clock.run(2)
    assert claims.on("scanner") is None
    assert inside == ["in", "out"]
    assert [claim and claim.holder for _, claim in told] == ["a", None]
    with pytest.raises(NotFound):
        claims.renew("scanner", "a", 30)
    claims.take("scanner", "b", "door", 30)
    with pytest.raises(HeldByAnother):
        claims.release("scanner", "a")
    claims.drop("b")
    claims.release("scanner", "a")  # nobody holds it: nothing happens
    await claims.close()


@pytest.mark.asyncio
async def test_a_claimed_printer_prints_for_its_holder_alone(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        hub = await counter.hub(ReceiptPrinter(bench.url, load_profile("epson-tm-t88v"), name="counter"))
        bar, door = await counter.tablet(hub, "bar"), await counter.tablet(hub, "door")
        async with bar.listening("/v1/events") as heard:
            claim = await bar.ask("POST", "/v1/devices/counter/claim", {"seconds": 60})
            assert claim.json()["mine"] is True
            refused = await door.ask("POST", "/v1/printers/counter/jobs", {"key": "d", "document": receipt("d")})
            assert (refused.status_code, refused.json()["slug"]) == (409, "claimed")
            assert refused.json()["claim"]["holder"] == "bar"
            assert 0 < refused.json()["claim"]["seconds_left"] <= 60
            assert refused.json()["claim"]["until"].endswith("Z")
            assert refused.json()["retry"] is True
            assert (await door.ask("POST", "/v1/devices/counter/claim", {"seconds": 5})).status_code == 409
            assert await heard.next("claim-wanted") == {"device": "counter", "by": "door"}
            seen = (await door.ask("GET", "/v1/devices/counter")).json()["claim"]
            assert (seen["holder"], seen["mine"]) == ("bar", False)
            assert (await bar.ask("PUT", "/v1/devices/counter/claim", {"seconds": 60})).status_code == 200
            mine = await bar.ask("POST", "/v1/printers/counter/jobs?wait=10", {"key": "b", "document": receipt("b")})
            assert mine.json()["state"] == "printed"
            assert (await door.ask("DELETE", "/v1/devices/counter/claim")).status_code == 409
            assert (await bar.ask("DELETE", "/v1/devices/counter/claim")).status_code == 204
        gone = await bar.ask("PUT", "/v1/devices/counter/claim", {"seconds": 60})
        assert gone.status_code == 404
        free = await door.ask("POST", "/v1/printers/counter/jobs?wait=10", {"key": "d", "document": receipt("d")})
        assert free.json()["state"] == "printed"


@pytest.mark.asyncio
async def test_a_token_that_is_taken_back_lets_go(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub(Scanner("tcp://127.0.0.1:9", name="till"))
        bar, door = await counter.tablet(hub, "bar"), await counter.tablet(hub, "door")
        await bar.ask("POST", "/v1/devices/till/claim", {"seconds": 600})
        await hub.revoke(bar.id)
        assert (await bar.ask("GET", "/v1/devices")).status_code == 401
        assert (await door.ask("POST", "/v1/devices/till/claim", {"seconds": 5})).status_code == 200
        for seconds in (0, 601, "x"):
            assert (await door.ask("POST", "/v1/devices/till/claim", {"seconds": seconds})).status_code == 422
        await asyncio.sleep(0)
