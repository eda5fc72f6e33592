"""What goes to support, and above all what does not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import posdevkit as pos
from posdevkit.doctor import Diagnosis, write_bundle
from posdevkit.doctor.redaction import Redaction
from posdevkit.errors import InputFailed, OutputFailed
from posdevkit.protocols.cards.tracks import luhn

from .recorded import Around, recorded

HOME = "/" + "home/anna"  # in two halves, since no file here may name a folder of somebody's
REDACT = Redaction(["J5QF012345", "20161B0C3A"], user="anna", host="till-7", home=HOME)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("usb://04b8:0202?serial=J5QF012345", "usb://04b8:0202?serial=serial-1"),
        ("TM-T88V, serial number J5QF012345", "TM-T88V, serial number serial-1"),
        ("usb://04b8:0202?serial=X9Y8Z7", "usb://04b8:0202?serial=serial-3"),
        (f"{HOME}/shop/shop.toml, line 3", "~/shop/shop.toml, line 3"),
        ("/" + "home/bo/x and /" + "Users/Per/x", "~/x and ~/x"),
        (r"C:\Users\Per\shop.toml", r"~\shop.toml"),
        ("sudo usermod -aG lp anna", "sudo usermod -aG lp <user>"),
        ("annabella's till-7 and till-77", "annabella's <host> and till-77"),
        ("paid with 4111 1111 1111 1111 today", "paid with **** today"),
        ("PAN=4111111111111111", "PAN=****"),
        ("sent 34 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31 0d", "sent **** 0d"),
        ("sent 34313131313131313131313131313131", "sent ****"),
        ("wallet 281234567890123456", "wallet ****"),
        ("Authorization: Bearer abc.DEF-123", "Authorization: **** ****"),
        ("https://pos.example/v1?token=abc123&since=4", "https://pos.example/v1?token=****&since=4"),
        ('{"password": "hemmelig", "port": 9100}', '{"password": "****", "port": 9100}'),
        ("key was Zk3vQ9x0aB7cD8eF1gH2iJ4kL5mN6oP7qR-_tU now", "key was **** now"),
        ("ble://AA:BB:CC:0D:EE:FF", "ble://serial-3"),
        ("ask anna@cafe.example", "ask <mail>"),
        (
            "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A5-if00-port0",
            "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A5-if00-port0",
        ),
        *[(text, text) for text in ("2026-11-24 10:00 tcp://192.168.1.87:9100 took 31.5 ms", "sudo udevadm control")],
    ],
)  # fmt: skip
def test_what_is_taken_out_and_what_stays(text: str, redacted: str) -> None:
    redact = Redaction(["J5QF012345", "20161B0C3A"], user="anna", host="till-7", home=HOME)
    assert redact(text) == redacted
    assert redact(redacted) == redacted


def test_a_serial_number_is_the_same_stand_in_everywhere() -> None:
    redact = Redaction(["AB12"], user="", host="", home="")
    first, second = redact("serial=ZZ99 and AB12"), redact("by-id/usb-X_AB12-if00 and serial number ZZ99")
    assert first == "serial=serial-2 and serial-1"
    assert second == "by-id/usb-X_serial-1-if00 and serial number serial-2"


def test_values_of_json_are_looked_into() -> None:
    told = {"anna": [4111111111111111, 9100, True, None, {"at": f"{HOME}/x"}]}
    assert REDACT.everywhere(told) == {"<user>": ["****", 9100, True, None, {"at": "~/x"}]}


def test_what_udev_makes_of_a_serial_number_is_one_too() -> None:
    assert Redaction(["A B/7"], user="", host="", home="")("by-id/usb-X_A_B_7-if00") == "by-id/usb-X_serial-1-if00"


@given(
    st.integers(12, 18).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)),
    st.sampled_from(["", " ", "-"]),
    st.text(max_size=12).filter(lambda text: not any(one.isdecimal() for one in text)),
)
def test_no_card_number_survives_in_whatever_it_stands(digits: str, gap: str, around: str) -> None:
    number = next(digits + last for last in "0123456789" if luhn(digits + last))
    written = gap.join(number[start : start + 4] for start in range(0, len(number), 4))
    for text in (written, f"{around} {written} {around}", number.encode().hex(), number.encode().hex(" ")):
        told = REDACT(text)
        assert number not in told.replace(" ", "").replace("-", "")
        assert number.encode().hex() not in told.replace(" ", "")


# Of a scheme whose numbers are looked for in the files of no test: here they lie in files on purpose.
SHOP = """\
# the boss's number is 6011000000000004
[printer.counter]
url = "usb://04b8:0202?serial=J5QF012345"
profile = "epson-tm-t88v"

