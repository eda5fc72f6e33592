"""Tells what happens, as a readable account or as one JSON object per line, and remembers whether all added up."""

from __future__ import annotations

import json
import sys
import threading

__all__ = ["Fact", "Narrator"]

Fact = str | int | float | bool | None


class Narrator:
    """Writes to standard output. May be used from several threads."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._lock = threading.Lock()
        self._scene = 0
        self.failures: list[str] = []
        """What did not add up."""

    def begins(self, title: str) -> None:
        """A new scene."""
        self._scene += 1
        self.tell("scene", f"\n{self._scene}. {title}", indent=0, title=title, number=self._scene)

    def tell(self, event: str, text: str, *, indent: int = 3, **facts: Fact) -> None:
        """One thing that happened: `text` for people, `event` and `facts` for programs."""
        if self._as_json:
            line = json.dumps({"event": event, **facts})
        else:
            line = "\n".join(" " * indent + part if part else "" for part in text.split("\n"))
        with self._lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def check(self, what: str, *, holds: bool, found: str = "") -> None:
        """A figure that has to add up; `found` tells what it was instead."""
        text = f"[ok] {what}" if holds else f"[DOES NOT ADD UP] {what}: {found}"
        self.tell("check", text, what=what, ok=holds, found=None if holds else found)
        if not holds:
            self.failures.append(what)
