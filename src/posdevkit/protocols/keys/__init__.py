"""Keyboards: key events, layouts as data, and scanners that type."""

from .events import KeyEvent, pack_event, unpack_events
from .layouts import KeyLayout, key_layout, layout_names
from .wedge import WedgeSession, type_text

__all__ = [
    "KeyEvent",
    "KeyLayout",
    "WedgeSession",
    "key_layout",
    "layout_names",
    "pack_event",
    "type_text",
    "unpack_events",
]
