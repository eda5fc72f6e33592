"""Facts about printer models as data: TOML files that inherit from each other, and the code pages that they name."""

from .codepages import code_page_names, decode_table, encode_table
from .finding import KnownPrinter, is_identified, known_printers, profile_called, profile_identified, profiles_like
from .labels import LabelProfile, label_profile_names, load_label_profile
from .loader import load_profile, profile_names
from .model import (
    BuzzerCommand,
    CodePage,
    Completion,
    Cutter,
    FontMetrics,
    GraphicsCommand,
    KnownAs,
    Level,
    Profile,
    ReceiptLanguage,
    Verified,
)
from .multibyte import Multibyte, MultibyteCode, multibyte_code

__all__ = [
    "BuzzerCommand",
    "CodePage",
    "Completion",
    "Cutter",
    "FontMetrics",
    "GraphicsCommand",
    "KnownAs",
    "KnownPrinter",
    "LabelProfile",
    "Level",
    "Multibyte",
    "MultibyteCode",
    "Profile",
    "ReceiptLanguage",
    "Verified",
    "code_page_names",
    "decode_table",
    "encode_table",
    "is_identified",
    "known_printers",
    "label_profile_names",
    "load_label_profile",
    "load_profile",
    "multibyte_code",
    "profile_called",
    "profile_identified",
    "profile_names",
    "profiles_like",
]
