"""Emulated payment terminals."""

from .bench import PaymentTerminalBench
from .zvt import Approval, Booking, ZvtTerminalModel

__all__ = ["Approval", "Booking", "PaymentTerminalBench", "ZvtTerminalModel"]
