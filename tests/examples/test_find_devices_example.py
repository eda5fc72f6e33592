"""The example that finds devices and watches them, and the command that does the same, on announced devices."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.runtime.subscription import Reader
from posdevkit_emulators.running import DIRECTORY, announced

EXAMPLE = Path(__file__).parents[2] / "examples" / "find_devices.py"
URL = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "running"))


def test_the_example_tells_what_is_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Reader.blocking
    monkeypatch.setattr(Reader, "blocking", lambda self, timeout=None: whole(self, 0.5))
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "emulators"])
    with announced(URL, kind="scale", what="a scale", profile=None) as trouble:
        assert trouble == ""
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    said = capsys.readouterr().out
    assert f"found {URL}: a scale" in said
    assert f"came {URL}: scale, profile None (announced by" in said


def test_the_command_watches(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["discover", "--watch", "--only", "emulators", "--every", "0.05", "--for", "0.5"]
    with announced(URL, kind="scale", what="a scale", profile=None):
        assert main([*words, "--json"]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert main(words) == 0
    assert {key: json.loads(line)[key] for key in ("event", "url", "kind")} == {
        "event": "came",
        "url": URL,
        "kind": "scale",
    }
    assert capsys.readouterr().out.startswith(f"{URL}  scale\n")
    assert main(words) == 1


def test_the_command_refuses_what_is_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", "--only", "epson", "--ask", "printer.local"]) == 2
    assert "no address to ask" in capsys.readouterr().err
