"""What scanned codes are and mean: symbologies, check digits, GS1 messages, payment codes."""

from .gs1 import Element
from .meaning import GS1, Meaning, PaymentCode, Product, Unknown, meaning_of
from .scan import Misread, Scan

__all__ = ["GS1", "Element", "Meaning", "Misread", "PaymentCode", "Product", "Scan", "Unknown", "meaning_of"]
