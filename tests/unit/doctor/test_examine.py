"""What the doctor finds on recorded machines: each finding, its command, and what is well."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from posdevkit.doctor import Finding, Severity, examine
from posdevkit.doctor.claims import claims
from posdevkit.doctor.machine import Account, Machine, Wanted
from posdevkit.doctor.udev import DEFAULT_PATH
from posdevkit.errors.texts import texts as errors
from posdevkit.links.url import parse_url
from posdevkit.links.usb_bus import UsbId

from .recorded import CASHIER, Around, machine, recorded

PRINTER, LP = "/dev/bus/usb/001/004", "/dev/usb/lp0"
TTY = "/dev/ttyUSB0"
RULES = {"etc/udev/rules.d/70-posdevkit.rules": "# Written by 'posdevkit doctor --write-udev'.\n"}
LOAD = "sudo udevadm control --reload && sudo udevadm trigger"
WRITE = "posdevkit doctor --write-udev - | sudo tee /etc/udev/rules.d/70-posdevkit.rules >/dev/null"


def only(seen: Machine, slug: str) -> Finding:
    """The one finding of that kind."""
    (found,) = [one for one in examine(seen) if one.slug == slug]
    return found


def names(seen: Machine, *severities: Severity) -> list[str]:
    return [one.slug for one in examine(seen) if not severities or one.severity in severities]


def test_what_is_plugged_in_and_what_would_claim_it(tmp_path: Path) -> None:
    """Behind hubs behind hubs, two alike by their ports, a composite device by its interface for codes; no mouse."""
    by_path = "evdev:///dev/input/by-path/pci-0000:00:14.0-usb-0"
    assert [(one.device.told.port, one.kind, one.cable, one.url) for one in claims(machine(tmp_path, "counter"))] == [
        ("1-1.1", "printer", "usb", "usb://04b8:0202?serial=J5QF012345"),
        ("1-1.2", "scanner", "", f"{by_path}:1.2:1.0-event-kbd"),
        ("1-1.4.1", "scanner", "", f"{by_path}:1.4.1:1.0-event-kbd"),
        ("1-1.4.2", "scanner", "hid", "hid://0c2e:0b61?serial=20161B0C3A"),
        ("1-2", "unknown", "serial", None),
    ]
    assert [(one.device.told.port, one.url) for one in claims(machine(tmp_path / "2", "ports"))] == [
        ("2-1", "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"),
        ("2-2", "serial:///dev/ttyACM0"),
        ("2-3", None),
    ]


def test_a_machine_without_usb_is_well(tmp_path: Path) -> None:
    assert examine(machine(tmp_path)) == ()


def test_a_group_that_would_let_it_in(tmp_path: Path) -> None:
    found = only(machine(tmp_path, "counter", around=Around(shut={PRINTER: "lp"})), "not-in-group")
    assert found.severity is Severity.MEND
    assert found.subject == "EPSON TM-T88V (1-1.1)"
    assert found.command == "sudo usermod -aG lp anna"
    assert "lp" in found.message("da") != found.message("en")


def test_devices_that_one_command_opens_are_one_finding(tmp_path: Path) -> None:
    shut = {"/dev/input/event7": "input", "/dev/input/event8": "input"}
    found = only(machine(tmp_path, "counter", around=Around(shut=shut)), "not-in-group")
    assert found.subject.count("Symbol Bar Code Scanner") == 2
    assert found.command == "sudo usermod -aG input anna"


def test_a_group_that_was_joined_after_the_session_began(tmp_path: Path) -> None:
    account = replace(CASHIER, granted=CASHIER.granted | {"lp"})
    found = only(machine(tmp_path, "counter", around=Around(account, {PRINTER: "lp"})), "sign-in-again")
    assert found.command == "newgrp lp"


@pytest.mark.parametrize(
    ("files", "slug", "command"), [({}, "no-rules", f"{WRITE} && {LOAD}"), (RULES, "rules-not-applied", LOAD)]
)
def test_a_node_that_is_roots_alone(tmp_path: Path, files: dict[str, str], slug: str, command: str) -> None:
    found = only(machine(tmp_path, "counter", around=Around(shut={"/dev/hidraw3": ""}, files=files)), slug)
    assert found.subject == "Honeywell Voyager 1602g (1-1.4.2)"
    assert found.command == command


def test_devices_that_sysfs_shows_and_that_no_container_was_given(tmp_path: Path) -> None:
    """Nothing else is wrong with them: without this they would count as well."""
    looker = recorded(tmp_path, "counter", "ports")
    for node in (PRINTER, TTY, "/dev/ttyACM0", "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"):
        (tmp_path / node.lstrip("/")).unlink()
    seen = looker.look()
    found = {one.subject: one for one in examine(seen) if one.slug == "no-node"}
    (acm,) = [one.device for one in claims(seen) if one.device.told.port == "2-2"]
    assert set(found) == {"EPSON TM-T88V (1-1.1)", "FTDI FT232R USB UART (2-1)", f"{acm.name} (2-2)"}
    assert "'c 166:* rmw'" in found.pop(f"{acm.name} (2-2)").remedy()
    printer, port = (found[name].remedy() for name in sorted(found))
    assert "'c 189:* rmw' --volume /dev/bus/usb:/dev/bus/usb" in printer
    assert "'c 188:* rmw' --volume /dev:/dev" in port
    assert not {one.slug for one in examine(seen) if one.subject in found} & {"no-driver", "not-in-group"}


@pytest.mark.parametrize(
    ("cable", "what"), [("usb", "TM-T88V"), ("hid", "Voyager"), ("serial", "USB Serial"), ("pcsc", "ACR122U")]
)
def test_an_extra_that_a_device_needs(tmp_path: Path, cable: str, what: str) -> None:
    seen = machine(tmp_path, "counter", "ports", around=Around(missing=frozenset({cable, "ble"})))
    found = only(seen, "missing-extra")  # nothing here needs Bluetooth
    assert what in found.subject
    assert found.command == f'pip install "posdevkit[{cable}]"'


def test_usblp_is_no_trouble_and_who_holds_its_node_is(tmp_path: Path) -> None:
    assert only(machine(tmp_path / "1", "counter"), "usblp").severity is Severity.NOTE
    held = Around(running={812: ("cat", "cat -", [LP, "/dev/null"])})
    found = only(machine(tmp_path / "2", "counter", around=held), "claimed")
    assert "cat (process 812) holds /dev/usb/lp0" in found.message()
    assert found.command == "kill 812"


def test_a_serial_port_that_another_program_holds(tmp_path: Path) -> None:
    held = Around(running={77: ("minicom", "minicom -D /dev/ttyUSB0", [TTY])})
    found = only(machine(tmp_path, "ports", around=held), "claimed")
    assert found.subject == "FTDI FT232R USB UART (2-1)"
    assert "minicom (process 77) holds /dev/ttyUSB0" in found.message()
    assert "minicom (proces 77) bruger /dev/ttyUSB0" in found.message("da")
    assert found.remedy() == "Close the other program, or wait until it lets go."  # the error's own


def test_a_posdevkit_that_has_it_open_is_told_and_no_trouble(tmp_path: Path) -> None:
    held = Around(running={78: ("python3", "python3 /opt/bin/posdevkit hub serve", [TTY])})
    seen = machine(tmp_path, "ports", around=held)
    assert only(seen, "in-use").severity is Severity.NOTE
    assert "claimed" not in names(seen)


def test_modem_manager_at_the_port_and_near_it(tmp_path: Path) -> None:
    at = machine(tmp_path / "1", "ports", around=Around(running={5: ("ModemManager", "ModemManager", [TTY])}))
    assert only(at, "modem-manager").severity is Severity.MEND
    assert "modem-manager-near" not in names(at)
    near = Around(running={5: ("ModemManager", "ModemManager", ())})
    found = only(machine(tmp_path / "2", "ports", around=near), "modem-manager-near")
    assert found.severity is Severity.ADVICE
    told = machine(tmp_path / "3", "ports", around=replace(near, files=RULES))
    assert "modem-manager-near" not in names(told)


@pytest.mark.parametrize(
    "around",
    [
        Around(running={9: ("brltty", "brltty", ())}),
        Around(files={"usr/lib/udev/rules.d/90-brltty-device.rules": ""}),
    ],
    ids=["runs", "waits"],
)
def test_brltty_takes_the_adapter(tmp_path: Path, around: Around) -> None:
    found = only(machine(tmp_path, "counter", around=around), "brltty")
    assert "CH340" in found.message()
    assert found.command is not None
    assert "brltty-udev.service" in found.command


def test_an_adapter_without_a_driver(tmp_path: Path) -> None:
    assert only(machine(tmp_path, "counter"), "no-driver").command == "sudo modprobe ch341"


def test_a_card_reader_that_the_kernel_took(tmp_path: Path) -> None:
    seen = machine(tmp_path / "1", "ports", around=Around(files={"run/pcscd/pcscd.comm": ""}))
    found = only(seen, "module-grabs")
    assert found.command is not None
    assert found.command.startswith("echo blacklist pn533_usb | sudo tee")
    assert "no-card-service" not in names(seen)
    assert only(machine(tmp_path / "2", "ports"), "no-card-service").severity is Severity.MEND


def test_a_scanner_in_keyboard_mode_and_one_that_has_codes_beside(tmp_path: Path) -> None:
    found = [one for one in examine(machine(tmp_path, "counter")) if one.slug == "keyboard-mode"]
    assert [one.subject for one in found] == [
        "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner (1-1.2)",
        "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner (1-1.4.1)",
    ]
    assert found[0].command == "posdevkit scan evdev:///dev/input/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-event-kbd"


def test_a_scanner_in_keyboard_mode_where_keys_cannot_be_read(tmp_path: Path) -> None:
    seen = machine(tmp_path, "counter")
    scanner = next(one for one in seen.devices if one.told.port == "1-1.2")
    bare = replace(scanner, interfaces=(replace(scanner.interfaces[0], nodes=()),))
    assert only(replace(seen, devices=(bare,)), "keyboard-mode-only").severity is Severity.MEND


def test_card_readers_by_their_makers(tmp_path: Path) -> None:
    """One that reports on a page of its maker's is opened as it is; one that types cannot be."""
    seen = machine(tmp_path, "counter")
    voyager = next(one for one in seen.devices if one.told.port == "1-1.4.2")
    magtek = replace(voyager, told=replace(voyager.told, id=UsbId(0x0801, 0x0002), serial=""))
    keyboard, reports = magtek.interfaces
    own = replace(reports, nodes=(replace(reports.nodes[0], pages=(0xFF00,)),))
    (claim,) = claims(replace(seen, devices=(replace(magtek, interfaces=(own,)),)))
    assert (claim.kind, claim.url) == ("card-reader", "hid://0801:0002?port=1-1.4.2")
    typing = replace(seen, devices=(replace(magtek, interfaces=(keyboard,)),))
    assert only(typing, "keyboard-mode-only").severity is Severity.MEND


