"""Facts about printer models as data: TOML files that inherit from each other, and the code pages that they name."""

from .codepages import code_page_names, decode_table, encode_table
from .loader import load_profile, profile_names
from .model import CodePage, Completion, Cutter, FontMetrics, GraphicsCommand, Profile, Verified

__all__ = [
    "CodePage",
    "Completion",
    "Cutter",
    "FontMetrics",
    "GraphicsCommand",
    "Profile",
    "Verified",
    "code_page_names",
    "decode_table",
    "encode_table",
    "load_profile",
    "profile_names",
]
