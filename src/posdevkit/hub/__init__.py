"""Lends a shop's devices to tablets and browsers: REST, server-sent events, and a page of its own."""

from .hub import Hub

__all__ = ["Hub"]
