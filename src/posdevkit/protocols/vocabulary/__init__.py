"""The vocabulary that serves every command language: field codecs, typed commands, lazily loaded tables."""

from .command import Command, Effect, Oversize, Seen, Spec, Text, Unknown
from .fields import Field, Fixed, Rest, Sized, Terminated, counted, flag, rest, sized, terminated, u8, u16, u32, walked
from .language import Language

__all__ = [
    "Command",
    "Effect",
    "Field",
    "Fixed",
    "Language",
    "Oversize",
    "Rest",
    "Seen",
    "Sized",
    "Spec",
    "Terminated",
    "Text",
    "Unknown",
    "counted",
    "flag",
    "rest",
    "sized",
    "terminated",
    "u8",
    "u16",
    "u32",
    "walked",
]
