"""The seam: every system's look keeps one contract. Windows and macOS on what their programs are said to write."""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.discovery.queues import printer_queues
from posdevkit.doctor import Looker, Machine, Severity, examine
from posdevkit.doctor.claims import claims
from posdevkit.doctor.linux import Linux
from posdevkit.doctor.macos import MacOs
from posdevkit.doctor.nodes import account_of_process, rights_of
from posdevkit.doctor.processes import running
from posdevkit.doctor.systems import output_of, this_system
from posdevkit.doctor.windows import Windows
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

from .recorded import Around, recorded

NUMBERED = r"USB\VID_04B8&PID_0202\J5QF012345"
WINDOWS: list[dict[str, object]] = [
    {
        "PNPDeviceID": NUMBERED,
        "Name": "USB Printing Support",
        "Manufacturer": "EPSON",
        "Service": "usbprint",
        "CompatibleID": [r"USB\Class_07&SubClass_01&Prot_02", r"USB\Class_07&SubClass_01", r"USB\Class_07"],
    },
    {
        "PNPDeviceID": r"USB\VID_0C2E&PID_0B61\6&2A&0&3",
        "Name": "USB Composite Device",
        "Service": "usbccgp",
        "CompatibleID": [r"USB\COMPOSITE"],
    },
    {
        "PNPDeviceID": r"USB\VID_05E0&PID_1200&MI_00\7&1B&0&0000",
        "Name": "USB Input Device",
        "Manufacturer": "(Standard system devices)",
        "Service": "HidUsb",
        "CompatibleID": [r"USB\Class_03&SubClass_01&Prot_01"],
    },
    {"PNPDeviceID": r"USB\ROOT_HUB30\4&1", "Name": "USB Root Hub", "Service": "USBHUB3", "CompatibleID": None},
    {"PNPDeviceID": r"USB\VID_1234&PID_5678\9&0", "Name": None, "Manufacturer": None, "Service": None},
]
PRINTER_OF_A_MAC = {
    "idVendor": 0x04B8,
    "idProduct": 0x0202,
    "bDeviceClass": 0,
    "USB Vendor Name": "EPSON",
    "USB Product Name": "TM-T88V",
    "USB Serial Number": "J5QF012345",
    "locationID": 0x14110000,
    "IORegistryEntryChildren": [
        {
            "bInterfaceNumber": 0,
            "bInterfaceClass": 7,
            "bInterfaceSubClass": 1,
            "bInterfaceProtocol": 2,
            "IORegistryEntryChildren": [{"IOObjectClass": "AppleUSBHostPrinter"}],
        }
    ],
}
MAC = [{"idVendor": 0x05AC, "idProduct": 1, "bDeviceClass": 9, "IORegistryEntryChildren": [PRINTER_OF_A_MAC]}]


def fed(output: bytes) -> tuple[Looker, Looker]:
    """Both systems, whose programs write that."""

    def write(_: Sequence[str]) -> bytes:
        return output

    return Windows(write), MacOs(write, list)


@pytest.fixture(params=["this", "linux", "windows", "macos"])
def looker(request: pytest.FixtureRequest, tmp_path: Path) -> Looker:
    match request.param:
        case "linux":
            return recorded(tmp_path, "counter", around=Around())
        case "windows":
            return fed(json.dumps(WINDOWS).encode())[0]
        case "macos":
            return fed(plistlib.dumps(MAC))[1]
    return this_system()


def test_a_look_is_a_value_that_can_be_examined(looker: Looker) -> None:
    seen = looker.look()
    assert isinstance(seen, Machine)
    assert seen == looker.look() or seen.running  # processes come and go
    hash(seen.devices)
    for finding in examine(seen):
        assert isinstance(finding.severity, Severity)
        assert finding.message()
        assert finding.remedy("da")
    for claim in claims(seen):
        assert claim.device.name
    assert seen.shop == ()


def test_windows_prints_through_its_own_driver_or_lends_to_libusb() -> None:
    seen = fed(json.dumps(WINDOWS).encode())[0].look()
    assert [one.told.product for one in seen.devices] == ["USB Printing Support", "USB Input Device", ""]
    assert [one.told.serial for one in seen.devices] == ["J5QF012345", "", ""]
    bare = replace(seen, missing=frozenset({"usb"}))
    found = {one.slug: one for one in examine(bare)}
    assert found["usbprint"].severity is Severity.NOTE
    assert "not-winusb" not in found
    assert "missing-extra" not in found, "Windows' own driver needs no library"
    assert found["keyboard-mode-only"].severity is Severity.MEND
    other = [{**WINDOWS[0], "Service": "epsonusb"}]
    (kept,) = examine(fed(json.dumps(other).encode())[0].look())
    assert (kept.slug, kept.command) == ("not-winusb", "start https://zadig.akeo.ie")
    assert "epsonusb" in kept.message()
    assert "spooler://" in kept.remedy()
    lent = [{**WINDOWS[0], "Service": "WinUSB"}]
    assert examine(fed(json.dumps(lent).encode())[0].look()) == ()
    without = replace(fed(json.dumps(lent).encode())[0].look(), missing=frozenset({"usb"}))
    assert [one.slug for one in examine(without)] == ["missing-extra"]
    # PowerShell writes a list of one as the one.
    assert len(fed(json.dumps(lent[0]).encode())[0].look().devices) == 1


