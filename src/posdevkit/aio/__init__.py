"""The asynchronous face: the same names and arguments as the blocking one."""

from posdevkit.devices import DeviceStats, Job, ReceiptPrinter, Shop, State

__all__ = ["DeviceStats", "Job", "ReceiptPrinter", "Shop", "State"]
