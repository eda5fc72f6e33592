"""Two programs and one HID device on Linux. hidapi is played; the lock is the system's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

import posdevkit
from posdevkit.errors import Claimed, Disconnected
from posdevkit.links.hid import HidLink
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere hidapi has no nodes to lock")

URL = "hid://05e0:1300"
HIDAPI = """
import time
NODE = {node!r}
class device:
    def open_path(self, path):
        open(path, "rb").close()
    def get_report_descriptor(self):
        return []
    def read(self, size, milliseconds):
        time.sleep(milliseconds / 1000)
        return []
    def close(self):
        pass
def enumerate():
    return [dict(path=NODE.encode(), vendor_id=0x05E0, product_id=0x1300, serial_number="", manufacturer_string="",
                 product_string="", usage_page=0x8C, usage=2, interface_number=0)]
"""
PROGRAM = """
import sys, posdevkit
scanner = posdevkit.Scanner.open(sys.argv[1], timeout=20)
print("open", flush=True)
sys.stdin.readline()
scanner.close()
print("closed", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in place of /dev/hidraw0, and a hidapi that knows it, for this process and those it starts."""
    node = tmp_path / "hidraw0"
    node.write_bytes(b"")
    (tmp_path / "hidraw.py").write_text(HIDAPI.format(node=str(node)), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hidraw", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return node


@contextmanager
def another_program() -> Iterator[subprocess.Popen[str]]:
    """It has the scanner open; a line makes it close."""
    command = [sys.executable, "-c", PROGRAM, URL]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.kill()


def test_a_scanner_that_another_program_holds_is_claimed(node: Path) -> None:
    with another_program() as process:
        with pytest.raises(Claimed) as caught:
            posdevkit.Scanner.open(URL, timeout=20)
        assert caught.value.remedy()
        assert process.stdin is not None
        assert process.stdout is not None
        print(file=process.stdin, flush=True)
        assert process.stdout.readline() == "closed\n"
        posdevkit.Scanner.open(URL, timeout=20).close()


def test_a_program_that_was_killed_holds_nothing(node: Path) -> None:
    with another_program() as process:
        process.kill()
        process.wait()
        posdevkit.Scanner.open(URL, timeout=20).close()


@pytest.mark.asyncio
async def test_two_handles_of_one_program_are_no_exception(node: Path) -> None:
    first, second = HidLink(parse_url(URL)), HidLink(parse_url(URL))
    await first.open(Deadline.after(20))
    with pytest.raises(Claimed):
        await second.open(Deadline.after(20))
    first.abort()
    await first.open(Deadline.after(20))  # waits until its own lock is gone
    await first.close()
    await second.open(Deadline.after(20))
    await second.close()


@pytest.mark.asyncio
async def test_a_device_that_does_not_open_leaves_nothing_locked(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidraw = import_module("hidraw")

    def refuses(self: object, path: bytes) -> None:
        raise OSError("open failed")

    link = HidLink(parse_url(URL))
    with monkeypatch.context() as patch:
        patch.setattr(hidraw.device, "open_path", refuses)
        with pytest.raises(Disconnected):
            await link.open(Deadline.after(20))
    await link.open(Deadline.after(20))
    await link.close()
