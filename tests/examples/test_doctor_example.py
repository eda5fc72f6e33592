"""The example that asks the doctor, on a recorded machine and beside an announced emulator."""

from __future__ import annotations

import runpy
import sys
import zipfile
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.doctor import visit
from posdevkit_emulators.running import DIRECTORY, announced
from tests.unit.doctor.recorded import Around, recorded

EXAMPLE = Path(__file__).parents[2] / "examples" / "doctor.py"
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "doctor.md"
URL = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "running"))
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "emulators"])
    monkeypatch.chdir(tmp_path)


def told(system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    around = Around(shut={"/dev/bus/usb/001/004": "lp"})
    machine = recorded(tmp_path / "machine", *filter(None, [system]), around=around)
    monkeypatch.setattr(visit, "this_system", lambda: machine)
    with announced(URL, kind="scale", what="a scale", profile=None):
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    return capsys.readouterr().out.splitlines()


def test_the_page_shows_what_the_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = recorded(tmp_path / "machine", "counter", around=Around(shut={"/dev/bus/usb/001/004": "lp"}))
    for plug in ("1-1.2", "1-1.4.1", "1-2"):
        (tmp_path / "machine/sys/bus/usb/devices" / plug).unlink()
    monkeypatch.setattr(visit, "this_system", lambda: machine)
    assert main(["doctor", "--only", "emulators"]) == 1
    assert f"```\n{capsys.readouterr().out}```" in PAGE.read_text("utf-8")


def test_nothing_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert told("", tmp_path, monkeypatch, capsys) == [f"a scale: scale, {URL}", "Nothing to mend."]
    assert not Path("support.zip").exists()


def test_something_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told("counter", tmp_path, monkeypatch, capsys)
    assert "EPSON TM-T88V (1-1.1): printer, usb://04b8:0202?serial=J5QF012345" in lines
    assert "  sudo usermod -aG lp anna" in lines
    assert zipfile.is_zipfile("support.zip")
