"""The ports that `tools/ci/stacks.py` gives the machine to the outside, and QEMU's monitor (QMP) behind one of them."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.stacks.vm.conftest import SOON


class Port:
    """A port of the machine to the outside."""

    def __init__(self, name: str) -> None:
        path, end = Path("/dev/virtio-ports", name), time.monotonic() + SOON
        while not path.exists():
            assert time.monotonic() < end, f"no {path}"
            time.sleep(0.05)
        flags = os.O_RDWR
        if sys.platform != "win32":  # for the type checker: this is a rung of Linux
            flags |= os.O_NONBLOCK | os.O_CLOEXEC
        self._file = os.open(path, flags)
        self._rest = b""

    def write(self, data: bytes) -> None:
        assert os.write(self._file, data) == len(data)

    def readable(self, seconds: float) -> bool:
        """Whether there is something to read within that time."""
        return bool(self._rest or select.select([self._file], [], [], seconds)[0])

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        end = time.monotonic() + SOON
        while len(self._rest) < size:
            assert select.select([self._file], [], [], max(0.0, end - time.monotonic()))[0], f"only {self._rest!r}"
            self._rest += os.read(self._file, 4096)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def close(self) -> None:
        os.close(self._file)


class Monitor:
    """QEMU's monitor."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.ask("qmp_capabilities")

    def ask(self, what: str, **arguments: object) -> None:
        """Return when QEMU has agreed. What it says unasked is passed over."""
        self._port.write(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while True:
            line = b""
            while not line.endswith(b"\n"):
                line += self._port.read(1)
            said = json.loads(line)
            assert "error" not in said, said
            if "return" in said:
                return

    def agrees(self, what: str, arguments: Mapping[str, object]) -> bool:
        """Ask, and whether it was done: a plug that was pulled is out a moment after QEMU agreed to pull it, and until
        then its name is taken."""
        try:
            self.ask(what, **arguments)
        except AssertionError:
            return False
        return True

    def type(self, text: str) -> None:
        for key in text:
            name = {"\n": "ret"}.get(key, key)
            self.ask("send-key", keys=[{"type": "qcode", "data": name}], **{"hold-time": 5})
