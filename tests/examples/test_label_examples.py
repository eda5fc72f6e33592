"""The label example and the command, against the emulated printer as a program of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.systems import TERMINATED

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("posdevkit")
LABEL = '{"kind": "label", "width": 50, "height": 30, "elements": [{"type": "text", "x": 2, "y": 2, "text": "^XZ~JA"}]}'


@contextmanager
def label_printer(folder: Path, *options: str) -> Iterator[str]:
    command = [str(PROGRAM), "emulate", "label-printer", "--language", "zpl", "--listen", "tcp://127.0.0.1:0"]
    with subprocess.Popen([*command, "--save", str(folder), *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
            assert process.wait(20) == TERMINATED


def test_print_label(tmp_path: Path) -> None:
    example = ROOT / "examples" / "print_label.py"
    with label_printer(tmp_path) as url:
        done = subprocess.run(
            [sys.executable, str(example), url], capture_output=True, text=True, check=True, timeout=50
        )
    assert done.stdout.startswith("sent by in_order_status")
    second = json.loads((tmp_path / "0002.json").read_text("utf-8"))
    assert second["texts"][0] == "Kaffe ^XZ~JA"
    assert [code["data"] for code in second["codes"]] == ["5901234123457", "https://r.example/8F2"]
    assert example.name == "print_label.py"


def test_the_command_prints_and_tells(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(LABEL, "utf-8")
    with label_printer(tmp_path) as url:
        command = [str(PROGRAM), "label", str(tmp_path / "l.json"), "--to", url, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
    told = json.loads(done.stdout)
    assert (told["ok"], told["delivery"], told["evidence"]) == (True, "sent", "in_order_status")
    assert json.loads((tmp_path / "0001.json").read_text("utf-8"))["texts"] == ["^XZ~JA"]


def test_a_paused_printer_shows_its_remedy_and_the_job_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(LABEL, "utf-8")
    with label_printer(tmp_path, "--fault", "pause-after=1") as url:
        command = [str(PROGRAM), "label", str(tmp_path / "l.json"), "--copies", "2", "--to", url, "--timeout", "3"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode != 0
    assert "Press its pause button once" in done.stderr
    assert not (tmp_path / "0002.png").exists()


def test_a_dry_run_shows_the_zpl_and_an_error_names_the_element(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(LABEL, "utf-8")
    command = [str(PROGRAM), "label", str(tmp_path / "l.json"), "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
    assert done.stdout.startswith("^XA^CI28^PW400")
    (tmp_path / "l.json").write_text(LABEL.replace('"x": 2', '"x": "far"'), "utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode != 0
    assert "elements[0].x" in done.stderr


def test_a_printer_of_another_resolution_is_told_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(LABEL, "utf-8")
    with label_printer(tmp_path, "--profile", "generic-zpl-300") as url:
        for profile, told in (("generic-zpl-203", True), ("generic-zpl-300", False)):
            command = [str(PROGRAM), "label", str(tmp_path / "l.json"), "--profile", profile, "--to", url]
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
            assert ("Name generic-zpl-300 instead" in done.stderr) is told
