"""What `posdevkit emulate` promises of every device alike: --listen, --save, --fault, words, signals, and its help."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from posdevkit.cli.main import main
from posdevkit.errors import UsageError
from posdevkit_emulators import faults
from posdevkit_emulators.commands import DEVICES
from posdevkit_emulators.console import Console
from posdevkit_emulators.readers.stripe import FAULTS as STRIPE_FAULTS
from posdevkit_emulators.scanners.model import FAULTS as SCANNER_FAULTS
from posdevkit_emulators.terminals.faults import FAULTS as TERMINAL_FAULTS

PROGRAM = str(Path(sys.executable).with_name("posdevkit"))
TCP = "tcp://127.0.0.1:0"
FAULTS = {
    "receipt-printer": faults.known_faults(faults.OF_A_RECEIPT_PRINTER),
    "label-printer": faults.known_faults(faults.OF_A_LABEL_PRINTER),
    "display": faults.known_faults(faults.OF_THE_CABLE),
    "scale": faults.known_faults(faults.OF_THE_CABLE),
    "payment-terminal": TERMINAL_FAULTS,
    "card-reader": STRIPE_FAULTS,
    "scanner": SCANNER_FAULTS,
}
NOT_THEIRS = {
    "receipt-printer": "pause-after=1",
    "label-printer": "cutter-jam",
    "display": "paper-out-after=1",
    "scale": "near-end-after=1",
    "payment-terminal": "stall-at=1",
    "card-reader": "decline",
    "scanner": "slow=1",
}


@contextmanager
def emulated(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [PROGRAM, "emulate", *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    line: dict[str, str] = json.loads(process.stdout.readline())
    return line


def say(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin is not None
    process.stdin.write(words + "\n")
    process.stdin.flush()


def connected(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port or 0), timeout=10)


def written(path: Path, lines: int = 1) -> list[dict[str, object]]:
    """The lines of a file of JSON, once there are so many."""
    for _ in range(500):
        if path.exists() and len(found := path.read_text("utf-8").splitlines()) >= lines:
            return [json.loads(line) for line in found]
        time.sleep(0.02)
    raise AssertionError(f"{path} was not written")


@pytest.mark.parametrize("device", DEVICES)
def test_url_first_words_and_a_clean_end(device: str, tmp_path: Path) -> None:
    with emulated(device, "--listen", TCP, "--json", "--save", str(tmp_path / "new" / "folder")) as process:
        first = told(process)
        assert first["event"] == "listening"
        with connected(first["url"]):
            say(process, "%dance")
            if device != "card-reader":  # there it is a card, if a bad one
                while (event := told(process))["event"] != "error":
                    pass
                assert "dance" in event["detail"]
        say(process, "quit")
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "new" / "folder").is_dir()


@pytest.mark.parametrize("device", DEVICES)
def test_what_it_cannot_is_one_clear_error(device: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    wrong = [
        (("--fault", "fire"), "fire"),
        (("--fault", NOT_THEIRS[device]), NOT_THEIRS[device]),
        (("--listen", "usb://04b8:0e15"), "usb"),
        (("--listen", "tcp://192.0.2.1:0"), "loopback"),
        (("--save", str(tmp_path / "file")), "file"),
    ]
    takes = dict(DEVICES[device].defaults)
    others = [name for name in ("profile", "scenario", "serial", "protocol") if name not in takes]
    wrong += [((f"--{name}", "x"), "takes no") for name in others]
    for words, said in wrong:
        code = main(["emulate", device, "--listen", TCP, *words])
        told = capsys.readouterr()
        assert (code in (2, 4), told.out) == (True, ""), f"{words}: {code}, {told}"
        assert said in told.err
        assert told.err.count("\n") <= 2, "an error and what to do"
        assert "Traceback" not in told.err


@pytest.mark.parametrize("device", DEVICES)
def test_the_help_names_every_fault_that_it_can_have(device: str) -> None:
    names = [fault.split()[0].partition("=")[0].partition("[")[0] for fault in FAULTS[device]]
    # A sentence in quotes stands for all that the schedule understands.
    told = [name for name in DEVICES[device].faults.split(", ") if not name.startswith("'")]
    assert sorted(told) == sorted(names)
    done = subprocess.run([PROGRAM, "emulate", "--help"], capture_output=True, text=True, check=True)
    assert f"\n{device}:\n" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
@pytest.mark.parametrize(
    ("device", "number", "code"), [("card-reader", signal.SIGINT, 130), ("scale", signal.SIGTERM, 143)]
)
def test_a_signal_ends_it_while_a_hand_waits(device: str, number: signal.Signals, code: int) -> None:
    with emulated(device, "--listen", TCP, "--json") as process:
        told(process)
        say(process, ";4111111111111111=29121010000000000?")
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (code, "")


@pytest.mark.asyncio
async def test_a_hand_that_had_no_time_to_begin_is_given_up_in_silence() -> None:
    """A line may come in the same breath as the signal: the interpreter warns of a coroutine that nobody awaited."""
    console = Console("card-reader", "emulated stripe reader")

    async def swipe() -> None:
        raise AssertionError("it began")

    console.spawn(swipe())
    for task in tuple(console._tasks):
        task.cancel()
        await asyncio.wait({task})
    gc.collect()  # which is when it warns
    assert not console._tasks


def test_a_card_that_nobody_reads_does_not_keep_it_from_ending() -> None:
    with emulated("card-reader", "--listen", TCP) as process:
        say(process, ";4111111111111111=29121010000000000?")
        say(process, "quit")
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_swipes_are_saved_masked(tmp_path: Path) -> None:
    words = ("--listen", TCP, "--json", "--save", str(tmp_path), "--fault", "garble-track-2")
    with emulated("card-reader", *words) as process:
        with connected(told(process)["url"]):
            for card in (None, "****1111"):
                say(process, ";4111111111111111=29121010000000000?")
                assert told(process)["card"] == card
        first, second = written(tmp_path / "swipes.jsonl", 2)
    assert (first["card"], second["card"]) == (None, "****1111")
    assert first["problems"]
    assert "4111" not in (tmp_path / "swipes.jsonl").read_text("utf-8")


def test_a_scales_answers_are_saved(tmp_path: Path) -> None:
    with emulated("scale", "--listen", TCP, "--json", "--save", str(tmp_path)) as process:
        with connected(told(process)["url"]) as host:
            for word in ("1250", "moving"):
                say(process, word)
                say(process, "ready?")  # not understood, and that tells that the word before it was done
                told(process)
                host.sendall(b"W")
                assert host.recv(100)
        assert written(tmp_path / "readings.jsonl", 2) == [
            {"grams": "1250", "why": None},
            {"grams": None, "why": "motion"},
        ]


def test_what_is_no_weight_lies_on_no_scale() -> None:
    with emulated("scale", "--listen", TCP, "--json") as process, connected(told(process)["url"]) as host:
        for words in ("nan", "inf"):
            say(process, words)
            assert told(process)["event"] == "error"
        host.sendall(b"W")
        assert host.recv(100).startswith(b"\x0200.000")


def test_a_full_disk_stops_no_display(tmp_path: Path) -> None:
    with emulated("display", "--listen", TCP, "--json", "--save", str(tmp_path)) as process:
        (tmp_path / "display.txt").mkdir()
        with connected(told(process)["url"]) as host:
            host.sendall(b"A")
            assert [told(process)["event"] for _ in range(2)] == ["shown", "not-saved"]
            host.sendall(b"B")
            assert told(process)["line1"].startswith("AB")


def test_a_stalled_cable_is_resumed_by_hand() -> None:
    words = ("--listen", TCP, "--json", "--fault", "stall-at=1")
    with emulated("scale", *words) as process, connected(told(process)["url"]) as host:
        host.sendall(b"W")
        assert host.recv(100)
        host.sendall(b"W")
        host.settimeout(0.2)
        with pytest.raises(TimeoutError):
            host.recv(100)
        say(process, "resume")
        host.settimeout(10)
        assert host.recv(100)


def test_a_bench_refuses_a_fault_that_would_do_nothing() -> None:
    from posdevkit_emulators.bench import ReceiptPrinterBench
    from posdevkit_emulators.labels import LabelPrinterBench

    with pytest.raises(UsageError, match="pause-after"):
        ReceiptPrinterBench.tcp(faults=["pause-after=1"])
    with pytest.raises(UsageError, match="near-end"):
        LabelPrinterBench.tcp(faults=["near-end=1"])
