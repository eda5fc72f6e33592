"""What every cable that carries a stream of bytes can do."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from posdevkit.events import PrinterStatus
from posdevkit.runtime.deadline import Deadline

from .url import DeviceUrl

__all__ = [
    "ExchangeLink",
    "Identified",
    "JobLink",
    "Nonced",
    "OneWay",
    "PortStatus",
    "ReportLink",
    "StreamLink",
    "Tuned",
]


@runtime_checkable
class StreamLink(Protocol):
    """A cable that carries bytes in order and without boundaries, both ways.

    Constructing one touches nothing. One task may send while another receives. All methods run on one event loop.
    While it is not open, `send` and `send_eof` raise Closed, `close` and `abort` end nothing, and `open` connects anew,
    with `taken` at 0.
    """

    @property
    def url(self) -> DeviceUrl:
        """Where it leads."""
        ...

    @property
    def taken(self) -> int:
        """Bytes that the cable has taken since `open`: a running total, exact also during a `send`, and after one that
        failed or was cancelled. Taken is not printed: it tells which bytes can no longer be called back."""
        ...

    async def open(self, deadline: Deadline) -> None:
        """Connect.

        Raises Disconnected (refused, unreachable, unknown, or not before the deadline) and OutputFailed (a trace that
        cannot be written). When it raises or is cancelled, the link is closed.
        """
        ...

    async def send(self, data: bytes | memoryview) -> None:
        """Return when all of `data` is taken.

        Raises Disconnected when the cable breaks. Waits as long as the other side takes nothing: bound it with
        `within`. Several senders are served one after the other, first come, first served.
        """
        ...

    async def receive(self) -> bytes:
        """The next bytes, as soon as there are any; b"" when the other side has ended, and ever after.

        Raises Disconnected on an error, after all that came before it. Cancelling it loses no byte. It goes on through
        `close`: what came until the end is still given, then b"". After `abort` it raises Disconnected, and Closed if
        the link was never open.
        """
        ...

    async def send_eof(self) -> None:
        """Tell the other side that no more will be sent; receiving goes on. Raises Disconnected."""
        ...

    async def close(self) -> None:
        """End without losing the tail of what was sent: half-close, read what still comes until the other side ends as
        well (with a bound on the time without progress), then close. Never raises for a cable that is broken.

        After `abort` it returns when the system has let go of the cable, which on some takes a moment."""
        ...

    def abort(self) -> None:
        """End at once and drop what is unsent."""
        ...


@runtime_checkable
class ReportLink(Protocol):
    """A cable that carries reports: pieces with boundaries, each taken whole or not at all, as HID does.

    Constructing one touches nothing. One task may send while another receives. All methods run on one event loop.
    While it is not open, the `send` methods raise Closed, `close` and `abort` end nothing, and `open` connects anew.
    """

    @property
    def url(self) -> DeviceUrl:
        """Where it leads."""
        ...

    @property
    def descriptor(self) -> bytes:
        """What the device says its reports look like; empty where that cannot be read, and before `open`."""
        ...

    async def open(self, deadline: Deadline) -> None:
        """Connect. Raises Disconnected (absent, not permitted, ambiguous, not in time) and MissingExtra."""
        ...

    async def receive(self) -> bytes:
        """The next input report with its id in front; b"" after `close`.

        Raises Disconnected when the device has gone, after all that came before it, and Closed if it was never open.
        Cancelling it loses no report.
        """
        ...

    async def send(self, report: bytes) -> None:
        """Send an output report; the first byte is its id. Raises Disconnected."""
        ...

    async def send_feature(self, report: bytes) -> None:
        """Send a feature report; the first byte is its id. Raises Disconnected."""
        ...

    async def get_feature(self, report: int, size: int) -> bytes:
        """Ask for a feature report of at most `size` bytes, its id in front. Raises Disconnected."""
        ...

    async def close(self) -> None:
        """Let go of the device and return when that is done."""
        ...

    def abort(self) -> None:
        """Let go of the device; it may take a moment."""
        ...


@runtime_checkable
class ExchangeLink(Protocol):
    """A cable over which every command has one answer, as a smart card has it (ISO 7816-4).

    Constructing one touches nothing. All methods run on one event loop.
    """

    @property
    def url(self) -> DeviceUrl:
        """Where it leads."""
        ...

    @property
    def answer_to_reset(self) -> bytes:
        """What the card said when it was switched on; empty before `open`."""
        ...

    async def open(self, deadline: Deadline) -> None:
        """Connect. Raises Disconnected (no service, no reader, no card, not in time), BadUrl and MissingExtra."""
        ...

    async def exchange(self, command: bytes) -> bytes:
        """The answer to one command, its two status bytes last; one after the other, first come, first served.

        Raises Disconnected when the card has gone, Closed if it is not open. A cancelled one is sent all the same.
        """
        ...

    async def close(self) -> None:
        """Let go of the card. Never raises for one that has gone."""
        ...


@runtime_checkable
class Nonced(Protocol):
    """A link that brings its own number for what has to differ from connection to connection.

    Process ids start from a random number, so that an old one is never taken for a new one. A recording keeps that
    number, and its replay gives it back: else no replay could match.
    """

    @property
    def nonce(self) -> int:
        """The number, from 0, new with each `open`."""
        ...


@runtime_checkable
class Identified(Protocol):
    """A link to a device that can be told from others alike, so that a reconnect finds that very one."""

    @property
    def identity(self) -> tuple[str, str] | None:
        """What tells it, and how: `("serial", "EMU0001")`; None before it was open, and where nothing does."""
        ...

    def expect(self, identity: tuple[str, str]) -> None:
        """Open the device of that identity and no other."""
        ...


@runtime_checkable
class Tuned(Protocol):
    """A link whose two ends have to be set alike: what comes over one that is not is noise."""

    @property
    def settings(self) -> str:
        """How this end is set: `9600 8N1`; empty where a cable inside this one has nothing to set."""
        ...


@runtime_checkable
class OneWay(Protocol):
    """A link over which nothing may ever come back, so that nothing is asked over it."""

    @property
    def one_way(self) -> bool:
        """Whether that is so; it may become known only with `open`."""
        ...


@runtime_checkable
class PortStatus(Protocol):
    """A link whose near end knows something about the device, without asking it: a port's lines, a queue's state."""

    async def port_status(self) -> PrinterStatus:
        """What it knows now; what it does not know is unknown. Raises Disconnected and Closed."""
        ...


@runtime_checkable
class JobLink(Protocol):
    """A link that takes whole jobs and lets them wait their turn among others, as a print queue does.

    What `send` was given is kept and becomes one job with `close`.
    """

    async def send_job(self, data: bytes) -> None:
        """Return when the queue says that it is through with these bytes: all given to the device, which is no proof
        that it printed them. `taken` counts them once they may reach the device without further doing.

        Raises Disconnected when the queue refuses or drops them, or cannot be asked any more. When it is cancelled, the
        job stays where it is: see `call_back`.
        """
        ...

    async def call_back(self) -> bool:
        """Take the last job back that was not seen to end; True if not a byte of it had gone to the device."""
        ...
