"""`posdevkit print` against an emulated printer: what comes out, what is told, and the exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

from .conftest import Run, started

ORDER = {
    "kind": "order",
    "shop": {"name": "Café Nord"},
    "number": "42",
    "time": "2026-03-14T10:32:05+01:00",
    "currency": "DKK",
    "lines": [{"name": "Rødgrød", "price": "38.00", "vat": 25}],
    "payments": [{"means": "cash", "amount": "50.00"}],
}
RECEIPT = {"kind": "receipt", "elements": [{"type": "title", "text": "Café Ærø"}, {"type": "cut"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of every kind."""
    from PIL import Image

    (tmp_path / "order.json").write_text(json.dumps(ORDER), "utf-8")
    (tmp_path / "receipt.json").write_text(json.dumps(RECEIPT), "utf-8")
    (tmp_path / "note.txt").write_text("Åbent til kl. 22\n", "utf-8")
    Image.new("1", (64, 64)).save(tmp_path / "black.png")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("order.json", "Rødgrød"),
        ("receipt.json", "Café Ærø"),
        ("note.txt", "Åbent til kl. 22"),
        ("black.png", "[image 64x64]"),
    ],
)
def test_every_kind_of_file_is_printed_and_confirmed(
    name: str, shows: str, folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter
) -> None:
    done = run("print", folder / name, "--to", receipt_printer.url, "--profile", "epson-tm-t88v", "--key", "k-1")
    assert (done.code, done.err) == (0, "")
    (line,) = done.out.splitlines()
    assert line.startswith("k-1: confirmed (the printer returned the job's id after printing it), ")
    assert " bytes, " in line
    assert line.endswith(" ms")
    ticket = receipt_printer.ticket(1)
    assert shows in ticket.text
    assert ticket.cut
    assert receipt_printer.count(What.DRAWER_KICK) == (1 if name == "order.json" else 0)


