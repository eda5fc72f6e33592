"""What a user who is not root may open on a stock Debian, and what the rules in our guides change about it."""

from __future__ import annotations

import grp
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.conftest import ROOT, Emulators
from tests.stacks.vm.conftest import SOON, fresh, settled, soon

assert sys.platform == "linux"  # a rung of Linux; the type checker, as another system, stops here

pytestmark = pytest.mark.asyncio

RULES = Path("/run/udev/rules.d/70-posdevkit.rules")
OPENING = """
import asyncio, json, os, sys
import hidraw, serial, usb.backend.libusb1  # once: importing is what takes long
from posdevkit.errors import PosError
from posdevkit.links.evdev import EvdevLink
from posdevkit.links.hid import HidLink
from posdevkit.links.serial import SerialLink
from posdevkit.links.url import parse_url
from posdevkit.links.usb import UsbLink
from posdevkit.runtime.deadline import Deadline

KINDS = {"usb": UsbLink, "hid": HidLink, "serial": SerialLink, "evdev": EvdevLink}

async def opened(url, seconds):
    link = KINDS[url.partition(":")[0]](parse_url(url))
    try:
        await link.open(Deadline.after(seconds))
    except PosError as problem:
        return str(problem)
    await link.close()
    return "opened"

async def main(urls, seconds):
    print(json.dumps([await opened(url, seconds) for url in urls]), flush=True)

for line in sys.stdin:
    groups, urls, seconds = json.loads(line)
    if (child := os.fork()) == 0:
        os.setgroups(groups)
        os.setgid(65534)
        os.setuid(65534)
        asyncio.run(main(urls, seconds))
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("[]", flush=True)
"""
"""For each line of groups, URLs and seconds: what came of opening each URL as nobody, as a line of JSON."""


class Nobody:
    """Programs of a user who is not root."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OPENING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def opens(self, *urls: str, groups: str = "") -> list[str]:
        """What a program of a user in these groups is told for each URL: `opened`, or the error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        numbers = [grp.getgrnam(name).gr_gid for name in groups.split()]
        self._process.stdin.write(json.dumps([numbers, urls, SOON]) + "\n")
        self._process.stdin.flush()
        said: list[str] = json.loads(self._process.stdout.readline())
        assert len(said) == len(urls), "it crashed; see standard error"
        return said

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def nobody() -> Iterator[Nobody]:
    one = Nobody()
    yield one
    one.close()


def udev_reads_its_rules_again() -> None:
    subprocess.run(["udevadm", "control", "--reload"], check=True)


@pytest.fixture
def rules() -> Iterator[Path]:
    """Where a rule goes; it is taken away again."""
    RULES.parent.mkdir(exist_ok=True)
    yield RULES
    RULES.unlink(missing_ok=True)
    udev_reads_its_rules_again()


async def test_without_a_rule_and_with_those_of_our_guides(bus: Emulators, rules: Path, nobody: Nobody) -> None:
    one, own, scanner, port = fresh(), fresh(), fresh(), fresh()
    printer = bus.printer("class", serial=one)
    makers_own = bus.printer("own", serial=own, kind=[255, 0, 0])
    bus.scanner("s", serial=scanner, keyboard=True)
    bus.acm(port, serial=port)
    reports = f"hid://05e0:1300?serial={scanner}"
    keys = f"evdev:///dev/input/by-id/usb-Symbol_scanner_{scanner}-event-kbd"
    serial = f"serial:///dev/serial/by-id/usb-Star_serial_printer_{port}-if00"
    assert await soon(lambda: all(Path(url.partition("://")[2]).exists() for url in (keys, serial)))
    settled()

    everything = (printer, makers_own, reports, keys, serial)
    for refused, remedy in zip(
        nobody.opens(*everything),
        ("udev rule", "udev rule", "udev rule", "the group input", "usermod -aG dialout"),
        strict=True,
    ):
        assert "not permitted" in refused
        assert remedy in refused
    # Debian gives printers of the printer class to one group, keyboards and ports to two others.
    said = nobody.opens(*everything, groups="lp input dialout")
    assert [one == "opened" for one in said] == [True, False, False, True, True], said

    guides = [(ROOT / "docs/how-to" / name).read_text() for name in ("usb.md", "scanners.md")]
    (for_printer,), (for_scanner,) = (re.findall(r"`(SUBSYSTEM==[^`]*)`", text) for text in guides)
    rules.write_text(f"{for_printer}\n{for_scanner}\n")
    udev_reads_its_rules_again()
    subprocess.run(["udevadm", "trigger", "--settle", "--subsystem-match=usb", "--subsystem-match=hidraw"], check=True)
    assert nobody.opens(makers_own, reports, groups="lp plugdev") == ["opened", "opened"]
