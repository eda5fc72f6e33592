"""Emulated label printers for programs and tests: an async context manager.

async with LabelPrinterBench.tcp(faults=["paper-out-after=1"]) as bench:
    ...                                   # connect to bench.url
    await bench.happened(What.PAPER_OUT)
    bench.load_media()
    label = await bench.label(1)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from posdevkit.errors import PosError
from posdevkit.profiles import LabelProfile, load_label_profile
from posdevkit_emulators.changes import Changes
from posdevkit_emulators.faults import OF_A_LABEL_PRINTER, CableFault, Fault, parse_faults
from posdevkit_emulators.printers.effects import Effects, Happened, What
from posdevkit_emulators.station import Listener, PrinterStation
from posdevkit_emulators.tickets import prepared_directory
from posdevkit_emulators.wires.memory import MemoryWire
from posdevkit_emulators.wires.tcp import TcpWire

from .printed import PrintedLabel
from .zpl import ZplPrinterModel

__all__ = ["LabelPrinterBench"]


class LabelPrinterBench:
    """An emulated ZPL printer on a TCP port of the loopback, or under a name in this process, on the running loop."""

    def __init__(
        self,
        *,
        profile: str | Path | LabelProfile = "generic-zpl-203",
        faults: Iterable[str | Fault] = (),
        save: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "",
        on_event: Listener | None = None,
    ) -> None:
        """Raises BadProfile, UsageError (a fault)."""
        self.profile = profile if isinstance(profile, LabelProfile) else load_label_profile(profile)
        parsed = parse_faults(faults, OF_A_LABEL_PRINTER)
        self.model = ZplPrinterModel(self.profile, parsed)
        # The station asks of a model only what every printer has.
        self._station = PrinterStation(self.model, parsed)  # type: ignore[arg-type]
        self.wire = MemoryWire(self._station, name) if name else TcpWire(self._station, host, port)
        """How hosts reach it."""
        self._save = save
        self._folder: Path | None = None
        self._counts: Counter[What] = Counter()
        self._changes = Changes()
        self._on_event = on_event
        self._station.listen(self._heard)

    @classmethod
    def tcp(
        cls,
        *,
        profile: str | Path | LabelProfile = "generic-zpl-203",
        faults: Iterable[str | Fault] = (),
        save: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        on_event: Listener | None = None,
    ) -> Self:
        """A printer on a TCP port; port 0 takes a free one. `save`: a directory for labels."""
        return cls(profile=profile, faults=faults, save=save, host=host, port=port, on_event=on_event)

    @classmethod
    def memory(
        cls, name: str, *, profile: str | Path | LabelProfile = "generic-zpl-203", faults: Iterable[str | Fault] = ()
    ) -> Self:
        """A printer inside this process, under a name that `memory://NAME` calls."""
        return cls(profile=profile, faults=faults, name=name)

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self.wire.url

    @property
    def labels(self) -> tuple[PrintedLabel, ...]:
        """The labels that came out last, oldest first."""
        return tuple(self.model.labels)

    def count(self, what: What) -> int:
        """How often something happened."""
        return self._counts[what]

    async def label(self, number: int = 1, timeout: float = 10.0) -> PrintedLabel:
        """The label of that number, from 1, as soon as it is out. Raises DeadlineExceeded after `timeout` seconds."""
        await self._changes.until(lambda: self.model.printed >= number, timeout, f"label {number}")
        return next(one for one in self.model.labels if one.number == number)

    async def happened(self, what: What, count: int = 1, timeout: float = 10.0) -> None:
        """Return when something has happened `count` times in all. Raises DeadlineExceeded after `timeout` seconds."""
        await self._changes.until(lambda: self._counts[what] >= count, timeout, f"{what.value}, {count} times")

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable, its bytes counted from now on."""
        self._station.disturb(fault)

    def calm(self) -> None:
        """Nothing more goes wrong on the cable."""
        self._station.disturbance.calm()

    def load_media(self) -> None:
        """Put in labels and close the head."""
        self._touch(self.model.load_media)

    def run_out(self) -> None:
        """Let the labels end."""
        self._touch(self.model.run_out)

    def open_head(self) -> None:
        """Open the print head."""
        self._touch(self.model.open_head)

    def close_head(self) -> None:
        """Close the print head."""
        self._touch(self.model.close_head)

    def pause(self) -> None:
        """Press the pause button."""
        self._touch(self.model.pause)

    def resume(self) -> None:
        """Press it once more; ends a stall of the cable as well."""
        self._station.resume()
        self._touch(self.model.resume)

    def power_cycle(self) -> None:
        """Switch off and on."""
        self._touch(self.model.power_cycle)

    def _touch(self, hand: Callable[[], Effects]) -> None:
        self._station.apply(hand())

    async def open(self) -> None:
        """Start. Raises PortInUse, OutputFailed (the directory for labels), UsageError, BadUrl."""
        if self._save is not None:
            self._folder = prepared_directory(self._save)
        await self.wire.open()

    async def close(self) -> None:
        """Stop: the connection ends, the port is free."""
        await self.wire.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _heard(self, event: Happened) -> None:
        self._counts[event.what] += 1
        self._changes.tell()
        if self._on_event is not None:
            self._on_event(event)
        if event.what is What.LABEL and self._folder is not None:
            number = int(event.detail)
            found = next((one for one in self.model.labels if one.number == number), None)
            if found is not None:
                try:
                    told = Happened(What.SAVED, str(found.save(self._folder)))
                except PosError as problem:  # a full disk must not stop the printer; it is told
                    told = Happened(What.NOT_SAVED, problem.detail)
                self._heard(told)
