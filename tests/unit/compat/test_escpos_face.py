"""python-escpos's calls on our printers: what comes out on paper, what is told, and what no script can do."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from posdevkit.compat.escpos import EscposIO, constants, exceptions
from posdevkit.compat.escpos.printer import LP, CupsPrinter, Dummy, File, Network, Serial, Usb, Win32Raw
from posdevkit.events import Delivery
from posdevkit.links.url import parse_url
from posdevkit.paper import render_job
from posdevkit.profiles import load_profile
from posdevkit.runtime import background
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.printers import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from posdevkit_emulators.wires.ipp import EmulatedQueue

TM = load_profile("epson-tm-t88v")


def paper(dummy: Dummy) -> str:
    """All tickets as text."""
    return "".join(ticket.text() for ticket in render_job(dummy.output, TM))


def dummy() -> Dummy:
    return Dummy(profile="TM-T88V")


def network(printer: EmulatedReceiptPrinter) -> Network:
    where = urlsplit(printer.url)
    return Network(str(where.hostname), where.port or 0, profile="TM-T88V")


def test_a_receipt_comes_out_in_one_job_and_is_confirmed(receipt_printer: EmulatedReceiptPrinter) -> None:
    with network(receipt_printer) as p:
        p.set(align="center", bold=True, double_height=True)
        p.textln("Café Nord")
        p.set_with_default()
        p.text("Flat white ")
        p.set(bold=True)
        p.text("38,00\n")
        p.barcode("590123412345", "EAN13", 64, 2)
        p.qr("https://r.example/8F2", size=4)
        p.cut()
    text = receipt_printer.ticket().text
    assert "Café Nord" in text
    assert "Flat white 38,00" in text
    assert "5901234123457" in text


def test_flush_tells_what_became_of_the_job(receipt_printer: EmulatedReceiptPrinter) -> None:
    with network(receipt_printer) as p:
        p.textln("a line")
        outcome = p.flush()
        assert outcome is not None
        assert outcome.delivery is Delivery.CONFIRMED
        assert p.flush() is None


def test_questions_print_first_and_are_answered(receipt_printer: EmulatedReceiptPrinter) -> None:
    with network(receipt_printer) as p:
        p.textln("before")
        assert p.paper_status() == 2
        assert p.is_online()
        receipt_printer.run_out()
        assert p.paper_status() == 0
        receipt_printer.load_paper()


def test_a_printer_that_tells_nothing_is_not_taken_for_full(
    make_receipt_printer: Callable[..., EmulatedReceiptPrinter],
) -> None:
    silent = make_receipt_printer(profile="generic-mute")
    where = urlsplit(silent.url)
    with Network(str(where.hostname), where.port or 0, profile="generic-mute") as p:
        with pytest.raises(exceptions.StatusUnknownError):
            p.paper_status()
        with pytest.raises(exceptions.StatusUnknownError):
            p.is_online()


def test_one_line_of_several_looks() -> None:
    p = dummy()
    p.text("one ")
    p.set(bold=True)
    p.text("two ")
    p.set(bold=False, custom_size=True, width=2, height=2)
    p.text("three\n")
    assert paper(p) == "one two three\n"
    assert b"\x1bE\x01two " in p.output
    assert b"\x1d!\x11three" in p.output


def test_align_in_the_middle_of_a_line_waits_for_the_next() -> None:
    p = dummy()
    p.text("left")
    p.set(align="right")
    p.textln(" still")
    p.set(align="right")
    p.textln("right")
    first, second = paper(p).splitlines()
    assert first == "left still"
    assert second == f"{'right':>42}"


def test_text_cannot_become_a_command() -> None:
    p = dummy()
    with pytest.raises(exceptions.TextError):
        p.text("Bob\x1b@\x1dV\x00")
    p.textln("Bob")
    assert paper(p) == "Bob\n"


def test_raw_bytes_stand_in_their_place_and_what_they_switch_on_stays_on() -> None:
    p = dummy()
    p.text("a ")
    p._raw(b"\x1bE\x01")
    p.text("b\n")
    p.textln("c")
    p._raw(constants.HW_INIT)
    p.textln("d")
    assert paper(p) == "a b\nc\nd\n"
    output = p.output
    assert output.index(b"a ") < output.index(b"\x1bE\x01") < output.index(b"b")
    behind = output[output.index(b"b\n") :]
    assert b"\x1bE\x00" not in behind[: behind.index(b"c")]
    assert b"\x1bE\x01" not in output[output.rindex(b"\x1b@") :]


@pytest.mark.parametrize("words", ["ABC-123", "{BABC-123", "{BABC{C", "1234567890"])
def test_code128_needs_no_code_set_and_bears_one(words: str) -> None:
    p = dummy()
    p.barcode(words, "CODE128", width=2)
    shown = paper(p)
    assert words.replace("{B", "").replace("{C", "") in shown


def test_digit_pairs_of_code_set_c_are_the_same_barcode_as_their_digits() -> None:
    p, q = dummy(), dummy()
    p.barcode("{C" + "".join(map(chr, (12, 34, 56))), "CODE128", width=2)
    q.barcode("123456", "CODE128", width=2)
    assert p.output == q.output


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda p: p.barcode("5901234123450", "EAN13"), exceptions.BarcodeCodeError),
        (lambda p: p.barcode("1", "KLINGON"), exceptions.BarcodeTypeError),
        (lambda p: p.barcode("5901234123457", "EAN13", width=9), exceptions.BarcodeSizeError),
        (lambda p: p.cashdraw(3), exceptions.CashDrawerError),
        (lambda p: p.set(custom_size=True, width=9, height=1), exceptions.SetVariableError),
        (lambda p: p.set(align="middle"), exceptions.SetVariableError),
        (lambda p: p.control("HT", count=40), exceptions.TabPosError),
        (lambda p: p.qr("x" * 8000), exceptions.BarcodeCodeError),
        (lambda p: p.qr("x", size=17), ValueError),
        (lambda p: p.barcode(5901234123457, "EAN13"), exceptions.BarcodeCodeError),
        (lambda p: p.cut("HALF"), ValueError),
        (lambda p: p.line_spacing(300), ValueError),
        (lambda p: p.print_and_feed(256), ValueError),
        (lambda p: p.buzzer(10, 1), ValueError),
    ],
)
def test_a_wrong_call_is_refused_at_the_call(call: Callable[[Dummy], None], error: type[Exception]) -> None:
    p = dummy()
    p.textln("kept")
    with pytest.raises(error):
        call(p)
    assert paper(p).splitlines() == ["kept"]


def test_names_of_profiles() -> None:
    assert Dummy(profile="TM-T88V").profile.get_columns("a") == 42
    assert Dummy(profile="generic-58mm").profile.get_columns("a") == 32
    assert Dummy(profile="POS-5890").profile.get_columns("a") == 32
    assert Dummy().profile.supports("qrCode")
    with pytest.raises(exceptions.Error, match="no profile 'nobody-5'"):
        Dummy(profile="nobody-5")


def test_pictures_as_paths_bytes_and_images(tmp_path: Path) -> None:
    picture = Image.new("1", (16, 8), 0)
    picture.save(tmp_path / "logo.png")
    file = io.BytesIO()
    picture.save(file, "PNG")
    outputs = set()
    for source in (picture, str(tmp_path / "logo.png"), tmp_path / "logo.png", file.getvalue()):
        p = dummy()
        p.image(source, impl="bitImageColumn", center=True)
        outputs.add(p.output)
    assert len(outputs) == 1


def test_a_picture_that_is_none_is_told() -> None:
    p = dummy()
    p.textln("kept")
    with pytest.raises(exceptions.ImageSizeError):
        p.image(b"no picture")
    with pytest.raises(FileNotFoundError):
        p.image("there-is-no-such.png")
    assert paper(p).splitlines() == ["kept"]


def test_a_picture_is_printed_as_it_was_when_it_was_given(tmp_path: Path) -> None:
    """Scripts draw on in the same picture, and delete the file behind them."""
    drawn, path = Image.new("L", (64, 24), 255), tmp_path / "logo.png"
    drawn.save(path)
    p, q = dummy(), dummy()
    for picture in (drawn, str(path)):
        p.image(picture)
        q.image(Image.new("L", (64, 24), 255))
    drawn.paste(0, (0, 0, 64, 24))
    path.unlink()
    assert p.output == q.output


def test_columns_blocks_spacing_and_feeding() -> None:
    p = dummy()
    p.software_columns(["a", "wide cell", "c"], widths=[3, 6, 4], align=["left", "center", "right"])
    p.block_text("some words to break", columns=10)
    p.ln()
    p.line_spacing(60)
    p.line_spacing()
    p.print_and_feed(2)
    p.textln("end")
    assert [line.rstrip() for line in paper(p).splitlines()] == [
        "a   wide    c",
        "    cell",
        "some words",
        "to break",
        "",
        "",
        "end",
    ]
    assert b"\x1b3\x3c" in p.output


def test_a_drawer_and_a_buzzer_go_out_at_once(receipt_printer: EmulatedReceiptPrinter) -> None:
    with network(receipt_printer) as p:
        p.cashdraw(2)
        receipt_printer.happened(What.DRAWER_KICK)
    q = dummy()
    q.cashdraw([27, 112, 48, 25, 25])
    q.buzzer(2, 3)
    assert b"\x1bp\x30\x19\x19" in q.output
    assert b"\x1bB\x02\x03" in q.output


def test_a_file_gets_the_bytes_of_each_job_and_its_lack_is_told(tmp_path: Path) -> None:
    place = tmp_path / "lp0"
    with pytest.raises(exceptions.DeviceNotFoundError, match="lp0"):
        File(str(place)).open()
    place.touch()
    with File(str(place), profile="TM-T88V") as p:
        p.textln("a")
        p.cut()
        p.textln("b")
    assert place.read_bytes().count(b"\x1b@") == 2


def test_nobody_there_is_told_by_its_name() -> None:
    p = Network("127.0.0.1", 9, profile="TM-T88V")
    with pytest.raises(exceptions.DeviceNotFoundError) as caught:
        p.open()
    assert caught.value.__cause__ is not None
    p.open(raise_not_found=False)


def test_what_did_not_reach_the_printer_stays_gathered(make_receipt_printer: MakeReceiptPrinter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    p = Network("127.0.0.1", port, profile="TM-T88V")
    p.textln("once")
    with pytest.raises(exceptions.DeviceNotFoundError):
        p.flush()
    printer = make_receipt_printer(port=port)
    p.cut()
    p.close()
    assert printer.ticket().text.count("once") == 1


def test_flipped_and_smoothed_lines_end_with_the_defaults() -> None:
    p = dummy()
    p.set(flip=True, smooth=True)
    p.textln("a")
    p.set_with_default()
    p.textln("b")
    output = p.output
    assert output.index(b"\x1b{\x01") < output.index(b"a\n") < output.index(b"\x1b{\x00") < output.index(b"b\n")
    assert output.index(b"\x1db\x01") < output.index(b"a\n") < output.index(b"\x1db\x00") < output.index(b"b\n")


def test_usb_and_serial_are_urls() -> None:
    assert Usb(0x04B8, 0x0E20)._carrier.url == "usb://04b8:0e20"  # type: ignore[attr-defined]
    serial = Serial("/dev/ttyUSB0", 19200, parity="E", stopbits=2, xonxoff=True)
    assert serial._carrier.url == "serial:///dev/ttyUSB0?baud=19200&parity=even&stop=2&flow=xonxoff"  # type: ignore[attr-defined]
    with pytest.raises(exceptions.Error, match="idVendor"):
        Usb()


def test_a_serial_printer_needs_no_more_than_its_port() -> None:
    for made in (Serial("/dev/ttyUSB0"), Serial(devfile="/dev/ttyUSB0", stopbits=1, timeout=1.0, dsrdtr=True)):
        assert made._carrier.url == "serial:///dev/ttyUSB0?baud=9600"  # type: ignore[attr-defined]
    with pytest.raises(exceptions.DeviceNotFoundError):
        Serial("/dev/there-is-no-such-port").open()


def test_a_jobs_time_on_usb_is_not_that_of_one_transfer() -> None:
    """Old scripts give endpoints in its place: 129 thousandths of a second are no time for a receipt to be printed."""
    waits = {given: Usb(0x04B8, 0x0202, 0, given)._carrier.allowed for given in (0, 0x81)}  # type: ignore[arg-type,attr-defined]
    assert waits == {0: None, 0x81: "auto"}


@pytest.mark.parametrize(
    ("kind", "code", "fits"),
    [
        ("EAN13", "4006381333931", True),
        ("EAN13", "400638133393", True),
        ("EAN13", "40063813A3931", False),
        ("EAN13", "1", False),
        ("CODE128", "{BABC-123", True),
        ("CODE39", "ITEM1", True),
        ("CODE39", "item1", False),
        ("NOPE", "1", False),
    ],
)
def test_a_barcode_can_be_checked_before(kind: str, code: str, fits: bool) -> None:
    assert Dummy.check_barcode(kind, code) is fits


def test_escpos_io_cuts_at_the_end() -> None:
    p = dummy()
    with EscposIO(p, align="center") as io_:
        io_.writelines("a\nb", bold=True)
        io_.set(align="left")
        io_.writelines(["c"])
    (ticket,) = render_job(p.output, TM)
    assert [line.strip() for line in ticket.text().splitlines()] == ["a", "b", "c"]
    assert ticket.cut is not None


SCRIPT = """
from escpos.constants import ESC
from escpos.exceptions import Error
from escpos.printer import Usb

