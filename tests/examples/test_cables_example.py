"""The cables' example and the command line, as their reader runs them, on every cable that an emulated printer has."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.runtime.threads import in_thread
from posdevkit_emulators.bench import ReceiptPrinterBench

EXAMPLE = Path(__file__).parents[2] / "examples" / "cables.py"
PROGRAM = Path(sys.executable).with_name("posdevkit")
CABLES = {
    "tcp": ReceiptPrinterBench.tcp,
    "tls": ReceiptPrinterBench.tls,
    "rfc2217": ReceiptPrinterBench.lent,
    "serial": ReceiptPrinterBench.pty,
}


async def run_example(*words: str) -> None:
    sys.argv = [str(EXAMPLE), *words]
    await in_thread(lambda: runpy.run_path(str(EXAMPLE), run_name="__main__"), name="example")


@pytest.fixture(autouse=True)
def own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [])


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", CABLES)
async def test_it_prints_on_every_cable(scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with CABLES[scheme]() as bench:
        assert bench.url.startswith(f"{scheme}://")
        await run_example(bench.url, "epson-tm-t88v")
        assert "confirmed by process_id" in capsys.readouterr().out
        assert "Flat white" in (await bench.ticket(1)).text


@pytest.mark.asyncio
async def test_socket_is_tcp_by_another_name(capsys: pytest.CaptureFixture[str]) -> None:
    async with ReceiptPrinterBench.tcp() as bench:
        await run_example(bench.url.replace("tcp://", "socket://"), "epson-tm-t88v")
        assert "confirmed by process_id" in capsys.readouterr().out


@pytest.mark.asyncio
async def test_what_stands_in_the_way_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="there is no such port\nPlug the device in"):
        await run_example(f"serial://{tmp_path / 'ttyUSB0'}")


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", CABLES)
async def test_the_command_line_prints_on_every_cable(scheme: str, tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("Ærø\n")
    async with CABLES[scheme]() as bench:
        words = ["print", str(text), "--to", bench.url, "--profile", "epson-tm-t88v"]
        assert await in_thread(lambda: main(words), name="cli") == 0
        assert "Ærø" in (await bench.ticket(1)).text


@pytest.mark.parametrize(
    ("listen", "scheme"), [("tls://127.0.0.1:0", "tls"), ("rfc2217://127.0.0.1:0", "rfc2217"), ("pty", "serial")]
)
def test_a_printer_to_try_it_on(listen: str, scheme: str) -> None:
    command = [str(PROGRAM), "emulate", "receipt-printer", "--listen", listen]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"{scheme}://")
        process.communicate("quit\n")
    assert process.returncode == 0
