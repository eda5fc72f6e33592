"""Print jobs that outlive the process: one SQLite file, one promise per key."""

from .print_queue import PrintQueue
from .rows import Keeping, QueuedJob, QueueState, QueueStatus

__all__ = ["Keeping", "PrintQueue", "QueueState", "QueueStatus", "QueuedJob"]
