"""Tells what happens, as a readable account or as one JSON object per line, and remembers whether all added up."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from posdevkit.cli.console import clean, painted
from posdevkit.cli.progress import Progress

__all__ = ["Chapter", "Fact", "Figure", "Narrator"]

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the account."""

    what: str
    expected: Fact
    found: Fact
    well: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """One scene as it was told: sentences by the kind of event, pictures with words, figures."""

    title: str
    told: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    checks: list[Figure] = field(default_factory=list)


_SLOW_SECONDS: Final = 0.6
_BAR: Final = 24


class Narrator:
    """Writes to standard output, and draws its progress on a terminal. May be used from several threads."""

    def __init__(
        self,
        *,
        as_json: bool = False,
        slow: bool = False,
        scenes: int = 1,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`slow`: a pause after everything that is told, for a person to follow."""
        self._as_json = as_json
        self._slow = slow
        self._sleep = sleep
        self._scenes = scenes
        self._lock = threading.Lock()
        self._scene = 0
        self._progress = Progress(sys.stderr)
        self.checked = 0
        """Figures that were looked at."""
        self.failures: list[str] = []
        """What did not add up."""
        self.chapters: list[Chapter] = []
        """What was told, for the page."""

    def begins(self, title: str) -> None:
        """A new scene."""
        self._scene += 1
        self.chapters.append(Chapter(title))
        head = f"Scene {self._scene} of {self._scenes}: {title}"
        self._write("scene", "\n" + painted(head, "bold", sys.stdout), {"title": title, "number": self._scene})

    def tell(self, event: str, text: str, **facts: Fact) -> None:
        """One thing that happened, in a sentence for people, and as `event` with `facts` for programs."""
        self.chapters[-1].told.append((event, text))
        self._write(event, f"   {clean(text)}", facts)

    def shows(self, picture: str, words: str) -> None:
        """Something that can be looked at: a file in the folder, and what it shows."""
        self.chapters[-1].pictures.append((picture, words))

    def check(self, what: str, *, expected: Fact, found: Fact) -> None:
        """A figure that has to add up: what the sum says, and what the shop came to."""
        well = expected == found
        self.checked += 1
        text = f"{what}: {found}" if well else f"{what}: expected {expected}, found {found}"
        self.chapters[-1].checks.append(Figure(what, expected, found, well))
        mark = painted("[ok]", "green", sys.stdout) if well else painted("[DOES NOT ADD UP]", "red", sys.stdout)
        if not well:
            self.failures.append(text)
        told: dict[str, Fact] = {"what": what, "ok": well, "expected": expected, "found": found}
        self._write("check", f"   {mark} {clean(text)}", told)

    def frames(self, event: str, text: str, **facts: Fact) -> None:
        """A line that belongs to no scene, before the first or after the last."""
        self._write(event, text, facts, bar=False)

    def done(self) -> None:
        """Take the progress away."""
        self._progress.clear()

    def _write(self, event: str, text: str, facts: Mapping[str, Fact], *, bar: bool = True) -> None:
        line = json.dumps({"event": event, **facts}) if self._as_json else text
        with self._lock:
            self._progress.clear()
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            if bar and not self._as_json:
                self._progress.update(self._bar())
        if self._slow:
            self._sleep(_SLOW_SECONDS)

    def _bar(self) -> str:
        full = _BAR * self._scene // self._scenes
        return f"[{'#' * full}{'-' * (_BAR - full)}] scene {self._scene} of {self._scenes}"
