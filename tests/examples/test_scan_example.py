"""The scanner example, and the commands that its page shows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("posdevkit")


def test_the_example_reads_and_masks() -> None:
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / "scan.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert sorted(done.stdout.splitlines()) == [
        "back: 9506000134352, batch 3ABC, use by 2025-12-31",
        "front: product 4006381333931",
        "front: wechat ****, 18 characters for the payment service",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")
def test_the_emulated_scanner_and_the_command_that_reads_it() -> None:
    emulate = [str(PROGRAM), "emulate", "scanner", "--listen", "pty"]
    with subprocess.Popen(emulate, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdin is not None
        assert emulator.stdout is not None
        try:
            url = emulator.stdout.readline().strip()
            scan = [str(PROGRAM), "scan", url, "--json", "--count", "2", "--for", "20"]
            with subprocess.Popen(scan, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
                assert reader.stderr is not None
                assert reader.stderr.readline().startswith("reading from")
                emulator.stdin.write("scan ]E04006381333931\nscan ]C10109506000134352103ABC<GS>17251231\n")
                emulator.stdin.flush()
                out, _ = reader.communicate(timeout=30)
            assert reader.returncode == 0
            first, second = (json.loads(line)["meaning"] for line in out.splitlines())
            assert first["gtin"] == "4006381333931"
            assert [one["ai"] for one in second["elements"]] == ["01", "10", "17"]
        finally:
            emulator.stdin.write("quit\n")
            emulator.stdin.close()
            assert emulator.wait(20) == 0


def test_decode_tells_and_masks() -> None:
    def decoded(*words: str) -> tuple[int, dict[str, object]]:
        done = subprocess.run([str(PROGRAM), "decode", *words, "--json"], capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)

    code, told = decoded("]E04006381333932")
    assert code == 1
    assert told["meaning"] == {"kind": "unknown", "reason": "wrong check digit: 2, computed 1"}
    code, told = decoded("134567890123456789", "--collecting")
    assert (code, told["text"], told["meaning"]) == (0, "****", {"kind": "payment-code", "wallet": "wechat"})