QUEUE = ("TM-T88V", "usb://EPSON/TM-T88V?serial=J5QF012345")


def test_a_print_queue_on_the_same_printer(tmp_path: Path) -> None:
    idle = only(machine(tmp_path / "1", "counter", around=Around(queues=(QUEUE,))), "cups-queue")
    assert (idle.severity, idle.command) == (Severity.ADVICE, "sudo cupsdisable TM-T88V")
    busy = Around(queues=(QUEUE,), running={6: ("usb", "usb://EPSON/TM-T88V 12 anna", [PRINTER])})
    found = only(machine(tmp_path / "2", "counter", around=busy), "queue-prints")
    assert (found.severity, found.command) == (Severity.MEND, "sudo cupsdisable -c TM-T88V")
    others = (("other", "usb://EPSON/TM-T88V?serial=X"), ("net", "socket://192.0.2.1:9100"))
    assert "cups-queue" not in names(machine(tmp_path / "3", "counter", around=Around(queues=others)))
    unnumbered = Around(queues=(("nothing", "usb://"), ("plain", "usb://EPSON/TM-T88V")))
    assert only(machine(tmp_path / "4", "counter", around=unnumbered), "cups-queue").command == "sudo cupsdisable plain"


def test_two_of_one_number_on_one_cable(tmp_path: Path) -> None:
    seen = machine(tmp_path, "counter")
    voyager = next(one for one in seen.devices if one.told.port == "1-1.4.2")
    twin = replace(voyager, told=replace(voyager.told, port="1-4"))
    both = replace(seen, devices=(voyager, twin))
    assert [one.url for one in claims(both)] == ["hid://0c2e:0b61?port=1-1.4.2", "hid://0c2e:0b61?port=1-4"]
    assert "alike" not in names(both)
    found = only(replace(both, system="macos"), "alike")  # where nothing tells hidapi the port
    assert found.message().startswith("2 devices answer to hid://0c2e:0b61")


