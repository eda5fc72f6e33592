"""An emulated printer in a terminal: the URL first, then a line per event; keys or words for a person's hands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from posdevkit.errors import BadUrl, PosError
from posdevkit.links.url import DeviceUrl, parse_url

from .bench import ReceiptPrinterBench
from .printers.effects import Happened

__all__ = ["Console", "Wanted"]

_DEFAULT_PORT: Final = 9100
_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
_QUIT: Final = frozenset({"q", "quit", "exit"})
_KEYS: Final = {
    "p": "paper",
    "o": "paper out",
    "n": "near end",
    "j": "jam",
    "x": "clear",
    "w": "power",
    "r": "resume",
    "t": "tear off",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    listen: str
    profile: str
    faults: tuple[str, ...] = ()
    scenario: str | None = None
    save: str | None = None
    serial: str = "EMU0000001"
    as_json: bool = False

    def address(self) -> DeviceUrl:
        """Where to listen. Raises BadUrl."""
        url = parse_url(self.listen)
        if url.scheme != "tcp":
            raise BadUrl(f"{self.listen!r}: emulators listen on tcp://", remedy="Use --listen tcp://127.0.0.1:9100.")
        url.only()
        return url


class Console:
    """Runs until it is told to stop."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._code = 0
        self._stop = asyncio.Event()
        self._line = ""

    def run(self) -> int:
        """The exit code: 0 after `quit`, 130 after Ctrl-C, 143 after SIGTERM. Raises PosError before it listens."""
        with contextlib.suppress(KeyboardInterrupt), _single_keys() as keys:
            asyncio.run(self._serve(keys))
            return self._code
        return _EXIT[signal.SIGINT]

    async def _serve(self, keys: bool) -> None:
        wanted = self._wanted
        address = wanted.address()
        bench = ReceiptPrinterBench.tcp(
            profile=wanted.profile,
            faults=wanted.faults,
            scenario=wanted.scenario,
            save=wanted.save,
            serial=wanted.serial,
            host=address.address,
            port=_DEFAULT_PORT if address.port is None else address.port,
            on_event=self._tell,
        )
        loop = asyncio.get_running_loop()
        for number, code in _EXIT.items():
            with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
                loop.add_signal_handler(number, self._end, code)
        async with bench:
            self._say(bench.url, {"event": "listening", "url": bench.url, "profile": bench.profile.name})
            threading.Thread(
                target=self._read, args=(loop, bench, keys), name="posdevkit-emulator-keys", daemon=True
            ).start()
            await self._stop.wait()

    def _end(self, code: int) -> None:
        self._code = code
        self._stop.set()

    # Output.

    def _tell(self, event: Happened) -> None:
        self._say(str(event), {"event": event.what.value, "detail": event.detail})

    def _say(self, text: str, facts: dict[str, str]) -> None:
        out = sys.stdout
        line = json.dumps(facts) if self._wanted.as_json else text
        encoding = getattr(out, "encoding", None) or "ascii"
        try:
            print(line.encode(encoding, "backslashreplace").decode(encoding), file=out, flush=True)
        except (BrokenPipeError, ValueError):
            self._stop.set()  # nobody reads on

    # Input.

    def _read(self, loop: asyncio.AbstractEventLoop, bench: ReceiptPrinterBench, keys: bool) -> None:
        # Straight from the descriptor: a thread inside sys.stdin's lock would be in the way at the interpreter's end.
        with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
            descriptor = sys.stdin.fileno()
            while data := os.read(descriptor, 1024):
                loop.call_soon_threadsafe(self._typed, data.decode("utf-8", "replace"), bench, keys)

    def _typed(self, text: str, bench: ReceiptPrinterBench, keys: bool) -> None:
        if keys:
            for key in text:
                if not key.isspace():
                    self._do(key, bench)
            return
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line.strip():
                self._do(line.strip(), bench)

    def _do(self, words: str, bench: ReceiptPrinterBench) -> None:
        words = words.lower()
        if words in _QUIT:
            self._end(0)
            return
        status = bench.printer.status
        if words in ("c", "cover"):
            words = "cover close" if status.cover_open else "cover open"
        elif words in ("d", "drawer"):
            words = "drawer close" if status.drawer_pin_high else "drawer open"
        try:
            bench.printer.do(_KEYS.get(words, words))
        except PosError as problem:
            self._say(str(problem), {"event": "error", "detail": str(problem)})


@contextlib.contextmanager
def _single_keys() -> Iterator[bool]:
    """Keys without Enter while this lasts, where standard input is a terminal that can do so."""
    try:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
    except Exception:  # noqa: BLE001  # no terminal, no stdin, no termios: words on lines then
        yield False
        return
    try:
        yield True
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
