"""Emulated readers of magnetic stripes."""

from .stripe import StripeReaderBench, swiped

__all__ = ["StripeReaderBench", "swiped"]
