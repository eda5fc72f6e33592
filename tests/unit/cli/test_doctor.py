"""`posdevkit doctor`, on recorded machines and on this one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from posdevkit.cli import doctor
from posdevkit.doctor import systems, visit
from posdevkit.doctor.linux import Linux
from posdevkit.doctor.machine import Account, Machine
from posdevkit.doctor.udev import DEFAULT_PATH, MARK
from posdevkit_emulators.running import DIRECTORY, announced
from tests.unit.doctor.recorded import Around, recorded

from .conftest import Run

WORDS = ("doctor", "--only", "emulators")
PRINTER = "/dev/bus/usb/001/004"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "running"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """Let the command look at a recorded machine."""

    def on(*names: str, **around: object) -> Linux:
        system = recorded(tmp_path / "machine", *names, around=Around(**around))  # type: ignore[arg-type]  # as given
        for module in (systems, visit):
            monkeypatch.setattr(module, "this_system", lambda: system)
        return system

    return on


def test_all_is_well(run: Run, on: Run) -> None:
    on()
    done = run(*WORDS)
    assert (done.code, done.out) == (0, "No device was found.\n\n0 devices, nothing to mend.\n")


def test_a_line_for_each_device_and_a_paragraph_for_each_finding(run: Run, on: Run) -> None:
    on("counter", shut={PRINTER: "lp"})
    done = run(*WORDS)
    assert done.code == 1
    devices, *paragraphs, summary = done.out.rstrip("\n").split("\n\n")
    assert len(devices.splitlines()) == 5
    # A column begins at the same place on every line.
    assert len({line.index(" 1-") for line in devices.splitlines()}) == 1
    first = devices.splitlines()[0].split()
    assert first == ["✗", "EPSON", "TM-T88V", "1-1.1", "usblp", "usb://04b8:0202?serial=J5QF012345"]
    assert paragraphs[0].splitlines() == [
        "✗ EPSON TM-T88V (1-1.1): only members of the group lp may use it",
        "  Join the group, then sign out and in again.",
        "    sudo usermod -aG lp anna",
    ]
    assert summary == "5 devices, 2 things to mend, 2 pieces of advice."


def test_in_danish(run: Run, on: Run) -> None:
    on("counter", shut={PRINTER: "lp"})
    assert "kun medlemmer af gruppen lp må bruge den" in run(*WORDS, "--language", "da").out


def test_for_a_program(run: Run, on: Run) -> None:
    on("counter", shut={PRINTER: "lp"})
    done = run(*WORDS, "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told["ok"] is False
    assert {"slug": "not-in-group", "severity": "mend", "command": "sudo usermod -aG lp anna"}.items() <= told[
        "findings"
    ][0].items()
    assert [one["place"] for one in told["devices"]] == ["1-1.1", "1-1.2", "1-1.4.1", "1-1.4.2", "1-2"]


def test_a_shop_that_lies_here_is_asked_about(run: Run, on: Run, tmp_path: Path) -> None:
    on("counter")
    (tmp_path / "shop.toml").write_text('[printer.kitchen]\nurl = "usb://04b8:0e15"\n')
    assert "kitchen of shop.toml is not plugged in" in run(*WORDS).out
    done = run(*WORDS, "--config", "no.toml")
    assert (done.code, done.out) == (2, "")
    assert "no.toml: there is no such file" in done.err


def test_an_emulator_that_runs_is_a_device(run: Run, on: Run) -> None:
    on()
    with announced("tcp://127.0.0.1:9", kind="scale", what="a scale", profile=None):
        assert run(*WORDS).out == "✓ a scale    -  tcp://127.0.0.1:9\n\n1 device, nothing to mend.\n"


def test_the_archive_for_support(run: Run, on: Run, tmp_path: Path) -> None:
    on("counter")
    done = run(*WORDS, "--bundle", "support.zip")
    assert done.code == 1
    assert "wrote support.zip: diagnosis.json, versions.json. Look into it" in done.err
    assert zipfile.is_zipfile(tmp_path / "support.zip")
    assert run(*WORDS, "--bundle", "no/support.zip").code == 2


def test_the_rules_are_printed_or_written(run: Run, on: Run, tmp_path: Path) -> None:
    on("counter")
    printed = run("doctor", "--write-udev", "-")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith(MARK)
    done = run("doctor", "--write-udev", "our.rules")
    assert done.code == 0
    assert "sudo udevadm control --reload && sudo udevadm trigger" in done.out
    file = tmp_path / "our.rules"
    assert file.read_text() == printed.out
    assert run("doctor", "--write-udev", "our.rules").code == 0  # again, over its own


def test_the_file_that_the_help_names() -> None:
    assert doctor._UDEV == DEFAULT_PATH  # written twice, since `--help` loads no room


def test_rules_where_there_is_no_udev(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        def look(self) -> Machine:
            return Machine("macos", Account("anna", frozenset()))

    monkeypatch.setattr(systems, "this_system", Elsewhere)
    assert "Linux alone" in run("doctor", "--write-udev").err
    assert run("doctor", "--write-udev", "-").code == 0


def test_rules_of_another_hand_are_kept(run: Run, on: Run, tmp_path: Path) -> None:
    on("counter")
    (tmp_path / "theirs.rules").write_text("# mine\n")
    done = run("doctor", "--write-udev", "theirs.rules")
    assert done.code == 2
    assert "another hand" in done.err
    assert (tmp_path / "theirs.rules").read_text() == "# mine\n"


def test_rules_that_may_not_be_written_come_with_the_command_for_root(run: Run, on: Run) -> None:
    on("counter")
    done = run("doctor", "--write-udev", "no/such.rules")
    assert done.code == 2
    assert "posdevkit doctor --write-udev - | sudo tee no/such.rules" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "usbb"], "nothing searches for 'usbb'"),
        (["--log", "x"], "--log goes with --bundle"),
        (["--timeout", "0"], "is not a number of seconds above 0"),
        (["--bundle"], "expected one argument"),
        (["--everything"], "does not know --everything"),
    ],
)
def test_wrong_words(run: Run, on: Run, words: list[str], told: str) -> None:
    on()
    done = run("doctor", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_on_this_machine(process: Run) -> None:
    """All that the system tells, with the cable searches that leave the network alone. A benchmark has the time."""
    done = process("doctor", "--json", "--only", "usb", "--only", "hid", "--only", "serial", "--only", "queues")
    assert done.code in (0, 1)
    assert done.json["system"]
