"""`posdevkit emulate` as a process: URL first, events, a person's words, signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

MAIN = """
import argparse, sys
from posdevkit.errors import PosError
from posdevkit_emulators.commands import emulate
parser = argparse.ArgumentParser(prog="posdevkit")
emulate(parser.add_subparsers())
args = parser.parse_args()
try:
    sys.exit(args.run(args))
except PosError as problem:
    print(problem, file=sys.stderr)
    sys.exit(2)
"""


@contextmanager
def emulator(*args: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """The command, listening on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "emulate", "receipt-printer", "--listen", "tcp://127.0.0.1:0", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def tell(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words + "\n")
    process.stdin.flush()


def send(url: str, data: bytes) -> None:
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port or 0), timeout=10) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        while client.recv(100):
            pass


def test_url_first_then_a_line_per_event(tmp_path: Path) -> None:
    with emulator("--save", str(tmp_path), "--fault", "near-end-after=1") as process:
        url = line(process)
        assert url.startswith("tcp://127.0.0.1:")
        send(url, b"Hello\n\x1dVA\x00")
        lines = [line(process) for _ in range(5)]
        assert set(lines) == {
            "connected",
            "paper-near-end",
            "ticket: 0001, cut, 10 bytes",
            "disconnected",
            f"saved: {tmp_path / '0001.png'}",
        }
        tell(process, "quit")
        assert process.wait(20) == 0
    assert (tmp_path / "0001.txt").read_text("utf-8") == "Hello\n"


def test_words_play_the_person() -> None:
    with emulator("--json") as process:
        first = json.loads(line(process))
        assert first["event"] == "listening"
        assert first["url"].startswith("tcp://127.0.0.1:")
        assert first["profile"] == "epson-tm-t88v"
        for words, event in (
            ("paper out", "paper-out"),
            ("p", "paper-loaded"),
            ("c", "cover-opened"),
            ("c", "cover-closed"),
            ("cover open", "cover-opened"),
            ("d", "drawer-opened"),
            ("x", "error-cleared"),
            ("dance", "error"),
        ):
            tell(process, words)
            assert json.loads(line(process))["event"] == event
        tell(process, "q")
        assert process.wait(20) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_it_cleanly(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with emulator("--save", str(tmp_path)) as process:
        url = line(process)
        where = urlsplit(url)
        with socket.create_connection((where.hostname, where.port or 0), timeout=10) as client:
            client.sendall(b"rest\n\x10\x04\x01")
            assert client.recv(1) == b"\x12"
            process.send_signal(number)
            _, errors = process.communicate(timeout=20)
        assert process.returncode == code
        assert errors == ""
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind((where.hostname or "", where.port or 0))
    assert (tmp_path / "0001.txt").read_text("utf-8") == "rest\n"


def test_an_ascii_locale_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "bon-æøå"
    with emulator("--save", str(folder), PYTHONIOENCODING="ascii", PYTHONUTF8="0") as process:
        send(line(process), b"x\n\x1dVA\x00")
        while "saved" not in (last := line(process)):
            assert last
        assert last == f"saved: {tmp_path}/bon-\\xe6\\xf8\\xe5/0001.png"


def test_an_end_of_input_does_not_end_it() -> None:
    with emulator() as process:
        url = line(process)
        assert process.stdin is not None
        process.stdin.close()
        send(url, b"x\n\x1dVA\x00")
        assert line(process) == "connected"
        process.stdin = None


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["--fault", "fire"], "paper-out-after"),
        (["--profile", "epson-tm-t88x"], "epson-tm-t88v"),
        (["--listen", "usb://04b8:0e15"], "tcp://"),
        (["--listen", "tcp://192.0.2.1:9100"], "loopback"),
        (["--scenario", "nothing"], "paper-out-mid-ticket"),
        (["--fault", "cuter after 12 bytes"], "cutter"),
        (["--speed", "fast"], "real"),
    ],
)
def test_a_wrong_argument_is_one_clear_error(args: list[str], named: str) -> None:
    with emulator(*args) as process:
        out, errors = process.communicate(timeout=20)
        assert process.returncode == 2
        assert out == ""
        assert named in errors
        assert "Traceback" not in errors


if sys.platform != "win32":  # which has no pseudo terminals

    def test_keys_in_a_terminal_need_no_enter() -> None:
        import pty

        master, slave = pty.openpty()
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", MAIN, "emulate", "receipt-printer", "--listen", "tcp://127.0.0.1:0"],
                stdin=slave,
                stdout=subprocess.PIPE,
                text=True,
            )
            try:
                line(process)
                os.write(master, b"o")
                assert line(process) == "paper-out"
                os.write(master, b"pq")
                assert line(process) == "paper-loaded"
                assert process.wait(20) == 0
            finally:
                process.kill()
                process.communicate()
        finally:
            os.close(master)
            os.close(slave)


def test_a_ticket_of_a_model_without_a_cutter_comes_out_by_itself(tmp_path: Path) -> None:
    with emulator("--profile", "sunmi-v2", "--save", str(tmp_path / "tickets")) as process:
        url = line(process)
        send(url, b"paper\n\n\n\n")
        while "0001" not in (told := line(process)):
            pass
        assert "torn off" in told
        tell(process, "quit")
        process.wait(10)
        assert (tmp_path / "tickets" / "0001.txt").read_text("utf-8").startswith("paper")
