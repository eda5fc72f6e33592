"""An emulated printer with its one cable: whoever feeds or touches it, the effects go where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from .faults import CableFault, Fault
from .printers.effects import Effects, Happened
from .printers.machine import PrinterModel
from .wires.disturbance import Disturbance

__all__ = ["Connection", "Listener", "PrinterStation"]

Listener = Callable[[Happened], None]


class Connection(Protocol):
    """What a wire lets the printer do with the host that is connected now. All calls come from one thread."""

    def send(self, data: bytes) -> None:
        """Bytes for the host; returns at once."""
        ...

    def reset(self) -> None:
        """End at once, as when the power fails."""
        ...

    def go_on(self) -> None:
        """The printer may have room again, or have finished, or was resumed after a stall."""
        ...


class PrinterStation:
    """Holds model, disturbance and the present connection together. Lives on one thread."""

    def __init__(self, model: PrinterModel, faults: Iterable[Fault] = ()) -> None:
        self.model = model
        self.disturbance = Disturbance(faults)
        self.held_up = False
        """Nothing is taken at the moment: the tickets are not saved as fast as they come out."""
        self.resumptions = 0
        """How often somebody resumed the printer after a stall."""
        self._connection: Connection | None = None
        self._listeners: list[Listener] = []
        self.followers: list[Callable[[], None]] = []
        """Called whenever something was carried out at the printer."""

    def listen(self, listener: Listener) -> None:
        """Call `listener` for every event from now on."""
        self._listeners.append(listener)

    def plug(self, connection: Connection) -> None:
        """A host connected."""
        self._connection = connection
        self.apply(self.model.connected())

    def unplug(self, connection: Connection) -> None:
        """The host is gone. Without effect if another has taken its place, or on a second call."""
        if self._connection is connection:
            self._connection = None
            self.apply(self.model.disconnected())

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable, its bytes counted from now on."""
        self.disturbance.add(fault)
        if self._connection is not None:
            self._connection.go_on()

    def take(self, data: bytes) -> None:
        """Bytes from the host, as they came over the cable."""
        kept, dropped = self.disturbance.arrived(data)
        if dropped:
            self.apply(self.model.trouble(f"{dropped} bytes dropped before byte {self.disturbance.taken}"))
        if kept:
            self.apply(self.model.receive(kept))

    @property
    def room(self) -> int:
        """Bytes that the printer takes now."""
        return 0 if self.held_up else self.model.room

    def hold_up(self, held_up: bool) -> None:
        """Take nothing more for a while, or go on."""
        self.held_up = held_up
        if self._connection is not None:
            self._connection.go_on()

    def resume(self) -> None:
        """End a stall."""
        self.resumptions += 1
        if self._connection is not None:
            self._connection.go_on()

    def apply(self, effects: Effects) -> None:
        """Carry out what the model wants."""
        connection = self._connection
        if connection is not None and effects.writes:
            connection.send(effects.writes)
        for event in effects.events:
            for listener in tuple(self._listeners):
                listener(event)
        if connection is not None:
            if effects.disconnects:
                connection.reset()
            else:
                connection.go_on()
        for follower in tuple(self.followers):
            follower()
