"""The rules that are written: what they open and to whom, and that udev would read them."""

from __future__ import annotations

import re
from pathlib import Path

from posdevkit.doctor import udev_rules
from posdevkit.doctor.udev import MARK

from .recorded import Around, machine

# udev(7): keys with an operator and a quoted value, separated by commas.
ITEM = r'[A-Z]+(?:\{[A-Za-z_]+\})?(?:==|\+=|=)"[^"]*"'
RULE = re.compile(rf"{ITEM}(?:, {ITEM})+")


def rules(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_every_line_is_a_rule(tmp_path: Path) -> None:
    text = udev_rules(machine(tmp_path, "counter", "ports"))
    assert text.startswith(MARK)
    assert text.endswith('"\n')
    for line in rules(text):
        assert RULE.fullmatch(line), line
        assert "==" in line
        assert 'GROUP="' in line or "ID_MM" in line


def test_printers_scanners_and_what_is_plugged_in(tmp_path: Path) -> None:
    text = udev_rules(machine(tmp_path, "counter", "ports"))
    assert 'ENV{ID_USB_INTERFACES}=="*:0701??:*", MODE="0660", GROUP="lp", TAG+="uaccess"' in text
    assert 'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0c2e", ATTRS{idProduct}=="0b61", MODE="0660", GROUP="input"' in text
    assert 'ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", ENV{ID_MM_DEVICE_IGNORE}="1"' in rules(text)
    assert "046d" not in text  # the mouse
    bare = udev_rules(machine(tmp_path / "2"))
    assert "plugged in" not in bare
    assert set(rules(bare)) < set(rules(text))


def test_the_group_that_this_machine_has(tmp_path: Path) -> None:
    around = Around(files={"etc/group": "root:x:0:\nplugdev:x:46:anna\n"})
    assert 'GROUP="plugdev"' in udev_rules(machine(tmp_path, "counter", around=around))


def test_no_device_can_put_a_word_into_the_file(tmp_path: Path) -> None:
    """Only numbers and our own names get there: what a device calls itself does not."""
    text = udev_rules(machine(tmp_path, "counter"))
    assert "Symbol" not in text
    assert "TM-T88V" not in text
