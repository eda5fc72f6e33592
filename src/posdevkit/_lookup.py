"""Names of a package that are looked up when they are first used, so that importing it loads nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

__all__ = ["lookup"]


def lookup(package: str, where: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of `package`; `where` gives each name's module, which may begin with a dot."""

    def look(name: str) -> object:
        from importlib import import_module

        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(where[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    return look
