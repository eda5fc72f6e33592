"""The client against a cloud that is played by hand: nothing is lost, nothing foreign is believed, nothing jams."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from posdevkit import aio, blocking
from posdevkit.cloud import (
    ChangeApplied,
    CloudReached,
    CloudState,
    CloudTrouble,
    FactDead,
    FactsPushed,
    Timing,
)
from posdevkit.contract import Line, Tender, VatTotal
from posdevkit.errors import (
    BadUrl,
    Claimed,
    Closed,
    CloudError,
    CloudMisdirected,
    CloudOffline,
    CloudRefused,
    CloudUnauthorised,
    DeadlineExceeded,
    MissingExtra,
    UsageError,
)
from posdevkit.runtime.clock import ManualClock
from posdevkit.secret import Secret
from posdevkit.store import Mirror, Outbox, Sales, Settings, Store, record

from .facts import a_sale, products, sell, sold
from .played import TOKEN, Play, PlayedCloud

WALL = 1773480000.0
"""2026-03-14 09:20 UTC: twelve minutes behind the played cloud's clock."""


@pytest.fixture
def cloud() -> Iterator[PlayedCloud]:
    with PlayedCloud() as played:
        yield played


def open_(path: Path, url: str, token: str = TOKEN, **options: Any) -> Any:
    options.setdefault("background", False)
    return aio.CloudClient.open(path, url, Secret(token), **options)


def run(scene: Any) -> None:
    asyncio.run(scene)


def left(path: Path) -> int:
    store = Store(path)
    try:
        with store.reading() as connection:
            return Outbox().backlog(connection).facts
    finally:
        store.close()


def test_facts_go_in_order_and_leave_the_outbox(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 250)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url + "/shop/") as client:
            before = client.status()
            assert (before.state, before.pending, before.last_success) == (CloudState.UNKNOWN, 250, None)
            assert before.pending_bytes > 250 * 100
            assert before.oldest_seconds is not None
            status = await client.push()
            assert (status.state, status.pending, status.pending_bytes, status.oldest_seconds) == (
                CloudState.ONLINE,
                0,
                0,
                None,
            )

    run(scene())
    assert cloud.stored == identifiers
    assert cloud.sizes == [100, 100, 50]
    method, path, headers = cloud.requests[0]
    assert (method, path, headers["authorization"]) == ("POST", "/shop/v1/sync/push", f"Bearer {TOKEN}")
    assert [headers["x-posdevkit-pending"] for _, _, headers in cloud.requests] == ["150", "50", "0"]
    assert left(tmp_path / "s.db") == 0


