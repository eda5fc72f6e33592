"""The one place that says what to install when a library of this room is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from posdevkit.errors import MissingExtra

__all__ = ["need"]


def need(module: str, purpose: str, extra: str = "imaging") -> ModuleType:
    """`module` imported, for `purpose` ("a picture", "a QR code"); MissingExtra with the command if it is not there."""
    try:
        return import_module(module)
    except ImportError as problem:
        library = module.partition(".")[0]
        raise MissingExtra(
            f"{purpose} needs {library} ({problem})",
            remedy=f'Install it with: pip install "posdevkit[{extra}]"',
        ) from problem
