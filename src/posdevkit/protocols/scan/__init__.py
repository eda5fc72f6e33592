"""What the bytes of scanners mean: streams with prefix and suffix, and the reports of HID POS."""

from .decoded import Code, Garbled, ScanSession
from .hid import HidSession
from .stream import NOISE_REASONS, StreamSession

__all__ = ["NOISE_REASONS", "Code", "Garbled", "HidSession", "ScanSession", "StreamSession"]