WRONG_ANSWERS = {
    "a sign-in page": (Play(200, b"<html>Sign in", "text/html"), CloudMisdirected),
    "a sign-in page that forbids": (Play(403, b"<html>Sign in", "text/html"), CloudMisdirected),
    "network authentication": (Play(511, b"<html>", "text/html"), CloudMisdirected),
    "a redirect": (Play(302, b"", headers={"location": "http://127.0.0.1:9/login"}), CloudMisdirected),
    "a permanent redirect of a push": (Play(308, b"", headers={"location": "http://127.0.0.1:9/v1"}), CloudMisdirected),
    "half of its JSON": (Play(200, b'{"results": [{"id": '), CloudMisdirected),
    "nothing": (Play(200, b""), CloudMisdirected),
    "garbage": (Play(200, bytes(range(256))), CloudMisdirected),
    "a very deep list": (Play(200, b"[" * 100_000), CloudMisdirected),
    "another shape": (Play(200, b'{"ok": true}'), CloudMisdirected),
    "a list": (Play(200, b"[]"), CloudMisdirected),
    "no results": (Play(200, b'{"results": []}'), CloudMisdirected),
    "results of others": (
        Play(200, json.dumps({"results": [{"id": "x", "verdict": "created"}] * 3}).encode()),
        CloudMisdirected,
    ),
    "an unknown verdict": (
        Play(200, json.dumps({"results": [{"id": "x", "verdict": "maybe"}] * 3}).encode()),
        CloudMisdirected,
    ),
    "a compression that is none": (Play(200, b"no gzip", headers={"content-encoding": "gzip"}), CloudMisdirected),
    "another server": (Play(404, b'{"error": "not found"}'), CloudMisdirected),
    "no token": (Play(401, b"{}"), CloudUnauthorised),
    "a token that may not": (Play(403, b"{}"), CloudUnauthorised),
    "out of service": (Play(503, b"<html>", "text/html"), CloudRefused),
    "a bad gateway": (Play(502, b""), CloudRefused),
    "too much": (Play(429, b"{}", headers={"retry-after": "7"}), CloudRefused),
    "no answer": (Play(commit=False, cut=0), CloudOffline),
    "half an answer": (Play(commit=False, body=b'{"results": []}', cut=5), CloudOffline),
    "noise instead of HTTP": (Play(commit=False, status=99999, body=b""), CloudOffline),
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_what_is_no_verdict_changes_nothing(name: str, tmp_path: Path, cloud: PlayedCloud) -> None:
    play, kind = WRONG_ANSWERS[name]
    path = tmp_path / "s.db"
    identifiers = sold(path, 3)
    cloud.pushes.append(play)

    async def scene() -> None:
        async with open_(path, cloud.url, timing=Timing(wall=lambda: WALL)) as client:
            events = client.events()
            with pytest.raises(kind) as caught:
                await client.push()
            status = client.status()
            assert (status.pending, status.dead_letters, status.last_success) == (3, 0, None)
            assert status.state is {
                CloudMisdirected: CloudState.MISDIRECTED,
                CloudUnauthorised: CloudState.UNAUTHORISED,
            }.get(kind, CloudState.OFFLINE)
            assert status.trouble is not None
            assert (status.trouble.slug, status.trouble.at) == (kind.slug, WALL)
            assert status.trouble.remedy == caught.value.remedy()
            assert caught.value.pause == (7.0 if name == "too much" else None)
            assert isinstance(await events.get(20), CloudTrouble)
            assert (await client.push()).pending == 0
            assert isinstance(await events.get(20), CloudReached)
            assert await events.get(20) == FactsPushed(3, 0)

    run(scene())
    assert cloud.stored == identifiers


def test_nobody_at_home(tmp_path: Path) -> None:
    with PlayedCloud() as gone:
        url = gone.url
    sold(tmp_path / "s.db", 2)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", url) as client:
            with pytest.raises(CloudOffline):
                await client.push()
            with pytest.raises(CloudOffline):
                await client.pull()
            closed = await client.close()
            assert (closed.pending, closed.state) == (2, CloudState.OFFLINE)
            assert client.status() == closed
            with pytest.raises(Closed):
                await client.push()

    run(scene())


@pytest.mark.parametrize("cut", [0, 10], ids=["no answer", "half an answer"])
def test_an_answer_lost_after_the_commit_is_asked_for_again(cut: int, tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 3)
    cloud.pushes.append(Play(cut=cut))

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            with pytest.raises(CloudOffline):
                await client.push()
            assert client.status().pending == 3
            assert (await client.push()).pending == 0

    run(scene())
    assert cloud.stored == identifiers
    assert cloud.sizes == [3, 3]


def test_the_control_without_unique_identifiers_stores_twice(tmp_path: Path, cloud: PlayedCloud) -> None:
    cloud.unique = False
    identifiers = sold(tmp_path / "s.db", 3)
    cloud.pushes.append(Play(cut=0))

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            with pytest.raises(CloudOffline):
                await client.push()
            await client.push()

    run(scene())
    assert cloud.stored == identifiers * 2


def test_a_rejected_fact_blocks_nothing_and_waits_for_a_person(tmp_path: Path, cloud: PlayedCloud) -> None:
    path = tmp_path / "s.db"
    identifiers = sold(path, 5)
    cloud.refuses = {identifiers[1]: "not-yours", identifiers[3]: "bad-fact"}

    async def scene() -> None:
        async with open_(path, cloud.url) as client:
            events = client.events()
            status = await client.push()
            assert (status.pending, status.dead_letters, status.state) == (0, 2, CloudState.ONLINE)
            letters = await client.dead_letters()
            assert [(letter.id, letter.code) for letter in letters] == [
                (identifiers[1], "not-yours"),
                (identifiers[3], "bad-fact"),
            ]
            seen = [await events.get(20) for _ in range(4)]
            assert seen[1:3] == [FactDead(identifiers[1], "not-yours", ""), FactDead(identifiers[3], "bad-fact", "")]
            assert seen[3] == FactsPushed(3, 0)
            with pytest.raises(UsageError, match="for a reason"):
                await client.discard(identifiers[3], by="Bo", reason=" ")
            gone = await client.discard(identifiers[3], by="Bo", reason="entered twice by hand")
            assert (gone.reason, gone.discarded_by, gone.journal_seq) == ("entered twice by hand", "Bo", None)
            with pytest.raises(UsageError, match="no dead letter"):
                await client.retry(identifiers[3])
            cloud.refuses = {}
            await client.retry(identifiers[1])
            status = await client.push()
            assert (status.pending, status.dead_letters) == (0, 0)

    run(scene())
    assert cloud.stored == [identifiers[0], identifiers[2], identifiers[4], identifiers[1]]


@pytest.mark.parametrize("place", [0, 7, 18])
def test_a_fact_that_fells_the_server_stands_alone_in_the_end(place: int, tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 20)
    cloud.poison = {identifiers[place], identifiers[19] if place == 18 else identifiers[place + 1]}
    good = [one for one in identifiers if one not in cloud.poison]

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            for more in range(4):
                try:
                    await client.push()
                    break
                except CloudRefused:
                    # Where nothing went through after they failed alone, the server may be at fault as well.
                    assert place == 18
                    assert client.status().dead_letters < 2
                    store = Store(tmp_path / "s.db")
                    good.extend(sell(store, 1))
                    store.close()
                assert more < 3
            status = client.status()
            assert (status.pending, status.dead_letters) == (0, 2)
            assert {letter.code for letter in await client.dead_letters()} == {"server-error"}

    run(scene())
    assert sorted(cloud.stored) == sorted(good)


def test_a_server_that_takes_nothing_buries_nothing(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 12)
    cloud.poison = set(identifiers)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            for _ in range(10):
                with pytest.raises(CloudRefused):
                    await client.push()
            assert (client.status().pending, client.status().dead_letters) == (12, 0)
            cloud.poison = set()
            assert (await client.push()).pending == 0

    run(scene())
    assert sorted(cloud.stored) == sorted(identifiers)


def test_batches_that_are_too_large_shrink_and_grow(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 60)
    cloud.most = 10

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            assert (await client.push()).pending == 0

    run(scene())
    assert cloud.stored == identifiers
    assert cloud.sizes[:4] == [60, 30, 15, 7]


def test_a_body_is_no_larger_than_agreed(tmp_path: Path, cloud: PlayedCloud) -> None:
    """Facts of 30 kB each, and one of 400 kB that goes alone."""
    store = Store(tmp_path / "s.db")
    for lines in (250, 250, 250, 3000, *[250] * 9):
        line = Line("coffee", "Økologisk flat white" * 4, Decimal(1), 1, 1, 0)
        with store.transaction() as transaction:
            sale = a_sale(
                Sales().next_sequence(transaction, "1"),
                lines=(line,) * lines,
                tenders=(Tender("card", lines),),
                vat=(VatTotal(0, lines, 0),),
                total=lines,
            )
            record(transaction, sale)
    store.close()

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            assert (await client.push()).pending == 0

    run(scene())
    lengths = [int(headers["content-length"]) for _, _, headers in cloud.requests]
    assert len(cloud.stored) == sum(cloud.sizes) == 13
    for facts, length in zip(cloud.sizes, lengths, strict=True):
        assert length <= 256_000 or facts == 1
    assert max(lengths) > 400_000
    assert max(cloud.sizes) > 4


def test_changes_are_applied_with_their_cursor(tmp_path: Path, cloud: PlayedCloud) -> None:
    cloud.changes = products(range(1, 1201))
    cloud.changes.insert(3, {"seq": 4, "kind": "weather", "body": {"rain": True}})

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            assert await client.pull() == 1200
            assert client.status().cursor == 1200
            assert await client.pull() == 0
            changed = products([1201])
            changed[0]["body"] = {"sku": "p7", "name": "Ny", "price": None, "vat_rate": 0, "version": 2}
            cloud.changes += changed
            events = client.events()
            assert await client.pull() == 1
            event = await events.get(20)
            assert isinstance(event, ChangeApplied)
            assert event.change.seq == 1201

    run(scene())
    store = Store(tmp_path / "s.db")
    with store.reading() as connection:
        product = Mirror().product(connection, "p7")
        assert product is not None
        assert (product.name, product.price) == ("Ny", None)
        assert len(list(Mirror().products(connection))) == 1200
    store.close()
    assert "after=999&limit=500" in cloud.requests[2][1]


@pytest.mark.parametrize(
    "body",
    [
        b'{"changes": [], "next": 0, "more": true}',
        b'{"changes": [], "next": -1, "more": false}',
        b'{"changes": {}, "next": 1, "more": false}',
        b'{"changes": [{"seq": 1, "kind": "product", "body": {}}], "next": 1, "more": false}',
        b'{"changes": [5], "next": 1, "more": false}',
        b'{"next": 1, "more": false}',
    ],
)
def test_pages_that_make_no_sense_change_nothing(body: bytes, tmp_path: Path, cloud: PlayedCloud) -> None:
    cloud.pulls.append(Play(body=body))

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            with pytest.raises(CloudMisdirected):
                await client.pull()
            assert client.status().cursor == 0

    run(scene())


def event_bytes(number: int, kind: str = "product") -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(products([number])[0])}\n\n".encode()


