"""Facts about printer models as data: TOML files that inherit from each other, and the code pages that they name."""

from .codepages import code_page_names, decode_table, encode_table
from .labels import LabelProfile, label_profile_names, load_label_profile
from .loader import load_profile, profile_names
from .model import (
    BuzzerCommand,
    CodePage,
    Completion,
    Cutter,
    FontMetrics,
    GraphicsCommand,
    Level,
    Profile,
    ReceiptLanguage,
    Verified,
)

__all__ = [
    "BuzzerCommand",
    "CodePage",
    "Completion",
    "Cutter",
    "FontMetrics",
    "GraphicsCommand",
    "LabelProfile",
    "Level",
    "Profile",
    "ReceiptLanguage",
    "Verified",
    "code_page_names",
    "decode_table",
    "encode_table",
    "label_profile_names",
    "load_label_profile",
    "load_profile",
    "profile_names",
]
