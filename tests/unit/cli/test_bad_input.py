"""Everything a person can get wrong: one clear error with its remedy, no traceback, and not a byte on the wire."""

from __future__ import annotations

import json
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from posdevkit_emulators.bench import EmulatedReceiptPrinter

from .conftest import Run


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG of that size: enough to tell the size, no pixel follows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def order(**changes: object) -> bytes:
    """A small order with something changed."""
    line = {"name": "Kaffe", "price": "38.00", "vat": 25} | changes
    value = {
        "kind": "order",
        "shop": {"name": "Café Nord"},
        "number": "1",
        "time": "2026-03-14T10:32:05+01:00",
        "currency": "DKK",
        "lines": [line],
        "payments": [{"means": "card", "amount": "38.00"}],
    }
    return json.dumps(value).encode()


def receipt(*elements: Mapping[str, object]) -> bytes:
    return json.dumps({"kind": "receipt", "elements": list(elements)}).encode()


def receipt_of(key: str) -> bytes:
    return json.dumps({"kind": "receipt", key: []}).encode()


WIDE = {"type": "columns", "cells": ["a"] * 3, "columns": [{"width": 20}] * 3}


@dataclass(frozen=True)
class Case:
    """One mistake. `{url}` in the words is a live printer."""

    name: str
    words: tuple[str, ...]
    says: str
    remedy: str
    file: bytes | None = None
    slug: str = ""
    extra: dict[str, bytes] = field(default_factory=dict)


PRINT = ("print", "{file}", "--to", "{url}")
CASES = (
    Case("wrong URL", ("print", "{file}", "--to", "tpc://127.0.0.1"), "tpc", "tcp://", b"hello", "bad-url"),
    Case("no URL at all", ("print", "{file}", "--to", "printer"), "'printer'", "tcp://printer", b"hello", "bad-url"),
    Case("port out of range", ("status", "tcp://127.0.0.1:99999"), "99999", "1 to 65535", slug="bad-url"),
    Case("cable not driven", ("status", "spooler://Till"), "spooler://", "cups://", slug="unsupported"),
    Case(
        "unknown profile",
        (*PRINT, "--profile", "epson-tm-t88"),
        "epson-tm-t88v",
        "posdevkit profiles",
        b"hello",
        "bad-profile",
    ),
    Case("profile of status", ("status", "{url}", "--profile", "x"), "'x'", "posdevkit profiles", slug="bad-profile"),
    Case("no such file", ("print", "nothing.txt", "--to", "{url}"), "nothing.txt", "exists", slug="input-failed"),
    Case("a directory", ("print", ".", "--to", "{url}"), "directory", "file", slug="input-failed"),
    Case("no image", ("print", "{file}.png", "--to", "{url}"), "not a picture", "PNG", b"hello", "bad-image"),
    Case("200 megapixels", PRINT, "more than 64 megapixels", "PNG", png_header(20_000, 10_000), "bad-image"),
    Case("negative amount", PRINT, "lines[0].price: -38.00", "order", order(price="-38.00"), "bad-order"),
    Case("payment short", PRINT, "short", "missing", order(price="40.00"), "bad-tender"),
    Case("control in a field", PRINT, "U+001B", "Remove", order(name="Kaf\x1bfe"), "bad-text"),
    Case("control in a text", PRINT, "U+001B", "Remove", b"Kaf\x1b@fe", "bad-text"),
    Case("table too wide", PRINT, "", "fewer or narrower", receipt(WIDE), "too-wide"),
    Case(
        "QR too wide", PRINT, "", "module=", receipt({"type": "qr", "data": "x" * 900, "module": 16}), "too-wide"
    ),
    Case("no JSON", PRINT, "line 1, column", "Correct", b'{"kind": ', "bad-document"),
    Case("JSON without a kind", PRINT, "'kind' is missing", '"order"', b"{}", "bad-document"),
    Case("JSON of another kind", PRINT, "did you mean 'order'", "Correct", b'{"kind": "ordre"}', "bad-document"),
    Case("key misspelt", PRINT, "did you mean 'elements'", "Correct", receipt_of("element"), "bad-document"),
    Case("neither text nor picture", PRINT, "FF (hex)", "UTF-8", b"abc\xff\xfe", "bad-document"),
    Case("no printer named", ("print", "{file}"), "no printer", "--to", b"hello", "usage"),
    Case("two printers named", (*PRINT, "--printer", "bar"), "--to", "one way", b"hello", "usage"),
    Case("no such printer", ("print", "{file}", "--printer", "kitchn"), "kitchn", "counter", b"hello", "usage",
         {"shop.toml": b'[printer.counter]\nurl = "tcp://127.0.0.1"\n'}),
    Case("key of shop.toml misspelt", ("print", "{file}"), "line 3", "Known are", b"hello", "bad-configuration",
         {"shop.toml": b'[printer.counter]\nurl = "tcp://127.0.0.1"\nprofil = "x"\n'}),
    Case("no shop.toml", ("config", "show"), "shop.toml", "can read", slug="bad-configuration"),
    Case("timeout of nothing", (*PRINT, "--timeout", "0"), "'0'", "print --help", b"hello", "usage"),
    Case("timeout not a number", (*PRINT, "--timeout", "nan"), "'nan'", "print --help", b"hello", "usage"),
    Case("out without dry run", (*PRINT, "--out", "x.png"), "--dry-run", "--dry-run", b"hello", "usage"),
    Case("unwritable", ("print", "{file}", "--dry-run", "--out", "no/x"), "no/x", "directory", b"x", "output-failed"),
    Case("unwritable render", ("render", "{file}", "--out", "no/x.png"), "x.png", "directory", b"x\n", "output-failed"),
    Case("unknown command", ("prnt", "x"), "did you mean 'print'", "Commands:", slug="usage"),
    Case("unknown option", ("profiles", "--jsn"), "--jsn", "profiles --help", slug="usage"),
    Case("unknown shell", ("completion", "tcsh"), "tcsh", "completion --help", slug="usage"),
    Case("config alone", ("config",), "missing", "config check", slug="usage"),
    Case("unwritable demo", ("demo", "--out", "{file}/sub"), "sub", "directory", b"x", "output-failed"),
    Case("unknown fault", ("emulate", "receipt-printer", "--fault", "papr=1"), "papr", "paper-out", slug="usage"),
)  # fmt: skip


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case, str], list[str]]:
    """Lay out a case's files in an empty folder; gives the words."""

    def prepare(case: Case, url: str) -> list[str]:
        monkeypatch.chdir(tmp_path)
        for name, content in case.extra.items():
            (tmp_path / name).write_bytes(content)
        if case.file is not None:
            (tmp_path / "input").write_bytes(case.file)
            (tmp_path / "input.png").write_bytes(case.file)
        return [word.format(file="input", url=url) for word in case.words]

    return prepare


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_each_mistake_is_one_error_with_a_remedy_and_costs_no_byte(
    case: Case,
    prepared: Callable[[Case, str], list[str]],
    run: Run,
    receipt_printer: EmulatedReceiptPrinter,
) -> None:
    words = prepared(case, receipt_printer.url)
    done = run(*words)
    lines = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert len(lines) == 2, done.err
    assert lines[0].startswith("error: ")
    assert case.says in lines[0]
    assert lines[1].startswith("  ")
    assert case.remedy in lines[1]
    assert receipt_printer.bytes_taken == 0
    told = run(*words, "--json")
    if words[0] != "completion":  # whose own parser knows no --json: the error is told as JSON all the same
        assert told.json["ok"] is False
    error = told.json["error"]
    assert isinstance(error, dict)
    assert error["slug"] == ("usage" if words[0] == "completion" else case.slug)
    assert error["remedy"]