def test_the_stream_goes_on_where_the_file_is(tmp_path: Path, cloud: PlayedCloud) -> None:
    """One stream breaks inside an event; the next one is asked for what is not on the disk yet."""
    cloud.changes = products([1, 2])
    cloud.streams.extend(
        [
            [b": hi\n\n", event_bytes(3), event_bytes(4)[:30]],
            [event_bytes(4, "change") + event_bytes(9, "maintenance") + event_bytes(5)],
        ]
    )

    async def scene() -> None:
        timing = Timing(uniform=lambda low, high: 0.0)
        async with open_(tmp_path / "s.db", cloud.url, background=True, timing=timing) as client:
            events = client.events()
            seen: list[int] = []
            while len(seen) < 5:
                event = await events.get(10)
                if isinstance(event, ChangeApplied):
                    seen.append(event.change.seq)
            assert seen == [1, 2, 3, 4, 5]
            assert client.status().cursor == 5

    run(scene())
    asked = [headers["last-event-id"] for _, path, headers in cloud.requests if "/v1/events" in path]
    assert asked[:2] == ["2", "3"]


def test_the_next_stream_waits_as_long_as_the_server_asks(tmp_path: Path, cloud: PlayedCloud) -> None:
    cloud.streams.extend([[b"retry: 2000\n: hi\n\n"], [event_bytes(1)]])
    clock = ManualClock()

    async def scene() -> None:
        timing = Timing(clock, uniform=lambda low, high: low)
        async with open_(tmp_path / "s.db", cloud.url, background=True, timing=timing) as client:
            events = client.events()
            while len(cloud.streams) == 2 or clock.sleepers < 2:  # the pause, and the look for new facts
                await asyncio.sleep(0.005)
            clock.advance(1.9)
            await asyncio.sleep(0.05)
            assert len(cloud.streams) == 1
            clock.advance(0.2)
            while not isinstance(await events.get(), ChangeApplied):
                pass

    run(scene())


