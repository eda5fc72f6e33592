"""Emulated readers of magnetic stripes."""

from .hid import EmulatedHidStripeReader
from .stripe import StripeReaderBench, swiped

__all__ = ["EmulatedHidStripeReader", "StripeReaderBench", "swiped"]
