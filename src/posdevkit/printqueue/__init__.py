"""Print jobs that outlive the process: one SQLite file, one promise per key."""

from .kitchen import Kitchen
from .print_queue import PrintQueue
from .rows import Keeping, QueuedJob, QueueState, QueueStatus

__all__ = ["Keeping", "Kitchen", "PrintQueue", "QueueState", "QueueStatus", "QueuedJob"]