[payment-terminal.till]
url = "zvt://192.168.1.90"
password = "654321"


[cloud]
token = "opaque"
"""


@pytest.fixture
def diagnosis(tmp_path: Path) -> Diagnosis:
    shop = tmp_path / "shop.toml"
    shop.write_text(SHOP)
    around = Around(shut={"/dev/bus/usb/001/004": "lp"})
    return pos.diagnose(
        config=shop, only=["emulators"], system=recorded(tmp_path / "machine", "counter", around=around)
    )


def files_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_archive(tmp_path: Path, diagnosis: Diagnosis) -> None:
    log = tmp_path / "till.log"
    log.write_text(f"10:00 printed in {HOME}\n10:01 card 6011000000000004 of J5QF012345\n")
    target = tmp_path / "support.zip"
    assert write_bundle(target, diagnosis, log=log) == ("diagnosis.json", "versions.json", "shop.json", "log.txt")
    files = files_of(target)
    whole = "\n".join(files.values())
    for secret in (
        "J5QF012345",
        "20161B0C3A",
        "654321",
        "opaque",
        "6011000000000004",
        "anna ",
        str(tmp_path.home()),
        "boss",
    ):
        assert secret not in whole, secret
    told = json.loads(files["diagnosis.json"])
    assert told["ok"] is False
    assert told["devices"][0]["url"] == "usb://04b8:0202?serial=serial-1"
    assert json.loads(files["shop.json"]) == {
        "printer": {"counter": {"url": "usb://04b8:0202?serial=serial-1", "profile": "epson-tm-t88v"}},
        "payment-terminal": {"till": {"url": "zvt://192.168.1.90", "password": "****"}},
        "cloud": "****",
    }
    assert json.loads(files["versions.json"])["distributions"]["posdevkit"] == pos.__version__
    assert files["log.txt"].endswith("10:01 card **** of serial-1\n")


def test_without_a_shop_and_a_log(tmp_path: Path) -> None:
    diagnosis = pos.diagnose(only=["emulators"], system=recorded(tmp_path))
    assert write_bundle(tmp_path / "x.zip", diagnosis) == ("diagnosis.json", "versions.json")


def test_a_shop_that_cannot_be_read_is_not_copied(tmp_path: Path) -> None:
    shop = tmp_path / "shop.toml"
    shop.write_text('[printer.counter\npassword = "654321"\n')
    diagnosis = pos.diagnose(config=shop, only=["emulators"], system=recorded(tmp_path / "machine"))
    write_bundle(tmp_path / "x.zip", diagnosis)
    files = files_of(tmp_path / "x.zip")
    assert json.loads(files["shop.json"]) == {"unreadable": True}
    assert "654321" not in "".join(files.values())


def test_of_a_long_log_the_end_in_whole_lines(tmp_path: Path, diagnosis: Diagnosis) -> None:
    log = tmp_path / "till.log"
    line = "card 6011000000000004 and more\n"
    log.write_text(line * 20_000)
    write_bundle(tmp_path / "x.zip", diagnosis, log=log)
    lines = files_of(tmp_path / "x.zip")["log.txt"].splitlines()
    assert set(lines) == {"card **** and more"}
    assert 8_000 < len(lines) < 20_000


def test_what_cannot_be_read_or_written(tmp_path: Path, diagnosis: Diagnosis) -> None:
    with pytest.raises(InputFailed, match=r"no\.log"):
        write_bundle(tmp_path / "x.zip", diagnosis, log=tmp_path / "no.log")
    assert not (tmp_path / "x.zip").exists()
    with pytest.raises(OutputFailed, match="nowhere"):
        write_bundle(tmp_path / "nowhere" / "x.zip", diagnosis)
