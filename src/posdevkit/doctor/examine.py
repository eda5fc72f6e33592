"""From what a look at a machine saw to what is wrong with it. Pure: a rule is a function from a Machine to findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from posdevkit.links.url import DeviceUrl

from .claims import Claim, claims, is_keyboard
from .findings import Finding, Severity, finding
from .machine import Machine, Node, Process, Queue, UsbDevice
from .makers import braille_chip, grabs_cards, serial_module

__all__ = ["RULES", "examine", "queue_of"]

_WINDOWS_OWN: Final = "usbprint"
_MODEM_MANAGER: Final = "ModemManager"
_BRLTTY: Final = "brltty"
_CUPS_BACKEND: Final = "usb"
"""What CUPS calls the program that it starts for a printer on USB."""
_EXTRA_OF: Final = {"usb": "usb", "serial": "serial", "hid": "hid", "ble": "ble"}
"""Scheme of a URL -> the extra that drives it."""

_MAJORS: Final = {"ftdi_sio": "188", "cp210x": "188", "ch341": "188", "pl2303": "188", "cdc_acm": "166"}
"""What drives a serial adapter -> the major number of its ports (Linux, Documentation/admin-guide/devices.txt)."""

Rule = Callable[[Machine], Iterator[Finding]]


def examine(machine: Machine) -> tuple[Finding, ...]:
    """Everything that is to be said of this machine: first what has to be mended, then advice, then notes."""
    each = {(one.slug, one.subject, one.command): one for rule in RULES for one in rule(machine)}
    order = list(Severity)
    return tuple(sorted(each.values(), key=lambda one: order.index(one.severity)))


def queue_of(device: UsbDevice, queues: Iterable[Queue]) -> Queue | None:
    """The queue of CUPS that prints to this device: by its serial number, else by maker and model."""
    for queue in queues:
        place = urlsplit(queue.uri)
        if place.scheme != "usb":
            continue
        serials = parse_qs(place.query).get("serial")
        if serials:
            if device.told.serial in serials:
                return queue
        elif (model := unquote(place.path).strip("/")) and model in device.name:
            return queue
    return None


def _shop(machine: Machine) -> Iterator[Finding]:
    if machine.shop_problem:
        file = machine.shop_file
        yield finding("bad-configuration", Severity.MEND, file, file=file, problem=machine.shop_problem)
    for wanted in machine.shop:
        url = wanted.url
        if _is_there(machine, url) is False:
            yield finding("disconnected", Severity.MEND, wanted.name, url=str(url), cable=url.scheme)
        if url.scheme == "usb" and (port := _serial_port_of(machine, url)):
            yield finding("serial-not-usb", Severity.MEND, wanted.name, url=port, driver=_driver_of(machine, url))


def _is_there(machine: Machine, url: DeviceUrl) -> bool | None:
    """None where only opening it could tell."""
    if str(url) in machine.found or machine.system == "other":
        return None
    match url.scheme:
        case "usb" | "hid":
            return any(_is(device, url) for device in machine.devices)
        case "serial" | "evdev" if machine.system == "linux":
            return url.address in machine.paths
    return None


def _is(device: UsbDevice, url: DeviceUrl) -> bool:
    told = device.told
    return (
        str(told.id) == url.address.lower()
        and url.option("serial") in (None, told.serial)
        and url.option("port") in (None, told.port)
    )


def _serial_port_of(machine: Machine, url: DeviceUrl) -> str | None:
    own = [claim for claim in claims(machine) if _is(claim.device, url)]
    if any(claim.cable == "usb" for claim in own):
        return None
    return next((claim.url for claim in own if claim.cable == "serial" and claim.url), None)


def _driver_of(machine: Machine, url: DeviceUrl) -> str:
    return next(
        part.driver for device in machine.devices if _is(device, url) for part in device.interfaces if part.driver
    )


def _extras(machine: Machine) -> Iterator[Finding]:
    needed: dict[str, list[str]] = defaultdict(list)
    for claim in claims(machine):
        if not _by_windows(machine, claim):
            needed[claim.cable].append(claim.label)
    for wanted in machine.shop:
        if machine.system == "windows" and wanted.url.scheme == "usb":
            continue  # its driver says whether libusb is needed: see the claims
        needed[_EXTRA_OF.get(wanted.url.scheme, "")].append(wanted.name)
    for extra in sorted(needed.keys() & machine.missing):
        yield finding("missing-extra", Severity.MEND, _listed(needed[extra]), extra=extra)


def _rights(machine: Machine) -> Iterator[Finding]:
    """Several devices that one command opens are one finding."""
    shut: dict[tuple[str, str], list[str]] = defaultdict(list)
    for claim in claims(machine):
        for node in claim.nodes:
            if not node.allowed:
                group = node.group if node.for_group and node.group not in ("", "root") else ""
                shut[_why(machine, group), group].append(claim.label)
    for (slug, group), labels in shut.items():
        yield finding(slug, Severity.MEND, _listed(labels), group=group, user=machine.account.user)


def _why(machine: Machine, group: str) -> str:
    if not group:
        return "rules-not-applied" if machine.rules else "no-rules"
    return "sign-in-again" if group in machine.account.granted - machine.account.groups else "not-in-group"


def _holders(machine: Machine) -> Iterator[Finding]:
    for claim in claims(machine):
        named = False
        for node in dict.fromkeys((*claim.nodes, *(n for n in claim.interface.nodes if n.kind == "lp"))):
            for process in node.holders:
                named = True
                yield _held(machine, claim, node, process)
        if claim.interface.driver == "usbfs" and not named and claim.device.node is not None:
            yield finding("held-unseen", Severity.MEND, claim.label, node=claim.device.node.path)


def _held(machine: Machine, claim: Claim, node: Node, process: Process) -> Finding:
    facts = {"process": process.name, "pid": str(process.pid), "node": node.path}
    if process.ours:
        return finding("in-use", Severity.NOTE, claim.label, **facts)
    if process.name == _MODEM_MANAGER:
        return finding("modem-manager", Severity.MEND, claim.label, **facts)
    queue = queue_of(claim.device, machine.queues)
    if process.name == _CUPS_BACKEND and queue is not None:
        return finding("queue-prints", Severity.MEND, claim.label, queue=queue.name, **facts)
    return finding("claimed", Severity.MEND, claim.label, **facts)


def _by_windows(machine: Machine, claim: Claim) -> bool:
    """Whether Windows' own driver for printers has it, through which we print."""
    return machine.system == "windows" and claim.cable == "usb" and claim.interface.driver.casefold() == _WINDOWS_OWN


