"""How much a USB printer is offered at a time."""

from __future__ import annotations

from posdevkit.links.usb_stride import Stride


def sizes(stride: Stride, seconds_a_byte: float, times: int) -> list[int]:
    """What is offered while all of it is taken at that speed."""
    found = []
    for _ in range(times):
        found.append(stride.size)
        stride.wrote(stride.size, stride.size, stride.size * seconds_a_byte)
    return found


def test_it_grows_to_what_takes_20_ms() -> None:
    """At full speed 19 packets of 64 bytes take a millisecond: 16 KiB take 13.5 ms, twice that too long."""
    assert sizes(Stride(64), 0.001 / (19 * 64), 5) == [2048, 4096, 8192, 16384, 16384]
    assert sizes(Stride(512), 0.0, 6)[-2:] == [512 * 512] * 2  # and no further, on a bus that costs nothing


def test_it_shrinks_where_the_printer_slows_down() -> None:
    stride = Stride(64)
    sizes(stride, 0.0, 4)
    assert sizes(stride, 0.00001, 6) == [32768, 16384, 8192, 4096, 2048, 2048]


def test_a_printer_that_refused_is_offered_one_packet_until_it_takes_one() -> None:
    stride = Stride(64)
    sizes(stride, 0.0, 3)
    stride.wrote(stride.size, 100, 0.04)
    assert (stride.refused, stride.size) == (True, 64)
    stride.wrote(64, 0, 0.04)
    assert stride.size == 64
    stride.wrote(64, 64, 0.0)
    assert (stride.refused, stride.size) == (False, 2048)


def test_the_short_end_of_a_job_says_nothing_about_speed() -> None:
    stride = Stride(64)
    stride.wrote(10, 10, 0.0)
    assert stride.size == 2048
