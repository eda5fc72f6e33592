"""Print jobs that outlive the process: one SQLite file, one promise per key."""

from .print_queue import PrintQueue
from .rows import QueuedJob, QueueState

__all__ = ["PrintQueue", "QueueState", "QueuedJob"]