def test_a_closed_port_is_one_error_that_is_safe_to_retry(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it meanwhile
        url = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        done = run("print", tmp_path / "note.txt", "--to", url)
        told = run("print", tmp_path / "note.txt", "--to", url, "--json")
        asked = run("status", url)
    assert done.code == told.code == asked.code == 3
    assert done.err.splitlines()[0].startswith("error: No connection to the device")
    assert "switched on" in done.err.splitlines()[1]
    assert "switched on" in asked.err.splitlines()[1]
    error = told.json["error"]
    assert isinstance(error, dict)
    assert (error["slug"], error["who"]) == ("disconnected", "network")
    assert isinstance(error["outcome"], dict)
    assert error["outcome"]["safe_to_retry"] is True


def test_a_port_in_use_is_one_error(run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    done = run("emulate", "receipt-printer", "--listen", receipt_printer.url)
    assert done.code == 2
    assert done.err.splitlines()[0].startswith("error: The port is in use")
    assert "port 0" in done.err.splitlines()[1]


def test_remedies_speak_danish(run: Run) -> None:
    done = run("status", "tcp://127.0.0.1:99999", "--language", "da")
    assert done.err.startswith("error: Ikke en enheds-URL")
    assert run("--language", "da", "status", "nothing").err.splitlines()[1] == (
        "  Skriv den som skema://adresse, for eksempel tcp://192.168.1.87:9100."
    )


def test_a_file_steers_no_terminal(run: Run, tmp_path: Path) -> None:
    done = run("print", tmp_path / "a\x1b[2Jb.txt", "--to", "tcp://127.0.0.1")
    assert done.code == 2
    assert "\x1b" not in done.err
    assert r"a\x1b[2Jb.txt" in done.err
