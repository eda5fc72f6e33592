"""`posdevkit emulate display` and `emulate scale`: a small device in a terminal; hands are lines on standard input."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from posdevkit.errors import OutputFailed
from posdevkit.protocols.displays.dialects import DIALECTS
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.scales import ScaleModel

from .bench import Gadget, GadgetBench

__all__ = ["display", "scale"]

_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}


def display(args: Namespace) -> int:
    """Run an emulated display; `--profile` names its language.

    With --save each change is written there as display.png and display.txt.
    """
    model = DisplayModel(args.profile if args.profile in DIALECTS else "cd5220")
    folder = None if args.save is None else _prepared(Path(args.save))
    shown: list[tuple[str, str]] = [model.lines]

    def changed(console: _Console) -> None:
        if model.lines == shown[0]:
            return
        shown[0] = model.lines
        upper, lower = model.lines
        console.say(f"|{upper}|{lower}|", {"event": "shown", "line1": upper, "line2": lower})
        if folder is not None:
            (folder / "display.txt").write_text("\n".join((*model.lines, "")), encoding="utf-8")
            (folder / "display.png").write_bytes(model.png())

    return _run(model, args, changed, lambda words: False)


def scale(args: Namespace) -> int:
    """Run an emulated scale. Lines: GRAMS, moving, still, lost-zero, found-zero, mute, speak."""
    model = ScaleModel()

    def hand(words: str) -> bool:
        switches = {
            "moving": ("moving", True),
            "still": ("moving", False),
            "lost-zero": ("lost_zero", True),
            "found-zero": ("lost_zero", False),
            "mute": ("mute", True),
            "speak": ("mute", False),
        }
        if words in switches:
            setattr(model, *switches[words])
            return True
        with contextlib.suppress(InvalidOperation):
            model.grams = Decimal(words)
            return True
        return False

    return _run(model, args, lambda console: None, hand)


def _prepared(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputFailed(f"{folder}: {problem.strerror}") from None
    return folder


def _run(model: Gadget, args: Namespace, changed: Callable[[_Console], None], hand: Callable[[str], bool]) -> int:
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_Console(model, args, changed, hand).serve())
    return _EXIT[signal.SIGINT]


class _Console:
    def __init__(
        self, model: Gadget, args: Namespace, changed: Callable[[_Console], None], hand: Callable[[str], bool]
    ) -> None:
        self._bench = GadgetBench(model, args.listen or "tcp://127.0.0.1:0", args.fault)
        self._json: bool = args.json
        self._changed = changed
        self._hand = hand
        self._stop = asyncio.Event()
        self._code = 0
        self._line = ""

    async def serve(self) -> int:
        loop = asyncio.get_running_loop()
        for number, code in _EXIT.items():
            with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
                loop.add_signal_handler(number, self._end, code)
        async with self._bench as bench:
            self.say(bench.url, {"event": "listening", "url": bench.url})
            watching = asyncio.create_task(self._watch(), name="emulator: watch")
            threading.Thread(target=self._read, args=(loop,), name="posdevkit-emulator-keys", daemon=True).start()
            await self._stop.wait()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        return self._code

    async def _watch(self) -> None:
        while True:
            taken = self._bench.taken
            await self._bench.until(lambda before=taken: self._bench.taken != before, timeout=1e9)  # type: ignore[misc]
            self._changed(self)

    def _end(self, code: int) -> None:
        self._code = code
        self._stop.set()

    def say(self, text: str, facts: dict[str, str]) -> None:
        line = json.dumps(facts) if self._json else text
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        try:
            print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)  # noqa: T201
        except (BrokenPipeError, ValueError):
            self._stop.set()  # nobody reads on

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
            descriptor = sys.stdin.fileno()
            while data := os.read(descriptor, 1024):
                loop.call_soon_threadsafe(self._typed, data.decode("utf-8", "replace"))

    def _typed(self, text: str) -> None:
        *lines, self._line = (self._line + text).split("\n")
        for words in filter(None, map(str.strip, lines)):
            if words in ("q", "quit"):
                self._end(0)
            elif words in ("unplug", "plug"):
                task = asyncio.ensure_future(self._bench.unplug() if words == "unplug" else self._bench.plug())
                task.add_done_callback(lambda _: None)
            elif not self._hand(words):
                self.say(f"nothing is done by {words!r}", {"event": "error", "detail": words})
