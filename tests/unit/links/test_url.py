"""The grammar of device URLs, by examples."""

from __future__ import annotations

import pytest

from posdevkit.errors import BadUrl
from posdevkit.links.url import SCHEMES, DeviceUrl, nearest_scheme, parse_url

CANONICAL = {
    "tcp://192.168.1.87": DeviceUrl("tcp", "192.168.1.87"),
    "tcp://192.168.1.87:9100": DeviceUrl("tcp", "192.168.1.87", 9100),
    "tcp://127.0.0.1:0": DeviceUrl("tcp", "127.0.0.1", 0),
    "tcp://[::1]:9100": DeviceUrl("tcp", "::1", 9100),
    "tcp://[fe80::1%eth0]": DeviceUrl("tcp", "fe80::1%eth0"),
    "tcp://Kitchen-Printer.local": DeviceUrl("tcp", "Kitchen-Printer.local"),
    "tcp://printer?drain=10": DeviceUrl("tcp", "printer", None, (("drain", "10"),)),
    "serial://COM10": DeviceUrl("serial", "COM10"),
    "serial:///dev/ttyUSB0?baud=9600&parity=none": DeviceUrl(
        "serial", "/dev/ttyUSB0", None, (("baud", "9600"), ("parity", "none"))
    ),
    "usb://04b8:0e15": DeviceUrl("usb", "04b8:0e15"),
    "usb://04b8:0515": DeviceUrl("usb", "04b8:0515"),
    "ble://AA:BB:CC:DD:EE:FF": DeviceUrl("ble", "AA:BB:CC:DD:EE:FF"),
    "hid://05e0:1300": DeviceUrl("hid", "05e0:1300"),
    "spooler://Front Desk Printer": DeviceUrl("spooler", "Front Desk Printer"),
    "spooler://Printer #2 @ bar + grill": DeviceUrl("spooler", "Printer #2 @ bar + grill"),
    "spooler://100% Café": DeviceUrl("spooler", "100% Café"),
    "spooler://what%3F": DeviceUrl("spooler", "what?"),
    "spooler://%20edge%20": DeviceUrl("spooler", " edge "),
    "spooler://%2541": DeviceUrl("spooler", "%41"),
    "spooler://two%0Alines": DeviceUrl("spooler", "two\nlines"),
    r"spooler://\\server\Front Desk": DeviceUrl("spooler", r"\\server\Front Desk"),
    "emu://receipt-printer?profile=epson-tm-t88v": DeviceUrl(
        "emu", "receipt-printer", None, (("profile", "epson-tm-t88v"),)
    ),
    "memory://name": DeviceUrl("memory", "name"),
    "replay:///tmp/Some Folder/trace.jsonl": DeviceUrl("replay", "/tmp/Some Folder/trace.jsonl"),
    "replay://C:\\traces\\one.jsonl": DeviceUrl("replay", "C:\\traces\\one.jsonl"),
    "x-other+1.0://a:b": DeviceUrl("x-other+1.0", "a:b"),
}


@pytest.mark.parametrize("text", CANONICAL)
def test_it_is_read_and_gives_its_text_back(text: str) -> None:
    assert parse_url(text) == CANONICAL[text]
    assert str(parse_url(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  tcp://printer\n", "tcp://printer"),
        ("TCP://Printer", "tcp://Printer"),
        ("spooler://Front%20Desk", "spooler://Front Desk"),
        ("spooler://Caf%C3%A9", "spooler://Café"),
        ("tcp://[fe80::1%25eth0]:9100", "tcp://[fe80::1%eth0]:9100"),
        ("memory://name?", "memory://name"),
        ("memory://name?flag", "memory://name?flag="),
    ],
)
def test_other_spellings_become_canonical(text: str, canonical: str) -> None:
    assert str(parse_url(text)) == canonical


BAD = {
    "": "empty",
    "   ": "empty",
    "192.168.1.87": "tcp://192.168.1.87",
    "printer.local:9100": "tcp://printer.local:9100",
    "COM3": "serial://COM3",
    "/dev/ttyUSB0": "serial:///dev/ttyUSB0",
    "tpc:/192.168.1.87": "tcp://",
    "usb:04b8:0e15": "usb://",
    "://x": "no scheme",
    "1tcp://x": "no scheme",
    "tcp://": "no address",
    "tcp://:9100": "no address",
    "memory://?x=1": "no address",
    "tcp://printer:": "port ''",
    "tcp://printer:ninety": "port 'ninety'",
    "tcp://printer:65536": "65535",
    "tcp://printer:-1": "65535",
    "tcp://printer:+91": "65535",
    "tcp://printer:٩١": "65535",
    "tcp://fe80::1": "brackets",
    "tcp://[fe80::1": "']'",
    "tcp://[::1]x": "']'",
    "tcp://[printer]:9100": "no IPv6 address",
    "tcp://[::zz]": "no IPv6 address",
    "tcp://300.1.1.1": "no IPv4 address",
    "tcp://1.2.3": "no IPv4 address",
    "tcp://host/path": "'/' in the name of the host",
    "tcp://my printer": "' ' in the name of the host",
    "tcp://user@host": "'@' in the name of the host",
    "serial://COM1?=9600": "option without a name",
    "serial://COM1?baud=1&baud=2": "'baud' twice",
    "spooler://%FF": "no UTF-8",
    "spooler://\ud800": "half a character",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_named_with_the_text(text: str) -> None:
    with pytest.raises(BadUrl) as caught:
        parse_url(text)
    assert BAD[text] in f"{caught.value.detail} {caught.value.remedy()}"
    if text.strip():
        assert ascii(text.strip())[1:8] in ascii(caught.value.detail)


def test_something_that_is_no_text() -> None:
    with pytest.raises(BadUrl, match="got int"):
        parse_url(9100)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scheme", "address", "port", "options"),
    [
        ("TCP", "x", None, ()),
        ("", "x", None, ()),
        ("usb", "04b8:0e15", 1, ()),
        ("tcp", "x", 65536, ()),
        ("tcp", "x", -1, ()),
        ("tcp", "", None, ()),
        ("tcp", "x", None, (("", "1"),)),
        ("tcp", "x", None, (("a", "1"), ("a", "2"))),
    ],
)
def test_a_wrong_one_cannot_be_built(
    scheme: str, address: str, port: int | None, options: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(BadUrl):
        DeviceUrl(scheme, address, port, options)


def test_options() -> None:
    url = parse_url("serial://COM1?baud=9600&profile=generic-58mm")
    assert url.option("baud") == "9600"
    assert url.option("parity") is None
    assert url.option("parity", "none") == "none"
    assert str(url.without("profile")) == "serial://COM1?baud=9600"
    url.only("baud", "profile")
    with pytest.raises(BadUrl, match="did you mean 'bauds'"):
        url.only("bauds", "profile")
    with pytest.raises(BadUrl, match="has no options"):
        url.only()


def test_the_nearest_scheme() -> None:
    assert nearest_scheme("tpc") == "tcp"
    assert nearest_scheme("SERAIL") == "serial"
    assert nearest_scheme("spool") == "spooler"
    assert nearest_scheme("qqqqqq") is None
    assert all(nearest_scheme(scheme) == scheme for scheme in SCHEMES)
