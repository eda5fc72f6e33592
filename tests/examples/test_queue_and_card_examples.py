"""The examples of print queues and smart cards, and the commands that their pages show."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

from posdevkit.cli.main import main
from posdevkit.links.url import parse_url
from posdevkit.runtime.threads import in_thread
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.wires.ipp import EmulatedQueue

EXAMPLES = Path(__file__).parents[2] / "examples"
READER = "ACS ACR122U PICC Interface 00 00"
PAN = "4111111111111111"


def run(name: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", [name, *words])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


@pytest.mark.asyncio
async def test_a_queue(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("Kanelsnegl\n")
    async with ReceiptPrinterBench.tcp() as bench:
        port = parse_url(bench.url).port
        assert port is not None
        async with EmulatedQueue(("127.0.0.1", port)) as queue:
            await in_thread(lambda: run("print_through_queue.py", monkeypatch, queue.url), name="example")
            assert capsys.readouterr().out.startswith("sent, ")
            assert "Flat white" in (await bench.ticket(1)).text
            words = ["print", str(text), "--to", queue.url, "--profile", "epson-tm-t88v"]
            await in_thread(lambda: main(words), name="cli")
            assert "sent" in capsys.readouterr().out
            assert "Kanelsnegl" in (await bench.ticket(2)).text


def test_the_command_line_prints_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, paper = tmp_path / "note.txt", tmp_path / "lp0"
    text.write_text("Kanelsnegl\n")
    paper.touch()
    main(["print", str(text), "--to", f"file://{paper}", "--profile", "epson-tm-t88v"])
    assert "sent" in capsys.readouterr().out
    assert b"Kanelsnegl" in paper.read_bytes()


class Connection:
    """pyscard's, to a card that knows its payment directory."""

    def connect(self) -> None: ...

    def release(self) -> None: ...

    def getATR(self) -> list[int]:
        return [0x3B, 0x00]

    def transmit(self, command: list[int]) -> tuple[list[int], int, int]:
        assert bytes(command) == bytes.fromhex("00A404000E325041592E5359532E444446303100")
        return [*PAN.encode()], 0x90, 0x00


class Reader:
    def __str__(self) -> str:
        return READER

    def createConnection(self) -> Connection:
        return Connection()


@pytest.fixture
def pyscard(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pyscard's place: it is built where the host's rung runs, and tested there with the real service."""

    class SmartcardException(Exception): ...

    class NoCardException(SmartcardException): ...

    class BaseSCardException(Exception): ...

    names = {"SmartcardException": SmartcardException, "NoCardException": NoCardException}
    contents: dict[str, dict[str, object]] = {
        "": {},
        ".System": {"readers": lambda: [Reader()]},
        ".Exceptions": {**names},
        ".pcsc": {},
        ".pcsc.PCSCExceptions": {"BaseSCardException": BaseSCardException},
    }
    for module, content in contents.items():
        made = ModuleType(f"smartcard{module}")
        made.__dict__.update(content)
        monkeypatch.setitem(sys.modules, f"smartcard{module}", made)


@pytest.mark.usefixtures("pyscard")
def test_a_smart_card(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("smart_card.py", monkeypatch, "pcsc://ACR122U")
    said = capsys.readouterr().out
    assert "pcsc://ACR122U: the card answers 9000 and 16 bytes\na payment card\n" in said
    assert PAN not in said


@pytest.mark.usefixtures("pyscard")
def test_readers_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", "--only", "pcsc"]) == 0
    assert f"pcsc://{READER}  card-reader" in capsys.readouterr().out
