"""The printer's network socket, from the outside."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from posdevkit.errors import BadUrl, PortInUse, UsageError
from posdevkit_emulators.bench import EmulatedReceiptPrinter, emulated_receipt_printer
from posdevkit_emulators.printers import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from tests.prompt import promptly

CUT = b"\x1dVA\x00"
ID = b"\x1d(H\x06\x0000done"
DONE = b"\x37\x22done\x00"


@contextlib.contextmanager
def call(printer: EmulatedReceiptPrinter) -> Iterator[socket.socket]:
    where = urlsplit(printer.url)
    with socket.create_connection((where.hostname, where.port or 0), timeout=10) as client:
        yield client


def read(client: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes, or fewer if the printer ends."""
    got = b""
    while len(got) < size and (data := client.recv(size - len(got))):
        got += data
    return got


def test_prints_and_answers(receipt_printer: EmulatedReceiptPrinter) -> None:
    with call(receipt_printer) as client:
        client.sendall(b"\x1da\x0fHello\n" + CUT + ID)
        assert read(client, 11) == b"\x10\x00\x00\x00" + DONE
    assert receipt_printer.ticket(1).text == "Hello\n"


def test_a_half_closed_host_gets_its_answers(receipt_printer: EmulatedReceiptPrinter) -> None:
    receipt_printer.run_out()
    with call(receipt_printer) as client:
        client.sendall(b"Hello\n" + CUT + ID)
        client.shutdown(socket.SHUT_WR)
        receipt_printer.load_paper()
        assert read(client, 100) == DONE  # and then the end
    receipt_printer.ticket(1)


def test_everything_of_a_host_that_closed_at_once_is_printed(receipt_printer: EmulatedReceiptPrinter) -> None:
    with call(receipt_printer) as client:
        client.sendall(b"".join(b"%d\n" % number for number in range(5000)) + CUT)
    assert receipt_printer.ticket(1).text.splitlines()[-1] == "4999"


def test_a_printer_without_paper_takes_no_more_than_its_buffer(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=0"])
    with call(printer) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        client.setblocking(False)
        total = 0
        quiet = 0
        while quiet < 5:
            _, writable, _ = select.select([], [client], [], 0.1)
            if writable:
                total += client.send(b"0123456789abcde\n" * 4096)
                quiet = 0
            else:
                quiet += 1
        assert printer.bytes_taken == printer.profile.receive_buffer
        client.setblocking(True)
        client.settimeout(20)
        printer.load_paper()
        client.sendall(CUT + ID)
        assert read(client, len(DONE)) == DONE
    assert printer.ticket(1).size == total + len(CUT)


def test_status_is_answered_while_the_paper_is_out(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=1"])
    with call(printer) as client:
        client.sendall(b"1\n2\n")
        printer.happened(What.PAPER_OUT)
        client.sendall(b"\x10\x04\x04")
        assert read(client, 1) == b"\x7e"


def test_a_second_client_waits_for_the_first(receipt_printer: EmulatedReceiptPrinter) -> None:
    with call(receipt_printer) as first, call(receipt_printer) as second:
        first.sendall(b"\x10\x04\x01")
        assert read(first, 1) == b"\x12"
        second.sendall(b"\x10\x04\x01")
        second.settimeout(0.2)
        with pytest.raises(TimeoutError):
            second.recv(1)
        first.close()
        second.settimeout(10)
        assert read(second, 1) == b"\x12"


def test_a_waiting_client_comes_as_soon_as_the_first_ends_its_sending(
    make_receipt_printer: MakeReceiptPrinter,
) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=0"])
    with call(printer) as first, call(printer) as second:
        first.sendall(b"stays in the buffer\n")
        first.shutdown(socket.SHUT_WR)
        second.sendall(b"\x10\x04\x04")
        assert read(second, 1) == b"\x7e"
        assert first.recv(1) == b""


def test_a_reset_client_makes_way_even_while_nothing_is_read(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=0"])
    with call(printer) as first, call(printer) as second:
        first.sendall(b"x" * 20_000)  # more than the printer takes
        first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        first.close()
        second.sendall(b"\x10\x04\x04")
        assert read(second, 1) == b"\x7e"


def test_five_hundred_idle_sockets_and_a_byte_a_second(receipt_printer: EmulatedReceiptPrinter) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1500:
        pytest.skip("too few descriptors for 500 sockets")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1500), hard))
    try:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(call(receipt_printer))
            idle = []
            for _ in range(500):
                client = stack.enter_context(socket.socket())
                client.setblocking(False)
                where = urlsplit(receipt_printer.url)
                client.connect_ex((where.hostname, where.port))
                idle.append(client)
            for byte in b"slow\n" + CUT:  # the first client dribbles on, and is served
                first.sendall(bytes([byte]))
                time.sleep(0.02)
            assert receipt_printer.ticket(1).text == "slow\n"
            first.close()
            for client in idle:
                client.close()
        with call(receipt_printer) as client:
            client.sendall(b"after\n" + CUT)
            assert receipt_printer.ticket(2, timeout=30).text == "after\n"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.timeout(150)  # 400,000 questions are seconds of work on an idle machine
