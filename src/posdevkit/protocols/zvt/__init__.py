"""ZVT, the protocol between tills and payment terminals of the German-speaking countries (PA00P015 13.08)."""

from .session import Answered, Ended, Nonsense, Printed, Shown, Told, ZvtEvent, ZvtSession

__all__ = ["Answered", "Ended", "Nonsense", "Printed", "Shown", "Told", "ZvtEvent", "ZvtSession"]