def test_printers_that_all_bear_one_number_are_told_apart_by_port(tmp_path: Path) -> None:
    seen = machine(tmp_path, "counter")
    printer = next(one for one in seen.devices if one.told.port == "1-1.1")
    twin = replace(printer, told=replace(printer.told, port="1-4"))
    both = replace(seen, devices=(printer, twin))
    assert [one.url for one in claims(both)] == ["usb://04b8:0202?port=1-1.1", "usb://04b8:0202?port=1-4"]


def test_a_program_that_cannot_be_seen_holds_it(tmp_path: Path) -> None:
    seen = machine(tmp_path, "counter")
    printer = next(one for one in seen.devices if one.told.port == "1-1.1")
    held = replace(printer, interfaces=(replace(printer.interfaces[0], driver="usbfs"),))
    assert only(replace(seen, devices=(held,)), "held-unseen").command == f"sudo lsof {PRINTER}"


def shop(*urls: str) -> tuple[Wanted, ...]:
    return tuple(Wanted(f"device-{number}", parse_url(url)) for number, url in enumerate(urls))


def test_devices_of_the_shop_that_are_there(tmp_path: Path) -> None:
    there = shop(
        "usb://04B8:0202",
        "usb://04b8:0202?port=1-1.1",
        "hid://0c2e:0b61?serial=20161B0C3A",
        "serial:///dev/ttyUSB0",
        "evdev:///dev/input/event7",
        "tcp://192.0.2.7",
        "emu://receipt",
    )
    seen = replace(machine(tmp_path, "counter", "ports"), shop=there)
    assert "disconnected" not in names(seen)


