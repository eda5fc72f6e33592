"""`posdevkit profile probe`: with answers from a file, by questions on a terminal, and without either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posdevkit.profiles import load_profile
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

from .conftest import Run

ANSWERS = {
    "paper_mm": 80,
    "columns_a": 48,
    "columns_b": "64",
    "columns_c": 0,
    "bar_mm": "37,5",
    "width": 576,
    "pages": {"0": "cp437", "16": "cp1252", "19": "cp858"},
    "barcodes": ["EAN13", "CODE128"],
    "symbols": ["QR"],
    "pictures": "gs_v_0 esc_star",
    "drawers": [2],
    "buzzer": "none",
    "first_cut": "full",
    "second_cut": "partial",
    "blank_mm": 15,
}


def test_a_page_now_and_the_answers_later(run: Run, make_receipt_printer: MakeReceiptPrinter, tmp_path: Path) -> None:
    printer = make_receipt_printer(profile="generic-80mm")
    first = run("profile", "probe", printer.url, "--only-page")
    assert (first.code, first.out) == (0, "")
    assert "EAN13" in printer.ticket(1).text
    answers, out = tmp_path / "answers.json", tmp_path / "mine.toml"
    answers.write_text(json.dumps(ANSWERS), "utf-8")
    before = len(printer.tickets)
    done = run("profile", "probe", printer.url, "--no-page", "--answers", answers, "--out", out, "--vendor", "Me")
    assert done.code == 0, done.err
    assert f"--profile {out}" in done.err
    assert len(printer.tickets) == before
    found = load_profile(out)
    assert (found.vendor, found.verified, found.width, found.dpi, found.qr) == ("Me", "probe", 576, 203, True)
    assert found.drawer_pins == (2,)
    assert {page.name for page in found.code_pages} >= {"cp437", "cp1252", "cp858"}
    assert {symbology.value for symbology in found.barcodes} == {"EAN13", "CODE128"}
    assert run("profiles", "show", out).code == 0


def test_a_terminal_is_asked(
    run: Run, make_receipt_printer: MakeReceiptPrinter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printer = make_receipt_printer(profile="generic-58mm")
    said = iter(["58", "thirty", "32", "42"])
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        if (word := next(said, None)) is None:
            raise EOFError
        return word

    monkeypatch.setattr("builtins.input", typed)
    monkeypatch.setattr("posdevkit.cli.profile.terminal", lambda _: True)
    out = tmp_path / "small.toml"
    done = run("profile", "probe", printer.url, "--out", out)
    assert done.code == 0, done.err
    assert "expected a number from 0 to 255, got 'thirty'" in done.out
    assert "line 16" in done.out or "line" in done.out
    found = load_profile(out)
    assert (found.paper_mm, found.width, found.fonts["A"].columns, found.fonts["B"].columns) == (58, 384, 32, 42)
    assert found.code_pages == load_profile("generic-58mm").code_pages
    assert asked[0].startswith("How wide is the paper roll")


def test_without_anybody_to_ask_nothing_is_printed(run: Run, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(profile="generic-80mm")
    done = run("profile", "probe", printer.url)
    assert done.code == 2
    assert "--answers FILE" in done.err
    assert not printer.events


def test_wrong_answers_cost_no_paper(run: Run, make_receipt_printer: MakeReceiptPrinter, tmp_path: Path) -> None:
    printer = make_receipt_printer(profile="generic-80mm")
    answers = tmp_path / "answers.json"
    for text, says in (('{"widht": 1}', "nearest name is 'width'"), ("{", "Expecting property name"), ("[]", "object")):
        answers.write_text(text, "utf-8")
        done = run("profile", "probe", printer.url, "--answers", answers)
        assert done.code == 2
        assert says in done.err
    assert run("profile", "probe", printer.url, "--answers", tmp_path / "none.json").code == 2
    assert not printer.events


def test_the_questions_are_listed(run: Run) -> None:
    assert "columns_a" in run("profile", "questions").out
    listed = json.loads(run("profile", "questions", "--json").out)
    assert {entry["key"] for entry in listed} == set(ANSWERS)
