"""The public ways to have an emulated printer: async, blocking, in memory, by URL, by scenario, with saved tickets."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from posdevkit.errors import (
    BadConfiguration,
    BadProfile,
    BadUrl,
    DeadlineExceeded,
    Disconnected,
    OutputFailed,
    PortInUse,
    UsageError,
)
from posdevkit.events import Paper
from posdevkit.links.base import StreamLink
from posdevkit.registry import check_url, open_link
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.pipes import connect
from posdevkit_emulators.bench import EmulatedReceiptPrinter, ReceiptPrinterBench, emulated_receipt_printer
from posdevkit_emulators.hands import HANDS
from posdevkit_emulators.links import emulated_printer
from posdevkit_emulators.printers import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from posdevkit_emulators.scenarios import Move, Scenario, load_scenario, scenario_names
from posdevkit_emulators.tearing import TearAfter
from posdevkit_emulators.tickets import TicketTray

CUT = b"\x1dVA\x00"
ID = b"\x1d(H\x06\x0000done"
DONE = b"\x37\x22done\x00"


def print_to(url: str, data: bytes) -> None:
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port or 0), timeout=10) as client:
        client.sendall(data)


def test_async_bench() -> None:
    async def story() -> None:
        async with ReceiptPrinterBench.tcp(faults=["paper-out-after=1"]) as bench:
            where = urlsplit(bench.url)
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.write(b"1\n2\n" + CUT + ID)
            await bench.happened(What.PAPER_OUT)
            assert bench.printer.status.paper is Paper.OUT
            assert bench.printer.waiting
            bench.printer.load_paper()
            assert await reader.readexactly(7) == DONE
            assert (await bench.ticket(1)).text == "1\n2\n"
            assert [ticket.number for ticket in bench.tickets] == [1]
            assert bench.count(What.PAPER_OUT) == 1
            writer.close()
            await writer.wait_closed()

    asyncio.run(story())


def test_in_memory() -> None:
    async def story() -> None:
        async with ReceiptPrinterBench.memory("counter", faults=["split=2"]) as bench:
            assert bench.url == "memory://counter"
            end = connect("counter")
            await end.send(b"\x1da\x0fHello\n" + CUT + ID)
            end.eof()
            got = b""
            while data := await end.receive():
                got += data
            assert got == b"\x10\x00\x00\x00" + DONE
            end.close()
            assert (await bench.ticket(1)).text == "Hello\n"
            with pytest.raises(PortInUse):
                await ReceiptPrinterBench.memory("counter").open()

    asyncio.run(story())


@pytest.mark.parametrize("fault", ["close-at=3", "power-cut-at=3"])
def test_in_memory_a_connection_breaks(fault: str) -> None:
    async def story() -> None:
        async with ReceiptPrinterBench.memory("counter", faults=[fault]) as bench:
            end = connect("counter")
            await end.send(b"123456")
            with pytest.raises(Disconnected):
                await end.receive()
            again = connect("counter")
            await again.send(b"\x10\x04\x01")
            assert await again.receive() == b"\x12"
            again.abort()
            await bench.happened(What.DISCONNECTED, 2)

    asyncio.run(story())


def test_in_memory_back_pressure_and_a_host_that_gives_up() -> None:
    async def story() -> None:
        async with ReceiptPrinterBench.memory("counter", faults=["paper-out-after=0"]) as bench:
            end = connect("counter")
            sending = asyncio.create_task(end.send(b"x" * 20_000))
            await asyncio.wait({sending}, timeout=0.2)
            assert not sending.done()
            assert bench.printer.bytes_taken == 4096
            sending.cancel()
            await asyncio.wait({sending})
            end.abort()
            again = connect("counter")
            await again.send(b"\x10\x04\x04")
            assert await again.receive() == b"\x7e"
            again.close()

    asyncio.run(story())


def test_waiting_has_an_end() -> None:
    with emulated_receipt_printer() as printer:
        with pytest.raises(DeadlineExceeded):
            printer.ticket(1, timeout=0.01)
        with pytest.raises(DeadlineExceeded):
            printer.happened(What.PAPER_OUT, timeout=0.01)


def test_hands_by_name() -> None:
    with emulated_receipt_printer() as printer:
        for name in HANDS:
            printer.do(name)
        printer.do("Cover-Open")
        assert printer.status.cover_open
        with pytest.raises(UsageError, match="cover open"):
            printer.do("cover opn")


def test_hands_are_safe_from_many_threads() -> None:
    with emulated_receipt_printer() as printer:

        def work() -> None:
            for _ in range(20):
                printer.open_cover()
                printer.close_cover()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert printer.count(What.COVER_OPENED) == 80


def test_the_uncut_rest_is_a_ticket_at_the_end() -> None:
    with emulated_receipt_printer() as printer:
        print_to(printer.url, b"rest\nhalf")
        printer.happened(What.DISCONNECTED)
        assert printer.uncut().text() == "rest\n"
        assert not printer.tickets
    assert [(ticket.text, ticket.cut) for ticket in printer.tickets] == [("rest\n", False)]


def test_tickets_are_saved_as_picture_text_and_json(tmp_path: Path) -> None:
    job = b"\x1b@Caf\x82 1\n\x1bp\x00\x19\xfa" + CUT
    folder = tmp_path / "new" / "tickets"
    with emulated_receipt_printer(save=folder, profile="generic-80mm") as printer:
        print_to(printer.url, job + b"2\n" + CUT)
        printer.happened(What.SAVED, 2)
        assert sorted(path.name for path in folder.iterdir()) == [
            f"000{number}.{kind}" for number in (1, 2) for kind in ("json", "png", "txt")
        ]
    assert (folder / "0001.txt").read_text("utf-8") == "Café 1\n"
    assert (folder / "0001.png").read_bytes().startswith(b"\x89PNG")
    facts = json.loads((folder / "0001.json").read_text("utf-8"))
    assert facts["bytes"] == len(job)
    assert facts["sha256"] == hashlib.sha256(job).hexdigest()
    assert facts["cut"] == {"partial": False, "through": False}
    assert facts["drawer"] == [{"pin": 2, "on_ms": 50, "off_ms": 500}]
    assert facts["faults"] == []
    assert [command["command"] for command in facts["commands"]] == [
        "Initialize",
        "Text",
        "LineFeed",
        "DrawerPulse",
        "FeedAndCut",
    ]
    assert facts["commands"][1]["text"] == "Caf\\x82 1"


def test_the_rest_is_saved_at_the_end(tmp_path: Path) -> None:
    with emulated_receipt_printer(save=tmp_path) as printer:
        print_to(printer.url, b"rest\n")
        printer.happened(What.DISCONNECTED)
    assert (tmp_path / "0001.txt").read_text("utf-8") == "rest\n"


def test_a_directory_that_cannot_be_written_is_told_before_listening(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a directory")
    with pytest.raises(OutputFailed) as caught, emulated_receipt_printer(save=in_the_way):
        pass
    assert str(in_the_way) in str(caught.value)


def test_a_full_disk_does_not_stop_the_printer(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with emulated_receipt_printer(save=folder) as printer:
        folder.rmdir()
        print_to(printer.url, b"1\n" + CUT)
        printer.happened(What.NOT_SAVED)
        print_to(printer.url, b"2\n" + CUT)
        assert printer.ticket(2).text == "2\n"


def test_wrong_profile_fault_and_scenario_are_one_clear_error_each() -> None:
    for problem, wanted in ((BadProfile, {"profile": "epson-tm-t99"}), (UsageError, {"scenario": "nothing"})):
        with pytest.raises(problem), emulated_receipt_printer(**wanted):  # type: ignore[arg-type]
            pass
    with pytest.raises(UsageError), emulated_receipt_printer(faults=["fire"]):
        pass


def test_fixture_factory_makes_several(make_receipt_printer: MakeReceiptPrinter) -> None:
    one, two = make_receipt_printer(), make_receipt_printer(profile="epson-tm-t20ii")
    assert one.url != two.url
    print_to(two.url, b"x" * 49 + b"\n" + CUT)
    assert two.ticket(1).text == "x" * 48 + "\nx\n"
    assert one.tickets == ()


# Scenarios.


def test_a_person_acts_by_the_script() -> None:
    scenario = Scenario("quick", "", (), (Move("paper-out", "paper"), Move("ticket", "drawer open", 0.01, 2)))
    with emulated_receipt_printer(scenario=scenario, faults=["paper-out-after=1"]) as printer:
        print_to(printer.url, b"1\n2\n" + CUT)
        assert printer.ticket(1).text == "1\n2\n"
        print_to(printer.url, b"3\n" + CUT)
        printer.happened(What.DRAWER_OPENED)
        assert printer.count(What.PAPER_LOADED) == 1


@pytest.mark.parametrize("name", scenario_names())
def test_scenarios_that_come_along_load(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.title
    assert scenario.faults


def test_paper_out_mid_ticket_is_there_by_name() -> None:
    assert "paper-out-mid-ticket" in scenario_names()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("titel = 'x'", "titel"),
        ("title = 3", "title"),
        ("faults = 'split=1'", "faults"),
        ("faults = ['fire']", "fire"),
        ("hands = 3", "hands"),
        ("hands = [3]", "hands"),
        ("[[hands]]\nafter = 'lunch'\ndo = 'paper'", "lunch"),
        ("[[hands]]\nafter = 'start'\ndo = 'dance'", "dance"),
        ("[[hands]]\nafter = 'start'\ndo = 'paper'\nwhen = 3", "when"),
        ("[[hands]]\nafter = 'start'\ndo = 'paper'\nseconds = -1", "seconds"),
        ("[[hands]]\nafter = 'start'\ndo = 'paper'\ncount = 0", "count"),
        ("= 3", "scenario"),
    ],
)
def test_a_wrong_scenario_file_names_its_key(text: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfiguration) as caught:
        load_scenario(file)
    assert named in str(caught.value)


def test_a_missing_scenario_file() -> None:
    with pytest.raises(BadConfiguration):
        load_scenario(Path("nowhere.toml"))


# emu://


def test_emu_prints_in_the_process(tmp_path: Path) -> None:
    async def story() -> None:
        link = open_link(f"emu://receipt-printer?fault=paper-out-after=1,split=3&name=here&save={tmp_path}")
        assert isinstance(link, StreamLink)
        await link.open(Deadline.after(5))
        await link.send(b"1\n2\n" + ID)
        bench = emulated_printer("here")
        await bench.happened(What.PAPER_OUT)
        bench.printer.load_paper()
        got = b""
        while len(got) < len(DONE):
            got += await link.receive()
        assert got == DONE
        await link.close()
        assert link.taken == 4 + len(ID)
        assert (tmp_path / "0001.txt").read_text("utf-8") == "1\n2\n"

    asyncio.run(story())


def test_emu_keeps_its_paper_over_a_pulled_cable() -> None:
    async def story() -> None:
        link = open_link("emu://receipt-printer")
        await link.open(Deadline.after(5))
        await link.send(b"1\n\x10\x04\x01")
        await link.receive()
        link.abort()
        await link.open(Deadline.after(5))
        await link.send(b"2\n" + CUT + ID)
        assert await link.receive() == DONE
        await link.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("emu://coffee-machine", BadUrl),
        ("emu://receipt-printer?fautl=split=1", BadUrl),
        ("emu://receipt-printer?fault=fire", UsageError),
        ("emu://receipt-printer?profile=nothing", BadProfile),
        ("emu://receipt-printer?scenario=nothing", UsageError),
    ],
)
def test_emu_refuses_before_anything_is_opened(url: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        check_url(url)


def test_emu_unknown_name() -> None:
    with pytest.raises(UsageError, match="nobody"):
        emulated_printer("nobody")


def test_a_printer_waits_for_its_tickets_to_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit_emulators.saving._MOST_WEIGHT", 0)  # one that is not saved is too many
    with emulated_receipt_printer(save=tmp_path) as printer:
        print_to(printer.url, (b"x\n" * 2100 + CUT) * 3)
        printer.happened(What.SAVED, 3)
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_the_oldest_tickets_make_room(receipt_printer: EmulatedReceiptPrinter) -> None:
    tray = TicketTray(limit=3000)
    print_to(receipt_printer.url, (b"x\n" + CUT) * 10)
    receipt_printer.ticket(10)
    for ticket in receipt_printer.tickets:
        tray.put(ticket)
    assert tray.count == 10
    assert tray.get(1) is None
    assert tray.get(10) is receipt_printer.tickets[-1]
    assert tray.get(11) is None
    assert 0 < len(tray.tickets) < 10
    few = TicketTray(most=3)
    for ticket in receipt_printer.tickets:
        few.put(ticket)
    assert few.tickets == receipt_printer.tickets[-3:]
    assert few.count == 10
    assert (few.get(7), few.get(8)) == (None, receipt_printer.tickets[7])


def test_the_paper_of_a_model_without_a_cutter_is_torn_off_once_it_stands_still() -> None:
    """A cut does nothing there: what ends a ticket is the person who takes it."""
    with emulated_receipt_printer(profile="epson-tm-p20ii", tear_after=0.8) as printer:
        for text in (b"first\n", b"second\n"):
            print_to(printer.url, text + CUT)
            found = printer.ticket(len(printer.tickets) + 1)
            assert (found.text, found.cut) == (text.decode(), False)
        # Nobody tears through a line that is being set, or at a printer that waits for somebody.
        print_to(printer.url, b"half a")
        printer.happened(What.DISCONNECTED, 3)
        printer.run_out()
        print_to(printer.url, b" line\n")
        time.sleep(1.2)
        assert len(printer.tickets) == 2
        printer.load_paper()
        assert printer.ticket(3).text == "half a line\n"
    with emulated_receipt_printer(profile="epson-tm-p20ii") as printer:  # without being asked to
        print_to(printer.url, b"third\n")
        assert printer.ticket(1).text == "third\n"


@pytest.mark.parametrize(("profile", "tear_after"), [("epson-tm-t88v", "auto"), ("epson-tm-p20ii", None)])
def test_nobody_tears_where_there_is_a_blade_or_nobody_is_asked(profile: str, tear_after: TearAfter) -> None:
    with emulated_receipt_printer(profile=profile, tear_after=tear_after) as printer:
        print_to(printer.url, b"first\n")
        printer.happened(What.DISCONNECTED)
        time.sleep(1.5)
        assert printer.tickets == ()
        printer.tear_off()
        assert printer.ticket(1).text == "first\n"


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), True, "soon"])
def test_paper_is_torn_after_seconds_or_never(seconds: object) -> None:
    with pytest.raises(UsageError, match="above 0"):
        ReceiptPrinterBench.tcp(tear_after=seconds)  # type: ignore[arg-type]
