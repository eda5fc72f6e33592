"""An unknown printer becomes a profile: a test page, questions about it, and what the printer tells by itself."""

from .maps import candidates, next_number, shown
from .questions import NOT_SURE, QUESTIONS, Answers, Question, read_answers
from .told import Told, ask_printer
from .writing import profile_toml

__all__ = [
    "NOT_SURE",
    "QUESTIONS",
    "Answers",
    "Question",
    "Told",
    "ask_printer",
    "candidates",
    "next_number",
    "profile_toml",
    "read_answers",
    "shown",
]
