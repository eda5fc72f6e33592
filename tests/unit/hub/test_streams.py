"""What scanners read reaches those it is for, and nobody else, as it happens."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest

from posdevkit.codes import Misread
from posdevkit.devices import Display, Scale, Scanner
from posdevkit.hub import Hub, stream
from posdevkit_emulators.displays.model import DisplayModel
from posdevkit_emulators.gadgets.bench import GadgetBench
from posdevkit_emulators.scales.model import ScaleModel
from posdevkit_emulators.scanners.bench import ScannerBench

from .conftest import Counter, Tablet

NOWHERE = "tcp://127.0.0.1:9"
WECHAT = "130123456789012345"


async def ready(tablet: Tablet, *names: str) -> None:
    """Wait until the hub has reached those devices."""
    for name in names:
        for _ in range(1000):
            if (await tablet.ask("GET", f"/v1/devices/{name}")).json()["state"] == "ready":
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(f"{name} was not reached")


@pytest.mark.asyncio
async def test_two_scanners_are_never_mixed(counter: Counter) -> None:
    async with ScannerBench.tcp() as left, ScannerBench.tcp() as right, counter.stack as stack:
        hub = await counter.hub(Scanner(left.url, name="left"), Scanner(right.url, name="right"))
        bar, door = await counter.tablet(hub), await counter.tablet(hub)
        await ready(bar, "left", "right")
        ones = await stack.enter_async_context(bar.listening("/v1/scanners/left/scans"))
        twos = await stack.enter_async_context(door.listening("/v1/scanners/right/scans"))
        all_ = await stack.enter_async_context(door.listening("/v1/scans"))
        codes = [f"https://r.example/{number}" for number in range(20)]
        for code in codes:
            await left.scan(f"{code}/left", "Q1")
            await right.scan(f"{code}/right", "Q1")
        for events, name in ((ones, "left"), (twos, "right")):
            for code in codes:
                scan = await events.next("scan")
                assert (scan["device"], scan["text"], scan["symbology"]) == (name, f"{code}/{name}", "QR Code")
        both = [await all_.next("scan") for _ in range(40)]
        assert all(scan["text"].endswith(f"/{scan['device']}") for scan in both)
        assert sorted(scan["text"] for scan in both) == sorted(f"{c}/{n}" for c in codes for n in ("left", "right"))


@pytest.mark.asyncio
async def test_payment_codes_reach_the_one_that_collects_and_nobody_else(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScannerBench.tcp() as bench, counter.stack as stack:
        hub = await counter.hub(Scanner(bench.url, name="till"), payments=True)
        bar, door = await counter.tablet(hub, "bar"), await counter.tablet(hub, "door")
        await ready(bar, "till")
        mine = await stack.enter_async_context(bar.listening("/v1/scans"))
        theirs = await stack.enter_async_context(door.listening("/v1/events"))
        await bench.scan(WECHAT, "C0")
        for events in (mine, theirs):
            scan = await events.next("scan")
            assert (scan["text"], scan["sensitive"]) == ("****", True)
            assert WECHAT not in str(scan)
        # A claim alone gives the scans, and not the codes.
        await bar.ask("POST", "/v1/devices/till/claim", {"seconds": 60})
        await bench.scan(WECHAT, "C0")
        assert WECHAT not in str(await mine.next("scan"))
        await bar.ask("POST", "/v1/devices/till/claim", {"seconds": 60, "collecting_payment": True})
        await bench.scan(WECHAT, "C0")
        scan = await mine.next("scan")
        assert (scan["meaning"], scan["payment_code"]) == ({"kind": "payment-code", "wallet": "wechat"}, WECHAT)
        assert scan["text"] == "****"
        await bar.ask("DELETE", "/v1/devices/till/claim")
        await bench.scan("https://r.example/after", "Q1")
        # What was scanned while another held the scanner never came here.
        assert (await theirs.next("scan"))["text"] == "https://r.example/after"
        assert (await mine.next("scan"))["text"] == "https://r.example/after"
    assert WECHAT not in caplog.text


@pytest.mark.asyncio
async def test_payment_codes_are_not_lent_unless_the_hub_was_told_so(counter: Counter) -> None:
    async with counter.stack:
        tablet = await counter.tablet(await counter.hub(Scanner("tcp://127.0.0.1:9", name="till")))
        claim = await tablet.ask("POST", "/v1/devices/till/claim", {"seconds": 9, "collecting_payment": True})
        assert (claim.status_code, claim.json()["slug"]) == (403, "forbidden")


@pytest.mark.asyncio
async def test_a_slow_reader_loses_events_and_is_told_while_others_lose_none(counter: Counter) -> None:
    async with ScannerBench.tcp() as bench, counter.stack as stack:
        hub = await counter.hub(Scanner(bench.url, name="till"))
        slow, fast = await counter.tablet(hub), await counter.tablet(hub)
        await ready(slow, "till")
        stalled = await stack.enter_async_context(slow.listening("/v1/scans"))  # and reads nothing
        heard = await stack.enter_async_context(fast.listening("/v1/scans"))
        text = "x" * 3000
        count = 2500  # far more than what sockets and subscriptions keep

        async def shoot() -> None:
            for number in range(count):
                await bench.scan(f"{number} {text}", "Q1")
                if number % 50 == 0:
                    await asyncio.sleep(0.01)

        shooting = asyncio.create_task(shoot())
        got = [int((await heard.next("scan"))["text"].split()[0]) for _ in range(count)]
        await shooting
        assert got == list(range(count))
        names = set()
        async with asyncio.timeout(20):
            async for name, _ in stalled:
                names.add(name)
                if name == "lost":
                    break
        assert names == {"scan", "lost"}


@pytest.mark.asyncio
async def test_quiet_streams_beat_and_end_with_their_token(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    async with counter.stack:
        hub = await counter.hub(Scanner("tcp://127.0.0.1:9", name="till"))
        tablet = await counter.tablet(hub)
        async with tablet.listening("/v1/events") as events:
            assert (await events.next("device"))["name"] == "till"
            beats = 0
            while beats < 2:
                beats += (await anext(events.lines)).startswith(":")
            await hub.revoke(tablet.id)
            async for _ in events:
                pass


@pytest.mark.asyncio
async def test_a_device_that_comes_and_goes_is_told(counter: Counter) -> None:
    async with ScannerBench.tcp() as bench, counter.stack:
        hub = await counter.hub(Scanner(bench.url, name="till"))
        tablet = await counter.tablet(hub)
        await ready(tablet, "till")
        async with tablet.listening("/v1/events?devices=till") as events:
            await bench.unplug()
            assert (await events.next("link-lost"))["device"] == "till"
            await bench.plug()
            assert (await events.next("link-restored"))["state"] == "ready"
        assert (await tablet.ask("GET", "/v1/events?devices=other")).status_code == 404


@pytest.mark.asyncio
async def test_streams_of_one_token_are_counted(counter: Counter) -> None:
    async with counter.stack, AsyncExitStack() as streams:
        tablet = await counter.tablet(await counter.hub(Scanner("tcp://127.0.0.1:9", name="till")))
        for _ in range(8):
            await streams.enter_async_context(tablet.listening("/v1/scans"))
        assert (await tablet.ask("GET", "/v1/scans")).status_code == 429


@pytest.mark.asyncio
async def test_displays_and_scales(counter: Counter) -> None:
    screen, scale = DisplayModel(), ScaleModel(Decimal(1250))
    async with GadgetBench.tcp(screen) as one, GadgetBench.tcp(scale) as two, counter.stack:
        tablet = await counter.tablet(await counter.hub(Display(one.url, name="front"), Scale(two.url, name="scale")))
        assert (await tablet.ask("PUT", "/v1/displays/front", {"lines": ["Flat white", "38,00"]})).status_code == 204
        for _ in range(1000):
            if screen.lines[0].startswith("Flat white"):
                break
            await asyncio.sleep(0.01)
        assert [line.strip() for line in screen.lines] == ["Flat white", "38,00"]
        weight = (await tablet.ask("GET", "/v1/scales/scale/weight")).json()
        assert (Decimal(weight["grams"]), weight["reasons"]) == (Decimal(1250), [])
        assert (await tablet.ask("PUT", "/v1/displays/front", {"lines": ["a", "b", "c"]})).status_code == 400
        assert (await tablet.ask("PUT", "/v1/displays/front", {"lines": ["\x1b@"]})).status_code == 422
        wrong = await tablet.ask("GET", "/v1/scales/front/weight")
        assert (wrong.status_code, wrong.json()["slug"]) == (422, "unsupported")
        await two.unplug()
        gone = await tablet.ask("GET", "/v1/scales/scale/weight")
        assert (gone.status_code, gone.json()["slug"], gone.json()["retry"]) == (503, "disconnected", True)
        assert (await tablet.ask("GET", "/v1/devices/scale")).json()["state"] == "failed"


@pytest.mark.asyncio
async def test_a_shop_file_with_every_kind(counter: Counter) -> None:
    async with ScannerBench.tcp() as scanner, GadgetBench.tcp(ScaleModel(Decimal(5))) as scale, counter.stack as stack:
        shop = counter.folder / "shop.toml"
        shop.write_text(
            f"""
