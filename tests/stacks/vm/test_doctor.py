"""The doctor on a stock Linux kernel: its sysfs, its drivers, its udev, and our rules worked off by it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from posdevkit.doctor import Machine, examine, udev_rules
from posdevkit.doctor.claims import Claim, claims
from posdevkit.doctor.linux import Linux
from tests.stacks.conftest import Emulators

RULES = Path("/etc/udev/rules.d/70-posdevkit.rules")
SOON = 40.0
# The rights alone are asked as nobody, since that user can read little else here.
AS_NOBODY = """
import grp, os, sys
from pathlib import Path
from posdevkit.doctor.nodes import rights_of
os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(*(rights_of(Path(name)) for name in sys.argv[1:]), sep="\\n")
"""


@pytest.fixture
def bus(emulators_of_rung: Emulators) -> Iterator[Emulators]:
    yield emulators_of_rung
    emulators_of_rung.close()


@pytest.fixture(scope="module", autouse=True)
def controller() -> None:
    subprocess.run(["modprobe", "-a", "vhci-hcd", "usblp", "usbhid", "hid-generic", "evdev"], check=True)


@pytest.fixture
def rules() -> Iterator[Path]:
    """Where a rule goes. It is taken away again: other tests ask what is allowed without one."""
    RULES.parent.mkdir(parents=True, exist_ok=True)
    yield RULES
    RULES.unlink(missing_ok=True)
    subprocess.run(["udevadm", "control", "--reload"], check=True)


def looked(wanted: Callable[[Machine], bool]) -> Machine:
    """What there is, as soon as it is what is wanted: drivers and nodes come a moment after the plug."""
    end = time.monotonic() + SOON
    while True:
        seen = Linux().look()
        if wanted(seen) or time.monotonic() > end:
            return seen
        time.sleep(0.1)


def by_cable(seen: Machine) -> dict[str, Claim]:
    return {claim.cable: claim for claim in claims(seen)}


def rights(*paths: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, *paths], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_what_is_plugged_in_what_drives_it_and_the_rules_that_open_it(bus: Emulators, rules: Path) -> None:
    url = bus.printer("p", serial="EMU1")
    bus.scanner("s", serial="S1", keyboard=True)
    seen = looked(lambda seen: {"usb", "hid"} <= by_cable(seen).keys() and bool(claims(seen)[0].interface.driver))
    printer, scanner = by_cable(seen)["usb"], by_cable(seen)["hid"]
    assert (printer.url, printer.interface.driver) == (url, "usblp")
    assert [node.path for node in printer.interface.nodes] == ["/dev/usb/lp0"]
    assert scanner.url == "hid://05e0:1300?serial=S1"
    assert scanner.interface.driver == "usbhid"
    # Its keyboard is there, and no reason to call it one.
    assert any(node.kind == "event" for node in scanner.device.nodes)
    assert {"usblp"} <= {one.slug for one in examine(seen)}
    assert not {"keyboard-mode", "no-driver"} & {one.slug for one in examine(seen)}

    with Path("/dev/usb/lp0").open("wb") as node:  # usblp lets one program in at a time: the doctor opened nothing
        holder = subprocess.Popen(["sleep", "60"], stdout=node)
    try:
        held = next(one for one in examine(Linux().look()) if one.slug == "claimed")
        assert f"sleep (process {holder.pid}) holds /dev/usb/lp0" in held.message()
    finally:
        holder.kill()
        holder.wait()

    raw = next(node.path for node in scanner.nodes if node.kind == "hidraw")
    own = next(node.path for node in scanner.nodes if node.kind == "usb")
    usb = printer.nodes[0].path
    # What systemd's own rules give: printers to lp, the rest to root and its group.
    assert rights(usb, raw, own) == ["('lp', True, False)", "('root', False, False)", "('root', True, False)"]
    rules.write_text(udev_rules(seen))
    # Of all that the machine has, only what the rules are about: else the emulated processor is at it for long.
    about = ["--subsystem-match=usb", "--subsystem-match=hidraw"]
    for words in (["control", "--reload"], ["trigger", *about], ["settle"]):
        subprocess.run(["udevadm", *words], check=True)
    group = "plugdev" if "plugdev" in seen.groups else "input"
    assert rights(usb, raw, own) == ["('lp', True, False)", f"('{group}', True, False)", f"('{group}', True, False)"]
