"""The pytest plugin costs a test run nothing until a test asks for a printer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from posdevkit_emulators.bench import EmulatedReceiptPrinter


def test_loading_it_imports_nothing_heavy() -> None:
    program = (
        "import sys, pytest, posdevkit_emulators.pytest_plugin\n"
        "print([name for name in sys.modules if name.startswith(('posdevkit', 'PIL', 'qrcode', 'barcode'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)
    assert sorted(eval(done.stdout)) == [
        "posdevkit",
        "posdevkit._lookup",
        "posdevkit._version",
        "posdevkit_emulators",
        "posdevkit_emulators.pytest_plugin",
    ]


def test_the_fixture_is_an_epson(receipt_printer: EmulatedReceiptPrinter) -> None:
    assert receipt_printer.profile.name == "epson-tm-t88v"
    assert receipt_printer.printer is receipt_printer


SUITE = """
import socket
from urllib.parse import urlsplit

def test_prints(receipt_printer, make_receipt_printer):
    for printer in (receipt_printer, make_receipt_printer(profile="epson-tm-t20ii", faults=["split=3"])):
        where = urlsplit(printer.url)
        with socket.create_connection((where.hostname, where.port)) as client:
            client.sendall(b"Hello\\n\\x1dVA\\x00")
        assert printer.ticket(1).text == "Hello\\n"
"""


@pytest.mark.timeout(120)
def test_it_works_in_somebody_elses_suite(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_theirs.py").write_text(SUITE, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            str(tmp_path / "pytest.ini"),
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
