"""Which HID device a URL means, and what is said where it means none or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from posdevkit.errors import BadUrl, Disconnected
from posdevkit.links.base import Identified
from posdevkit.links.hid import HidLink
from posdevkit.links.hid_bus import HidDescription, hid_url, one_of_each
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline

SCANNER = HidDescription(b"/dev/hidraw1", 0x05E0, 0x1300, usage_page=0x8C, usage=2, interface=1, port="1-2")
KEYBOARD = replace(SCANNER, path=b"/dev/hidraw0", usage_page=1, usage=6, interface=0)
MAKERS_OWN = replace(SCANNER, path=b"/dev/hidraw3", usage_page=0xFF00, usage=1, interface=2)


class Handle:
    """What nobody reads from."""

    def descriptor(self) -> bytes:
        return b""

    def read(self, size: int, milliseconds: int) -> bytes:
        return b""

    def write(self, report: bytes) -> None:
        raise AssertionError

    def send_feature(self, report: bytes) -> None:
        raise AssertionError

    def get_feature(self, report: int, size: int) -> bytes:
        raise AssertionError

    def close(self) -> None:
        pass


class Bus:
    """A bus with these collections; notes what is opened."""

    def __init__(self, *listed: HidDescription, refuse: OSError | None = None) -> None:
        self.listed = listed
        self.refuse = refuse
        self.opened: list[bytes] = []

    def enumerate(self) -> Sequence[HidDescription]:
        return self.listed

    def open_device(self, path: bytes) -> Handle:
        if self.refuse is not None:
            raise self.refuse
        self.opened.append(path)
        return Handle()


async def opened(bus: Bus, url: str = "hid://05e0:1300") -> list[bytes]:
    link = HidLink(parse_url(url), bus)
    await link.open(Deadline.after(20))
    await link.close()
    return bus.opened


def _unplaced(one: HidDescription, path: bytes) -> HidDescription:
    """As a system lists it that tells no port."""
    return replace(one, path=path, port="")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "listed",
    [
        (KEYBOARD, SCANNER),
        (_unplaced(KEYBOARD, b"A"), _unplaced(SCANNER, b"B")),
        (_unplaced(KEYBOARD, b"A"), replace(_unplaced(SCANNER, b"B"), interface=-1)),
    ],
    ids=["port known", "port unknown", "interface unknown"],
)
async def test_two_interfaces_of_one_device_are_one_device(listed: tuple[HidDescription, ...]) -> None:
    """Without a number of its own, and each interface with a path of its own: it was taken for two devices once."""
    assert await opened(Bus(*listed)) == [listed[1].path]


@pytest.mark.asyncio
async def test_its_keyboard_is_the_last_choice() -> None:
    assert await opened(Bus(KEYBOARD, MAKERS_OWN)) == [MAKERS_OWN.path]
    assert await opened(Bus(KEYBOARD, MAKERS_OWN, SCANNER)) == [SCANNER.path]
    assert await opened(Bus(SCANNER, MAKERS_OWN), "hid://05e0:1300?usage_page=ff00") == [MAKERS_OWN.path]
    assert await opened(Bus(KEYBOARD)) == [KEYBOARD.path]


@pytest.mark.asyncio
async def test_twins_are_told_apart_by_number_else_by_port() -> None:
    twin = replace(SCANNER, path=b"/dev/hidraw2", port="1-4.1")
    bus = Bus(KEYBOARD, SCANNER, twin)
    with pytest.raises(Disconnected, match="2 devices are alike") as problem:
        await opened(bus)
    assert problem.value.remedy() == "Write hid://05e0:1300?port=1-2 or hid://05e0:1300?port=1-4.1."
    assert await opened(bus, "hid://05e0:1300?port=1-4.1") == [twin.path]
    numbered = replace(twin, serial="S1")
    with pytest.raises(Disconnected, match="2 devices are alike"):
        await opened(Bus(SCANNER, numbered))
    assert await opened(Bus(SCANNER, numbered), "hid://05e0:1300?serial=S1") == [numbered.path]


@pytest.mark.asyncio
async def test_twins_that_nothing_tells_apart() -> None:
    bus = Bus(*(_unplaced(one, path) for path in (b"A", b"B") for one in (KEYBOARD, SCANNER)))
    assert len(one_of_each(bus.listed)) == 2
    with pytest.raises(Disconnected, match="2 devices are alike") as problem:
        await opened(bus)
    assert "leave only one plugged in" in (problem.value.remedy() or "")


@pytest.mark.asyncio
async def test_what_may_not_be_opened_and_what_is_not_there_say_what_to_do() -> None:
    for bus, url, words, remedy in (
        (Bus(SCANNER, refuse=PermissionError(13, "not permitted")), "", "not permitted", "udev rule"),
        (Bus(SCANNER, refuse=OSError("open failed")), "", "open failed", "other programs"),
        (Bus(SCANNER), "?port=1-3", "no such device", "Plug it in"),
        (Bus(), "", "no such device", "Plug it in"),
    ):
        with pytest.raises(Disconnected, match=words) as problem:
            await opened(bus, f"hid://05e0:1300{url}")
        assert remedy in (problem.value.remedy() or "")
    with pytest.raises(BadUrl):
        HidLink(parse_url("hid://05e0:1300?prot=1-2"))


def test_the_url_that_means_this_very_device() -> None:
    assert str(hid_url(SCANNER)) == "hid://05e0:1300?port=1-2"
    assert str(hid_url(replace(SCANNER, serial="S1"))) == "hid://05e0:1300?serial=S1"
    assert str(hid_url(replace(SCANNER, port=""))) == "hid://05e0:1300"
    # Clones of a batch bear one number: the port tells them apart, and of one device its collections are no others.
    one, other = replace(SCANNER, serial="S1"), replace(SCANNER, serial="S1", port="1-4")
    assert str(hid_url(one, [one, other, replace(one, usage=6)])) == "hid://05e0:1300?port=1-2"
    assert str(hid_url(one, [one, replace(one, usage=6)])) == "hid://05e0:1300?serial=S1"


@pytest.mark.asyncio
async def test_two_that_bear_one_number_are_told_apart_by_port() -> None:
    bus = Bus(replace(SCANNER, serial="S1"), replace(SCANNER, serial="S1", port="1-4", path=b"/dev/hidraw9"))
    with pytest.raises(Disconnected, match="2 devices are alike") as caught:
        await opened(bus)
    assert caught.value.remedy() == "Write hid://05e0:1300?port=1-2 or hid://05e0:1300?port=1-4."


@pytest.mark.asyncio
async def test_opened_anew_it_is_the_very_device_wherever_that_is_plugged_in() -> None:
    """By its number; one without is told by nothing that moves with it, and any like it will do."""
    first = replace(SCANNER, serial="A1")
    bus = Bus(first)
    link = HidLink(parse_url("hid://05e0:1300"), bus)
    assert isinstance(link, Identified)
    told = [link.identity]
    await link.open(Deadline.after(5))
    told.append(link.identity)
    assert told == [None, ("serial", "A1")]
    await link.close()
    bus.listed = (replace(first, serial="B2", path=b"/dev/hidraw7"),)
    again = HidLink(parse_url("hid://05e0:1300"), bus)
    again.expect(("serial", "A1"))
    for one in (link, again):
        with pytest.raises(Disconnected, match="no such device with the serial number A1"):
            await one.open(Deadline.after(5))
    bus.listed = (*bus.listed, replace(first, port="1-3", path=b"/dev/hidraw8"))
    await again.open(Deadline.after(5))
    await again.close()
    assert bus.opened == [b"/dev/hidraw1", b"/dev/hidraw8"]


@pytest.mark.asyncio
async def test_one_without_a_number_may_be_plugged_in_elsewhere() -> None:
    bus = Bus(SCANNER)
    link = HidLink(parse_url("hid://05e0:1300"), bus)
    for one in (SCANNER, replace(SCANNER, port="1-3")):
        bus.listed = (one,)
        await link.open(Deadline.after(5))
        assert link.identity is None
        await link.close()
