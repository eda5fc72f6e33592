"""What a layout is: operations in order, and what will look other than asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .operations import Operation

__all__ = ["Finding", "FindingKind", "Layout"]

FindingKind = Literal["unset-character", "no-cutter", "other-cut", "no-buzzer", "plain-look", "rounded", "edge"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that will look other than asked, though nothing is wrong enough to refuse the document."""

    kind: FindingKind
    message: str
    element: int
    """Place of the element in the receipt, from 0."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A receipt as operations in order, and what will look other than asked."""

    operations: tuple[Operation, ...]
    findings: tuple[Finding, ...]
