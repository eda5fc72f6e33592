"""A printer for a `with` block that cuts at the end."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from .escpos import Escpos

__all__ = ["EscposIO"]


class EscposIO:
    """A printer for a `with` block that cuts at the end."""

    def __init__(self, printer: Escpos, autocut: bool = True, autoclose: bool = True, **params: object) -> None:
        self.printer = printer
        self.params = params
        self.autocut = autocut
        self.autoclose = autoclose

    def set(self, **params: object) -> None:
        """What the next `writelines` pass to `Escpos.set`."""
        self.params.update(params)

    def writelines(self, text: object, **params: object) -> None:
        """Lines of text."""
        lines: Iterable[object] = text if isinstance(text, list | tuple) else str(text).split("\n")
        for line in lines:
            self.printer.set(**{**self.params, **params})  # type: ignore[arg-type]  # whatever the script gave
            self.printer.textln(line)

    def close(self) -> None:
        """Close the printer."""
        self.printer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.autocut:
            self.printer.cut()
        if self.autoclose:
            self.close()
