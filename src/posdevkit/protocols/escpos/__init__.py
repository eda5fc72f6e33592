"""ESC/POS: commands to the printer, answers from it, and a session that knows what was asked."""

from .decoder import Decoder
from .language import ESCPOS

__all__ = ["ESCPOS", "Decoder"]