@pytest.mark.parametrize(
    "bad",
    [
        b"data: {}\n\n",
        b"id: x\ndata: {}\n\n",
        b"id: 3\ndata: {\n\n",
        b'id: 3\ndata: {"seq": 3, "kind": "product", "body": {}}\n\n',
    ],
)
def test_events_that_make_no_sense_move_no_cursor(bad: bytes, tmp_path: Path, cloud: PlayedCloud) -> None:
    cloud.streams.append([bad])

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url, background=True, timing=Timing(clock=ManualClock())) as client:
            events = client.events()
            while not isinstance(event := await events.get(10), CloudTrouble):
                pass
            assert event.state is CloudState.MISDIRECTED
            assert client.status().cursor == 0

    run(scene())


def test_facts_are_sent_as_they_come(tmp_path: Path, cloud: PlayedCloud) -> None:
    """From another connection to the file, and at once where the client is told."""

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url, background=True) as client:
            await client.wait_empty(10)
            identifiers = sold(tmp_path / "s.db", 3)
            await client.added()
            await client.wait_empty(10)
            assert cloud.stored == identifiers
            sold(tmp_path / "s.db", 1)
            await client.wait_empty(10)
            assert len(cloud.stored) == 4

    run(scene())


def test_a_refused_token_stops_it_until_there_is_another(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 3)
    clock = ManualClock()

    async def scene() -> None:
        timing = Timing(clock, lambda: WALL, lambda low, high: high)
        async with open_(tmp_path / "s.db", cloud.url, "old", background=True, timing=timing) as client:
            events = client.events()
            event = await events.get(10)
            assert isinstance(event, CloudTrouble)
            assert event.state is CloudState.UNAUTHORISED
            cloud.wait_for(2)  # one push, one pull
            await asyncio.sleep(0.05)
            await clock.run(3600)
            assert len(cloud.requests) == 2
            with pytest.raises(UsageError) as caught:
                await client.set_token(Secret("two words"))
            assert "two words" not in str(caught.value)
            await client.set_token(Secret(TOKEN))
            while not isinstance(event := await events.get(10), FactsPushed):
                pass
            assert (event.facts, event.pending) == (3, 0)
            assert client.status().state is not CloudState.UNAUTHORISED

    run(scene())
    assert cloud.stored == identifiers


