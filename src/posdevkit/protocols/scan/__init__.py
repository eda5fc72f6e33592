"""What the bytes of scanners mean: streams with prefix and suffix, and the reports of HID POS."""

from .decoded import Code, Garbled, ScanSession
from .hid import HidSession
from .stream import StreamSession

__all__ = ["Code", "Garbled", "HidSession", "ScanSession", "StreamSession"]
