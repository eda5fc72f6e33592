"""The counter: a till, its file, its printer's queue and its outbox put together, so that a sale is one commit."""

from .book import Point
from .register import Register
from .sold import JournalReport, Sold

__all__ = ["JournalReport", "Point", "Register", "Sold"]
