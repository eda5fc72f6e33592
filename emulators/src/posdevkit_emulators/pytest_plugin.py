"""Fixtures that hand emulated devices to a test suite (pytest loads this by its entry point).

def test_prints(receipt_printer):
    print_something_to(receipt_printer.url)
    assert "Total" in receipt_printer.ticket(1).text

def test_out_of_paper(make_receipt_printer):
    printer = make_receipt_printer(profile="generic-80mm", faults=["paper-out-after=3"])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:  # nothing heavy while pytest starts
    from collections.abc import Iterable
    from pathlib import Path

    from .bench import EmulatedReceiptPrinter
    from .faults import Fault

__all__ = ["MakeReceiptPrinter", "make_receipt_printer", "receipt_printer"]


class MakeReceiptPrinter(Protocol):
    """What the fixture `make_receipt_printer` gives."""

    def __call__(
        self,
        profile: str = "epson-tm-t88v",
        faults: Iterable[str | Fault] = (),
        *,
        scenario: str | None = None,
        save: str | Path | None = None,
        serial: str = "EMU0000001",
        port: int = 0,
    ) -> EmulatedReceiptPrinter:
        """Another emulated receipt printer; it is switched off when the test ends."""
        ...


@pytest.fixture
def make_receipt_printer() -> Iterator[MakeReceiptPrinter]:
    """Make emulated receipt printers on free TCP ports of the loopback."""
    from .bench import emulated_receipt_printer

    with ExitStack() as stack:

        def make(
            profile: str = "epson-tm-t88v",
            faults: Iterable[str | Fault] = (),
            *,
            scenario: str | None = None,
            save: str | Path | None = None,
            serial: str = "EMU0000001",
            port: int = 0,
        ) -> EmulatedReceiptPrinter:
            return stack.enter_context(
                emulated_receipt_printer(
                    profile=profile, faults=faults, scenario=scenario, save=save, serial=serial, port=port
                )
            )

        yield make


@pytest.fixture
def receipt_printer(make_receipt_printer: Callable[[], EmulatedReceiptPrinter]) -> EmulatedReceiptPrinter:
    """An emulated Epson TM-T88V on a free TCP port: `.url`, `.tickets`, `.ticket(n)`, and the hands of a person."""
    return make_receipt_printer()
