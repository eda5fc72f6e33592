"""Switching an emulated printer off at any moment leaves no connection, task or thread behind."""

from __future__ import annotations

import contextlib
import random
import socket
from urllib.parse import urlsplit

from posdevkit_emulators.bench import emulated_receipt_printer


def test_off_at_any_moment() -> None:
    randomly = random.Random(7)
    for _ in range(60):
        with contextlib.ExitStack() as stack, emulated_receipt_printer(faults=["split=5"]) as printer:
            where = urlsplit(printer.url)
            for _ in range(randomly.randrange(3)):
                client = stack.enter_context(socket.create_connection((where.hostname, where.port or 0)))
                client.sendall(b"\x1da\x0fHello\n\x10\x04\x01" * randomly.randrange(20))
                if randomly.random() < 0.5:
                    client.shutdown(socket.SHUT_WR)
