"""Stations and their printers: every ticket once, whichever printer is dead, and doubt is seen."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from posdevkit.aio import Kitchen
from posdevkit.config import ShopConfig, load_config
from posdevkit.errors import BadConfiguration, BadOrder, Claimed, JobConflict, NotFound, UsageError
from posdevkit.printqueue import QueueState
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.till.kitchen import KitchenLine, KitchenOrder
from posdevkit_emulators.bench import ReceiptPrinterBench

pytestmark = pytest.mark.asyncio

PROFILE = load_profile("epson-tm-t88v")
GREETING = len(EscPosSession(PROFILE).greeting())
_names = itertools.count()

SHOP = """
[printer.kitchen]
url = "memory://{kitchen}"
profile = "epson-tm-t88v"
[printer.bar]
url = "memory://{bar}"
profile = "generic-80mm"
[station.grill]
printer = "kitchen"
fallback = ["bar"]
categories = ["food"]
patience = 0.3
[station.drinks]
printer = "bar"
fallback = ["kitchen"]
default = true
patience = 0.3
"""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.connection.RETRY_SECONDS", (0.0,))
    monkeypatch.setattr("posdevkit.printqueue.worker.RETRY_SECONDS", (0.05,))
    monkeypatch.setattr("posdevkit.printqueue.worker.LOOK_SECONDS", 0.02)
    monkeypatch.setattr("posdevkit.printqueue.kitchen.LOOK_SECONDS", 0.02)
    monkeypatch.setattr("posdevkit.devices.delivery.AFTERMATH_SECONDS", 0.2)


@pytest.fixture
def names() -> tuple[str, str]:
    number = next(_names)
    return f"kitchen-{number}", f"bar-{number}"


def shop(folder: Path, names: tuple[str, str]) -> ShopConfig:
    path = folder / "shop.toml"
    path.write_text(SHOP.format(kitchen=names[0], bar=names[1]), "utf-8")
    return load_config(path)


def order(number: str) -> KitchenOrder:
    return KitchenOrder(
        number, (KitchenLine(f"Burger<{number}>", category="food"), KitchenLine(f"Cola<{number}>")), "7"
    )


def on_paper(*benches: ReceiptPrinterBench) -> str:
    return "\n".join(ticket.text for bench in benches for ticket in bench.tickets)


async def test_each_station_gets_its_part_once(tmp_path: Path, names: tuple[str, str]) -> None:
    async with (
        ReceiptPrinterBench.memory(names[0], profile=PROFILE) as kitchen,
        ReceiptPrinterBench.memory(names[1]) as bar,
        Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened,
    ):
        for _ in range(2):
            jobs = await opened.send(order("12"))
        assert [(job.queue, job.carrier) for job in jobs] == [("station grill", "kitchen"), ("station drinks", "bar")]
        jobs = await opened.wait("12", 20)
        assert {job.state for job in jobs} == {QueueState.PRINTED}
        assert await opened.unsettled() == ()
        assert [status.counts for status in await opened.status()] == [{QueueState.PRINTED: 1}] * 2
        with pytest.raises(JobConflict):
            await opened.send(KitchenOrder("12", (KitchenLine("Water"),)))
        with pytest.raises(NotFound):
            await opened.tickets("13")
        with pytest.raises(Claimed):
            await Kitchen.open(tmp_path / "k.db", shop(tmp_path, names))
    assert "Burger" in on_paper(kitchen)
    assert "Cola" not in on_paper(kitchen)
    assert "Cola" in on_paper(bar)
    assert on_paper(kitchen, bar).count("Bord 7") == 2


async def test_an_order_is_promised_whole_or_not_at_all(tmp_path: Path, names: tuple[str, str]) -> None:
    async with Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened:
        await opened.send(KitchenOrder("1", (KitchenLine("Cola"),)))
        with pytest.raises(JobConflict):
            await opened.send(order("1"))  # the drinks' ticket is another; the grill's would be new
        assert [job.queue for job in await opened.tickets("1")] == ["station drinks"]
        with pytest.raises(BadOrder, match="nowhere"):
            await opened.send(KitchenOrder("2", (KitchenLine("Cola", station="nowhere"),)))
        with pytest.raises(BadConfiguration):
            await opened.cancel("1", "nowhere")


async def test_a_printer_that_is_off_blocks_nobody(tmp_path: Path, names: tuple[str, str]) -> None:
    async with (
        ReceiptPrinterBench.memory(names[1]) as bar,
        Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened,
    ):
        for number in "abc":
            await opened.send(order(number))
        for number in "abc":
            jobs = await opened.wait(number, 20)
            assert [(job.state, job.carrier) for job in jobs] == [(QueueState.PRINTED, "bar")] * 2
        # It comes back: what is promised from now on is printed there again.
        async with ReceiptPrinterBench.memory(names[0], profile=PROFILE) as kitchen:
            while opened._workers["kitchen"].troubled_since is not None:
                await asyncio.sleep(0.01)
            await opened.send(order("d"))
            (grill, _) = await opened.wait("d", 20)
            assert grill.carrier == "kitchen"
            await opened.close()
    text = on_paper(bar, kitchen)
    assert {text.count(f"{what}<{number}>") for what in ("Burger", "Cola") for number in "abcd"} == {1}


async def test_paper_out_before_the_first_byte_moves_on_and_in_the_middle_does_not(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    async with (
        ReceiptPrinterBench.memory(names[0], profile=PROFILE) as kitchen,
        ReceiptPrinterBench.memory(names[1]) as bar,
        Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened,
    ):
        kitchen.printer.run_out(after=2)
        for number in "ab":
            await opened.send(order(number))
        grill, _ = await opened.wait("b", 20)
        assert (grill.state, grill.carrier, grill.attempts) == (QueueState.PRINTED, "bar", 1)
        (doubtful,) = await opened.unsettled()
        assert (doubtful.key, doubtful.state, doubtful.carrier) == ("a", QueueState.SENDING, "kitchen")
        with pytest.raises(UsageError):
            await opened.move("a", "grill", "bar")
        with pytest.raises(UsageError):
            await opened.cancel("a", "grill")
        kitchen.printer.load_paper()
        await opened.wait("a", 20)
    text = on_paper(kitchen, bar)
    assert {text.count(f"Burger<{number}>") for number in "ab"} == {1}


async def test_a_power_cut_in_the_middle_is_seen_and_never_printed_elsewhere(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    faults = [f"power-cut-at={GREETING + 60}"]
    async with (
        ReceiptPrinterBench.memory(names[0], profile=PROFILE, faults=faults) as kitchen,
        ReceiptPrinterBench.memory(names[1]) as bar,
        Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened,
    ):
        await opened.send(order("a"))
        grill, _ = await opened.wait("a", 20)
        assert (grill.state, grill.carrier) == (QueueState.UNCONFIRMED, "kitchen")
        assert [job.key for job in await opened.unsettled()] == ["a"]
        await opened.release("a", "grill", printed=False, by="Bo")
        grill, _ = await opened.wait("a", 20)
        assert (grill.state, grill.attempts, grill.asked_by) == (QueueState.PRINTED, 2, "Bo")
        copy = await opened.reprint("a", "grill", by="Bo")
        assert (await opened.wait(copy.key, 20))[0].copy_of == "a"
    text = on_paper(kitchen, bar)
    assert text.count("KOPI") == 1
    assert "Burger" not in on_paper(bar)


async def test_a_person_moves_and_cancels_what_has_not_begun(tmp_path: Path, names: tuple[str, str]) -> None:
    config = shop(tmp_path, names)
    patient = ShopConfig(
        config.devices,
        config.path,
        tuple(type(one)(one.name, one.printers, one.categories, one.default, 3600) for one in config.stations),
    )
    async with (
        ReceiptPrinterBench.memory(names[1]) as bar,
        Kitchen.open(tmp_path / "k.db", patient) as opened,
    ):
        for number in "ab":
            await opened.send(order(number))
        assert (await opened.cancel("a", "grill", by="Bo")).state is QueueState.CANCELLED
        with pytest.raises(UsageError, match="not made ready"):
            await opened.move("b", "grill", "cellar")
        moved = await opened.move("b", "grill", "bar", by="Bo")  # which prints it soon
        assert (moved.carrier, moved.asked_by) == ("bar", "Bo")
        for number in "ab":
            await opened.wait(number, 20)
        await opened.close()
    text = on_paper(bar)
    assert (text.count("Burger<a>"), text.count("Burger<b>")) == (0, 1)


async def test_a_stations_printer_is_named_since_tickets_are_made_ready_while_it_is_off(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP.format(kitchen=names[0], bar=names[1]).replace('"generic-80mm"', '"auto"'), "utf-8")
    with pytest.raises(BadConfiguration, match="'bar', whose profile is 'auto'"):
        await Kitchen.open(tmp_path / "k.db", path)
    assert not (tmp_path / "k.db").exists()


async def test_tickets_of_a_station_that_is_gone_from_the_shops_file_are_seen(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    """Nobody prints them any more: neither the station nor its printer is there."""
    async with Kitchen.open(tmp_path / "k.db", shop(tmp_path, names)) as opened:
        await opened.send(order("12"))  # nobody is there
    text = SHOP.format(kitchen=names[0], bar=names[1])
    text = text.replace("printer.kitchen", "printer.stove").replace("station.grill", "station.stove")
    (tmp_path / "shop.toml").write_text(text.replace('"kitchen"', '"stove"'), "utf-8")
    async with ReceiptPrinterBench.memory(names[1]), Kitchen.open(tmp_path / "k.db", tmp_path / "shop.toml") as opened:
        await opened.wait("12", 20)
        assert [(job.queue, job.carrier, job.state) for job in await opened.unsettled()] == [
            ("station grill", "kitchen", QueueState.PENDING)
        ]
