"""Whose a node below /dev is: lasting names that lead astray for a moment, and places that another device has taken."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from posdevkit.errors import Disconnected
from posdevkit.links.url import DeviceUrl
from posdevkit.links.usb_node import NodeKeeper, UsbNode, leads_astray, usb_node

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nodes and sysfs are of Linux")
STARS = "/dev/serial/by-id/usb-Star_serial_printer"
KEYS = "/dev/input/by-id/usb-Symbol_scanner"
PATH = "/dev/serial/by-path/pci-0000:00:14.0-usb-0"


def plugged(system: Path, serial: str | None, *, node: str = "166:0", product: str = "0001", part: str = "1.0") -> Path:
    """What Linux shows of a node of a USB device, below a root hub that has a serial number of its own."""
    hub = system / "devices" / "usb1"
    device = hub / "1-1.2"
    place = device / f"1-1.2:{part}" / "tty" / node.replace(":", "-")
    place.mkdir(parents=True, exist_ok=True)
    facts = ((hub, "1d6b", "0002", "0000:00:14.0"), (device, "0519", product, serial))
    for folder, vendor, model, number in facts:
        (folder / "idVendor").write_text(f"{vendor}\n")
        (folder / "idProduct").write_text(f"{model}\n")
        (folder / "serial").unlink(missing_ok=True)
        if number is not None:
            (folder / "serial").write_text(number + "\n")
    if not (place / "device").is_symlink():
        (place / "device").symlink_to(place.parents[1])
    numbers = system / "dev" / "char"
    numbers.mkdir(parents=True, exist_ok=True)
    (numbers / node).unlink(missing_ok=True)
    (numbers / node).symlink_to(place)
    return system


@pytest.mark.parametrize(
    ("serial", "name", "astray"),
    [
        ("N15", f"{STARS}_N15-if00", False),
        ("N15", f"{STARS}_N16-if00", True),
        ("N1", f"{STARS}_N15-if00", True),  # a number that another one begins with
        ("N15", "/dev/ttyACM0", False),
        ("N15", f"{KEYS}_N15-event-kbd", False),
        ("N15", f"{KEYS}_N16-if01-event-kbd", True),
        (" N  15/A ", f"{STARS}_N_15_A-if00", False),  # blanks at the ends go, those within become one
        ("N,15", f"{STARS}-if00", False),  # udev leaves such numbers out
        ("N\u00e615", f"{STARS}-if00", False),
        (None, f"{STARS}-if00", False),  # as most CH340 adapters: the hub's number is not its own
        (None, f"{PATH}:1.2:1.0", False),
        (None, f"{PATH}:1.2:1.0-port0", False),
        (None, f"{PATH}:1.3:1.0", True),
        (None, "/dev/input/by-path/platform-vhci_hcd.0-usbv2-0:1.2:1.1-event-kbd", True),
    ],
)
def test_a_name_that_leads_to_another_device(tmp_path: Path, serial: str | None, name: str, astray: bool) -> None:
    node = usb_node(166, 0, plugged(tmp_path, serial))
    assert node is not None
    assert node.interface == "1-1.2:1.0"
    assert leads_astray(name, node) is astray


def test_a_node_that_is_on_no_usb_or_has_gone(tmp_path: Path) -> None:
    assert usb_node(4, 64, tmp_path) is None


def test_devices_alike_are_told_by_their_numbers_and_parts_by_theirs() -> None:
    one = UsbNode("0519:0001", "A", "1-1:1.0")
    assert one.identity == UsbNode("0519:0001", "A", "2-4.1:1.0").identity, "wherever it is plugged in"
    others = (("0519:0001", "B", "1-1:1.0"), ("0519:0001", "A", "1-1:1.2"), ("0519:0002", "A", "1-1:1.0"))
    assert one.identity not in [UsbNode(*other).identity for other in others]
    assert UsbNode("1a86:7523", "", "1-1:1.0").identity == UsbNode("1a86:7523", "", "1-2:1.0").identity


NULL = "1:3"
"""The number of /dev/null, which stands for the node of a port here."""


@pytest.mark.parametrize("by_another_handle", [False, True], ids=["opened anew", "by a new link"])
def test_a_node_that_another_device_has_taken_is_refused(tmp_path: Path, by_another_handle: bool) -> None:
    keeper = NodeKeeper(DeviceUrl("serial", "/dev/null"), plugged(tmp_path, "A", node=NULL))
    descriptor = os.open("/dev/null", os.O_RDONLY)
    try:
        keeper.check(descriptor)
        identity = keeper.identity
        assert identity == ("serial", "0519:0001 A 1.0")
        if by_another_handle:
            keeper = NodeKeeper(DeviceUrl("serial", "/dev/null"), tmp_path)
            keeper.identity = identity
        plugged(tmp_path, "B", node=NULL)
        for target in ("/dev/null", descriptor):
            with pytest.raises(Disconnected, match="another device is at its place") as caught:
                keeper.check(target)
            assert "posdevkit discover" in caught.value.remedy()
        plugged(tmp_path, "A", node=NULL)
        keeper.check("/dev/null")
        keeper.check(descriptor)
    finally:
        os.close(descriptor)


def test_a_place_that_is_no_longer_one_on_usb_is_another_devices(tmp_path: Path) -> None:
    keeper = NodeKeeper(DeviceUrl("serial", "/dev/null"), tmp_path)
    keeper.check("/dev/null")  # a port of which nothing is known is anybody's
    keeper.identity = ("model", "1a86:7523 1.0")
    with pytest.raises(Disconnected, match="another device"):
        keeper.check("/dev/null")


def test_what_cannot_be_looked_at_is_for_whoever_opens_it(tmp_path: Path) -> None:
    keeper = NodeKeeper(DeviceUrl("serial", "/dev/ttyUSB9"), tmp_path)
    keeper.identity = ("model", "1a86:7523 1.0")
    keeper.check("/dev/ttyUSB9-is-not-there")
    keeper.check(str(tmp_path))
