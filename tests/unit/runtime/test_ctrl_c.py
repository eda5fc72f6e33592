"""Ctrl-C in every public call that waits: KeyboardInterrupt at once, nothing left running, and an end.

Each row is a program of its own that says "waiting" just before it calls. What it waits for is a socket that takes a
connection and says nothing, or an emulated printer without paper, both in this process.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import socketserver
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from tests.careful import CAREFUL
from tests.systems import CTRL_C

pytestmark = CTRL_C

SOON = 20.0
"""Seconds from the signal to KeyboardInterrupt leaving the call. The calls wait for a minute or for ever, so also on a
busy machine this tells that the signal ended them."""
ENDED = 25.0
"""To the end of the program: closing hears the other side out for a second, and Python takes its time."""
STARTS = 30.0

PROGRAM = """
import sys, threading
from contextlib import contextmanager
from pathlib import Path
import posdevkit as pos
from posdevkit.runtime import background

for name in pos.__all__:  # Python itself loses a signal that comes in a callback of its import locks
    getattr(pos, name)

def say(word):
    print(word, flush=True)

@contextmanager
def waiting():
    try:
        say("waiting")
        yield
    except KeyboardInterrupt:
        say("interrupted")
        raise
    say("returned")

UNKNOWN = (  # how a journal remembers a payment whose end it was not told
    '{{"intent": "sale-1", "minor": 7000, "currency": "EUR", "before": "", "state": "unknown", "reason": "",'
    ' "receipt": null, "trace": null, "brand": "", "last_four": ""}}\\n'
)

def program(url, full, paperless, folder):
    receipt = pos.Receipt().text("hello").cut()
{body}

try:
    program(*sys.argv[1:4], Path(sys.argv[4]))
except KeyboardInterrupt:
    say("raised")
background.stop()
for one in threading.enumerate():  # a call that only looks is let run to its end, which is soon
    if one is not threading.main_thread():
        one.join(20)
say("left: " + " ".join(one.name for one in threading.enumerate() if one is not threading.main_thread()))
"""

CALLS = {
    "open, of a device that does not accept": """
        with waiting():
            pos.ReceiptPrinter.open(full, timeout=60)
    """,
    "open, while a printer is greeted": """
        with waiting():
            while True:
                pos.ReceiptPrinter.open(url, timeout=60).close()
    """,
    "print, without paper": """
        with pos.ReceiptPrinter.open(paperless, profile="epson-tm-t88v") as printer:
            with waiting():
                printer.print(receipt, timeout=None)
    """,
    "Job.wait": """
        with pos.ReceiptPrinter.open(paperless, profile="epson-tm-t88v") as printer:
            job = printer.submit(receipt)
            with waiting():
                job.wait()
    """,
    "Job.events": """
        with pos.ReceiptPrinter.open(paperless, profile="epson-tm-t88v") as printer:
            job = printer.submit(receipt)
            with waiting():
                for event in job.events():
                    pass
    """,
    "ReceiptPrinter.logos, behind a job without paper": """
        with pos.ReceiptPrinter.open(paperless, profile="epson-tm-t88v") as printer:
            job = printer.submit(receipt)
            with waiting():
                printer.logos(timeout=60)
    """,
    "events of a printer": """
        with pos.ReceiptPrinter.open(paperless, profile="epson-tm-t88v") as printer, printer.events() as events:
            with waiting():
                for event in events:
                    pass
    """,
    "LabelPrinter.print": """
        label = pos.Label(50, 30).text(2, 2, "hello")
        with pos.LabelPrinter.open(url, profile="generic-zpl-203") as printer:
            with waiting():
                while True:
                    printer.print(label, timeout=None)
    """,
    "Scanner.scans": """
        with pos.Scanner.open(url) as scanner, scanner.scans() as scans:
            with waiting():
                next(scans.blocking())
    """,
    "Subscription.get_blocking": """
        with pos.Scanner.open(url) as scanner, scanner.events() as events:
            with waiting():
                events.get_blocking(60)
    """,
    "merged events": """
        with pos.Scanner.open(url) as scanner, scanner.events() as one, scanner.scans() as other:
            with pos.merge_events(one, other) as merged:
                with waiting():
                    next(merged.blocking())
    """,
    "Scale.weigh": """
        with pos.Scale.open(url) as scale:
            with waiting():
                scale.weigh(timeout=60)
    """,
    "CardReader.read": """
        with pos.CardReader.open(url) as reader:
            with waiting():
                reader.read()
    """,
    "PaymentTerminal.pay": """
        with pos.PaymentTerminal.open(url.replace("tcp:", "zvt:"), journal=folder / "payments.jsonl") as terminal:
            with waiting():
                terminal.pay(pos.Money(7000, "EUR"), intent="sale-1", timeout=60)
    """,
    "PaymentTerminal.recover": """
        (folder / "payments.jsonl").write_text(UNKNOWN)
        with pos.PaymentTerminal.open(url.replace("tcp:", "zvt:"), journal=folder / "payments.jsonl") as terminal:
            with waiting():
                terminal.recover("sale-1", timeout=60)
    """,
    "PaymentTerminal.recover, of what nobody knows, again and again": """
        with pos.PaymentTerminal.open(url.replace("tcp:", "zvt:")) as terminal:
            with waiting():
                while True:
                    try:
                        terminal.recover("sale-1", timeout=60)
                    except pos.UsageError:
                        pass
    """,
    "PrintQueue.wait": """
        with pos.PrintQueue.open(folder / "queue.db", paperless, profile="epson-tm-t88v") as queue:
            queue.add(receipt, key="order-1")
            with waiting():
                queue.wait("order-1")
    """,
    "PrintQueue.events": """
        with pos.PrintQueue.open(folder / "queue.db", paperless, profile="epson-tm-t88v") as queue:
            with queue.events() as events:
                with waiting():
                    for event in events:
                        pass
    """,
    "Kitchen.wait": """
        (folder / "shop.toml").write_text(
            f'[printer.k]\\nurl = "{paperless}"\\nprofile = "epson-tm-t88v"\\n[station.food]\\nprinter = "k"\\n'
            'categories = ["food"]\\ndefault = true\\n'
        )
        with pos.Kitchen.open(folder / "kitchen.db", folder / "shop.toml") as kitchen:
            kitchen.send(pos.KitchenOrder("12", (pos.KitchenLine("Burger", category="food"),)))
            with waiting():
                kitchen.wait("12")
    """,
    "CloudClient.push": """
        token = pos.Secret("t" * 40)
        pos_url = url.replace("tcp:", "http:")
        with pos.CloudClient.open(folder / "till.db", pos_url, token, background=False) as cloud:
            with waiting():
                while True:
                    cloud.pull()
    """,
    "CloudClient.events": """
        token = pos.Secret("t" * 40)
        with pos.CloudClient.open(folder / "till.db", url.replace("tcp:", "http:"), token) as cloud:
            with cloud.events() as events:
                with waiting():
                    for event in events:
                        pass
    """,
    "discover": """
        pos.discover(only=["serial", "usb", "epson"], ask=["127.0.0.1"], timeout=0.5)  # imports
        with waiting():
            while True:
                pos.discover(only=["serial", "usb", "epson"], ask=["127.0.0.1"], timeout=30)
    """,
    "DeviceWatch.events": """
        with pos.DeviceWatch.open(only=["serial"]) as watch, watch.events() as events:
            with waiting():
                for event in events:
                    pass
    """,
    "diagnose": """
        pos.diagnose(only=["serial"], timeout=5)  # imports; a signal inside Python's own may leave a word of Python's
        with waiting():
            while True:
                pos.diagnose(only=["serial"], timeout=5)
    """,
    "Hub.wait": """
        (folder / "shop.toml").write_text(f'[printer.k]\\nurl = "{paperless}"\\nprofile = "epson-tm-t88v"\\n')
        with pos.Hub.open(folder / "shop.toml", port=0) as hub:
            with waiting():
                hub.wait()
    """,
}
COMMANDS = {
    "scan": ("scan", "{url}"),
    "status --watch": ("status", "{url}", "--watch"),
    "card read": ("card", "read", "{url}"),
    "weigh": ("weigh", "{url}", "--timeout", "60"),
    "pay": ("pay", "7,00", "--currency", "EUR", "--to", "{zvt}", "--journal", "{folder}/payments.jsonl"),
    "hub serve": ("hub", "serve", "{folder}/shop.toml", "--port", "0"),
    "cloud serve": ("cloud", "serve", "--port", "0", "--database", "sqlite:///{folder}/cloud.db"),
}


class Deaf(socketserver.BaseRequestHandler):
    """Takes what comes, says nothing, and hangs up when the other side does."""

    came = threading.Event()

    def handle(self) -> None:
        self.came.set()
        while self.request.recv(4096):
            pass


@pytest.fixture
def silent() -> Iterator[str]:
    """A device that never says a byte."""
    Deaf.came.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Deaf) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="silent device")
        thread.start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def full() -> Iterator[str]:
    """Where no more connections are taken: a call waits until its deadline."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        callers = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
            callers.append(caller)
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        for caller in callers:
            caller.close()


