"""The udev rules that let a program use a shop's devices, as text. Pure.

Numbered 70: `uaccess`, which lets in whoever sits at the machine, is worked off by systemd's 73-seat-late.rules. Who
signs in over the network, and services, come in by the groups: lp for printers as systemd has it, plugdev for the rest
where there is one, else input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .claims import claims
from .machine import Machine
from .makers import vendors

__all__ = ["DEFAULT_PATH", "MARK", "RELOAD", "udev_rules"]

DEFAULT_PATH: Final = "/etc/udev/rules.d/70-posdevkit.rules"
RELOAD: Final = "sudo udevadm control --reload && sudo udevadm trigger"
MARK: Final = "# Written by 'posdevkit doctor --write-udev'."
"""What a file of ours begins with; another one is not written over."""


def udev_rules(machine: Machine) -> str:
    """The file: printers by their class, scanners and readers by their makers, and what is plugged in now."""
    return "\n".join((*_lines(machine), ""))


def _lines(machine: Machine) -> Iterator[str]:
    others = "plugdev" if "plugdev" in machine.groups else "input"
    yield MARK
    yield f"# Then: {RELOAD}"
    yield ""
    yield "# USB printers (class 07, subclass 01)."
    yield f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", ENV{{ID_USB_INTERFACES}}=="*:0701??:*", {_rights("lp")}'
    for kind, group, about in (
        ("printer", "lp", "Printers that a maker's own interface hides."),
        ("scanner", others, "Scanners."),
        ("card-reader", others, "Card readers."),
    ):
        yield ""
        yield f"# {about}"
        for vendor, maker in vendors(kind).items():
            yield f"# {maker}"
            yield from _open_to_us(group, vendor, raw=kind != "printer")
    yield from _plugged_in(machine, others)


def _plugged_in(machine: Machine, others: str) -> Iterator[str]:
    seen = {claim.device.told.id: claim for claim in claims(machine)}
    if not seen:
        return
    yield ""
    yield "# What was plugged in when this was written; serial ports are no modems."
    for device, claim in seen.items():
        vendor, product = f"{device.vendor:04x}", f"{device.product:04x}"
        match claim.cable:
            case "usb" | "hid":
                yield from _open_to_us(
                    "lp" if claim.cable == "usb" else others, vendor, product, raw=claim.cable == "hid"
                )
            case "serial":
                yield f'{_is("ATTRS", vendor, product)}, ENV{{ID_MM_DEVICE_IGNORE}}="1"'


def _open_to_us(group: str, vendor: str, product: str = "", *, raw: bool) -> Iterator[str]:
    yield f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", {_is("ATTR", vendor, product)}, {_rights(group)}'
    if raw:
        yield f'SUBSYSTEM=="hidraw", {_is("ATTRS", vendor, product)}, {_rights(group)}'


def _is(key: str, vendor: str, product: str) -> str:
    both = f'{key}{{idVendor}}=="{vendor}"'
    return f'{both}, {key}{{idProduct}}=="{product}"' if product else both


def _rights(group: str) -> str:
    return f'MODE="0660", GROUP="{group}", TAG+="uaccess"'
