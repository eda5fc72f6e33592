"""The examples that print, each run as a reader runs it, against an emulated printer."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from posdevkit_emulators.terminals import PaymentTerminalBench
from tests.careful import CAREFUL

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", **CAREFUL}


@contextmanager
def started(name: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """An example under way."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *words]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def finished(process: subprocess.Popen[str]) -> str:
    """The rest of what it says; it ends well and complains about nothing."""
    out, err = process.communicate(timeout=50)
    assert (process.returncode, err) == (0, "")
    return out


def run(name: str, *words: str) -> str:
    with started(name, *words) as process:
        return finished(process)


def test_print_receipt(receipt_printer: EmulatedReceiptPrinter) -> None:
    assert "The printer itself confirmed it: confirmed by process_id" in run("print_receipt.py", receipt_printer.url)
    assert "Kanelsnegl" in receipt_printer.ticket(1).text


def test_print_receipt_with_asyncio_on_two_printers(make_receipt_printer: MakeReceiptPrinter) -> None:
    printers = [make_receipt_printer(), make_receipt_printer()]
    out = run("print_receipt_async.py", *(printer.url for printer in printers))
    assert out.count(": confirmed by process_id") == 2
    for printer in printers:
        assert "Flat white" in printer.ticket(1).text


@pytest.mark.parametrize("profile", ["star-mc-print3", "star-tsp650ii", "star-tsp100"])
def test_star_printer(profile: str, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(profile)
    out = run("star_printer.py", printer.url, profile)
    assert out.startswith(f"{profile}: 576 x ")
    assert out.count("confirmed by etb") == 2
    first, second = printer.ticket(1), printer.ticket(2)
    assert first.png() == second.png()
    assert f"576 x {first.paper.height} dots" in out
    assert profile == "star-tsp100" or "Kanelsnegl" in first.text
    printer.happened(What.DRAWER_KICK, 2)


def test_paper_out_is_one_ticket(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=6"])
    with started("paper_out.py", printer.url) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Not yet (partial, ")
        printer.load_paper()
        assert finished(process).startswith("order-8814: confirmed by process_id")
    printer.happened(What.DISCONNECTED)
    (ticket,) = printer.tickets
    assert "12. Kanelsnegl" in ticket.text


@pytest.mark.asyncio
async def test_shop_devices_fall_back(receipt_printer: EmulatedReceiptPrinter) -> None:
    async with GadgetBench.tcp(DisplayModel()) as display, PaymentTerminalBench() as terminal:
        urls = (receipt_printer.url, display.url, terminal.url)
        out = await asyncio.to_thread(run, "shop_devices.py", *urls)
        assert display.gadget.lines[1].rstrip() == "70,00"
        assert [approval.amount for approval in terminal.model.ledger] == [7000]
    assert "sale-17: approved" in out
    assert "Printers: kitchen, counter" in out
    assert "kitchen: confirmed by process_id" in out
    assert "counter so far: 1 job" in out
    assert "2 x Smørrebrød" in receipt_printer.ticket(1).text


def test_drawer(receipt_printer: EmulatedReceiptPrinter) -> None:
    out = run("drawer.py", receipt_printer.url)
    assert out.count("confirmed by process_id") == 2
    assert "pin 3 is high" in out  # the emulated drawer opens when it is kicked
    assert receipt_printer.count(What.DRAWER_KICK) == 2


def test_image(receipt_printer: EmulatedReceiptPrinter) -> None:
    assert run("image.py", receipt_printer.url).startswith("confirmed")
    assert receipt_printer.ticket(1).text.count("[image 384x96]") == 2
    assert run("image.py", receipt_printer.url, __file__).startswith("Bad picture: ")


def test_events_in_three_faces(receipt_printer: EmulatedReceiptPrinter) -> None:
    with started("events.py", receipt_printer.url) as process:
        assert process.stdout is not None
        for face in ("loop", "callback", "async"):
            assert process.stdout.readline() == f"{face}: ready\n"
            receipt_printer.open_cover()
            opened = process.stdout.readline()
            assert opened.startswith(face)
            assert "cover_open=True" in opened
            receipt_printer.close_cover()
            assert "cover_open=False" in process.stdout.readline()
        assert finished(process) == ""


def test_raw_commands(receipt_printer: EmulatedReceiptPrinter) -> None:
    out = run("raw_commands.py", receipt_printer.url)
    assert out.startswith("Refused: This text cannot be printed as it is: character U+001B")
    assert "confirmed" in out
    names = [command.spec.name for command in receipt_printer.ticket(1).commands]
    assert names.count("ESC V") == 2


def test_a_stored_logo(make_receipt_printer: MakeReceiptPrinter, tmp_path: Path) -> None:
    printer = make_receipt_printer(profile="epson-tm-t88v")
    logo = tmp_path / "logo.png"
    Image.new("L", (64, 32), 0).save(logo)
    said = [run("stored_logo.py", str(logo), printer.url).splitlines()[0] for _ in range(2)]
    assert said == ["The logo was stored.", "The logo was there."]
    assert printer.ticket(2).text.split() == ["[image", "64x32]", "Tak", "for", "besøget!"]


def test_coupons(make_receipt_printer: MakeReceiptPrinter, tmp_path: Path) -> None:
    printer = make_receipt_printer(profile="epson-tm-t88v")
    coupon = tmp_path / "coupon.png"
    Image.new("L", (200, 80), 0).save(coupon)
    assert run("coupons.py", str(coupon), printer.url).startswith("confirmed")
    assert [printer.ticket(number).text.split()[-2:] for number in (1, 5)] == [["Nr.", "1"], ["Nr.", "5"]]
    assert [printer.ticket(number).text.count("[image 200x80]") for number in (1, 5)] == [1, 1]
    assert printer.ticket(1).size > 2000 > 10 * printer.ticket(5).size


def test_symbols(tmp_path: Path) -> None:
    out = run("symbols.py", str(tmp_path / "ticket.png"))
    kinds = [line.split()[0] for line in out.replace("[", "\n[").splitlines() if line.startswith("[")]
    assert kinds == ["[PDF417", "[image", "[image", "[GS1-128", "[DATABAR", "[DATABAR-STACKED"]
    assert (tmp_path / "ticket.png").read_bytes().startswith(b"\x89PNG")


def test_a_page_of_a_pdf(receipt_printer: EmulatedReceiptPrinter, tmp_path: Path) -> None:
    assert run("pdf_page.py", receipt_printer.url).startswith("confirmed")
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 and nothing")
    assert "cannot be read as a PDF" in run("pdf_page.py", receipt_printer.url, str(tmp_path / "x.pdf"))


def test_preview(tmp_path: Path) -> None:
    out = run("preview.py", str(tmp_path / "receipt.png"))
    assert "generic-58mm: 384 x " in out
    assert out.count("Smørrebrød") == 2
    assert (tmp_path / "receipt.png").read_bytes().startswith(b"\x89PNG")
    assert "Smørrebrød" in (tmp_path / "receipt.html").read_text("utf-8")


def test_emulator_in_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir"]
    example = str(EXAMPLES / "emulator_in_tests.py")
    done = subprocess.run(
        [*command, str(EXAMPLES), "-c", os.devnull, example],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_each_is_short_says_how_to_run_it_and_has_a_test(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 60
    assert f"examples/{path.name}" in text.split('"""')[1]
    tests = "".join(test.read_text("utf-8") for test in Path(__file__).parent.glob("test_*_example*.py"))
    assert f'"{path.name}"' in tests
