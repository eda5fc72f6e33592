"""A shop's devices by name, as `shop.toml` describes them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from posdevkit.config import ShopConfig, load_config
from posdevkit.errors import BadConfiguration
from posdevkit.profiles import load_profile
from posdevkit.registry import check_url
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock

from .receipt_printer import ReceiptPrinter

__all__ = ["Shop"]


class Shop:
    """Named devices. Each connects with its first job, so a printer that is off keeps nobody from the others.

    A printer's fallback gets a job only while not a byte of it has left for the first.
    """

    def __init__(self, config: ShopConfig, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.config = config
        self._clock = clock
        self._printers: dict[str, ReceiptPrinter] = {}

    @classmethod
    def load(cls, path: str | Path = "shop.toml") -> Shop:
        """Read and check the file; connects to nothing. Raises BadConfiguration with the line and the nearest name."""
        return cls(load_config(path, check_url=check_url))

    @property
    def printers(self) -> tuple[str, ...]:
        """The names of the receipt printers."""
        return tuple(device.name for device in self.config.devices.values() if device.kind == "printer")

    def printer(self, name: str) -> ReceiptPrinter:
        """The receipt printer called `name`: the same handle every time. Raises BadConfiguration for another name."""
        if name in self._printers:
            return self._printers[name]
        if name not in self.printers:
            known = ", ".join(self.printers) or "none"
            raise BadConfiguration(f"no printer {name!r}", remedy=f"Printers in this shop: {known}.")
        device = self.config.devices[name]
        fallback = self.printer(device.fallback) if device.fallback else None
        profile = load_profile(device.profile, device.options)
        printer = ReceiptPrinter(device.url, profile, name=name, fallback=fallback, clock=self._clock)
        self._printers[name] = printer
        return printer

    async def close(self) -> None:
        """Close every device that was used, first those that fall back on others."""
        for printer in reversed(tuple(self._printers.values())):
            await printer.close()
        self._printers.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
