from __future__ import annotations

import sys
from pathlib import Path

import pytest

from posdevkit.links.lasting_name import FOLDER, leads_astray

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links in a file system")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """What Linux shows of an ACM port of a USB device with a serial number, and of a port with none."""
    port = tmp_path / "devices" / "usb1" / "1-1" / "1-1:1.0" / "tty" / "ttyACM0"
    port.mkdir(parents=True)
    (port.parents[2] / "serial").write_text("N 15/A\n")
    (port / "device").symlink_to(port.parents[1])
    numbers = tmp_path / "dev" / "char"
    numbers.mkdir(parents=True)
    (numbers / "166:0").symlink_to(port)
    (numbers / "4:64").symlink_to(tmp_path / "devices")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "device", "astray"),
    [
        (FOLDER + "usb-Star_serial_printer_N_15_A-if00", (166, 0), False),
        (FOLDER + "usb-Star_serial_printer_N16-if00", (166, 0), True),
        ("/dev/ttyACM0", (166, 0), False),
        (FOLDER + "usb-1a86_USB_Serial-if00-port0", (4, 64), False),
        (FOLDER + "usb-Star_serial_printer_N16-if00", (1, 1), False),
    ],
)
def test_a_name_that_leads_to_another_device(system: Path, name: str, device: tuple[int, int], astray: bool) -> None:
    assert leads_astray(name, device, system) is astray
