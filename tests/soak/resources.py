"""What a process holds: descriptors, threads and memory, as Linux tells them."""

from __future__ import annotations

import gc
import mmap
import threading
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Held", "held"]


@dataclass(frozen=True, slots=True)
class Held:
    """Counts at one moment; memory is what lies in RAM, in MiB."""

    descriptors: int
    threads: int
    memory: float


def held() -> Held:
    """Now, after a collection."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    memory = pages * mmap.PAGESIZE / 2**20
    return Held(len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), memory)
