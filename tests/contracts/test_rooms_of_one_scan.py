"""The rooms that one scan passes, each once: the architecture page's picture, held to the code.

Nothing goes out to a scanner: a scan has a way back alone.
"""

from __future__ import annotations

import socket

import posdevkit as pos
from posdevkit.runtime import background

from .rooms import Passage, watched

CODE = "5701234567899"
BACK = ["links", "protocols", "devices", "codes"]
"""The code's bytes, the code, the scan that is put into the subscription, and what it means, when that is asked."""


def one_scan() -> Passage:
    """Scan one code."""
    background.stop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        with watched() as passage, pos.Scanner.open(url) as scanner, scanner.scans() as scans:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(CODE.encode() + b"\r")
                scan = next(scans.blocking(10))
                assert isinstance(scan.meaning, pos.Product)
                passage.stop()
    return passage


def scanned(value: object) -> bool:
    """A text or bytes with the code in it."""
    return (isinstance(value, str) and CODE in value) or (isinstance(value, bytes) and CODE.encode() in value)


def test_one_scan_passes_each_room_once_on_the_way_back() -> None:
    one_scan()  # everything is loaded now
    passage = one_scan()
    code = passage.of(scanned)
    assert code.up == BACK, code.passed
    assert code.down == ["protocols"], code.passed
    # The cable's rooms know nothing of what a code means, and a scan nothing of paper.
    assert code.rooms == set(BACK)
    assert passage.rooms == {"blocking", "registry", *BACK}
