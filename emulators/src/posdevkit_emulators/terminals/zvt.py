"""A payment terminal that speaks ZVT, without sockets or clocks: bytes in, messages out, and a ledger of its own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Final

from posdevkit.protocols.vocabulary import Command
from posdevkit.protocols.zvt import commands as c
from posdevkit.protocols.zvt.bitmaps import BadBitmaps, bcd, packed, read_bitmaps, write_bitmaps, write_tlv
from posdevkit.protocols.zvt.framing import Apdus, apdu
from posdevkit.secret import MASK

from .faults import TerminalFaults

__all__ = ["Approval", "Booking", "ZvtTerminalModel"]

_TERMINAL_ID: Final = bytes.fromhex("12345678")
_CARD: Final = "476173eeeeee0010"
_INSERT_CARD: Final = 0x0A
_PLEASE_WAIT: Final = 0x0E
_APPROVED: Final = 0x1C
_DECLINED: Final = 0x05
_WITHDRAWN: Final = 0x6C
_NOT_REGISTERED: Final = 0x6B
_NOT_POSSIBLE: Final = 0x83
_PROTOCOL_ERROR: Final = 0x9A
_NO_REVERSAL: Final = 0xB5


class Booking(Enum):
    """What a terminal does with a card; the value is what it prints."""

    CHARGE = "Zahlung"
    REFUND = "Gutschrift"
    REVERSAL = "Storno"


@dataclass(frozen=True, slots=True)
class Approval:
    """Money taken from a card, or given back to one."""

    amount: int
    """In minor units, never negative: see `signed`."""
    currency: int
    """ISO 4217, by number."""
    trace: int
    booking: Booking = Booking.CHARGE
    of: int | None = None
    """The trace of the charge that a reversal takes back."""

    @property
    def signed(self) -> int:
        """What the shop gets."""
        return self.amount if self.booking is Booking.CHARGE else -self.amount

    @property
    def receipt(self) -> int:
        """The number on its receipt: four digits."""
        return self.trace % 10_000

    def facts(self) -> dict[str, str | int | None]:
        """For a file: its card is known by its last four digits alone."""
        return {
            "booking": self.booking.name.lower(),
            "trace": self.trace,
            "of": self.of,
            "amount": self.amount,
            "currency": self.currency,
            "card": f"{MASK}{_CARD[-4:]}",
        }


@dataclass(frozen=True, slots=True)
class _Job:
    """What waits for the card."""

    booking: Booking
    amount: int
    currency: int
    of: int | None = None


class ZvtTerminalModel:
    """Sends a message, and the next one when the till has answered it. `ledger` is what the bank will see."""

    def __init__(self, faults: TerminalFaults | None = None) -> None:
        self.faults = faults or TerminalFaults()
        self.ledger: list[Approval] = []
        self.receipts: list[str] = []
        self._trace = 0
        self._last: bytes | None = None
        self._apdus = Apdus()
        self._script: deque[bytes] = deque()
        self._registered = False
        self._job: _Job | None = None
        self._told = False
        """The status information of a job is out and not answered."""
        self._fresh = False
        """A job is under way: what is told is its own result, and not that of an earlier one again."""

    def connected(self) -> None:
        """A till connected."""
        self._apdus = Apdus()
        self._script.clear()
        self._registered = False

    def disconnected(self) -> None:
        """The till is gone. What waits for the card ends, or goes on if `finish` says so."""
        job, self._job = self._job, None
        self._script.clear()
        self._told = False
        if job is not None and self.faults.finish:
            self._decide(job)

    def receive(self, data: bytes) -> list[Command]:
        """The till's messages that `data` completes; each is then to be `take`n."""
        return self._apdus.receive(data)

    def take(self, command: Command) -> list[bytes]:
        """The messages that go out because of one from the till."""
        match command:
            case c.Positive():
                self._told = False
                return self._next()
            case c.Negative():
                return self._refused_by_till(command.code)
            case c.AbortCommand():
                return self._aborted()
            case c.Registration():
                self._registered = True
                done = c.Completion(write_bitmaps({0x19: b"\0", 0x29: _TERMINAL_ID, 0x49: command.currency}))
                return self._accepted(apdu(done))
            case _ if not self._registered:
                return [apdu(c.Negative(_NOT_REGISTERED, b""))]
            case _ if self._script or self._job is not None:
                return [apdu(c.Negative(0x9C, b""))]
            case c.Authorisation():
                return self._begun(Booking.CHARGE, command.bitmaps)
            case c.Refund():
                return self._begun(Booking.REFUND, command.bitmaps)
            case c.Reversal():
                return self._reversing(command.bitmaps)
            case c.RepeatReceipt():
                if self._last is None:
                    return self._accepted(apdu(c.Abort(_NOT_POSSIBLE, b"")))
                return self._accepted(self._last, apdu(c.Completion(b"")))
            case c.StatusEnquiry() | c.Diagnosis():
                return self._accepted(apdu(c.Completion(write_bitmaps({0x27: b"\0", 0x29: _TERMINAL_ID}))))
            case _:
                return [apdu(c.Negative(_NOT_POSSIBLE, b""))]

    def _accepted(self, *script: bytes) -> list[bytes]:
        self._script = deque(script)
        self._fresh = self._job is not None
        # The first message does not wait: the till answers messages, not answers.
        return [apdu(c.Positive(b"")), *self._next()]

    def _next(self) -> list[bytes]:
        if self._job is not None and not self._script and not self.faults.wait_for_card:
            job, self._job = self._job, None
            self._script = deque(self._decide(job))
        if not self._script:
            return []
        message = self._script.popleft()
        self._told = self._fresh and message[:2] == b"\x04\x0f"
        return [message]

    def _begun(self, booking: Booking, bitmaps: bytes) -> list[bytes]:
        try:
            fields = read_bitmaps(bitmaps)
            job = _Job(booking, packed(fields[0x04]), packed(fields[0x49]))
        except (BadBitmaps, KeyError):
            return [apdu(c.Negative(_PROTOCOL_ERROR, b""))]
        return self._waiting(job)

    def _reversing(self, bitmaps: bytes) -> list[bytes]:
        try:
            receipt = packed(read_bitmaps(bitmaps)[0x87])
        except (BadBitmaps, KeyError):
            return [apdu(c.Negative(_PROTOCOL_ERROR, b""))]
        back = {one.of for one in self.ledger if one.booking is Booking.REVERSAL}
        standing = [one for one in self.ledger if one.booking is Booking.CHARGE and one.trace not in back]
        found = standing if self.faults.reverse_last else [one for one in standing if one.receipt == receipt]
        if not found:
            return self._accepted(apdu(c.Abort(_NO_REVERSAL, b"")))
        charge = found[-1]
        return self._waiting(_Job(Booking.REVERSAL, charge.amount, charge.currency, charge.trace))

    def _waiting(self, job: _Job) -> list[bytes]:
        self._job = job
        return self._accepted(_shown(_INSERT_CARD), _shown(_PLEASE_WAIT))

    def _decide(self, job: _Job) -> list[bytes]:
        """The customer's card, the bank's answer, and what is then told."""
        amount, currency = job.amount, job.currency
        if self.faults.card_removed:
            return [_status(_WITHDRAWN, 0, amount, currency), apdu(c.Abort(_WITHDRAWN, b""))]
        self._trace += 1
        if self.faults.decline:
            self._last = _status(_DECLINED, self._trace, amount, currency)
            return [self._last, apdu(c.Abort(_DECLINED, b""))]
        self.ledger.append(Approval(amount, currency, self._trace, job.booking, job.of))
        self._last = _status(0, self._trace, amount, currency)
        lines = [
            "KUNDENBELEG",
            f"Betrag {amount // 100},{amount % 100:02d}",
            f"Beleg {self._trace:04d}",
            f"{job.booking.value} erfolgt",
        ]
        self.receipts.append("\n".join(lines))
        texts = b"".join(write_tlv(0x07, line.encode("cp437")) for line in lines) + write_tlv(0x09, b"\x81")
        block = write_bitmaps({0x06: write_tlv(0x1F07, b"\x02") + write_tlv(0x25, texts)})
        end = b"\x06\x0f\x03\xff\xee\xdd\x99\x99\x02\x01\x02" if self.faults.garbage else apdu(c.Completion(b""))
        told = b"\x04\x0f\x02\x04\x00" if self.faults.garbage else self._last
        return [_shown(_APPROVED), told, apdu(c.PrintTextBlock(block)), end]

    def _refused_by_till(self, code: int) -> list[bytes]:
        if self._told and code not in (0, 0x9C):
            # PA00P015: a status information that the till refuses is taken back.
            self._told = False
            if self.ledger:
                self.ledger.pop()
                self._last = _status(0xFF, self._trace, 0, 978)
            self._script = deque([apdu(c.Abort(0xFF, b""))])
        return self._next()

    def _aborted(self) -> list[bytes]:
        answer = [apdu(c.Positive(b""))]
        if self._job is None:
            return answer
        self._job = None
        self._script = deque([apdu(c.Abort(_WITHDRAWN, b""))])
        return [*answer, *self._next()]


def _shown(status: int) -> bytes:
    return apdu(c.IntermediateStatus(status, b""))


def _status(result: int, trace: int, amount: int, currency: int) -> bytes:
    fields = {0x27: bytes([result]), 0x29: _TERMINAL_ID}
    if trace:
        fields |= {
            0x04: bcd(amount, 6),
            0x0B: bcd(trace, 3),
            0x22: bytes.fromhex(_CARD),
            0x49: bcd(currency, 2),
            0x87: bcd(trace % 10_000, 2),
            0x8A: b"\x0a",
            0x8B: b"VISA CREDIT\0",
        }
    return apdu(c.StatusInformation(write_bitmaps(fields)))