@pytest.mark.parametrize(
    "url",
    [
        "usb://04b8:0e15",
        "usb://04b8:0202?serial=OTHER",
        "usb://04b8:0202?port=9-9",
        "hid://1111:2222",
        "serial:///dev/ttyUSB9",
    ],
)
def test_devices_of_the_shop_that_are_not(tmp_path: Path, url: str) -> None:
    seen = replace(machine(tmp_path, "counter", "ports"), shop=shop(url))
    found = only(seen, "disconnected")
    assert (found.subject, found.severity) == ("device-0", Severity.MEND)
    assert "disconnected" not in names(replace(seen, found=frozenset({url})))  # discovery saw it, on a bus of its own


def test_usb_for_what_is_a_serial_adapter(tmp_path: Path) -> None:
    seen = replace(machine(tmp_path, "ports"), shop=shop("usb://0403:6001"))
    found = only(seen, "serial-not-usb")
    assert "ftdi_sio" in found.message()
    assert 'url = "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"' in found.remedy()


def test_an_extra_that_the_shop_needs(tmp_path: Path) -> None:
    seen = replace(
        machine(tmp_path, around=Around(missing=frozenset({"ble", "usb"}))), shop=shop("ble://AA:BB:CC:DD:EE:FF")
    )
    assert only(seen, "missing-extra").command == 'pip install "posdevkit[ble]"'


def test_what_is_wrong_in_the_shops_file(tmp_path: Path) -> None:
    seen = replace(machine(tmp_path), shop_file="my shop.toml", shop_problem="my shop.toml, line 3: url: no")
    found = only(seen, "bad-configuration")
    assert "line 3" in found.message()
    assert found.command == "posdevkit config check 'my shop.toml'"


def test_what_a_device_says_of_itself_is_never_a_command(tmp_path: Path) -> None:
    queue = ("x; rm -rf $HOME", QUEUE[1])
    found = only(machine(tmp_path, "counter", around=Around(queues=(queue,))), "cups-queue")
    assert found.command == "sudo cupsdisable 'x; rm -rf $HOME'"


def test_what_has_to_be_mended_comes_first(tmp_path: Path) -> None:
    order = list(Severity)
    found = [
        order.index(one.severity) for one in examine(machine(tmp_path, "counter", around=Around(shut={PRINTER: "lp"})))
    ]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_root_needs_no_groups(tmp_path: Path) -> None:
    root = Around(Account("root", frozenset({"root"}), root=True))
    assert not {"not-in-group", "no-rules"} & set(names(machine(tmp_path, "counter", "ports", around=root)))


TEXTS = tomllib.loads(files("posdevkit.doctor").joinpath("texts.toml").read_text("utf-8"))


@pytest.mark.parametrize("slug", TEXTS)
def test_the_words_are_whole(slug: str) -> None:
    """Both languages say the same with the same facts; a remedy that is not written here is an error's own."""
    entry = TEXTS[slug]
    assert {"en", "da"} <= entry.keys()
    for kind in ("message", "remedy"):
        words = [entry[language].get(kind, "") for language in ("en", "da")]
        assert bool(words[0]) == bool(words[1])
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in words]
        assert fields[0] == fields[1]
        assert not words[0] or words[0] != words[1] or slug == "bad-configuration"
    assert not entry["en"]["message"].endswith(".")
    assert ("remedy" in entry["en"]) is not (slug in errors())
    if "sudo tee /etc" in entry.get("command", "") and "--write-udev" in entry["command"]:
        assert DEFAULT_PATH in entry["command"]
