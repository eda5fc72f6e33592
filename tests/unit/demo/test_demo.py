"""The demo: what it writes, what it tells, and that it fails when a figure does not add up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit_emulators import bench
from posdevkit_emulators.demo.narrator import Narrator
from posdevkit_emulators.demo.play import play
from posdevkit_emulators.demo.scenes import SCENES
from posdevkit_emulators.demo.stage import Stage, data, order

FILES = {"0001.png", "0001.txt", "0001.json", "0002.png", "0002.txt", "0002.json", "shop.toml"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder"


def test_two_receipts_two_tickets_and_a_readable_account(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert {path.name for path in out.iterdir()} == FILES
    first, second = ((out / f"{number:04d}.txt").read_text("utf-8") for number in (1, 2))
    assert "Smørrebrød med rødspætte" in first
    assert "I alt DKK                           259,80" in first
    assert "Glas til hjemmebrug, håndblæst på" in second
    assert "I alt DKK                           985,88" in second
    for sentence in (
        'the cashier reads: "Load a new roll and close the cover."',
        "PaperOut, and the job lives on: partial",
        "[ok] the same job was confirmed",
        "[ok] 2 receipts, 2 tickets: one of each, not two",
        "evidence: process_id",
        "first byte after ",
        "Everything adds up.",
    ):
        assert sentence in told.out
    assert max(map(len, told.out.splitlines())) <= 120 + len(str(out))


def test_the_account_as_json_lines(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(out), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    jobs = [event for event in events if event["event"] == "job"]
    assert [job["delivery"] for job in jobs] == ["confirmed"] * 2
    assert all(0 < job["first_byte_milliseconds"] <= job["milliseconds"] for job in jobs)
    assert jobs[1]["milliseconds"] > 1000
    assert [event["rolls"] for event in events if event["event"] == "ticket"] == [1, 2]
    assert all(event["ok"] for event in events if event["event"] == "check")
    assert events[-1] == {"event": "end", "ok": True}


def test_the_facts_of_each_ticket(out: Path) -> None:
    assert play(out, Narrator(as_json=True)) == 0
    first, second = (json.loads((out / f"{number:04d}.json").read_text("utf-8")) for number in (1, 2))
    assert first["cut"]
    assert second["cut"]
    assert len(first["drawer"]) == 1
    assert len(second["drawer"]) == 2, "the drawer by itself comes before the second receipt's own"
    assert second["faults"]


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a cashier's program that prints again after the paper came back."""
    original = bench.EmulatedReceiptPrinter.load_paper

    def load_and_print_again(self: bench.EmulatedReceiptPrinter) -> None:
        original(self)
        _, receipt = order("cafe-order-2.json")
        stages[-1].shop.printer("counter").submit(receipt, key="again")

    stages: list[Stage] = []

    def remembered(stage: Stage) -> None:
        stages.append(stage)
        SCENES[-1](stage)

    monkeypatch.setattr(bench.EmulatedReceiptPrinter, "load_paper", load_and_print_again)
    monkeypatch.setattr("posdevkit_emulators.demo.play.SCENES", (*SCENES[:-1], remembered))


@pytest.mark.usefixtures("twice")
def test_a_second_ticket_of_the_same_receipt_does_not_add_up(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(out)]) == 1
    told = capsys.readouterr().out
    assert "[DOES NOT ADD UP] 2 receipts, 2 tickets: one of each, not two: tickets [1, 2, 3]" in told
    assert "Not everything adds up." in told


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: Cannot write: ")
    assert len(told.err.splitlines()) == 2


def test_its_data_is_a_real_order() -> None:
    for name in ("cafe-order.json", "cafe-order-2.json"):
        sale, receipt = order(name)
        assert len({line.vat for line in sale.lines}) >= 2
        assert sale.reduction.minor > 0
        assert any(letter in str(sale) for letter in "æøå")
        assert len(receipt) > 20
    assert data("logo.png").startswith(b"\x89PNG")
