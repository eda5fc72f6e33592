"""The smaller commands, and the way in."""

from __future__ import annotations

import argparse
import json
import logging
import runpy
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import posdevkit
from posdevkit.cli import exits
from posdevkit.cli.main import build_parser
from posdevkit.profiles import profile_names
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

from .conftest import Run


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"posdevkit {posdevkit.__version__}\n"
    help_text = run("--help").out
    for name in ("print", "status", "render", "config", "profiles", "completion", "emulate", "demo"):
        assert f"\n    {name} " in help_text
    for code in exits.MEANINGS:
        assert f"\n  {code:3}  " in help_text
    assert run().code == 2


def test_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["posdevkit", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("posdevkit", run_name="__main__")
    assert end.value.code == 0
    assert posdevkit.__version__ in capsys.readouterr().out


def every_parser(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                found += every_parser(child)
    return found


@pytest.mark.parametrize("parser", every_parser(build_parser(others=True)), ids=lambda parser: parser.prog)
def test_every_command_has_help_and_the_common_options(parser: argparse.ArgumentParser, run: Run) -> None:
    done = run(*parser.prog.split()[1:], "--help")
    assert done.code == 0
    assert "--language" in done.out
    assert "--verbose" in done.out
    assert parser.description
    for action in parser._actions:
        assert action.help or isinstance(action, argparse._SubParsersAction), action


SECRET = "hunter2-of-the-shop"


@pytest.mark.parametrize("parser", every_parser(build_parser(others=True)), ids=lambda parser: parser.prog)
def test_no_command_shows_what_stands_behind_an_option_that_it_does_not_know(
    parser: argparse.ArgumentParser, run: Run
) -> None:
    path = parser.prog.split()[1:]
    known = parser._option_string_actions
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    behind = list(next(iter(below)).choices)[:1] if below else []
    option = next(option for option in ("--token", "--tokne") if option not in known)
    for words in (
        [f"{option}={SECRET}"],
        [f"{option}={SECRET} and more"],
        [f"{option}=", SECRET],
        [option, SECRET, *behind],
        ["--json", option, SECRET],
    ):
        done = run(*path, *words)
        assert done.code == exits.USAGE, words
        assert SECRET not in done.out + done.err
        assert option in done.out + done.err
    letter = next(letter for letter in "qzjy" if f"-{letter}" not in known)
    done = run(*path, f"-{letter}{SECRET}")
    assert done.code == exits.USAGE
    assert SECRET not in done.err
    assert f"-{letter}" in done.err


@pytest.mark.parametrize("parser", every_parser(build_parser(others=True)), ids=lambda parser: parser.prog)
def test_no_command_shows_a_value_behind_an_option_that_takes_none(parser: argparse.ArgumentParser, run: Run) -> None:
    flags = {name for name, action in parser._option_string_actions.items() if action.nargs == 0}
    for name in sorted(flags - {"-h", "--help", "--verbose"}):
        done = run(*parser.prog.split()[1:], f"{name}={SECRET}")
        assert done.code == exits.USAGE, name
        assert SECRET not in done.out + done.err


def test_a_word_too_many_is_shown_unless_it_stands_behind_an_option(run: Run) -> None:
    assert "does not know extra" in run("completion", "bash", "extra").err
    behind = run("completion", "bash", "-v", SECRET).err
    assert "the word behind -v" in behind
    assert SECRET not in behind


def test_profiles_are_listed_with_how_they_were_checked(run: Run) -> None:
    table = run("profiles").out
    for name in profile_names():
        assert f"\n{name} " in table
    assert "against the manual" in table
    listed = json.loads(run("profiles", "--json").out)
    assert [entry["name"] for entry in listed] == list(profile_names())
    assert {entry["verified"] for entry in listed} <= {"device", "peer", "manual", "database", "none"}
    one = run("profiles", "epson-tm-t88v")
    assert "512 dots at 180 dpi" in one.out
    assert "source" in one.out
    assert run("profiles", "epson-tm-t88v", "--json").json["width"] == 512
    for name in profile_names():  # each kind of printer has its words
        assert run("profiles", name).code == 0
    assert "by the counter of ETB" in run("profiles", "star-tsp100").out


def test_profiles_are_shown_and_filtered(run: Run) -> None:
    assert run("profiles", "show", "epson-tm-t88v").out == run("profiles", "epson-tm-t88v").out
    hprt = [entry["name"] for entry in json.loads(run("profiles", "--maker", "hprt", "--json").out)]
    assert "hprt-tp808" in hprt
    assert all(name.startswith("hprt-") for name in hprt)
    like = run("profiles", "--like", "tm-t88").out
    assert "not, from a database" in like
    assert "epson-tm-t88vii" in like
    assert "star" not in like
    nobody = run("profiles", "--maker", "acme")
    assert nobody.code == 2
    assert "Bixolon" in nobody.err
    assert "profile probe" in nobody.err
    assert run("profiles", "show", "a", "b").code == 2


def test_a_profile_of_ones_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "generic-80mm"\nmodel = "Mine"\n', "utf-8")
    assert "Mine" in run("profiles", tmp_path / "mine.toml").out


def test_config_check_tells_every_problem_with_line_and_remedy(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('[printer.counter]\nurl = "tcp://127.0.0.1"\noptions = { paper_mm = 80 }\n')
    bad.write_text('[printer.counter]\nurl = "tpc://127.0.0.1"\nprofil = "x"\n[scaner.a]\n')
    assert run("config", "check", good).out == f"{good}: 1 device, nothing wrong\n"
    assert run("config", "check", good, "--json").json == {"ok": True, "problems": []}
    done = run("config", "check", bad)
    assert done.code == 2
    assert all(line.startswith("error: ") for line in done.err.splitlines()[::2])
    for place in ("line 2", "line 3", "line 4"):
        assert place in done.err
    problems = run("config", "check", bad, "--json").json["problems"]
    assert isinstance(problems, list)
    assert [problem["line"] for problem in problems] == [2, 3, 4]
    missing = run("config", "check", tmp_path / "none.toml")
    assert (missing.code, len(missing.err.splitlines())) == (2, 2)


def test_config_show(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(
        '[printer.bar]\nurl = "tcp://127.0.0.1"\nfallback = "counter"\n'
        '[printer.counter]\nurl = "tcp://127.0.0.2"\nprofile = "epson-tm-t88v"\noptions = { drawer_pins = [2] }\n'
    )
    shown = run("config", "show", path).out
    assert "bar (printer)\n  url       tcp://127.0.0.1\n" in shown
    assert "  fallback  counter\n" in shown
    assert "  options   drawer_pins = [2]\n" in shown
    devices = run("config", "show", path, "--json").json["devices"]
    assert isinstance(devices, list)
    assert devices[1]["options"] == {"drawer_pins": [2]}


def test_status_in_words_and_as_json(run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    words = ("status", receipt_printer.url, "--profile", "epson-tm-t88v")
    well = run(*words)
    assert well.code == 0
    assert "TM-T88V" in well.out
    assert "online, paper ok, cover closed" in well.out
    assert run(*words, "--json").json["can_print"] is True
    receipt_printer.open_cover()
    told = run(*words, "--language", "da")
    assert told.code == 1
    assert "Luk låget, til det klikker." in told.out
    facts = run(*words, "--json")
    assert (facts.code, facts.json["problem"], facts.json["cover_open"]) == (1, "cover-open", True)


def test_status_tells_a_printer_that_says_it_is_another_model(
    run: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer("epson-tm-t20iii")
    done = run("status", printer.url, "--profile", "epson-tm-t88v")
    assert done.code == 0
    assert "not epson-tm-t88v. Name epson-tm-t20iii instead" in done.err
    assert "warning" not in run("status", printer.url, "--profile", "epson-tm-t20iii").err


def test_status_of_a_printer_that_never_says(run: Run, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer("generic-mute")
    done = run("status", printer.url, "--profile", "generic-mute")
    assert (done.code, done.out) == (0, f"{printer.url}: connected, and never says how it is\n")


def test_render_numbers_the_pictures_of_several_tickets(run: Run, tmp_path: Path) -> None:
    job = tmp_path / "job.bin"
    job.write_bytes(b"first\n\x1dV\x00second\n\x1dV\x00")
    done = run("render", job, "--out", tmp_path / "t.png")
    assert done.code == 0
    for number in (1, 2):
        assert (tmp_path / f"t-{number}.png").read_bytes().startswith(b"\x89PNG")
    texts = run("render", job, "--text").out
    assert texts.split() == ["first", "second"]
    tickets = run("render", job, "--json", "--out", tmp_path / "t.png", "--paper").json["tickets"]
    assert isinstance(tickets, list)
    assert [ticket["cut"] for ticket in tickets] == [True, True]
    assert run("render", job).code == 2


def test_render_of_bytes_that_print_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "job.bin").write_bytes(b"\x1b@")
    done = run("render", tmp_path / "job.bin", "--out", tmp_path / "t.png")
    assert (done.code, done.out) == (1, "")
    assert not (tmp_path / "t.png").exists()


def test_verbose_logs_one_line_per_job(
    run: Run, tmp_path: Path, receipt_printer: EmulatedReceiptPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "note.txt").write_text("hello", "utf-8")
    logger = logging.getLogger("posdevkit")
    before = logger.level
    try:
        assert run("print", tmp_path / "note.txt", "--to", receipt_printer.url, "-v", "--key", "k-9").code == 0
    finally:
        logger.setLevel(before)
    lines = [record.getMessage() for record in caplog.records if "job k-9" in record.getMessage()]
    assert len(lines) == 1


def test_nothing_is_logged_unasked(tmp_path: Path, process: Run, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    printer.open_cover()
    (tmp_path / "note.txt").write_text("hello", "utf-8")
    done = process("print", "note.txt", "--to", printer.url, "--timeout", "0.3")
    assert {line.split(":")[0] for line in done.err.splitlines() if not line.startswith("  ")} == {"Waiting", "error"}


class _Point:
    """An entry point that cannot be loaded."""

    name, value, dist = "wobble", "nowhere:register", None

    def load(self) -> object:
        raise ImportError("no module named nowhere")


def test_a_broken_command_of_others_breaks_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [_Point()])
    assert run("--help").code == 0
    done = run("wobble", "--any", "thing")
    assert done.code == 2
    assert "no module named nowhere" in done.err


@pytest.mark.parametrize("name", ["emulate", "demo"])
def test_without_the_emulators_it_says_how_to_get_them(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [])
    assert "needs posdevkit-emulators" in run("--help").out
    for words in ((name,), (name, "--out", "x"), (name, "receipt-printer", "--save=x")):
        done = run(*words)
        assert done.code == 2
        assert done.err.splitlines()[1] == "  Install it with: pip install posdevkit-emulators"


def test_a_bug_is_told_as_a_bug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("posdevkit.profiles.profile_names", broken)
    done = run("profiles")
    assert done.code == exits.BUG
    assert "bug in posdevkit: RuntimeError: boom" in done.err
    monkeypatch.setenv("POSDEVKIT_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        run("profiles")


def test_own_commands_do_not_look_for_others() -> None:
    """Looking at what is installed takes as long as all the rest of the start."""
    program = (
        "import sys; from posdevkit.cli.main import main; main(['config', 'check', 'none.toml']);"
        "sys.exit('posdevkit_emulators' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("program", "heavy"),
    [
        ("from posdevkit.cli.main import build_parser; build_parser(others=False)", "devices"),
        ("import posdevkit; posdevkit.ReceiptPrinter", "cloud"),
        ("from posdevkit import aio; aio.ReceiptPrinter", "hub"),
        ("from posdevkit.devices import ReceiptPrinter", "devices.payment_terminal"),
        ("from posdevkit.devices import PaymentTerminal", "store"),
    ],
)
def test_what_is_not_used_is_not_loaded(program: str, heavy: str) -> None:
    """Each command, and each program that prints, would wait for it at its start."""
    asking = f"import sys; {program}; sys.exit('posdevkit.{heavy}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asking], capture_output=True, check=False).returncode == 0
