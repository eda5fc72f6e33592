"""Emulated barcode scanners: on a pseudo terminal, a TCP port or a pipe of key events, or as a HID device."""

from .bench import ScannerBench
from .hid import EmulatedHidScanner
from .model import ScannerModel

__all__ = ["EmulatedHidScanner", "ScannerBench", "ScannerModel"]