[printer.bar]
url = "{NOWHERE}"
[label-printer.shelf]
url = "tcp://127.0.0.1:10"
[scanner.till]
url = "{scanner.url}"
[display.front]
url = "tcp://127.0.0.1:11"
[scale.scale]
url = "{scale.url}"
[card-reader.swipe]
url = "serial:///dev/ttyUSB9"
""",
            "utf-8",
        )
        hub = await stack.enter_async_context(Hub.open(shop, port=0))
        tablet = await counter.tablet(hub)
        await ready(tablet, "till")
        devices = (await tablet.ask("GET", "/v1/devices")).json()["devices"]
        kinds = {device["name"]: device["kind"] for device in devices}
        # Card readers are not lent.
        assert kinds == {
            "bar": "printer",
            "shelf": "label-printer",
            "till": "scanner",
            "front": "display",
            "scale": "scale",
        }
        await scanner.unplug()
        for _ in range(1000):
            device = (await tablet.ask("GET", "/v1/devices/till")).json()
            if device["problem"] == "disconnected":
                break
            await asyncio.sleep(0.02)
        assert device["remedy"]
        assert (counter.folder / "shop.hub.db").exists()


@pytest.mark.asyncio
async def test_a_hub_that_missed_events_goes_on_listening(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    async with counter.stack:
        scanner = Scanner(NOWHERE, name="till")
        tablet = await counter.tablet(await counter.hub(scanner))
        async with tablet.listening("/v1/scans") as events:
            for number in range(3000):  # without letting anybody read
                scanner._events.publish(Misread("till", 0.0, f"flood {number}", 1))
            await events.next("lost")
            await asyncio.sleep(0.05)
            scanner._events.publish(Misread("till", 0.0, "afterwards", 1))
            while (await events.next("misread"))["reason"] != "afterwards":
                pass
    assert "till: Events were dropped" in caplog.text
