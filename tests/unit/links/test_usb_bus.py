"""Who a USB device is, where Linux has read its texts already and where only the device itself could tell."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.core
import usb.util

from posdevkit.links import usb_bus


@pytest.fixture
def sysfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One device in port 2.3 of bus 1, as Linux shows it. Its texts cannot be asked for."""
    folder = tmp_path / "1-2.3"
    folder.mkdir()
    for name, text in {
        "idVendor": "04b8",
        "idProduct": "0202",
        "manufacturer": "EPSON",
        "product": "TM-T88V",
        "serial": "J5QF012345",
    }.items():
        (folder / name).write_text(text + "\n")
    monkeypatch.setattr(usb_bus, "_SYSFS", tmp_path)

    def refuse(*_: object) -> str:
        raise usb.core.USBError("Access denied (insufficient permissions)", errno=13)

    monkeypatch.setattr(usb.util, "get_string", refuse)
    return folder


def device(*, backend: object, product: int = 0x0202) -> Any:
    return SimpleNamespace(
        idVendor=0x04B8,
        idProduct=product,
        iManufacturer=1,
        iProduct=2,
        iSerialNumber=3,
        bus=1,
        port_numbers=(2, 3),
        backend=backend,
    )


LIBUSB = SimpleNamespace(lib=object())


def test_a_device_that_may_not_be_opened_has_its_number_all_the_same(sysfs: Path) -> None:
    """Else it would be listed by its port, also for the moment after plugging in before udev has given the right."""
    told = usb_bus.describe(device(backend=LIBUSB))
    assert (told.maker, told.product, told.identity) == ("EPSON", "TM-T88V", ("serial", "J5QF012345"))
    (sysfs / "serial").unlink()
    assert usb_bus.describe(device(backend=LIBUSB)).identity == ("port", "1-2.3")


def test_the_machines_texts_are_never_those_of_another_device(sysfs: Path) -> None:
    """Of an emulated bus, or of what was in that port before."""
    assert usb_bus.describe(device(backend=object())).identity == ("port", "1-2.3")
    assert usb_bus.describe(device(backend=LIBUSB, product=0x0E15)).identity == ("port", "1-2.3")