def _drivers(machine: Machine) -> Iterator[Finding]:
    for claim in claims(machine):
        told, driver = claim.device.told, claim.interface.driver
        if machine.system == "windows":
            if _by_windows(machine, claim):
                yield finding("usbprint", Severity.NOTE, claim.label, driver=driver)
            elif claim.cable == "usb" and driver.casefold() not in ("winusb", "libusbk", "libusb0"):
                yield finding("not-winusb", Severity.MEND, claim.label, driver=driver or "-")
        elif machine.system == "linux" and claim.cable == "serial" and claim.url is None:
            chip = braille_chip(told.id)
            module = serial_module(told.id) or ""
            if chip and (_BRLTTY in machine.running or machine.brltty_rules):
                yield finding("brltty", Severity.MEND, claim.label, chip=chip)
            elif not driver and module:
                yield finding("no-driver", Severity.MEND, claim.label, module=module)
        elif claim.cable == "usb" and driver == "usblp":
            yield finding("usblp", Severity.NOTE, claim.label, driver=driver)


def _nodeless(machine: Machine) -> Iterator[Finding]:
    """In a container sysfs shows every device of the machine, and /dev those that were passed in."""
    for claim in claims(machine) if machine.system == "linux" else ():
        if claim.cable == "usb" and claim.device.node is None:
            yield finding("no-node", Severity.MEND, claim.label, folder="/dev/bus/usb", number="189")
        elif claim.cable == "serial" and claim.url is None and (major := _MAJORS.get(claim.interface.driver)):
            yield finding("no-node", Severity.MEND, claim.label, folder="/dev", number=major)


def _cards(machine: Machine) -> Iterator[Finding]:
    readers = [claim for claim in claims(machine) if claim.cable == "pcsc"]
    for claim in readers:
        if grabs_cards(claim.interface.driver):
            yield finding("module-grabs", Severity.MEND, claim.label, module=claim.interface.driver)
    if readers and machine.system == "linux" and not machine.card_service:
        yield finding("no-card-service", Severity.MEND, _listed([claim.label for claim in readers]))


def _typing(machine: Machine) -> Iterator[Finding]:
    for claim in claims(machine):
        if not is_keyboard(claim.interface):
            continue
        if claim.url is not None:
            yield finding("keyboard-mode", Severity.ADVICE, claim.label, url=claim.url)
        else:
            yield finding("keyboard-mode-only", Severity.MEND, claim.label)


def _trouble_to_come(machine: Machine) -> Iterator[Finding]:
    ports = [claim for claim in claims(machine) if claim.cable == "serial" and claim.url is not None]
    held = {process.name for claim in ports for node in claim.nodes for process in node.holders}
    if ports and not machine.rules and _MODEM_MANAGER in machine.running - held:
        yield finding("modem-manager-near", Severity.ADVICE, _listed([claim.label for claim in ports]))
    for claim in claims(machine):
        queue = queue_of(claim.device, machine.queues) if claim.cable == "usb" else None
        if queue is not None:
            yield finding("cups-queue", Severity.ADVICE, claim.label, queue=queue.name)
    alike = Counter(claim.url for claim in claims(machine) if claim.cable == "hid" and claim.url)
    for url, count in alike.items():
        if count > 1:
            yield finding("alike", Severity.ADVICE, url, count=str(count))


RULES: Final[tuple[Rule, ...]] = (
    _shop,
    _extras,
    _rights,
    _nodeless,
    _drivers,
    _cards,
    _holders,
    _typing,
    _trouble_to_come,
)


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(labels))
