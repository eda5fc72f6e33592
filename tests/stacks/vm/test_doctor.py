"""The doctor on a stock Linux kernel: its sysfs, its drivers, its udev, and our rules worked off by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from posdevkit.doctor import Machine, examine, udev_rules
from posdevkit.doctor.claims import Claim, claims
from posdevkit.doctor.linux import Linux
from posdevkit.doctor.machine import NodeKind
from posdevkit.doctor.nodes import rights_of
from tests.stacks.conftest import Emulators
from tests.stacks.vm.conftest import SOON, fresh, settled

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

RULES = Path("/etc/udev/rules.d/70-posdevkit.rules")
NOBODY = 65534


@pytest.fixture
def rules() -> Iterator[Path]:
    """Where a rule goes. It is taken away again: other tests ask what is allowed without one."""
    RULES.parent.mkdir(parents=True, exist_ok=True)
    yield RULES
    RULES.unlink(missing_ok=True)
    subprocess.run(["udevadm", "control", "--reload"], check=True)


def looked(wanted: Callable[[Machine], bool]) -> Machine:
    """What there is, once it is what is wanted: drivers and nodes come a moment after the plug, one by one."""
    end = time.monotonic() + SOON
    while not wanted(seen := Linux().look()):
        assert time.monotonic() < end, seen.devices
        time.sleep(0.1)
    return seen


def by_url(seen: Machine) -> dict[str | None, Claim]:
    return {claim.url: claim for claim in claims(seen)}


def with_nodes(wanted: Mapping[str, set[NodeKind]]) -> Callable[[Machine], bool]:
    """Whether what these URLs open is there, with a driver on each interface and with nodes of these kinds."""

    def there(seen: Machine) -> bool:
        found = by_url(seen)
        return found.keys() >= wanted.keys() and all(
            all(one.driver for one in found[url].device.interfaces)
            and {node.kind for node in found[url].device.nodes} >= kinds
            for url, kinds in wanted.items()
        )

    return there


def rights(*paths: str) -> list[tuple[str, bool, bool] | None]:
    """What nobody may do. `access` asks about the real user, so this process can ask for another and stay root; a
    program of that user's would take an emulated processor longer to start than all the rest."""
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, 0, 0)
    os.setresuid(NOBODY, 0, 0)
    try:
        return [rights_of(Path(path)) for path in paths]
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def test_what_is_plugged_in_what_drives_it_and_the_rules_that_open_it(bus: Emulators, rules: Path) -> None:
    url = bus.printer("p", serial=fresh())
    bus.scanner("s", serial=(number := fresh()), keyboard=True)
    codes = f"hid://05e0:1300?serial={number}"
    seen = looked(with_nodes({url: {"lp"}, codes: {"hidraw", "event"}}))
    printer, scanner = by_url(seen)[url], by_url(seen)[codes]
    assert (printer.cable, printer.interface.driver) == ("usb", "usblp")
    (node,) = printer.interface.nodes
    assert re.fullmatch(r"/dev/usb/lp\d", node.path)  # which one: what was pulled out before may still be let go of
    assert (scanner.cable, scanner.interface.driver) == ("hid", "usbhid")
    # Its keyboard is there, and no reason to call it one.
    assert any(node.kind == "event" for node in scanner.device.nodes)
    # Of what else may be plugged in here, nothing is said.
    told = {one.slug for one in examine(seen) if one.subject in (printer.label, scanner.label)}
    assert "usblp" in told
    assert not {"keyboard-mode", "no-driver"} & told

    with Path(node.path).open("wb") as held:  # usblp lets one program in at a time: the doctor opened nothing
        holder = subprocess.Popen(["sleep", "60"], stdout=held)
    try:
        messages = [one.message() for one in examine(Linux().look()) if one.slug == "claimed"]
        assert any(f"sleep (process {holder.pid}) holds {node.path}" in message for message in messages), messages
    finally:
        holder.kill()
        holder.wait()

    raw = next(node.path for node in scanner.nodes if node.kind == "hidraw")
    own = next(node.path for node in scanner.nodes if node.kind == "usb")
    usb = printer.nodes[0].path
    settled()
    # What systemd's own rules give: printers to lp, the rest to root and its group.
    assert rights(usb, raw, own) == [("lp", True, False), ("root", False, False), ("root", True, False)]
    rules.write_text(udev_rules(seen))
    # Of all that the machine has, only what the rules are about: else the emulated processor is at it for long.
    about = ["--subsystem-match=usb", "--subsystem-match=hidraw"]
    for words in (["control", "--reload"], ["trigger", *about]):
        subprocess.run(["udevadm", *words], check=True)
    settled()
    group = "plugdev" if "plugdev" in seen.groups else "input"
    assert rights(usb, raw, own) == [("lp", True, False), (group, True, False), (group, True, False)]