def test_a_mac_asks_for_nothing() -> None:
    seen = fed(plistlib.dumps(MAC))[1].look()
    (claim,) = claims(seen)
    assert claim.url == "usb://04b8:0202?serial=J5QF012345"
    assert claim.label == "EPSON TM-T88V (14110000)"
    assert claim.interface.driver == "AppleUSBHostPrinter"
    assert examine(seen) == ()


@pytest.mark.parametrize("output", [b"", b"nonsense", b"[1, null]", b"{}", b'"text"', plistlib.dumps({"no": "list"})])
def test_a_system_whose_program_is_not_there_or_says_nonsense_has_no_devices(output: bytes) -> None:
    for looker in fed(output):
        assert looker.look().devices == ()


def test_a_program_that_is_not_there_or_hangs_gives_nothing() -> None:
    assert output_of(["posdevkit-no-such-program"]) == b""
    assert output_of([sys.executable, "-c", "print('here')"]).strip() == b"here"
    assert output_of([sys.executable, "-c", "import time; time.sleep(9)"], seconds=0.1) == b""


def test_another_system_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    seen = this_system().look()
    assert (seen.system, seen.devices) == ("other", ())


def test_a_device_that_is_unplugged_while_it_is_looked_at_is_left_out(tmp_path: Path) -> None:
    looker = recorded(tmp_path, "ports")
    (tmp_path / "sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/devnum").unlink()
    assert [one.told.port for one in looker.look().devices] == ["2-2", "2-3"]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
def test_what_is_open_is_read_off_the_process(tmp_path: Path) -> None:
    """On this machine's own /proc: another process that holds a file, and not this one, which holds it as well."""
    terminal = PseudoTerminal()
    try:
        terminal.call(tmp_path / "terminal")
        name = str((tmp_path / "terminal").readlink())
        assert name not in running(Path("/proc")).holders  # a pseudo terminal is no device
        (tmp_path / "tty").symlink_to("/dev/ttyS0")
        held = tmp_path / "proc" / "41"
        (held / "fd").mkdir(parents=True)
        (held / "comm").write_text("minicom\n")
        (held / "fd" / "5").symlink_to("/dev/ttyUSB3")
        own = tmp_path / "proc" / str(os.getpid())
        (own / "fd").mkdir(parents=True)
        (own / "fd" / "5").symlink_to("/dev/ttyUSB3")
        (tmp_path / "proc" / "meminfo").touch()
        (holder,) = running(tmp_path / "proc").holders["/dev/ttyUSB3"]
        assert (holder.pid, holder.name, holder.ours) == (41, "minicom", False)
    finally:
        terminal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="groups and modes are of POSIX")
def test_rights_are_what_the_system_says(tmp_path: Path) -> None:
    node = tmp_path / "node"
    assert rights_of(node) is None
    node.touch(0o660)
    node.chmod(0o660)
    group, for_group, allowed = rights_of(node) or ("", False, False)
    assert for_group
    assert allowed
    assert group in account_of_process().groups
    node.chmod(0o600)
    assert (rights_of(node) or ("", True, False))[1] is False


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_rights_of_somebody_else() -> None:
    """Asked as nobody, in a process of its own."""
    program = (
        "import grp, os, sys; from pathlib import Path; from posdevkit.doctor.nodes import rights_of; "
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); print(rights_of(Path(sys.argv[1])))"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        node = Path(folder) / "node"
        node.touch()
        node.chmod(0o600)
        done = subprocess.run([sys.executable, "-c", program, str(node)], capture_output=True, text=True, check=True)
    assert done.stdout == "('root', False, False)\n"


def test_this_machine_tells_who_it_is() -> None:
    account = account_of_process()
    assert account.user
    assert Linux().look().account == account


@pytest.mark.parametrize(
    "junk", [b"", b"\xff\xfe\x00", b"A\x01B\n", b"99999999999999999999\n"], ids=["empty", "bytes", "control", "huge"]
)
def test_whatever_stands_in_a_file_of_the_system_the_look_goes_on(tmp_path: Path, junk: bytes) -> None:
    """Each file in turn; what devices say of themselves is read from there as well."""
    looker = recorded(tmp_path, "ports")
    whole = len(looker.look().devices)
    for path in sorted(path for path in (tmp_path / "sys/devices").rglob("*") if path.is_file()):
        kept = path.read_bytes()
        path.write_bytes(junk)
        seen = looker.look()
        assert whole - 1 <= len(seen.devices) <= whole + 1  # a hub that does not say so is a device
        for finding in examine(seen):
            assert finding.message()
            assert finding.command != ""
        path.write_bytes(kept)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for lpstat")
def test_a_cups_that_hangs_has_no_queues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lpstat"
    program.write_text("#!/bin/sh\necho 'device for TM: usb://EPSON/TM'\n[ -e hang ] && exec sleep 20\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    assert printer_queues() == [("TM", "usb://EPSON/TM")]
    (tmp_path / "hang").touch()
    assert printer_queues(0.2) == []
