"""An unknown printer becomes a profile: a test page, questions about it, and what the printer tells by itself."""

from .asking import ask_printer
from .maps import candidates, family_of, next_number, shown
from .questions import NOT_SURE, QUESTIONS, Answers, Question, questions_for, read_answers
from .told import Told
from .writing import profile_toml

__all__ = [
    "NOT_SURE",
    "QUESTIONS",
    "Answers",
    "Question",
    "Told",
    "ask_printer",
    "candidates",
    "family_of",
    "next_number",
    "profile_toml",
    "questions_for",
    "read_answers",
    "shown",
]
