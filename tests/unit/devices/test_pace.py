"""How long a job may take, by hand."""

from __future__ import annotations

import pytest

from posdevkit.devices.compose import compose
from posdevkit.devices.pace import Pace
from posdevkit.documents import Receipt
from posdevkit.links.pace import bytes_per_second
from posdevkit.profiles import load_profile
from posdevkit.protocols.job import Compiled


@pytest.mark.parametrize(
    ("url", "speed"),
    [
        ("serial:///dev/ttyS0", 960.0),  # 9600 baud in frames of 1 + 8 + 0 + 1 bits
        ("serial:///dev/ttyS0?baud=19200&bits=7&parity=even&stop=2", 19200 / 11),
        ("ble://AA:BB:CC:DD:EE:FF", 400.0),
        ("tcp://192.168.1.87", None),
    ],
)
def test_the_wire(url: str, speed: float | None) -> None:
    assert bytes_per_second(url) == speed


def test_a_short_job_has_a_minute_and_a_long_one_what_it_needs() -> None:
    profile = load_profile("epson-tm-t88v")
    short = compose(Receipt().text("x").cut(), profile).compiled
    assert Pace.of(960.0, profile).seconds(short) == 60.0
    picture = Compiled(bytes(96_000), (96_000,), 96_000)
    # 96,000 bytes at 960 a second are 100 s; one operation of 10 mm and 1,500 rows of 64 bytes at 180 dpi are
    # 221.67 mm, 4.43 s at 50 mm/s. All of it twice.
    assert Pace.of(960.0, profile).seconds(picture) == pytest.approx(2 * (100 + 221.67 / 50), rel=1e-3)
    assert Pace.of(None, profile).seconds(picture) == 60.0
    lines = Compiled(b"x\n" * 400, (800,), 800)
    # 400 lines of 8.5 mm and 10 mm: 3,410 mm are 68.2 s, and 800 bytes as rows of dots 1.76 mm.
    assert Pace.of(None, profile).seconds(lines) == pytest.approx(2 * (3410 + 1.764) / 50, rel=1e-3)


def test_what_a_label_needs_nobody_can_tell() -> None:
    assert Pace.of(None, object()).seconds(Compiled(b"^XA^PQ999^XZ", (12,), 12)) == 60.0