def test_pauses_double_with_chance_and_heed_the_server(tmp_path: Path, cloud: PlayedCloud) -> None:
    """A clock that only the test moves: what is asked for is waited for, and not a moment less."""
    sold(tmp_path / "s.db", 1)
    asked: list[float] = []
    cloud.pushes.extend([Play(503, b""), Play(429, b"{}", headers={"retry-after": "30"}), Play(502, b"")])
    cloud.pulls.extend([Play(401, b"{}")])  # the listener stays out of it
    clock = ManualClock()

    def chance(low: float, high: float) -> float:
        asked.append(high)
        return high

    async def settled(pushes: int) -> None:
        for _ in range(2000):
            if len(cloud.sizes) == pushes and clock.sleepers:
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{len(cloud.sizes)} pushes, not {pushes}")

    async def scene() -> None:
        timing = Timing(clock, lambda: WALL, chance)
        async with open_(tmp_path / "s.db", cloud.url, background=True, timing=timing) as client:
            await settled(1)
            clock.advance(0.49)
            await asyncio.sleep(0.02)
            assert len(cloud.sizes) == 1
            clock.advance(0.02)
            await settled(2)
            clock.advance(30.9)  # 30 as asked, and 1 by chance
            await asyncio.sleep(0.02)
            assert len(cloud.sizes) == 2
            clock.advance(0.2)
            await settled(3)
            clock.advance(2.1)
            await client.wait_empty(10)

    run(scene())
    assert asked == [0.5, 1.0, 2.0]


def test_status_outlives_the_process_and_tells_the_skew(tmp_path: Path, cloud: PlayedCloud) -> None:
    sold(tmp_path / "s.db", 1)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url, timing=Timing(wall=lambda: WALL)) as client:
            await client.push()
            sold(tmp_path / "s.db", 1)
            assert client.status().clock_skew == 720.5
            cloud.pushes.append(Play(200, b"<html>", "text/html"))
            with pytest.raises(CloudMisdirected):
                await client.push()
        async with open_(tmp_path / "s.db", cloud.url) as client:
            status = client.status()
            assert (status.state, status.last_success, status.pending) == (CloudState.MISDIRECTED, WALL, 1)
            assert status.trouble is not None
            assert status.trouble.slug == "cloud-misdirected"

    run(scene())


