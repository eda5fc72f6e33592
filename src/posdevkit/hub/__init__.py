"""Lends a shop's devices to tablets and browsers: REST, server-sent events, and a page of its own."""

from .hub import Hub, lend
from .tokens import Token

__all__ = ["Hub", "Token", "lend"]
