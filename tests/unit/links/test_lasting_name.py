from __future__ import annotations

import sys
from pathlib import Path

import pytest

from posdevkit.links.lasting_name import FOLDER, leads_astray

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links in a file system")
PORT = (166, 0)
STARS = FOLDER + "usb-Star_serial_printer"


def port(system: Path, serial: str | None) -> Path:
    """What Linux shows of a port of a USB device, below a root hub that has a serial number of its own."""
    hub = system / "devices" / "usb1"
    device = hub / "1-1"
    node = device / "1-1:1.0" / "tty" / "ttyACM0"
    node.mkdir(parents=True)
    for folder, number in ((hub, "0000:00:14.0"), (device, serial)):
        (folder / "idVendor").write_text("1d6b\n")
        if number is not None:
            (folder / "serial").write_text(number + "\n")
    (node / "device").symlink_to(node.parents[1])
    numbers = system / "dev" / "char"
    numbers.mkdir(parents=True)
    (numbers / "166:0").symlink_to(node)
    return system


@pytest.mark.parametrize(
    ("serial", "name", "astray"),
    [
        ("N15", f"{STARS}_N15-if00", False),
        ("N15", f"{STARS}_N16-if00", True),
        ("N15", "/dev/ttyACM0", False),
        (" N  15/A ", f"{STARS}_N_15_A-if00", False),  # blanks at the ends go, those within become one
        ("N,15", f"{STARS}-if00", False),  # udev leaves such numbers out
        ("N\u00e615", f"{STARS}-if00", False),
        (None, f"{STARS}-if00", False),  # as most CH340 adapters: the hub's number is not its own
    ],
)
def test_a_name_that_leads_to_another_device(tmp_path: Path, serial: str | None, name: str, astray: bool) -> None:
    assert leads_astray(name, PORT, port(tmp_path, serial)) is astray


def test_a_port_that_is_on_no_usb_or_has_gone(tmp_path: Path) -> None:
    assert not leads_astray(f"{STARS}_N16-if00", (4, 64), tmp_path)
