"""Emulated payment terminals."""

from .bench import PaymentTerminalBench
from .zvt import Approval, ZvtTerminalModel

__all__ = ["Approval", "PaymentTerminalBench", "ZvtTerminalModel"]
