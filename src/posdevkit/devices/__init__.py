"""Device drivers: a device, a protocol session, a profile and a link, put together. The async face is the real one."""

from .job import Job
from .label_printer import LabelPrinter
from .lifecycle import State
from .opening import Opening
from .receipt_printer import ReceiptPrinter
from .scanner import Scanner
from .shop import Shop
from .stats import DeviceStats

__all__ = ["DeviceStats", "Job", "LabelPrinter", "Opening", "ReceiptPrinter", "Scanner", "Shop", "State"]
