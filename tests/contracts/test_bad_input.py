"""Bad input gets one clear error that names it and says what to do, before a byte of the job leaves: in every dialect.

What else can be wrong is tested where it is judged; here stands what people run into, once on each kind of printer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import posdevkit as pos
from posdevkit_emulators.bench import EmulatedReceiptPrinter, emulated_receipt_printer

PRINTERS = ("epson-tm-t88v", "star-mc-print3", "star-tsp650ii", "star-tsp100")
TEXT = "<before>"


def _table(receipt: pos.Receipt) -> pos.Receipt:
    return receipt.columns("Flat white", "38,00", columns=[pos.Column(40), pos.Column(40)])


BAD: dict[str, tuple[Callable[[pos.Receipt], pos.Receipt], type[pos.PosError], str, str]] = {
    # The check digit of 570123456789: 5+0+2+4+6+8 + 3*(7+1+3+5+7+9) = 25 + 96 = 121, so 9.
    "a wrong check digit": (
        lambda receipt: receipt.barcode("5701234567890", "EAN13"),
        pos.BadDocument,
        "EAN13 data '5701234567890' has the check digit 0, it should be 9",
        "Correct the number, or give its first 12 digits and the check digit is added.",
    ),
    # ISO/IEC 18004, table 7: version 40 holds 2,331 bytes at level M and 2,953 at level L.
    "a QR code beyond its level": (
        lambda receipt: receipt.qr("x" * 2332, module=1),
        pos.BadDocument,
        "QR data of 2332 bytes, level M holds 2331",
        "Shorten the data, for example to a link, or use level='L'.",
    ),
    "a QR code beyond its capacity": (
        lambda receipt: receipt.qr("x" * 2954, module=1, level="L"),
        pos.BadDocument,
        "QR data of 2954 bytes, level L holds 2953",
        "Shorten the data, for example to a link.",
    ),
    "a QR code wider than the paper": (
        lambda receipt: receipt.qr("x" * 500, module=8),
        pos.DocumentTooWide,
        "the QR code takes 680 dots",
        "Use module=6, or wider paper.",
    ),
    "a table wider than the paper": (
        _table,
        pos.DocumentTooWide,
        "the row 'Flat white | 38,00' needs 81 columns",
        "Use fewer or narrower columns",
    ),
    "a picture wider than the paper": (
        lambda receipt: receipt.image(Path("logo.png"), width=2000),
        pos.DocumentTooWide,
        "a picture 2000 dots wide",
        "Give a width of at most",
    ),
    "a picture that is not there": (
        lambda receipt: receipt.image("/nowhere/logo.png"),
        pos.BadImage,
        "/nowhere/logo.png: No such file",
        "Give a PNG, JPEG or other picture",
    ),
    "a page that a PDF does not have": (
        lambda receipt: receipt.pdf_page("/nowhere/invoice.pdf", 2),
        pos.BadImage,
        "/nowhere/invoice.pdf: No such file",
        "Give a PDF file that can be read.",
    ),
    "a character that would be a command": (
        lambda receipt: receipt.text("Bob\x1b@"),
        pos.BadText,
        "U+001B",
        "Remove",
    ),
}


def _refused(printer: EmulatedReceiptPrinter, profile: str, bad: Callable[[pos.Receipt], pos.Receipt]) -> pos.PosError:
    """The one error of a job that has bad input behind something good."""
    with pos.ReceiptPrinter.open(printer.url, profile=profile) as handle:
        assert handle.print(pos.Receipt().text("<good>").cut()).delivery is not pos.Delivery.UNKNOWN
        greeted = printer.bytes_taken
        with pytest.raises(pos.PosError) as told:
            handle.print(bad(pos.Receipt().text(TEXT)).cut(), timeout=10)
        assert TEXT not in "".join(ticket.text for ticket in printer.tickets)
        if not isinstance(told.value, pos.BadDocument) or "keeps no logo" not in told.value.detail:
            assert printer.bytes_taken == greeted  # not even a question
        # The printer is as it was: the next job prints.
        handle.print(pos.Receipt().text("<good>").cut())
    assert [ticket.text for ticket in printer.tickets][:1] * 2 == [ticket.text for ticket in printer.tickets]
    return told.value


@pytest.mark.parametrize("profile", PRINTERS)
@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_before_a_byte_leaves(case: str, profile: str) -> None:
    bad, kind, detail, remedy = BAD[case]
    with emulated_receipt_printer(profile=profile) as printer:
        told = _refused(printer, profile, bad)
    assert type(told) is kind
    assert detail in told.detail
    assert remedy in told.remedy()
    assert isinstance(told, pos.UsageError)
    assert told.outcome is None  # nothing was begun


@pytest.mark.parametrize("profile", PRINTERS)
def test_a_logo_that_is_not_stored(profile: str) -> None:
    """An Epson printer is asked which it keeps; Star's keep none under keys."""
    with emulated_receipt_printer(profile=profile) as printer:
        told = _refused(printer, profile, lambda receipt: receipt.logo("Z9"))
    if profile.startswith("epson"):
        assert isinstance(told, pos.BadDocument)
        assert "keeps no logo 'Z9'" in told.detail
        assert "posdevkit logo store URL Z9 PICTURE" in told.remedy()
    else:
        assert isinstance(told, pos.Unsupported)
        assert f"{profile} keeps no logos" in told.detail
        assert "Print it as a picture" in told.remedy()


@pytest.mark.parametrize(("before", "after"), [(PRINTERS[0], one) for one in PRINTERS[1:]] + [PRINTERS[1::-1]])
def test_a_queued_job_for_a_printer_that_was_replaced(before: str, after: str, tmp_path: Path) -> None:
    with pos.PrintQueue.open(tmp_path / "q.db", "tcp://127.0.0.1:9", profile=before) as queue:
        queue.add(pos.Receipt().text(TEXT).cut(), key="order-1")
    with (
        emulated_receipt_printer(profile=after) as printer,
        pos.PrintQueue.open(tmp_path / "q.db", printer.url, profile=after) as queue,
    ):
        job = queue.wait("order-1", timeout=20)
        assert (job.state, job.delivery, job.problem) == (pos.QueueState.FAILED, pos.Delivery.NONE, "printer-replaced")
        assert not printer.tickets
        assert "print its document again under a new key" in pos.PrinterReplaced().remedy()
        queue.add(pos.Receipt().text("<good>").cut(), key="order-1b")
        assert queue.wait("order-1b", timeout=20).state is pos.QueueState.PRINTED
        assert TEXT not in "".join(ticket.text for ticket in printer.tickets)
