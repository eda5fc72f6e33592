"""What Bluetooth problems mean to the person who has to do something about them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from posdevkit.errors import Disconnected, MissingExtra

from .url import DeviceUrl

__all__ = ["connect_failure", "foreign_service", "lost", "may_pass", "need", "unusable"]

_NEARER = "Switch the printer on and bring it nearer; it hides while another device is connected to it."
_SWITCH_ON = "Switch Bluetooth on, and allow this program to use it."
_KINDS = {
    "BleakDeviceNotFoundError": ("nothing with this address is in range", _NEARER),
    "BleakBluetoothNotAvailableError": ("Bluetooth cannot be used on this machine", _SWITCH_ON),
    "TimeoutError": ("no answer in time", _NEARER),
    # No system bus, as in a container, or no Bluetooth service on it.
    "FileNotFoundError": ("this machine has no Bluetooth service", _SWITCH_ON),
    "BleakDBusError": ("the Bluetooth service of this machine refuses", _SWITCH_ON),
}
"""By the names of the classes: bleak may not be installed, and each of its versions knows more of them."""


def need(purpose: str) -> ModuleType:
    """bleak, imported; MissingExtra with the command if it is not there."""
    try:
        return import_module("bleak")
    except ImportError as problem:
        raise MissingExtra(
            f"{purpose} needs bleak ({problem})", remedy='Install it with: pip install "posdevkit[ble]"'
        ) from problem


def unusable(problem: Exception) -> tuple[str, str | None]:
    """What it means, and what to do where that is known."""
    for kind in type(problem).__mro__:
        if kind.__name__ in _KINDS:
            return _KINDS[kind.__name__]
    return str(problem) or type(problem).__name__, None


def may_pass(problem: Exception) -> bool:
    """Whether a connection was on its way and got lost, so that another attempt may well go through.

    bleak has no class of its own for that: it raises the one that all its errors come from, or passes on what BlueZ
    says of every failed attempt (hbldh/bleak, issues 1489 and 1677; bluez/bluez, issue 1489).
    """
    kind = type(problem).__name__
    return kind == "BleakError" or (
        kind == "BleakDBusError" and getattr(problem, "dbus_error", "") == "org.bluez.Error.Failed"
    )


def connect_failure(url: DeviceUrl, problem: Exception) -> Disconnected:
    """The error for a connection that did not come about."""
    what, remedy = (str(problem), _NEARER) if may_pass(problem) else unusable(problem)
    return Disconnected(f"{url}: {what}", remedy=remedy)


def foreign_service(url: DeviceUrl, found: list[str]) -> Disconnected:
    """The error for a device that offers no service that is known to take a printer's bytes."""
    return Disconnected(
        f"{url}: it offers no service that is known to print; it has {', '.join(found) or 'none'}",
        remedy="Check the address: another device may answer. Some printers print over classic Bluetooth only.",
    )


def lost(url: DeviceUrl, taken: int, why: str) -> Disconnected:
    """The error for a connection that broke; `taken` bytes had been taken."""
    return Disconnected(f"{url}: the connection broke after {taken} bytes ({why})")