@pytest.fixture
def paperless(make_receipt_printer: MakeReceiptPrinter) -> str:
    """A printer that says that it has no paper, and waits."""
    printer = make_receipt_printer()
    printer.run_out()
    return printer.url


@contextmanager
def started(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **CAREFUL, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, bufsize=0, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[bytes]) -> str:
    """What it says next; fails with where each of its threads stands if it says nothing."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], STARTS)[0]:
        process.send_signal(signal.SIGABRT)
        raise AssertionError(f"it says nothing: {process.communicate()[1].decode()}")
    return process.stdout.readline().decode().strip()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_waits_ends_at_once(call: str, silent: str, full: str, paperless: str, tmp_path: Path) -> None:
    program = PROGRAM.format(body=textwrap.indent(textwrap.dedent(CALLS[call]), "    "))
    command = [sys.executable, "-W", "error", "-c", program, silent, full, paperless, str(tmp_path)]
    with started(command, tmp_path) as process:
        first = line(process)
        assert first == "waiting", f"{first} {process.communicate()[1].decode()}"
        time.sleep(0.4)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert line(process) == "interrupted"
        left_the_call = time.monotonic() - begin
        out, err = process.communicate(timeout=STARTS)
        ended = time.monotonic() - begin
    assert (out.decode().splitlines(), err.decode()) == (["raised", "left: "], "")
    assert left_the_call < SOON
    assert ended < ENDED


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_waits_ends_at_once(command: str, silent: str, paperless: str, tmp_path: Path) -> None:
    shop = f'[printer.counter]\nurl = "{paperless}"\nprofile = "epson-tm-t88v"\n'
    (tmp_path / "shop.toml").write_text(shop, "utf-8")
    names = {"url": silent, "zvt": silent.replace("tcp:", "zvt:"), "folder": str(tmp_path)}
    words = [word.format(**names) for word in COMMANDS[command]]
    with started([sys.executable, "-m", "posdevkit", *words], tmp_path) as process:
        if "serve" in command:
            assert line(process)
        else:  # they say nothing until something comes
            assert Deaf.came.wait(STARTS)
        time.sleep(0.4)
        assert process.poll() is None, process.communicate()
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=STARTS)
        ended = time.monotonic() - begin
    assert process.returncode == 130, out + err
    assert b"Traceback" not in err
    assert ended < ENDED
