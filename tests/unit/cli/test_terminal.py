"""The command line on every kind of terminal and none, and how it ends when somebody or something ends it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

from .conftest import PROGRAM, Run, environment, started

pty = pytest.importorskip("pty", reason="signals and terminals of POSIX")

ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_an_ascii_locale_reads_danish(process: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Rødgrød – 12 € på Ærø 茶", "utf-8")
    done = process("print", "note.txt", "--dry-run", env=ASCII)
    assert done.code == 0
    assert "Roedgroed" in done.out
    assert "paa AEroe" in done.out
    danish = process("print", "æ.txt", "--to", "tcp://127.0.0.1", "--language", "da", env=ASCII)
    assert danish.code == 2
    assert "error: Kan ikke laese: " in danish.err
    exact = process("print", "æ.txt", "--to", "tcp://127.0.0.1", "--language", "da", "--json", env=ASCII)
    assert json.loads(exact.out)["error"]["message"].startswith("Kan ikke læse: ")
    for command in (("--help",), ("demo", "--help"), ("profiles",), ("print", "--help")):
        assert process(*command, env=ASCII).code == 0


def test_a_name_that_is_no_text_is_shown(process: Run) -> None:
    done = process("print", os.fsdecode(b"\xff.txt"), "--to", "tcp://127.0.0.1")
    assert done.code == 2
    assert r"\udcff.txt" in done.err


def on_a_terminal(words: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run with a pseudo-terminal for both outputs."""
    leader, follower = pty.openpty()
    try:
        with subprocess.Popen(
            [str(PROGRAM), *words], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower
        ) as process:
            os.close(follower)
            seen = b""
            while True:
                ready, _, _ = select.select([leader], [], [], 20)
                try:
                    data = os.read(leader, 4096) if ready else b""
                except OSError:  # how Linux tells that the other end was closed
                    data = b""
                if not data:
                    break
                seen += data
            return process.wait(20), seen.decode()
    finally:
        os.close(leader)


@pytest.mark.parametrize(
    ("more", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_only_where_it_is_wanted(more: dict[str, str], coloured: bool, tmp_path: Path) -> None:
    code, seen = on_a_terminal(["status", "nonsense"], tmp_path, environment(**more))
    assert code == 2
    assert ("\x1b[" in seen) == coloured
    assert "error:" in seen


def test_progress_on_a_terminal_and_none_elsewhere(
    tmp_path: Path, process: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer()
    printer.run_out()
    (tmp_path / "note.txt").write_text("hello", "utf-8")
    words = ["print", "note.txt", "--to", printer.url, "--timeout", "0.8", "--profile", "epson-tm-t88v"]
    code, seen = on_a_terminal(words, tmp_path, environment(TERM="xterm"))
    assert code == 3
    assert "\rwaiting: 0 of " in seen
    quiet = process(*words)
    assert quiet.code == 3
    assert "\r" not in quiet.err + quiet.out
    assert "waiting: 0 of" not in quiet.err


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [PROGRAM, "profiles"], cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_under_standard_output_is_one_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "profiles"], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: Cannot write: standard output: ")
    assert len(done.stderr.splitlines()) == 2


def test_with_standard_output_closed_it_still_works(tmp_path: Path) -> None:
    command = f"exec {PROGRAM} --version >&-"
    done = subprocess.run(["/bin/sh", "-c", command], env=environment(), capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_job_is_given_up_and_told(
    number: signal.Signals, code: int, tmp_path: Path, receipt_printer: EmulatedReceiptPrinter
) -> None:
    receipt_printer.run_out(after=3)
    (tmp_path / "note.txt").write_text("line\n" * 20, "utf-8")
    words = ("print", "note.txt", "--to", receipt_printer.url, "--profile", "epson-tm-t88v")
    with started(*words, cwd=tmp_path) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Waiting: The printer is out of paper.")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    assert err.splitlines() == [line for line in err.splitlines() if line.startswith("Given up: partial by cleared")]
    receipt_printer.happened(What.BUFFER_CLEARED)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", ["status", "emulate"])
def test_a_signal_ends_it_without_a_traceback_and_frees_the_port(
    command: str, number: signal.Signals, code: int, tmp_path: Path, receipt_printer: EmulatedReceiptPrinter
) -> None:
    words = {
        "status": ("status", receipt_printer.url, "--watch", "--profile", "epson-tm-t88v"),
        "emulate": ("emulate", "receipt-printer", "--listen", "tcp://127.0.0.1:0"),
    }[command]
    with started(*words, cwd=tmp_path) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (code, "")
    if command == "emulate":
        port = int(first.strip().rpartition(":")[2])
        with socket.create_server(("127.0.0.1", port)):
            pass
    else:
        receipt_printer.happened(What.DISCONNECTED)


@pytest.mark.parametrize(
    ("moment", "number", "code"),
    [
        ("a morning on emulated devices", signal.SIGTERM, 143),
        ("the cashier reads", signal.SIGINT, 130),
        ("somebody pulls the network cable", signal.SIGINT, 130),
    ],
)
def test_a_signal_during_the_demo_leaves_no_traceback(
    moment: str, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with started("demo", "--out", "out", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert any(moment in line for line in process.stdout)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (code, "")


def test_the_demo_draws_its_progress_on_a_terminal_alone(tmp_path: Path) -> None:
    code, seen = on_a_terminal(["demo", "--out", "out"], tmp_path, environment(TERM="xterm"))
    assert code == 0, seen
    assert "\r[########----------------] scene 5 of 14" in seen
    assert "\x1b[1mScene 5 of 14: " in seen
    assert "\x1b[32m[ok]\x1b[0m " in seen
    assert seen.splitlines()[-1].startswith("Everything adds up: ")


def test_watching_tells_every_change(tmp_path: Path, receipt_printer: EmulatedReceiptPrinter) -> None:
    words = ("status", receipt_printer.url, "--watch", "--json", "--profile", "epson-tm-t88v")
    with started(*words, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert '"can_print": true' in process.stdout.readline()
        receipt_printer.open_cover()
        line = process.stdout.readline()
        assert '"problem": "cover-open"' in line
        assert "until it clicks" in line
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
