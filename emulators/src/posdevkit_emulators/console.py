"""What every emulated device does in a terminal: its URL first, then a line per event; words are a person's hands."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol

from posdevkit.errors import BadUrl, PosError
from posdevkit.links.url import DeviceUrl, parse_url

from .running import announced
from .terminal_keys import keys_without_enter

__all__ = ["Console", "Facts", "Running", "profile_name", "tcp_address"]

Facts = Mapping[str, str | int | None]
"""One line of --json."""

_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
_THREAD: Final = "posdevkit-emulator-keys"
_QUIT: Final = frozenset({"q", "quit", "exit"})


class Running(Protocol):
    """An emulated device with its cable."""

    @property
    def url(self) -> str:
        """What a driver opens, once it is entered."""
        ...

    async def __aenter__(self) -> object: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> object: ...


Hand = Callable[[str], Awaitable[object] | None]
"""Does what a line says. Raises PosError, which is told, for what it does not know."""


class Console:
    """Runs one emulated device until it is told to stop. A device brings its bench and its own words."""

    def __init__(self, kind: str, what: str, *, profile: str | None = None, as_json: bool = False) -> None:
        """`kind` in discovery's words, `what` for people; `profile` is what a driver of it should begin with."""
        self._kind = kind
        self._what = what
        self._profile = profile
        self._as_json = as_json
        self._code = 0
        self._stop = asyncio.Event()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._rest = ""
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, bench: Running, hand: Hand, *, single_keys: bool = False) -> int:
        """The exit code: 0 after `quit`, 130 after Ctrl-C, 143 after SIGTERM. Raises PosError before it listens.

        With `single_keys` each key in a terminal is a line of its own, without Enter.
        """
        with contextlib.suppress(KeyboardInterrupt), keys_without_enter(single_keys) as keys:
            asyncio.run(self._serve(bench, hand, keys))
            return self._code
        return _EXIT[signal.SIGINT]

    def say(self, text: str, facts: Facts) -> None:
        """Tell something that happened, as text or as JSON."""
        out = sys.stdout
        line = json.dumps(facts) if self._as_json else text
        encoding = getattr(out, "encoding", None) or "ascii"
        try:
            print(line.encode(encoding, "backslashreplace").decode(encoding), file=out, flush=True)
        except (BrokenPipeError, ValueError):
            self._stop.set()  # nobody reads on

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Do something beside what else goes on; it is given up when the device ends. What goes wrong is told."""
        task = asyncio.create_task(self._told(work), name="emulator: hand")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # had it no time to begin, nobody has awaited it

    async def _serve(self, bench: Running, hand: Hand, keys: bool) -> None:
        loop = asyncio.get_running_loop()
        for number, code in _EXIT.items():
            with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
                loop.add_signal_handler(number, self._end, code)
        async with bench:
            with announced(bench.url, kind=self._kind, what=self._what, profile=self._profile) as trouble:
                more = {"profile": self._profile} if self._profile else {}
                self.say(bench.url, {"event": "listening", "url": bench.url, **more})
                if trouble:
                    self.say(f"not announced: {trouble}", {"event": "not-announced", "detail": trouble})
                reading = threading.Thread(target=self._read, args=(loop, keys), name=_THREAD, daemon=True)
                reading.start()
                self.spawn(self._obey(hand))
                await self._stop.wait()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self, code: int) -> None:
        self._code = code
        self._stop.set()

    async def _told(self, work: Awaitable[object]) -> None:
        try:
            await work
        except PosError as problem:
            self.say(problem.detail, {"event": "error", "detail": problem.detail, "remedy": problem.remedy()})

    async def _obey(self, hand: Hand) -> None:
        while (line := await self._lines.get()).lower() not in _QUIT:
            await self._told(_done(hand, line))
        self._end(0)

    def _read(self, loop: asyncio.AbstractEventLoop, keys: bool) -> None:
        # Straight from the descriptor: a thread inside sys.stdin's lock would be in the way at the interpreter's end.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
            descriptor = sys.stdin.fileno()
            while data := os.read(descriptor, 1024):
                loop.call_soon_threadsafe(self._typed, decoder.decode(data), keys)

    def _typed(self, text: str, keys: bool) -> None:
        if keys:
            lines = list(text)
        else:
            *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(None, map(str.strip, lines)):
            self._lines.put_nowait(line)


async def _done(hand: Hand, line: str) -> None:
    work = hand(line)
    if work is not None:
        await work


def profile_name(profile: str) -> str:
    """A profile as other programs can name it: a file by its absolute path."""
    return str(Path(profile).absolute()) if profile.endswith(".toml") or "/" in profile else profile


def tcp_address(listen: str, *schemes: str) -> DeviceUrl:
    """Where to listen: tcp://, or another of `schemes`. Raises BadUrl, also for options, which no emulator has."""
    url = parse_url(listen)
    if url.scheme not in ("tcp", *schemes):
        raise BadUrl(f"{listen!r}: this emulator listens on tcp://", remedy="Use --listen tcp://127.0.0.1:0.")
    url.only()
    return url
