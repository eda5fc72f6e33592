"""The rooms that one scan passes, from the cable to whoever waits for it: what the architecture page draws."""

from __future__ import annotations

import socket

import posdevkit as pos
from posdevkit.runtime import background

from .rooms import Passage, watched

# Each room when it is entered first: while the scanner is opened, and from the moment the code is on the cable.
OUT = ["blocking", "devices", "registry"]
IN = ["links", "protocols", "codes", "secret"]


def one_scan() -> tuple[Passage, int]:
    """Scan one code. What was passed, and where in it the code was put on the cable."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        watched() as passage,
        pos.Scanner.open(f"tcp://127.0.0.1:{listener.getsockname()[1]}") as scanner,
        scanner.scans() as scans,
    ):
        connection, _ = listener.accept()
        with connection:
            start = len(passage.rooms)
            connection.sendall(b"5701234567899\r")
            scan = next(scans.blocking(10))
            assert isinstance(scan.meaning, pos.Product | pos.Unknown)
            passage.stop()
    return passage, start


def test_one_scan_passes_the_rooms_from_the_cable_to_whoever_waits() -> None:
    one_scan()  # everything is loaded now
    background.stop()
    passage, start = one_scan()
    assert Passage(passage.rooms[:start]).first(OUT) == OUT
    came = Passage(passage.rooms[start:])
    assert came.first(IN) == IN
    # What a code means is worked out last, where it is asked for; the cable's rooms know nothing of it.
    assert came.last(["links", "protocols", "codes"])[-1] == "codes"
    assert not {"layout", "imaging", "paper", "documents", "profiles", "till", "cli", "config"} & set(passage.rooms)
