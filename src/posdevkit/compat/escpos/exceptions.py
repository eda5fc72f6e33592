"""Errors by the names that scripts catch. Each carries the library's own error, with its remedy, as its cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from posdevkit.errors import BadText, Disconnected, PosError, UsageError

__all__ = [
    "BarcodeCodeError",
    "BarcodeSizeError",
    "BarcodeTypeError",
    "CashDrawerError",
    "CharCodeError",
    "DeviceNotFoundError",
    "Error",
    "ImageSizeError",
    "ImageWidthError",
    "SetVariableError",
    "StatusUnknownError",
    "TabPosError",
    "TextError",
    "USBNotFoundError",
    "translated",
]


class Error(Exception):
    """What went wrong; `resultcode` is what the command line tool of the same name would exit with."""

    resultcode = 1

    def __init__(self, msg: object = "", status: int | None = None) -> None:
        super().__init__(msg)
        self.msg = msg
        if status is not None:
            self.resultcode = status


class BarcodeTypeError(Error):
    """No such kind of barcode."""

    resultcode = 10


class BarcodeSizeError(Error):
    """Bars too high, too wide, or too many for the paper."""

    resultcode = 20


class BarcodeCodeError(Error):
    """Data that the symbology does not take."""

    resultcode = 30


class ImageSizeError(Error):
    """A picture that does not fit."""

    resultcode = 40


class ImageWidthError(Error):
    """A picture wider than the paper."""

    resultcode = 41


class TextError(Error):
    """Text that cannot be printed: control characters would be commands."""

    resultcode = 50


class CashDrawerError(Error):
    """No such drawer."""

    resultcode = 60


class TabPosError(Error):
    """Tab positions out of range."""

    resultcode = 70


class CharCodeError(Error):
    """No such character code table."""

    resultcode = 80


class DeviceNotFoundError(Error):
    """The printer cannot be reached."""

    resultcode = 90


class USBNotFoundError(DeviceNotFoundError):
    """No such device on the bus."""

    resultcode = 91


class SetVariableError(Error):
    """A value out of range."""

    resultcode = 100


class StatusUnknownError(Error):
    """The printer tells nothing: nobody knows whether it has paper. The original answers "adequate" here."""

    resultcode = 110


@contextmanager
def translated(kind: type[Error] | None = None) -> Iterator[None]:
    """The library's errors as one of these; what is wrong in a document as `kind`."""
    try:
        yield
    except PosError as problem:
        if isinstance(problem, BadText):
            raise TextError(problem) from problem
        if kind is not None and isinstance(problem, UsageError):
            raise kind(problem) from problem
        raise (DeviceNotFoundError if isinstance(problem, Disconnected) else Error)(problem) from problem
