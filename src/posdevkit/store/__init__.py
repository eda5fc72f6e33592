"""One SQLite file and one transaction for everything that must not be lost or done twice."""

from .store import Store

__all__ = ["Store"]
