"""`posdevkit emulate scanner`: an emulated scanner in a terminal; what it reads comes from standard input."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import threading
from argparse import Namespace
from pathlib import Path
from typing import Final

from posdevkit.errors import BadUrl, OutputFailed, PosError, UsageError
from posdevkit.links.url import parse_url

from .bench import ScannerBench
from .model import ScannerModel

__all__ = ["scanner"]

_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
_AIM: Final = re.compile(r"\]([A-Za-z][0-9A-Za-z])(.*)", re.DOTALL)


def scanner(args: Namespace) -> int:
    """Run until it is told to end; 0 after `quit`, 130 after Ctrl-C, 143 after SIGTERM."""
    model = ScannerModel.with_faults(args.fault)
    folder = None if args.save is None else _prepared(Path(args.save))
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_Console(_bench(args.listen or "pty", model), folder, as_json=args.json).serve())
    return _EXIT[signal.SIGINT]


def _bench(listen: str, model: ScannerModel) -> ScannerBench:
    if listen in ("pty", "pty://"):
        return ScannerBench.pty(model)
    if listen in ("fifo", "keys"):
        return ScannerBench.keys(model)
    if listen.startswith("fifo:"):
        return ScannerBench.keys(model, path=Path(listen.removeprefix("fifo:").removeprefix("//")))
    url = parse_url(listen)
    if url.scheme != "tcp":
        raise BadUrl(
            f"{listen!r}: a scanner cannot be there", remedy="Use --listen pty, fifo:PATH or tcp://127.0.0.1:0."
        )
    return ScannerBench.tcp(model, host=url.address, port=url.port or 0)


def _prepared(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputFailed(f"{folder}: {problem.strerror}") from None
    return folder


class _Console:
    def __init__(self, bench: ScannerBench, folder: Path | None, *, as_json: bool) -> None:
        self._bench = bench
        self._folder = folder
        self._as_json = as_json
        self._lines: asyncio.Queue[str | int] = asyncio.Queue()

    async def serve(self) -> int:
        loop = asyncio.get_running_loop()
        for number, code in _EXIT.items():
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, self._lines.put_nowait, code)
        async with self._bench as bench:
            self._say(bench.url, {"event": "listening", "url": bench.url})
            threading.Thread(target=self._read, args=(loop,), name="posdevkit-emulator-keys", daemon=True).start()
            while not isinstance(line := await self._lines.get(), int):
                try:
                    if await self._do(line.strip()):
                        return 0
                except PosError as problem:
                    self._say(str(problem), {"event": "error", "detail": str(problem)})
        return line

    async def _do(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        match word.lower():
            case "":
                return False
            case "q" | "quit" | "exit":
                return True
            case "noise":
                await self._bench.noise()
            case "unplug":
                await self._bench.unplug()
            case "plug":
                await self._bench.plug()
            case "scan" if rest:
                await self._scan(rest)
                return False
            case _:
                raise UsageError(f"{word!r} is nothing a scanner does", remedy="scan CODE, noise, unplug, plug, quit")
        self._say(word, {"event": word.lower()})
        return False

    async def _scan(self, code: str) -> None:
        code = code.replace("<GS>", "\x1d")
        found = _AIM.fullmatch(code)
        aim, data = found.groups() if found else ("", code)
        await self._bench.scan(data, aim)
        # What it read may be a payment code, so only its length is told and kept.
        facts = {"event": "scanned", "number": self._bench.read, "aim": aim, "length": len(data)}
        if self._folder is not None:
            (self._folder / f"{self._bench.read:04}.json").write_text(json.dumps(facts) + "\n", "utf-8")
        self._say(f"scanned {len(data)} characters", facts)

    def _say(self, text: str, facts: dict[str, str | int]) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):
            print(json.dumps(facts) if self._as_json else text, flush=True)  # noqa: T201

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        rest = b""
        with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
            descriptor = sys.stdin.fileno()
            while data := os.read(descriptor, 1024):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(self._lines.put_nowait, line.decode("utf-8", "replace"))
