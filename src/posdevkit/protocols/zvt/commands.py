"""The commands that a till and a payment terminal exchange. Source: ZVT protocol PA00P015, revision 13.08."""

from __future__ import annotations

from collections.abc import Sequence

from posdevkit.protocols.vocabulary import Command, Effect, rest, sized, u8
from posdevkit.protocols.vocabulary.fields import Value

__all__ = [
    "Abort",
    "AbortCommand",
    "Authorisation",
    "Completion",
    "Diagnosis",
    "IntermediateStatus",
    "Negative",
    "Positive",
    "PrintLine",
    "PrintTextBlock",
    "Refund",
    "Registration",
    "RepeatReceipt",
    "Reversal",
    "StatusEnquiry",
    "StatusInformation",
]

_SOURCE = "PA00P015 13.08"


def _two(_: Sequence[Value]) -> int:
    return 2


def _three(_: Sequence[Value]) -> int:
    return 3


class Registration(Command, name="registration", prefix="0600", effect=Effect.REPORTED, source=_SOURCE):
    """The till makes itself known and says what it wants to be told."""

    password: bytes = sized("six digits, packed", _three)
    config: int = u8("config byte: 02 the till prints payments, 04 administration, 08 wants 04 FF, 80 print lines")
    currency: bytes = sized("ISO 4217 number, packed: 09 78 is euro", _two)
    more: bytes = rest("03 service byte, 06 TLV")


class Authorisation(Command, name="authorisation", prefix="0601", effect=Effect.REPORTED, source=_SOURCE):
    """Take this amount from a card."""

    bitmaps: bytes = rest("04 amount, 49 currency, 19 kind of payment, 06 TLV")


class Completion(Command, name="completion", prefix="060F", source=_SOURCE):
    """The terminal is through, and the till has the word again."""

    bitmaps: bytes = rest("what the command before gave")


class Abort(Command, name="abort", prefix="061E", source=_SOURCE):
    """The terminal gives up, and the till has the word again."""

    code: int = u8("result code")
    more: bytes = rest("bitmaps")


class RepeatReceipt(Command, name="repeat receipt", prefix="0620", effect=Effect.REPORTED, source=_SOURCE):
    """Tell the last transaction once more."""

    password: bytes = sized("six digits, packed", _three)
    more: bytes = rest("03 service byte, 06 TLV")


class Reversal(Command, name="reversal", prefix="0630", effect=Effect.REPORTED, source="PA00P015 13.06 2.9"):
    """Take back the payment with this receipt number. Answered like a payment."""

    password: bytes = sized("six digits, packed", _three)
    bitmaps: bytes = rest("87 receipt number, 06 TLV")


class Refund(Command, name="refund", prefix="0631", effect=Effect.REPORTED, source="PA00P015 13.06 2.14"):
    """Give this amount to a card, whatever was paid with it. Answered like a payment."""

    password: bytes = sized("six digits, packed", _three)
    bitmaps: bytes = rest("04 amount, 49 currency, 06 TLV")


class Diagnosis(Command, name="diagnosis", prefix="0670", effect=Effect.REPORTED, source=_SOURCE):
    """Ask the host of the acquirer for a sign of life."""

    bitmaps: bytes = rest("06 TLV")


class AbortCommand(Command, name="abort command", prefix="06B0", effect=Effect.REPORTED, source=_SOURCE):
    """The till wants what is going on to end."""

    more: bytes = rest("nothing")


class PrintLine(Command, name="print line", prefix="06D1", source=_SOURCE):
    """A line for the till's printer."""

    attribute: int = u8("80 reserved, 40 centred, 20 double width, 10 double height, 81 last line, FF feed")
    text: bytes = rest("characters of code page 437")


class PrintTextBlock(Command, name="print text block", prefix="06D3", source=_SOURCE):
    """Several lines for the till's printer."""

    container: bytes = rest("06 TLV: 1F07 kind of receipt, 25 texts with 07 lines and 09 attribute")


class StatusEnquiry(Command, name="status enquiry", prefix="0501", effect=Effect.REPORTED, source=_SOURCE):
    """How are you?"""

    password: bytes = sized("six digits, packed", _three)
    more: bytes = rest("03 service byte, 06 TLV")


class StatusInformation(Command, name="status information", prefix="040F", source=_SOURCE):
    """What became of a payment."""

    bitmaps: bytes = rest("27 result, 04 amount, 0B trace number, 87 receipt number, 22 card number and more")


class IntermediateStatus(Command, name="intermediate status", prefix="04FF", source=_SOURCE):
    """What the terminal shows to the customer just now."""

    status: int = u8("number of the text")
    more: bytes = rest("timeout in minutes, 06 TLV with texts")


class Positive(Command, name="positive answer", prefix="8000", source=_SOURCE):
    """Understood."""

    more: bytes = rest("bitmaps")


class Negative(Command, name="negative answer", prefix="84", source=_SOURCE):
    """Refused, with the reason; 00 is no refusal, 9C asks to come again later."""

    code: int = u8("result code")
    more: bytes = rest("bitmaps")
