"""Messages of real terminals, as published: what our reading makes of them.

Status information, aborts and text blocks: unit tests of Portalum.Zvt (MIT), `StatusInformationParserTest.cs`,
`ZvtClientTest.cs` and `PrintTextBlockTest.cs`. Requests: PA00P015 13.08, registration and authorisation. Reversal
and refund: what three other clients write (`ZvtClient.cs` of Portalum.Zvt, MIT; `ZvtCommandBuilder.kt` of
kaplanerkan/kotlin-zvt-library; `Reversal.cpp` of zvt++ by A. Heine), worked out by hand; all agree.
"""

from __future__ import annotations

import pytest

from posdevkit.protocols.vocabulary import Unknown
from posdevkit.protocols.zvt import Answered, Ended, Printed, Shown, Told, ZvtSession
from posdevkit.protocols.zvt.framing import Apdus, apdu
from posdevkit.protocols.zvt.redact import ApduRedactor

APPROVED = bytes.fromhex(
    "04 0F 77 27 00 04 00 00 00 00 20 40 0B 00 04 70 0C 22 39 53 0D 10 06 0E 25 12 17 00 01 19 70 22 F0 F8 EE EE EE EE"
    "EE EE 47 71 29 28 00 48 69 2A 31 30 30 34 36 31 37 36 33 20 20 20 20 20 20 3B 36 31 31 38 30 34 00 00 3C F0 F1 F4"
    "47 45 4E 2E 4E 52 2E 3A 36 31 31 38 30 34 49 09 78 87 04 70 88 00 04 70 8A 2E 8B F1 F7 44 65 62 69 74 20 4D 61 73"
    "74 65 72 63 61 72 64 00"
)
WITHDRAWN = bytes.fromhex(
    "04 0F 1E 27 6C 29 28 00 48 69 3C F0 F1 F9 41 62 62 72 75 63 68 20 64 75 72 63 68 20 4B 75 6E 64 65"
)
REJECTED = bytes.fromhex(
    "04 0F 25 27 05 29 29 00 02 74 3C F0 F0 F9 41 62 67 65 6C 65 68 6E 74 8A 06 06 0D 24 0B 07 09 41 62 67 65 6C 65 68"
    "6E 74"
)
ADMINISTRATION = bytes.fromhex(
    "06D3AC0681A91F0701032581A2071B30322E31312E3230323120202020202020202031373A30353A3032070C5449443A41483030303030"
    "36071441627363686C757373202D206B65696E6520545807192041563A202B30342E303720284A756E203131203230323129071B54493A"
    "20452044543A20302F302F204F463A20302F302F2043473A070F2020202020202020202020312F302F0701200701200701200701200701"
    "20070120070120090181"
)


def only(data: bytes) -> object:
    (event,) = ZvtSession("000000").receive(data)
    return event


def test_an_approved_payment() -> None:
    told = only(APPROVED)
    assert isinstance(told, Told)
    assert (told.result, told.amount, told.currency, told.trace, told.receipt) == (0, 2040, 978, 470, 470)
    assert told.brand == "Debit Mastercard"
    assert told.text == "GEN.NR.:611804"
    assert told.number is not None
    assert told.number.hint == "4771"
    assert told.number.reveal() == "************4771"


def test_payments_that_were_not() -> None:
    withdrawn, rejected = only(WITHDRAWN), only(REJECTED)
    assert isinstance(withdrawn, Told)
    assert isinstance(rejected, Told)
    assert (withdrawn.result, withdrawn.text) == (0x6C, "Abbruch durch Kunde")
    assert (rejected.result, rejected.text, rejected.brand) == (5, "Abgelehnt", "Mastercard")


def test_a_block_of_text() -> None:
    printed = only(ADMINISTRATION)
    assert isinstance(printed, Printed)
    assert printed.lines[:3] == ("02.11.2021         17:05:02", "TID:AH000006", "Abschluss - keine TX")
    assert len(printed.lines) == 13


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ("80 00 00", Answered(0)),
        ("84 83 00", Answered(0x83)),
        ("84 9C 00", Answered(0x9C)),
        ("06 0F 00", Ended(None)),
        ("06 1E 01 6C", Ended(0x6C)),
        ("04 FF 01 0A", Shown(0x0A, "Insert card")),
        ("06 D1 06 00 48 81 6C 6C 6F", Printed(("Hüllo",))),
    ],
)
def test_short_messages(data: str, event: object) -> None:
    assert only(bytes.fromhex(data)) == event


def test_what_a_till_sends() -> None:
    session = ZvtSession("000000")
    assert session.registration("EUR") == bytes.fromhex("06 00 06 00 00 00 8A 09 78")
    assert session.authorisation(3380, "EUR") == bytes.fromhex("06 01 0C 04 00 00 00 00 33 80 49 09 78 19 40")
    assert session.reversal(343) == bytes.fromhex("06 30 06 00 00 00 87 03 43")
    assert session.refund(3380, "EUR") == bytes.fromhex("06 31 0D 00 00 00 04 00 00 00 00 33 80 49 09 78")
    assert session.repeat_receipt() == bytes.fromhex("06 20 03 00 00 00")
    assert session.abort() == bytes.fromhex("06 B0 00")


@pytest.mark.parametrize("receipt", [-1, 10_000])
def test_a_receipt_number_has_four_digits(receipt: int) -> None:
    with pytest.raises(ValueError, match="4 digits"):
        ZvtSession("000000").reversal(receipt)


def test_a_trace_keeps_no_password_of_a_refund() -> None:
    redactor = ApduRedactor()
    session = ZvtSession("314159")
    for data in (session.reversal(343), session.refund(3380, "EUR")):
        assert redactor("send", data) == data[:3] + b"*" * (len(data) - 3)


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 65_535])
def test_lengths_of_one_and_three_bytes_at_any_split(size: int) -> None:
    command = Unknown(b"\x0f\x0f" + bytes(size))
    data = apdu(command)
    assert data[2:5] == bytes([0xFF]) + size.to_bytes(2, "little") if size >= 255 else data[2] == size
    for cut in {1, 2, 3, 4, 5, len(data) - 1} & set(range(1, len(data))):
        apdus = Apdus()
        assert [*apdus.receive(data[:cut]), *apdus.receive(data[cut:])] == [command]
        assert not apdus.begun


def test_every_message_is_answered_and_an_answer_is_not() -> None:
    session = ZvtSession("000000")
    session.receive(APPROVED + bytes.fromhex("80 00 00"))
    assert session.answers() == bytes.fromhex("80 00 00")
    session.receive(bytes.fromhex("04 0F 02 04 00"))
    assert session.answers() == bytes.fromhex("84 9A 00")


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_trace_keeps_kinds_and_lengths_but_no_contents(size: int) -> None:
    redactor = ApduRedactor()
    data = APPROVED + bytes.fromhex("04 FF 01 0A") + ADMINISTRATION
    kept = b"".join(redactor("receive", data[at : at + size]) for at in range(0, len(data), size))
    assert len(kept) == len(data)
    assert kept[: len(APPROVED)] == APPROVED[:3] + b"*" * (len(APPROVED) - 3)
    assert bytes.fromhex("04 FF 01 0A") in kept
    assert b"AH000006" not in kept
