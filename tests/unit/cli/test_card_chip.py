"""`posdevkit card chip`, with pyscard played; `tests/stacks/host/test_pcsc.py` has the real one under the link."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from .conftest import Run

PAN = "4111111111111111"
ATR = [0x3B, 0x8F, 0x80, 0x01]


class SmartcardException(Exception):
    """The library's own."""


class NoCardException(SmartcardException):
    """No card is in the reader."""


class BaseSCardException(Exception):
    """The service's."""


class Reader:
    """A reader, its card, and its line to it, in one."""

    present = True
    sent: list[bytes]

    def __init__(self) -> None:
        self.sent = []

    def __str__(self) -> str:
        return "ACS ACR122U 00 00"

    def createConnection(self) -> Reader:
        return self

    def connect(self) -> None:
        if not self.present:
            raise NoCardException

    def getATR(self) -> list[int]:
        return ATR

    def transmit(self, command: list[int]) -> tuple[list[int], int, int]:
        self.sent.append(bytes(command))
        if command[1] == 0xB2:
            return list(bytes.fromhex("700A5A08" + PAN)), 0x90, 0x00
        return [], 0x6A, 0x82

    def release(self) -> None:
        pass


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    modules: dict[str, dict[str, object]] = {
        "smartcard": {}, "smartcard.System": {"readers": lambda: [reader]},
        "smartcard.Exceptions": {"SmartcardException": SmartcardException, "NoCardException": NoCardException},
        "smartcard.pcsc": {}, "smartcard.pcsc.PCSCExceptions": {"BaseSCardException": BaseSCardException},
    }  # fmt: skip
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return reader


def test_the_answer_to_reset_alone(run: Run, reader: Reader) -> None:
    done = run("card", "chip", "pcsc://ACR122U")
    assert (done.code, done.out) == (0, "answer to reset: 3B8F8001\n")
    assert reader.sent == []


def test_an_answer_never_shows_a_number(run: Run, reader: Reader) -> None:
    words = ("card", "chip", "pcsc://ACR122U", "--send", "00 B2 01 0C 00")
    done = run(*words)
    assert done.code == 0
    assert done.out.splitlines()[1:] == ["answer: 9000 (done), 12 bytes", "700A5A" + "*" * 18]
    told = run(*words, "--json", "-vv")
    assert PAN not in told.out + told.err
    assert (told.json["status"], told.json["bytes"]) == ("9000", 12)
    assert reader.sent == [bytes.fromhex("00B2010C00")] * 2


def test_a_refusal_has_its_meaning_and_its_exit_code(run: Run, reader: Reader) -> None:
    done = run("card", "chip", "pcsc://ACR122U", "--send", "00A4040000")
    assert done.code == 1
    assert "6A82 (there is no such file or application), 0 bytes" in done.out


@pytest.mark.parametrize("command", ["", "00", "xyz", "00A40400Z"])
def test_what_is_no_command_is_one_error_that_does_not_repeat_it(run: Run, reader: Reader, command: str) -> None:
    done = run("card", "chip", "pcsc://ACR122U", "--send", command)
    assert done.code == 2
    assert "4 to 65544 bytes in hexadecimal" in done.err
    assert "00A40400Z" not in done.err


def test_without_a_card(run: Run, reader: Reader) -> None:
    reader.present = False
    done = run("card", "chip", "pcsc://ACR122U")
    assert done.code == 3
    assert "Put the card on it." in done.err
