"""A printer whose paper takes time: simulated, so that no test waits for it, or as the real one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.blocking import Shop
from posdevkit.documents import Receipt
from posdevkit.errors import PosError, UsageError
from posdevkit.events import Delivery, JobState
from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.links import emulated_printer
from posdevkit_emulators.paper_time import BY_HAND, times_as_fast
from posdevkit_emulators.printers import What
from posdevkit_emulators.printers.models import printer_model

# 180 dots to the inch and 50 mm a second: a line of 30 dots is 30 * 25.4 / 180 / 50 s.
LINE_SECONDS = 30 * 25.4 / 180 / 50
CUT = b"\x1dV\x01"


def test_a_line_is_printed_when_the_one_before_has_passed_the_head() -> None:
    model = printer_model(load_profile("epson-tm-t88v"), (), serial="1", paced=True)
    model.receive(b"1\n2\n3\n4\n")
    assert model.uncut().text() == "1\n"
    assert model.busy == pytest.approx(LINE_SECONDS)
    model.pass_time(LINE_SECONDS / 2)
    assert model.uncut().text() == "1\n"
    model.pass_time(LINE_SECONDS / 2 + 1e-9)
    assert model.uncut().text() == "1\n2\n"
    model.pass_time(2 * LINE_SECONDS)
    assert model.uncut().text() == "1\n2\n3\n4\n"
    assert model.paper_seconds == pytest.approx(4 * LINE_SECONDS)


def test_time_in_which_nothing_is_to_be_printed_is_not_saved_up() -> None:
    model = printer_model(load_profile("epson-tm-t88v"), (), serial="1", paced=True)
    model.pass_time(1000)
    model.receive(b"1\n2\n3\n")
    assert model.uncut().text() == "1\n"
    model.run_out()
    model.pass_time(1000)
    model.load_paper()
    assert model.uncut().text() == "1\n2\n"


def test_without_a_pace_the_paper_takes_no_time_and_it_is_told_what_it_would_have_taken() -> None:
    model = printer_model(load_profile("epson-tm-t88v"), (), serial="1")
    model.receive(b"x\n" * 100)
    assert model.busy == 0
    assert model.paper_seconds == pytest.approx(100 * LINE_SECONDS)


def test_a_busy_printer_fills_its_buffer_and_then_has_no_room() -> None:
    profile = load_profile("epson-tm-t88v")
    model = printer_model(profile, (), serial="1", paced=True)
    room = profile.receive_buffer + 2  # the first line is printed at once
    model.receive(b"x\n" * (room // 2))
    assert (model.room, model.waiting) == (0, True)
    model.pass_time(100 * LINE_SECONDS)
    assert model.room == pytest.approx(200, abs=2)
    model.pass_time(10_000)
    assert not model.waiting
    assert model.uncut().text() == "x\n" * (room // 2)


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["epson-tm-t88v", "star-mc-print3"])
async def test_a_driver_is_held_back_by_a_busy_printer_and_its_job_is_confirmed_when_the_paper_is_out(
    profile: str,
) -> None:
    receipt = Receipt()
    for number in range(600):
        receipt = receipt.row(f"{number} Flat white", "38,00")
    bench = ReceiptPrinterBench.memory(f"busy-{profile}", profile=profile, speed=BY_HAND)
    async with bench, ReceiptPrinter.open(bench.url, profile=profile) as printer:
        job = await printer.submit(receipt.cut())
        taken = -1
        while job.outcome.bytes_taken != taken or not taken:  # until nothing moves any more
            taken = job.outcome.bytes_taken
            await asyncio.sleep(0.1)
        assert job.state is JobState.SENDING
        assert taken < job.outcome.bytes_total
        assert bench.count(What.TICKET) == 0
        started = time.monotonic()
        while not job.done:
            bench.printer.pass_time(2.0)
            await asyncio.sleep(0.005)
        assert time.monotonic() - started < bench.printer.paper_seconds / 2  # nobody waited for the paper
        assert job.outcome.delivery is Delivery.CONFIRMED
        assert len(bench.tickets) == 1


@pytest.mark.asyncio
async def test_with_real_speed_a_ticket_takes_what_its_paper_takes() -> None:
    """2 seconds of paper at ten times the speed."""
    lines = round(2.0 / LINE_SECONDS)
    async with (
        ReceiptPrinterBench.memory("real", profile="epson-tm-t88v", speed=10) as bench,
        ReceiptPrinter.open(bench.url, profile="epson-tm-t88v") as printer,
    ):
        receipt = Receipt()
        for _ in range(lines):
            receipt = receipt.text("x")
        started = time.monotonic()
        outcome = await printer.print(receipt.cut())
        assert time.monotonic() - started >= 0.95 * (bench.printer.paper_seconds - LINE_SECONDS * 5) / 10
        assert outcome.delivery is Delivery.CONFIRMED


@pytest.mark.asyncio
async def test_what_a_closed_bench_still_had_to_print_is_printed() -> None:
    async with ReceiptPrinterBench.memory("closed", speed=BY_HAND) as bench:
        bench._station.take(b"x\n" * 50 + CUT)
        assert bench.count(What.TICKET) == 0
    assert bench.tickets[0].text == "x\n" * 50


def test_the_words_for_a_speed() -> None:
    assert times_as_fast(None) is None
    assert times_as_fast("real") == 1.0
    assert times_as_fast(" 10x ") == 10.0
    assert times_as_fast(2.5) == 2.5
    assert times_as_fast(BY_HAND) == 0.0
    for wrong in ("fast", "0", "-1", 0, -1.0, float("nan"), float("inf"), "nan"):
        with pytest.raises(UsageError, match="no speed of paper"):
            times_as_fast(wrong)


@pytest.mark.asyncio
async def test_a_url_holds_several_faults_and_a_speed() -> None:
    url = "emu://receipt-printer?fault=head at line 2 for 0.1 seconds, near-end after 1 ticket&speed=50&name=told-so"
    async with ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        assert (await printer.print(Receipt().text("a").text("b").cut())).delivery is Delivery.CONFIRMED
        told = [str(event) for event in emulated_printer("told-so").events if event.what is What.FAULT]
    assert told == ["fault: head after 1 line for 0.1 seconds", "fault: near-end after 1 ticket"]


@pytest.mark.parametrize("part", ["fault=cuter after 3 bytes", "fault=head at line 0", "speed=fast"])
def test_a_wrong_fault_or_speed_in_a_shops_file_is_one_clear_error(part: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(f'[printer.kitchen]\nurl = "emu://receipt-printer?{part}"\n', "utf-8")
    with pytest.raises(PosError, match=part.partition("=")[2].split()[0]), Shop.load(file) as shop:
        shop.printer("kitchen").status()