def test_one_sender_for_each_store(tmp_path: Path, cloud: PlayedCloud) -> None:
    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url):
            with pytest.raises(Claimed, match="Stop the other program that sends"):
                await open_(tmp_path / "s.db", cloud.url)
        async with open_(tmp_path / "s.db", cloud.url):
            pass

    run(scene())


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://shop.example", "in clear"),
        ("http://192.0.2.7:80/x", "in clear"),
        ("ftp://shop.example", "Not a device URL|https://host"),
        ("https://", "https://host"),
        ("shop.example", "https://host"),
        ("https://me:pw@shop.example", "user or a password"),
        ("https://shop.example/?token=1", "https://host"),
        ("https://[::1", "https://host"),
        ("https://shop.example:99999", "https://host"),
    ],
)
def test_a_token_goes_over_tls_or_no_further_than_this_machine(url: str, told: str, tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(BadUrl, match=told) as caught:
            await open_(tmp_path / "s.db", url)
        assert "pw" not in str(caught.value).replace("password", "")

    run(scene())
    assert list(tmp_path.iterdir()) == []


def test_insecure_is_said_aloud(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_(tmp_path / "s.db", "http://192.0.2.7", insecure=True) as client:
            assert client.url == "http://192.0.2.7"

    run(scene())


def test_the_token_is_in_no_log_and_no_repr(
    tmp_path: Path, cloud: PlayedCloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sold(tmp_path / "s.db", 1)
    cloud.pushes.append(Play(302, b"", headers={"location": "/"}))

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            with pytest.raises(CloudError) as caught:
                await client.push()
            await client.push()
            await client.pull()
            assert TOKEN not in f"{client!r} {client.status()} {caught.value}"

    run(scene())
    assert caplog.records
    assert TOKEN not in caplog.text


def test_closing_lets_the_batch_under_way_end(tmp_path: Path, cloud: PlayedCloud) -> None:
    sold(tmp_path / "s.db", 1)
    gate = threading.Event()
    cloud.pushes.append(Play(gate=gate))

    async def scene() -> None:
        client = await open_(tmp_path / "s.db", cloud.url, background=True)
        while not cloud.sizes:
            await asyncio.sleep(0.005)
        closing = asyncio.create_task(client.close())
        await asyncio.sleep(0.05)
        gate.set()
        assert (await closing).pending == 0

    run(scene())


def test_started_later_it_tells_whoever_listens_all_of_it(tmp_path: Path, cloud: PlayedCloud) -> None:
    sold(tmp_path / "s.db", 2)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url) as client:
            events = client.events()
            assert cloud.sizes == []
            await client.start()
            await client.start()  # once is enough
            async for event in events:
                if isinstance(event, FactsPushed):
                    break
            assert event == FactsPushed(2, 0)
            assert cloud.sizes == [2]
        with pytest.raises(Closed):
            await client.start()

    run(scene())


def test_closing_waits_no_longer_than_it_may(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 1)
    gate = threading.Event()
    cloud.pushes.append(Play(gate=gate))

    async def scene() -> None:
        client = await open_(tmp_path / "s.db", cloud.url, background=True)
        while not cloud.sizes:
            await asyncio.sleep(0.005)
        assert (await client.close(0.05)).pending == 1
        gate.set()
        async with open_(tmp_path / "s.db", cloud.url) as client:
            assert (await client.push()).pending == 0

    run(scene())
    assert cloud.stored == identifiers


def test_waiting_has_an_end(tmp_path: Path, cloud: PlayedCloud) -> None:
    sold(tmp_path / "s.db", 2)
    cloud.pushes.extend([Play(503, b"")] * 1000)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", cloud.url, background=True) as client:
            with pytest.raises(DeadlineExceeded, match="2 facts are still pending"):
                await client.wait_empty(0.1)

    run(scene())


def test_the_blocking_face(tmp_path: Path, cloud: PlayedCloud) -> None:
    identifiers = sold(tmp_path / "s.db", 3)
    cloud.changes = products([1])
    with blocking.CloudClient.open(tmp_path / "s.db", cloud.url, Secret(TOKEN), background=False) as client:
        with client.events() as events:
            assert client.push().pending == 0
            assert client.pull() == 1
            assert [type(events.get_blocking(5)) for _ in range(3)] == [CloudReached, FactsPushed, ChangeApplied]
        assert client.close().cursor == 1
    assert cloud.stored == identifiers


def test_a_wrong_clock_does_not_matter_for_the_order(tmp_path: Path) -> None:
    """The till's clock is set back by a year between two sales: the second is still the later one."""
    from posdevkit.contract import HlcClock

    times = iter([1_773_480_000_000, 1_741_944_000_000])
    store = Store(tmp_path / "s.db")
    first = HlcClock("till-1", wall=lambda: next(times))
    with store.transaction() as transaction:
        Settings().set_clock(transaction, early := first.now())
    with store.reading() as connection:
        again = HlcClock("till-1", last=Settings().clock(connection), wall=lambda: next(times))
    assert again.now() > early
    store.close()


def test_without_the_extra_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)

    async def scene() -> None:
        with pytest.raises(MissingExtra, match=r"posdevkit\[cloud\]"):
            await open_(tmp_path / "s.db", "https://shop.example")

    run(scene())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_bad_network_loses_nothing_and_doubles_nothing(seed: int, tmp_path: Path, cloud: PlayedCloud) -> None:
    """Three tills sell while half of the first exchanges go wrong, before the server's commit or after it."""
    chance = random.Random(seed)
    bad = [
        Play(commit=False, cut=0),
        Play(cut=0),
        Play(cut=20),
        Play(502, b"", commit=False),
        Play(200, b"<html>", "text/html", commit=False),
    ]
    cloud.pushes.extend(chance.choice(bad) if chance.random() < 0.5 else Play() for _ in range(60))
    tills = [tmp_path / f"{number}.db" for number in range(3)]
    identifiers = [one for till in tills for one in sold(till, 40)]

    async def scene() -> None:
        timing = Timing(uniform=lambda low, high: chance.uniform(0, 0.01))
        clients = [await open_(till, cloud.url, background=True, timing=timing) for till in tills]
        for _ in range(6):
            await asyncio.sleep(0.02)
            for till, client in zip(tills, clients, strict=True):
                identifiers.extend(sold(till, 2))
                await client.added()
        for client in clients:
            await client.wait_empty(20)
            await client.close()

    run(scene())
    assert sorted(cloud.stored) == sorted(identifiers)


def test_closing_ends_a_push_between_two_batches(tmp_path: Path, cloud: PlayedCloud) -> None:
    sold(tmp_path / "s.db", 250)
    gate = threading.Event()
    cloud.pushes.append(Play(gate=gate))

    async def scene() -> None:
        client = await open_(tmp_path / "s.db", cloud.url)
        pushing = asyncio.create_task(client.push())
        while not cloud.sizes:
            await asyncio.sleep(0.005)
        closing = asyncio.create_task(client.close())
        await asyncio.sleep(0.02)
        gate.set()
        assert (await closing).pending == 150
        with pytest.raises(Closed):
            await pushing

    run(scene())
    assert cloud.sizes == [100]


def test_a_trouble_that_lasts_is_told_once(tmp_path: Path) -> None:
    with PlayedCloud() as gone:
        url = gone.url
    sold(tmp_path / "s.db", 1)

    async def scene() -> None:
        async with open_(tmp_path / "s.db", url) as client:
            events = client.events()
            for ask in (client.push, client.pull, client.push):
                with pytest.raises(CloudOffline):
                    await ask()
            assert events.pending == 1
            trouble = client.status().trouble
            assert trouble is not None
            assert "/v1/sync/push" in trouble.message

    run(scene())
