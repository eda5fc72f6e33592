"""A payment terminal that speaks ZVT, without sockets or clocks: bytes in, messages out, and a ledger of its own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.vocabulary import Command
from posdevkit.protocols.zvt import commands as c
from posdevkit.protocols.zvt.bitmaps import BadBitmaps, bcd, packed, read_bitmaps, write_bitmaps, write_tlv
from posdevkit.protocols.zvt.framing import Apdus, apdu
from posdevkit.secret import MASK

from .faults import TerminalFaults

__all__ = ["Approval", "ZvtTerminalModel"]

_TERMINAL_ID: Final = bytes.fromhex("12345678")
_CARD: Final = "476173eeeeee0010"
_INSERT_CARD: Final = 0x0A
_PLEASE_WAIT: Final = 0x0E
_APPROVED: Final = 0x1C
_DECLINED: Final = 0x05
_WITHDRAWN: Final = 0x6C
_NOT_REGISTERED: Final = 0x6B
_NOT_POSSIBLE: Final = 0x83


@dataclass(frozen=True, slots=True)
class Approval:
    """Money taken from a card."""

    amount: int
    """In minor units."""
    currency: int
    """ISO 4217, by number."""
    trace: int

    def facts(self) -> dict[str, str | int | None]:
        """For a file: its card is known by its last four digits alone."""
        return {"trace": self.trace, "amount": self.amount, "currency": self.currency, "card": f"{MASK}{_CARD[-4:]}"}


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
        self._charge: tuple[int, int] | None = None
        """Amount and currency that wait for the card."""
        self._told = False
        """The status information of a charge is out and not answered."""
        self._fresh = False
        """A charge is under way: what is told is its own result, and not that of an earlier one again."""

    def connected(self) -> None:
        """A till connected."""
        self._apdus = Apdus()
        self._script.clear()
        self._registered = False

    def disconnected(self) -> None:
        """The till is gone. What waits for the card ends, or goes on if `finish` says so."""
        charge, self._charge = self._charge, None
        self._script.clear()
        self._told = False
        if charge is not None and self.faults.finish:
            self._decide(*charge)

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
            case _ if self._script or self._charge is not None:
                return [apdu(c.Negative(0x9C, b""))]
            case c.Authorisation():
                return self._begun(command)
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
        self._fresh = self._charge is not None
        # The first message does not wait: the till answers messages, not answers.
        return [apdu(c.Positive(b"")), *self._next()]

    def _next(self) -> list[bytes]:
        if self._charge is not None and not self._script and not self.faults.wait_for_card:
            charge, self._charge = self._charge, None
            self._script = deque(self._decide(*charge))
        if not self._script:
            return []
        message = self._script.popleft()
        self._told = self._fresh and message[:2] == b"\x04\x0f"
        return [message]

    def _begun(self, command: c.Authorisation) -> list[bytes]:
        try:
            fields = read_bitmaps(command.bitmaps)
            self._charge = packed(fields[0x04]), packed(fields[0x49])
        except (BadBitmaps, KeyError):
            return [apdu(c.Negative(0x9A, b""))]
        return self._accepted(_shown(_INSERT_CARD), _shown(_PLEASE_WAIT))

    def _decide(self, amount: int, currency: int) -> list[bytes]:
        """The customer's card, the bank's answer, and what is then told."""
        if self.faults.card_removed:
            return [_status(_WITHDRAWN, 0, amount, currency), apdu(c.Abort(_WITHDRAWN, b""))]
        self._trace += 1
        if self.faults.decline:
            self._last = _status(_DECLINED, self._trace, amount, currency)
            return [self._last, apdu(c.Abort(_DECLINED, b""))]
        self.ledger.append(Approval(amount, currency, self._trace))
        self._last = _status(0, self._trace, amount, currency)
        lines = [
            "KUNDENBELEG",
            f"Betrag {amount // 100},{amount % 100:02d}",
            f"Beleg {self._trace:04d}",
            "Zahlung erfolgt",
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
        if self._charge is None:
            return answer
        self._charge = None
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
