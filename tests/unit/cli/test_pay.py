"""The commands for money and cards as a script calls them, against emulators started by `emulate`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("posdevkit"))
TRACKS = "%B4111111111111111^HANSEN/KIRSTEN^29121010000000000?;4111111111111111=29121010000000000?\n"


@contextmanager
def emulated(*words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [PROGRAM, "emulate", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def called(folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=50)
    return done.returncode, done.stdout


def test_a_lost_answer_is_recovered_by_another_process(tmp_path: Path) -> None:
    options = ("--protocol", "zvt", "--listen", "zvt://127.0.0.1:0", "--fault", "cut-before-message=9")
    with emulated("payment-terminal", *options, "--save", str(tmp_path / "out")) as (url, _):
        code, out = called(tmp_path, "pay", "70,00", "--to", url, "--intent", "sale-1", "--json")
        assert code == 5
        assert json.loads(out)["state"] == "unknown"
        assert called(tmp_path, "pay", "70,00", "--to", url, "--intent", "sale-2")[0] == 2
        code, out = called(tmp_path, "recover", "--to", url, "--json")
        assert code == 0
        found = json.loads(out)
        assert (found["intent"], found["state"], found["card"]) == ("sale-1", "approved", "****0010")
        assert called(tmp_path, "recover", "--to", url)[0] == 2  # nothing is of unknown fate any more
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0001.txt", "ledger.jsonl"]
    (line,) = (tmp_path / "out" / "ledger.jsonl").read_text("utf-8").splitlines()
    money = {"trace": 1, "amount": 7000, "currency": 978, "card": "****0010"}
    assert json.loads(line) == {"booking": "charge", "of": None, **money}


def test_a_declined_charge_has_its_own_exit_code(tmp_path: Path) -> None:
    with emulated("payment-terminal", "--listen", "zvt://127.0.0.1:0", "--fault", "decline") as (url, _):
        assert called(tmp_path, "pay", "1,00", "--to", url)[0] == 1
        assert called(tmp_path, "pay", "1.00.00", "--to", url)[0] == 2


@pytest.mark.timeout(150)  # ten processes, one after the other
def test_money_goes_back_and_is_not_given_twice(tmp_path: Path) -> None:
    options = ("--listen", "zvt://127.0.0.1:0", "--save", str(tmp_path / "out"))
    with emulated("payment-terminal", *options) as (url, _):
        assert called(tmp_path, "pay", "70,00", "--to", url, "--intent", "sale-1")[0] == 0
        for _ in range(2):
            code, out = called(tmp_path, "refund", "25,00", "--to", url, "--intent", "back-1", "--json")
            told = json.loads(out)
            assert (code, told["kind"], told["amount"], told["receipt"]) == (0, "refund", 2500, 2)
            code, out = called(tmp_path, "reverse", "sale-1", "--to", url, "--json")
            told = json.loads(out)
            assert (code, told["kind"], told["intent"]) == (0, "reversal", "sale-1-reversed")
            assert (told["of"], told["amount"], told["card"]) == ("sale-1", 7000, "****0010")
        code, out = called(tmp_path, "reverse", "sale-1", "--to", url)
        assert (code, out.splitlines()[0]) == (
            0,
            "sale-1-reversed: reversal of 70.00 EUR approved, VISA CREDIT ****0010",
        )
        assert called(tmp_path, "reverse", "sale-1", "--intent", "void-2", "--to", url)[0] == 2
        assert called(tmp_path, "reverse", "back-1", "--to", url)[0] == 2
        assert called(tmp_path, "reverse", "never-made", "--to", url)[0] == 2
    ledger = [json.loads(line) for line in (tmp_path / "out" / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert [(one["booking"], one["amount"], one["of"]) for one in ledger] == [
        ("charge", 7000, None),
        ("refund", 2500, None),
        ("reversal", 7000, 1),
    ]


def test_a_card_is_shown_masked(tmp_path: Path) -> None:
    with emulated("card-reader", "--listen", "tcp://127.0.0.1:0") as (url, process):
        assert process.stdin is not None
        process.stdin.write(TRACKS)  # kept until somebody reads
        process.stdin.flush()
        code, out = called(tmp_path, "card", "read", url, "--json")
    assert code == 0
    assert json.loads(out) == {"card": "****1111", "problems": []}