def main():
    p = Usb(0x0416, 0x5011, profile="TM-T88V")
    p.textln("printed by a script that never closes")

main()
"""


def test_a_script_runs_unchanged_and_what_it_called_for_is_printed_though_it_never_closes(
    receipt_printer: EmulatedReceiptPrinter, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    words = [sys.executable, "-m", "posdevkit.compat.escpos", "--to", receipt_printer.url, str(script)]
    subprocess.run(words, check=True, timeout=30)
    assert "printed by a script that never closes" in receipt_printer.uncut().text()


def test_a_script_that_is_not_there_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "posdevkit.compat.escpos", "nothing.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no script nothing.py" in done.stderr


def test_the_byte_of_a_status_is_the_printers(receipt_printer: EmulatedReceiptPrinter) -> None:
    with network(receipt_printer) as p:
        assert p.query_status(constants.RT_STATUS_ONLINE) == b"\x12"
        assert p.query_status(constants.RT_STATUS_PAPER) == b"\x12"
        receipt_printer.open_cover()
        p.is_online()
        (online,) = p.query_status(constants.RT_STATUS_ONLINE)
        assert online & constants.RT_MASK_ONLINE
        assert p.query_status(b"\x10\x04\x02") == b"\x16"  # Epson dle_eot, n = 2: bit 2, the cover is open
        receipt_printer.close_cover()
        receipt_printer.run_out()
        (paper_end,) = p.query_status(constants.RT_STATUS_PAPER)
        assert paper_end & constants.RT_MASK_NOPAPER == constants.RT_MASK_NOPAPER
        with pytest.raises(ValueError, match="DLE EOT"):
            p.query_status(b"\x1d\x72\x01")
    with pytest.raises(exceptions.StatusUnknownError):
        dummy().query_status(constants.RT_STATUS_PAPER)


def test_queues_of_the_system_by_their_names() -> None:
    for printer, url in (
        (CupsPrinter("TILL"), "cups://localhost:631/TILL"),
        (CupsPrinter("TILL", "192.0.2.9", 8631, profile="TM-T88V"), "cups://192.0.2.9:8631/TILL"),
        (LP("TILL"), "cups://localhost/TILL"),
        (Win32Raw("EPSON TM-T88V Receipt"), "spooler://EPSON TM-T88V Receipt"),
    ):
        assert printer._carrier.url == url  # type: ignore[attr-defined]
        assert parse_url(url).address
    for kind in (CupsPrinter, LP, Win32Raw):
        with pytest.raises(exceptions.Error) as told:
            kind(" ")
        assert "Give printer_name" in told.value.__cause__.remedy()  # type: ignore[union-attr]


def test_a_receipt_through_a_queue(receipt_printer: EmulatedReceiptPrinter) -> None:
    where = urlsplit(receipt_printer.url)

    async def start() -> EmulatedQueue:
        queue = EmulatedQueue((str(where.hostname), where.port or 0), "TILL")
        await queue.open()
        return queue

    queue = background.run(start)
    try:
        place = urlsplit(queue.url)
        with CupsPrinter("TILL", str(place.hostname), place.port or 0, profile="TM-T88V") as p:
            p.textln("Café Nord")
            p.cut()
            with pytest.raises(exceptions.StatusUnknownError):
                p.paper_status()
        assert "Café Nord" in receipt_printer.ticket().text
        assert len(receipt_printer.tickets) == 1
    finally:
        background.run(queue.close)
