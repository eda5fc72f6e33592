"""The example that makes a profile, on an emulated printer that no profile is known as."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from posdevkit.profiles import load_profile
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

EXAMPLE = Path(__file__).parents[2] / "examples" / "probe_printer.py"


def test_a_profile_from_answers(
    make_receipt_printer: MakeReceiptPrinter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    printer = make_receipt_printer(profile="generic-58mm")
    monkeypatch.chdir(tmp_path)
    answers = {"paper_mm": 58, "columns_a": 32, "width": 384, "first_cut": "none", "second_cut": "none"}
    Path("answers.json").write_text(json.dumps(answers), "utf-8")
    for argument in ("page", "answers.json"):
        monkeypatch.setattr(sys, "argv", [str(EXAMPLE), printer.url, argument])
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "It says it is GENERIC ESC/POS receipt printer, 58 mm."
    assert "bytes taken" in said[-1]
    printer.tear_off()
    text = "\n".join(ticket.text for ticket in printer.tickets)
    assert text.count("posdevkit profile probe") == 1
    assert "Printed with a profile of its" in text
    found = load_profile("my-printer.toml")
    assert (found.paper_mm, found.width, found.cutter, found.verified) == (58, 384, None, "probe")