@pytest.mark.parametrize("profile", ["star-mc-print3", "star-tsp650ii", "star-tsp100"])
@pytest.mark.parametrize("name", ["order.json", "receipt.json", "note.txt", "black.png"])
def test_every_kind_of_file_is_printed_by_a_star_printer(
    name: str, profile: str, folder: Path, run: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer(profile)
    done = run("print", folder / name, "--to", printer.url, "--profile", profile, "--key", "k-1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("k-1: confirmed (the printer's counter moved after printing it), ")
    assert printer.ticket(1).cut
    assert run("status", printer.url, "--profile", profile).code == 0


@pytest.mark.parametrize("name", ["order.json", "receipt.json", "note.txt", "black.png"])
def test_standard_input_is_recognized_by_its_content(
    name: str, folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO((folder / name).read_bytes())))
    assert run("print", "-", "--to", receipt_printer.url).code == 0
    assert receipt_printer.ticket(1).text.strip()


def test_the_result_as_json(folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    words = ("print", folder / "note.txt", "--to", receipt_printer.url, "--profile", "epson-tm-t88v", "--json")
    facts = run(*words, "--key", "k").json
    assert (facts["ok"], facts["key"], facts["delivery"], facts["evidence"]) == (True, "k", "confirmed", "process_id")
    assert facts["bytes_taken"] == facts["bytes_total"]
    assert isinstance(facts["milliseconds"], float)
    assert isinstance(facts["first_byte_milliseconds"], float)
    assert 0 < facts["first_byte_milliseconds"] <= facts["milliseconds"]


def test_a_printer_that_never_answers_is_sent_and_well(
    folder: Path, run: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer("generic-mute")
    done = run("print", folder / "note.txt", "--to", printer.url, "--profile", "generic-mute")
    assert done.code == 0
    assert ": sent (nothing proves that it was printed), " in done.out
    assert "Åbent" in printer.ticket(1).text


def test_the_cashier_reads_the_remedy_while_the_job_waits(
    folder: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=2"])
    words = ("print", "order.json", "--to", printer.url, "--profile", "epson-tm-t88v", "--language", "da", "--key", "k")
    with started(*words, cwd=folder) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "Waiting: Printeren mangler papir. Sæt en ny rulle i, og luk låget.\n"
        printer.load_paper()  # only now, as a cashier would
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("k: confirmed")
    printer.happened(What.DISCONNECTED)
    assert len(printer.tickets) == 1


def test_at_the_deadline_the_rest_is_cleared_and_never_comes_out(
    folder: Path, run: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=2"])
    words = ("print", folder / "order.json", "--to", printer.url, "--profile", "epson-tm-t88v", "--timeout", "0.4")
    done = run(*words)
    assert done.code == 4
    told = done.err.splitlines()
    assert told[-3].startswith("error: The printer is out of paper")
    assert told[-2] == "  Load a new roll and close the cover."
    assert told[-1].startswith("  Outcome: partial by cleared, ")
    printer.happened(What.BUFFER_CLEARED)
    printer.load_paper()
    printer.tear_off()
    assert "I alt" not in "".join(ticket.text for ticket in printer.tickets)


def test_before_the_first_byte_nothing_is_left_behind(
    folder: Path, run: Run, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer()
    printer.open_cover()
    done = run("print", folder / "note.txt", "--to", printer.url, "--timeout", "0.4", "--json")
    assert done.code == 3
    error = done.json["error"]
    assert isinstance(error, dict)
    assert error["slug"] == "cover-open"
    assert isinstance(error["outcome"], dict)
    assert error["outcome"]["delivery"] == "none"
    printer.close_cover()
    printer.tear_off()
    assert not printer.tickets


def test_printers_of_a_shop_by_name_and_with_a_fallback(
    folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "shop.toml").write_text(
        f'[printer.bar]\nurl = "tcp://127.0.0.1:1"\nfallback = "counter"\n'
        f'[printer.counter]\nurl = "{receipt_printer.url}"\nprofile = "epson-tm-t88v"\n'
    )
    assert run("print", "note.txt", "--printer", "counter").code == 0
    assert run("print", "note.txt", "--printer", "bar", "--config", "shop.toml").code == 0
    receipt_printer.ticket(2)
    ambiguous = run("print", "note.txt")
    assert ambiguous.code == 2
    assert "bar, counter" in ambiguous.err


def test_what_looks_other_than_asked_is_noted(folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    (folder / "chinese.txt").write_text("茶 12,00", "utf-8")
    words = ("print", folder / "chinese.txt", "--to", receipt_printer.url)
    assert run(*words).err.startswith("note: ")
    assert run(*words, "--json").json["findings"]


def test_a_dry_run_shows_and_writes_without_a_printer(folder: Path, run: Run) -> None:
    shown = run("print", folder / "receipt.json", "--dry-run")
    assert shown.code == 0
    assert "Café Ærø" in shown.out
    assert "nothing was sent" in shown.err
    for name in ("out.png", "out.txt", "out.html", "out.bin"):
        assert run("print", folder / "receipt.json", "--dry-run", "--out", folder / name).code == 0
    assert (folder / "out.png").read_bytes().startswith(b"\x89PNG")
    assert "Café Ærø" in (folder / "out.txt").read_text("utf-8")
    page = (folder / "out.html").read_text("utf-8")
    assert "Café Ærø" in page
    assert "<title>out</title>" in page
    job = (folder / "out.bin").read_bytes()
    facts = run("print", folder / "receipt.json", "--dry-run", "--json").json
    assert facts["bytes_total"] == len(job)
    rendered = run("render", folder / "out.bin", "--text")
    assert "Café Ærø" in rendered.out


def test_a_dry_run_writes_markup_as_json_and_refuses_what_it_cannot_write(folder: Path, run: Run) -> None:
    (folder / "tea.receipt").write_text('"Café Ærø"\nTea | 8.50\n=\n', "utf-8")
    assert run("print", folder / "tea.receipt", "--dry-run", "--out", folder / "tea.json").code == 0
    assert "Café Ærø" in (folder / "tea.json").read_text("utf-8")
    again = run("print", folder / "tea.json", "--dry-run")
    assert again.code == 0
    assert again.out == run("print", folder / "tea.receipt", "--dry-run").out
    for name in ("tea.jpg", "tea.PDF"):
        refused = run("print", folder / "tea.receipt", "--dry-run", "--out", folder / name)
        assert refused.code == 2
        assert "(.png)" in refused.err
        assert not (folder / name).exists()


def test_two_tickets_are_a_page_but_no_picture(folder: Path, run: Run) -> None:
    (folder / "two.receipt").write_text("one\n=\ntwo\n=\n", "utf-8")
    assert run("print", folder / "two.receipt", "--dry-run", "--out", folder / "two.html").code == 0
    page = (folder / "two.html").read_text("utf-8")
    assert page.index(">one</p>") < page.index(">two</p>")
    done = run("print", folder / "two.receipt", "--dry-run", "--out", folder / "two.png")
    assert done.code == 2
    assert "--out receipt.html" in done.err
    assert not (folder / "two.png").exists()


def test_a_page_of_a_pdf(folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    first, second = Image.new("L", (72, 36), 0), Image.new("L", (72, 72), 0)
    first.save(folder / "one.pdf", resolution=72)
    first.save(folder / "two.pdf", resolution=72, save_all=True, append_images=[second])
    to = ("--to", receipt_printer.url, "--profile", "epson-tm-t88v")
    assert run("print", folder / "one.pdf", *to).code == 0
    assert run("print", folder / "two.pdf", *to, "--page", "2").code == 0
    tickets = [receipt_printer.ticket(number).text for number in (1, 2)]
    assert tickets == ["[image 512x256]\n", "[image 512x512]\n"]
    taken = receipt_printer.bytes_taken
    for words, told in (
        (("two.pdf",), "two.pdf has 2 pages"),
        (("two.pdf", "--page", "3"), "no page 3, it has 2"),
        (("two.pdf", "--page", "0"), "not a whole number from 1"),
        (("note.txt", "--page", "1"), "--page goes with a PDF"),
        (("note.txt", "--margins", "keep"), "--margins goes with a PDF"),
        (("one.pdf", "--margins", "none"), "invalid choice: 'none'"),
    ):
        done = run("print", folder / words[0], *words[1:], *to)
        assert done.code == 2
        assert told in done.err
    assert receipt_printer.bytes_taken == taken


def test_a_trace_is_recorded(
    folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(folder / "trace"))
    assert run("print", folder / "note.txt", "--to", receipt_printer.url).code == 0
    (recording,) = (folder / "trace").iterdir()
    assert '"send"' in recording.read_text("utf-8")


def test_a_trace_that_cannot_be_written_is_told_at_once(
    folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(folder / "note.txt"))
    done = run("print", folder / "note.txt", "--to", receipt_printer.url)
    assert done.code == 2
    assert "POSDEVKIT_TRACE" in done.err
    assert receipt_printer.bytes_taken == 0


FONTS = Path(__file__).parents[2] / "fixtures" / "fonts"


def test_a_script_that_the_printer_cannot_set(folder: Path, run: Run, receipt_printer: EmulatedReceiptPrinter) -> None:
    (folder / "coffee.txt").write_text("قهوة عربية\nTea\n", "utf-8")
    done = run("print", folder / "coffee.txt", "--to", receipt_printer.url, "--font", FONTS / "arabic.ttf", "--json")
    assert done.code == 0
    assert json.loads(done.out)["findings"] == []
    done = run("print", folder / "coffee.txt", "--dry-run", "--font", FONTS)
    assert done.out.splitlines()[0].strip() == "\u200eقهوة عربية\u200e"  # drawn, and shown as it was written
    assert done.out.splitlines()[1] == "Tea"
    # Refused before a byte leaves: nothing listens there.
    done = run("print", folder / "coffee.txt", "--to", "tcp://127.0.0.1:1", "--font", FONTS / "thai.ttf")
    assert done.code != 0
    assert "(Arabic)" in done.err
    assert "fonts-noto-core" in done.err
    done = run("print", folder / "coffee.txt", "--dry-run")
    assert done.out.splitlines()[0] == "???? ?????"
    assert "no font of this system has U+0642 (Arabic)" in done.err


def test_fonts_of_a_shop(folder: Path, run: Run) -> None:
    (folder / "coffee.txt").write_text("قهوة\n", "utf-8")
    (folder / "fonts").mkdir()
    (folder / "fonts" / "arabic.ttf").write_bytes((FONTS / "arabic.ttf").read_bytes())
    shop = folder / "shop.toml"
    shop.write_text('[printer.a]\nurl = "tcp://127.0.0.1:1"\nfonts = ["fonts"]\n', "utf-8")
    done = run("print", folder / "coffee.txt", "--config", shop, "--dry-run")
    assert (done.code, done.out) == (0, "\u200eقهوة\u200e\n")
    done = run("print", folder / "coffee.txt", "--config", shop, "--font", FONTS)
    assert "--font goes with --to" in done.err
    shop.write_text('[printer.a]\nurl = "tcp://127.0.0.1:1"\nfonts = "fonts"\n', "utf-8")
    done = run("print", folder / "coffee.txt", "--config", shop, "--dry-run")
    assert "a list of fonts" in done.err


def test_the_printer_is_asked_for_its_profile(
    run: Run, make_receipt_printer: MakeReceiptPrinter, tmp_path: Path
) -> None:
    printer = make_receipt_printer(profile="epson-tm-t20ii-42col")
    file = tmp_path / "a.json"
    file.write_text('{"kind": "receipt", "elements": [{"type": "rule"}, {"type": "cut"}]}', "utf-8")
    done = run("print", file, "--to", printer.url, "--profile", "auto")
    assert done.code == 0, done.err
    assert printer.ticket(1).text == "-" * 42 + "\n"
