"""`posdevkit emulate label-printer`: the URL first, then a line per event; words on standard input for a person."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from argparse import Namespace
from typing import Final

from posdevkit.errors import BadUrl
from posdevkit.links.url import parse_url
from posdevkit_emulators.printers.effects import Happened

from .bench import LabelPrinterBench

__all__ = ["HANDS", "label_printer"]

_DEFAULT_PORT: Final = 9100
_QUIT: Final = frozenset({"q", "quit", "exit"})
_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
HANDS: Final = {
    "paper": LabelPrinterBench.load_media,
    "paper out": LabelPrinterBench.run_out,
    "head open": LabelPrinterBench.open_head,
    "head close": LabelPrinterBench.close_head,
    "pause": LabelPrinterBench.pause,
    "resume": LabelPrinterBench.resume,
    "power": LabelPrinterBench.power_cycle,
}
"""What a person can do, by word."""


def label_printer(args: Namespace) -> int:
    """Run an emulated label printer until it is told to end."""
    url = parse_url(args.listen or f"tcp://127.0.0.1:{_DEFAULT_PORT}")
    if url.scheme != "tcp":
        raise BadUrl(f"{args.listen!r}: emulators listen on tcp://", remedy="Use --listen tcp://127.0.0.1:9100.")
    url.only()
    # The option's own default names a receipt printer.
    profile = args.profile if args.profile and args.profile != "epson-tm-t88v" else "generic-zpl-203"
    try:
        return asyncio.run(_serve(url.address, _DEFAULT_PORT if url.port is None else url.port, profile, args))
    except KeyboardInterrupt:
        return _EXIT[signal.SIGINT]


async def _serve(host: str, port: int, profile: str, args: Namespace) -> int:
    stop = asyncio.Event()
    code = 0

    def end(with_code: int) -> None:
        nonlocal code
        code = with_code
        stop.set()

    def say(text: str, facts: dict[str, str]) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):
            sys.stdout.write((json.dumps(facts) if args.json else text) + "\n")
            sys.stdout.flush()

    def tell(event: Happened) -> None:
        say(str(event), {"event": event.what.value, "detail": event.detail})

    bench = LabelPrinterBench(profile=profile, faults=args.fault, save=args.save, host=host, port=port, on_event=tell)
    loop = asyncio.get_running_loop()
    for number, exit_code in _EXIT.items():
        with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
            loop.add_signal_handler(number, end, exit_code)

    def typed(line: str) -> None:
        word = " ".join(line.lower().split())
        if word in _QUIT:
            end(0)
        elif word in HANDS:
            HANDS[word](bench)
        elif word:
            say(f"no hand can {word!r}; known: {', '.join(HANDS)}, quit", {"event": "not-understood", "detail": word})

    def read() -> None:
        # Straight from the descriptor: a thread inside sys.stdin's lock would be in the way at the interpreter's end.
        rest = ""
        with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
            descriptor = sys.stdin.fileno()
            while data := os.read(descriptor, 1024):
                *lines, rest = (rest + data.decode("utf-8", "replace")).split("\n")
                for line in lines:
                    loop.call_soon_threadsafe(typed, line)

    async with bench:
        say(bench.url, {"event": "listening", "url": bench.url, "profile": bench.profile.name})
        threading.Thread(target=read, name="posdevkit-emulator-words", daemon=True).start()
        await stop.wait()
    return code
