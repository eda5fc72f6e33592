"""Magnetic stripes: tracks as readers send them."""

from .reports import SwipeReportSession
from .stream import Swipe, SwipeSession
from .tracks import BadTrack, Track, lrc, luhn, read_raw, read_track, write_raw

__all__ = [
    "BadTrack",
    "Swipe",
    "SwipeReportSession",
    "SwipeSession",
    "Track",
    "lrc",
    "luhn",
    "read_raw",
    "read_track",
    "write_raw",
]
