"""A shop's devices by name, as `shop.toml` describes them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from posdevkit.config import ShopConfig, load_config
from posdevkit.errors import BadConfiguration
from posdevkit.registry import device_kind
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.opening import Closable, Closing

from .card_reader import CardReader
from .display import Display
from .label_printer import LabelPrinter
from .payment_terminal import PaymentTerminal
from .receipt_printer import ReceiptPrinter
from .scale import Scale
from .scanner import Scanner

__all__ = ["Shop"]

D = TypeVar("D", bound=Closable)


class Shop(Closing):
    """Named devices. Each connects when it is first used, so a device that is off keeps nobody from the others.

    Every method that gives a device gives the same handle every time, and may go without a name where the shop has one
    device of the kind. A printer's fallback gets a job only while not a byte of it has left for the first.
    """

    def __init__(self, config: ShopConfig, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.config = config
        self._clock = clock
        self._handles: dict[str, Closable] = {}

    @classmethod
    def load(cls, path: str | Path = "shop.toml") -> Shop:
        """Read and check the file; connects to nothing. Raises BadConfiguration with the line and the nearest name."""
        return cls(load_config(path))

    @property
    def printers(self) -> tuple[str, ...]:
        """The names of the receipt printers."""
        return self.names("printer")

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the devices of a kind, as the file spells kinds: "label-printer", "scanner"."""
        return self.config.names(kind)

    def printer(self, name: str = "") -> ReceiptPrinter:
        """The receipt printer called `name`. Raises BadConfiguration for another name."""
        return self._handle("printer", ReceiptPrinter, name)

    def label_printer(self, name: str = "") -> LabelPrinter:
        """The label printer called `name`. Raises BadConfiguration for another name."""
        return self._handle("label-printer", LabelPrinter, name)

    async def scanner(self, name: str = "") -> Scanner:
        """The scanner called `name`, which is listened to from now on, or from the moment at which it is there.

        Raises BadConfiguration for another name.
        """
        scanner = self._handle("scanner", Scanner, name)
        await scanner.keep_looking()
        return scanner

    def card_reader(self, name: str = "") -> CardReader:
        """The card reader called `name`. Raises BadConfiguration for another name."""
        return self._handle("card-reader", CardReader, name)

    def payment_terminal(self, name: str = "") -> PaymentTerminal:
        """The payment terminal called `name`, with its journal.

        Raises BadConfiguration for another name, Claimed for a journal that another program uses, InputFailed for a
        file that is no journal, OutputFailed.
        """
        return self._handle("payment-terminal", PaymentTerminal, name)

    def display(self, name: str = "") -> Display:
        """The display called `name`. Raises BadConfiguration for another name."""
        return self._handle("display", Display, name)

    def scale(self, name: str = "") -> Scale:
        """The scale called `name`. Raises BadConfiguration for another name."""
        return self._handle("scale", Scale, name)

    def _handle(self, kind: str, cls: type[D], name: str) -> D:
        name = name or self._only(kind)
        if name not in self.names(kind):
            known = ", ".join(self.names(kind)) or "none"
            raise BadConfiguration(f"no {kind} {name!r}", remedy=f"Those in this shop: {known}.")
        if name not in self._handles:
            device = self.config.devices[name]
            settings = dict(device.settings)
            if device.fallback is not None:
                settings["fallback"] = self._handle(kind, cls, device.fallback)
            made = device_kind(kind).make(device.url, name=name, clock=self._clock, **settings)
            assert isinstance(made, cls)
            self._handles[name] = made
        handle = self._handles[name]
        assert isinstance(handle, cls)
        return handle

    def _only(self, kind: str) -> str:
        names = self.names(kind)
        if len(names) == 1:
            return names[0]
        known = f"Name one of {', '.join(names)}." if names else f"Add a [{kind}.NAME] to the shop's file."
        raise BadConfiguration(f"the shop has {len(names) or 'no'} {kind}{'s' * (len(names) > 1)}", remedy=known)

    async def close(self) -> None:
        """Close every device that was used, first those that fall back on others, whatever becomes of each."""
        async with AsyncExitStack() as stack:
            for handle in self._handles.values():
                stack.push_async_callback(handle.close)
            self._handles.clear()
