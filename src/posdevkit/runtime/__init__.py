"""Time and threads: clocks, deadlines, event subscriptions, the background loop, and pipes between loops.

Nothing else in the library starts a thread, reads a clock or waits.
"""

import logging

from .clock import SYSTEM_CLOCK, Clock, ManualClock
from .deadline import Deadline, within
from .subscription import Broadcaster, Reader, Subscription, Unsubscribe, merge_events
from .threads import in_thread

__all__ = [
    "SYSTEM_CLOCK",
    "Broadcaster",
    "Clock",
    "Deadline",
    "ManualClock",
    "Reader",
    "Subscription",
    "Unsubscribe",
    "in_thread",
    "merge_events",
    "within",
]

# Every room that logs stands above this one. A program that sets up no logging sees nothing of ours.
logging.getLogger("posdevkit").addHandler(logging.NullHandler())
