"""Device drivers: a device, a protocol session, a profile and a link, put together. The async face is the real one."""

from .job import Job
from .lifecycle import State
from .opening import Opening
from .receipt_printer import ReceiptPrinter
from .shop import Shop
from .stats import DeviceStats

__all__ = ["DeviceStats", "Job", "Opening", "ReceiptPrinter", "Shop", "State"]