def test_a_host_that_never_reads_does_not_fill_the_memory(receipt_printer: EmulatedReceiptPrinter) -> None:
    with call(receipt_printer) as client:
        client.settimeout(100)
        for _ in range(4):
            client.sendall(b"\x10\x04\x01" * 100_000)
        client.sendall(b"printed\n" + CUT)
        assert receipt_printer.ticket(1, timeout=100).text == "printed\n"


def test_close_at_tears_the_connection_down_at_its_byte(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["close-at=8"])
    with call(printer) as client:
        client.sendall(b"1234567\nnever\n")
        with pytest.raises(ConnectionResetError):
            while client.recv(1):
                pass
    with call(printer) as client:
        client.sendall(b"next\n" + CUT)
        assert printer.ticket(1).text == "1234567\nnext\n"
    assert printer.ticket(1).troubles == ("cable-fault: close-at=8",)


def test_a_power_cut_loses_what_was_not_printed(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["power-cut-at=6"])
    with call(printer) as client:
        client.sendall(b"12\n45\n78\n")
        with pytest.raises(ConnectionResetError):
            while client.recv(1):
                pass
    with call(printer) as client:
        client.sendall(b"next\n" + CUT)
        assert printer.ticket(1).text == "12\n45\nnext\n"


def test_power_cycled_by_hand(receipt_printer: EmulatedReceiptPrinter) -> None:
    with call(receipt_printer) as client:
        client.sendall(b"\x10\x04\x01")
        read(client, 1)
        receipt_printer.power_cycle()
        with pytest.raises(ConnectionResetError):
            while client.recv(1):
                pass
    with call(receipt_printer) as client:
        client.sendall(b"\x10\x04\x01")
        assert read(client, 1) == b"\x12"


def test_a_stall_ends_by_itself_or_by_hand(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["stall-at=2:0.05", "stall-at=4"])
    with call(printer) as client:
        client.sendall(b"1\n2\n3\n" + CUT)
        printer.happened(What.CABLE_FAULT, 2)
        assert printer.bytes_taken == 4
        printer.resume()
        assert printer.ticket(1).text == "1\n2\n3\n"


def test_a_slow_printer_takes_its_time(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["slow=400"])
    start = time.monotonic()
    with promptly(5), call(printer) as client:
        client.sendall(b"x" * 96 + CUT)
        printer.ticket(1)
    assert time.monotonic() - start > 0.2


def test_split_answers_come_in_pieces_and_complete(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["split=1"])
    with call(printer) as client:
        client.sendall(b"\x1da\x0fHello\n" + CUT + ID)
        assert read(client, 11) == b"\x10\x00\x00\x00" + DONE


def test_dropped_bytes_are_missing_on_paper(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["drop=1..2"])
    with call(printer) as client:
        client.sendall(b"1234\n" + CUT)
        ticket = printer.ticket(1)
    assert ticket.text == "14\n"
    assert ticket.troubles[0].startswith("cable-fault: 2 bytes dropped")


def test_a_port_in_use_is_one_clear_error(receipt_printer: EmulatedReceiptPrinter) -> None:
    port = urlsplit(receipt_printer.url).port or 0
    with pytest.raises(PortInUse) as caught, emulated_receipt_printer(port=port):
        pass
    assert str(port) in str(caught.value)


@pytest.mark.parametrize(
    ("host", "problem"), [("0.0.0.0", UsageError), ("192.0.2.1", UsageError), ("printer.example", BadUrl)]
)
def test_only_the_loopback_is_listened_on(host: str, problem: type[Exception]) -> None:
    with pytest.raises(problem), emulated_receipt_printer(host=host):
        pass


def test_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        probe = socket.socket(socket.AF_INET6)
        with probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with emulated_receipt_printer(host="::1") as printer, call(printer) as client:
        assert printer.url.startswith("tcp://[::1]:")
        client.sendall(b"\x10\x04\x01")
        assert read(client, 1) == b"\x12"


def test_the_port_is_free_afterwards() -> None:
    with emulated_receipt_printer() as printer:
        port = urlsplit(printer.url).port or 0
        with call(printer) as client:
            client.sendall(b"x")
    with emulated_receipt_printer(port=port) as again:
        assert urlsplit(again.url).port == port
