"""One connection's talk with a payment terminal, without sockets or clocks: bytes in, events and answers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.vocabulary import Command, Unknown
from posdevkit.secret import Secret

from . import commands as c
from .bitmaps import BadBitmaps, bcd, pan_text, read_bitmaps, read_tlv, write_bitmaps
from .framing import Apdus, apdu
from .tables import OK, card_name, currency_number, intermediate_text

__all__ = ["Answered", "Ended", "Nonsense", "Printed", "Shown", "Told", "ZvtEvent", "ZvtSession"]

CONFIG: Final = 0x02 | 0x08 | 0x80
"""The till prints receipts, is told what the customer sees, and takes lines (06 D1) rather than nothing."""
_TERMINAL_DECIDES: Final = 0x40
_LOWEST_SHOWN: Final = 4
_UNDERSTOOD: Final = b"\x80\x00\x00"
_CANNOT: Final = b"\x84\x83\x00"
_NOT_UNDERSTOOD: Final = b"\x84\x9a\x00"
"""9A: protocol error. As the answer to 04 0F it makes the terminal reverse the payment."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The terminal took a command (code 00), or refused it."""

    code: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the terminal shows."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """Status information: what became of a payment."""

    result: int
    amount: int | None
    """Minor units."""
    currency: int | None
    """ISO 4217 number."""
    trace: int | None
    receipt: int | None
    turnover: int | None
    brand: str
    number: Secret | None
    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Lines for the receipt."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """The command is through (code None), or the terminal gave it up with a code."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Something that no table knows or whose fields cannot be read. Only its length and kind are told."""

    what: str


ZvtEvent = Answered | Shown | Told | Printed | Ended | Nonsense


class ZvtSession:
    """What to send, and what came."""

    def __init__(self, password: str) -> None:
        """`password`: six digits. Raises ValueError."""
        if len(password) != 6 or not (password.isascii() and password.isdecimal()):
            raise ValueError("the password of a ZVT terminal is six digits")
        self._password = bytes.fromhex(password)
        self._apdus = Apdus()
        self._answers = bytearray()

    def registration(self, currency: str) -> bytes:
        """Make the till known. Raises ValueError for a currency without a number."""
        return apdu(c.Registration(self._password, CONFIG, bcd(currency_number(currency), 2), b""))

    def authorisation(self, minor: int, currency: str) -> bytes:
        """Take an amount in minor units. Raises ValueError where it does not fit."""
        number = bcd(currency_number(currency), 2)
        return apdu(
            c.Authorisation(write_bitmaps({0x04: bcd(minor, 6), 0x49: number, 0x19: bytes([_TERMINAL_DECIDES])}))
        )

    def refund(self, minor: int, currency: str) -> bytes:
        """Give an amount in minor units to a card. Raises ValueError where it does not fit."""
        number = bcd(currency_number(currency), 2)
        return apdu(c.Refund(self._password, write_bitmaps({0x04: bcd(minor, 6), 0x49: number})))

    def reversal(self, receipt: int) -> bytes:
        """Take back the payment with this receipt number. Raises ValueError for one of more than four digits."""
        return apdu(c.Reversal(self._password, write_bitmaps({0x87: bcd(receipt, 2)})))

    def repeat_receipt(self) -> bytes:
        """Ask what became of the last payment."""
        return apdu(c.RepeatReceipt(self._password, b""))

    def status_enquiry(self) -> bytes:
        """Ask whether the terminal is idle."""
        return apdu(c.StatusEnquiry(self._password, b""))

    def abort(self) -> bytes:
        """End what is going on."""
        return apdu(c.AbortCommand(b""))

    def receive(self, data: bytes) -> list[ZvtEvent]:
        """The events that `data` completes; `answers` has what is then to be sent."""
        found: list[ZvtEvent] = []
        for command in self._apdus.receive(data):
            if isinstance(command, c.Positive):
                found.append(Answered(OK))
                continue
            if isinstance(command, c.Negative):
                found.append(Answered(command.code))
                continue
            try:
                event = _event(command)
            except BadBitmaps as problem:
                event = Nonsense(f"{type(command).__name__}: {problem}")
            if isinstance(command, Unknown):
                self._answers += _CANNOT
            else:
                self._answers += _NOT_UNDERSTOOD if isinstance(event, Nonsense) else _UNDERSTOOD
            found.append(event)
        return found

    def answers(self) -> bytes:
        """The answers that are due, once."""
        due = bytes(self._answers)
        self._answers.clear()
        return due


def _event(command: Command) -> ZvtEvent:
    match command:
        case c.IntermediateStatus():
            return Shown(command.status, intermediate_text(command.status))
        case c.StatusInformation():
            return _told(read_bitmaps(command.bitmaps, strict=False))
        case c.PrintLine():
            return Printed((_text(command.text),))
        case c.PrintTextBlock():
            return Printed(tuple(_lines(read_bitmaps(command.container).get(0x06, b""))))
        case c.Completion():
            return Ended(None)
        case c.Abort():
            return Ended(command.code)
        case Unknown():
            return Nonsense(f"unknown message {command.data[:2].hex(' ')} with {len(command.data)} bytes")
        case _:
            return Nonsense(f"{type(command).__name__} is not for a till")


def _told(fields: dict[int, bytes]) -> Told:
    def number(key: int) -> int | None:
        text = fields.get(key, b"").hex()
        return int(text) if text.isdecimal() else None

    if 0x27 not in fields:
        raise BadBitmaps("status information without a result")
    card = None
    if 0x22 in fields:
        text = pan_text(fields[0x22])
        card = Secret(text, hint=text[-_LOWEST_SHOWN:])
    name = _text(fields.get(0x8B, b"")).strip("\0 ")
    kind = fields[0x8A][0] if 0x8A in fields else 0
    return Told(
        result=fields[0x27][0],
        amount=number(0x04),
        currency=number(0x49),
        trace=number(0x0B),
        receipt=number(0x87),
        turnover=number(0x88),
        brand=name or card_name(kind),
        number=card,
        text=_text(fields.get(0x3C, b"")),
    )


def _lines(container: bytes) -> list[str]:
    found: list[str] = []
    for tag, value in read_tlv(container):
        if tag == 0x25:
            found += [_text(line) for inner, line in read_tlv(value) if inner == 0x07]
    return found


def _text(data: bytes) -> str:
    return data.decode("cp437")
