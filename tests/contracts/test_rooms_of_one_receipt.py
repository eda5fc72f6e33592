"""The rooms that one receipt passes, each once out and once back: the architecture page's picture, held to the code."""

from __future__ import annotations

import pytest

import posdevkit as pos
from posdevkit.events import Evidence, Outcome
from posdevkit.layout import lay_out
from posdevkit.protocols.conversation import Completed
from posdevkit.runtime import background
from posdevkit_emulators.bench import emulated_receipt_printer

from .rooms import Passage, watched

WORD = "Kanelsnegl"
OUT = ["blocking", "devices", "layout", "protocols", "links"]
"""The receipt, its operations, its bytes."""
BACK = ["links", "protocols", "devices", "blocking"]
"""The printer's proof, what it means, the outcome."""


def one_receipt() -> Passage:
    """Print one receipt."""
    receipt = pos.Receipt().text(WORD).cut()
    with emulated_receipt_printer(profile="epson-tm-t88v") as emulator:
        background.stop()
        with watched() as passage, pos.ReceiptPrinter.open(emulator.url, profile="epson-tm-t88v") as printer:
            assert printer.print(receipt).confirmed
            passage.stop()
    return passage


def printed(value: object) -> bool:
    """A text or bytes with the word on it."""
    return (isinstance(value, str) and WORD in value) or (isinstance(value, bytes) and WORD.encode() in value)


def proof_in(passage: Passage) -> bytes:
    """The process id that the printer told."""
    [events] = [
        value
        for one in passage.passed
        for value in one.values
        if one.way == "up" and isinstance(value, list) and any(isinstance(event, Completed) for event in value)
    ]
    [proof] = [event.id for event in events if isinstance(event, Completed)]
    return bytes(proof)


def test_one_receipt_passes_each_room_once_on_the_way_out_and_once_on_the_way_back() -> None:
    one_receipt()  # everything is loaded now
    passage = one_receipt()
    out, _ = passage.of(printed).turned("links")
    assert out.down == OUT, out.passed
    proof = proof_in(passage)

    def proved(value: object) -> bool:
        told = isinstance(value, Outcome) and value.evidence is Evidence.PROCESS_ID
        return told or (isinstance(value, bytes) and proof in value)

    _, back = passage.of(lambda value: printed(value) or proved(value)).turned("links")
    assert back.up == BACK, back.passed
    # Plain text needs no pictures, and a driver knows nothing of paper or of tills.
    assert passage.rooms == {*OUT, "registry"}


DETOURS = {
    # One room asks the next one twice.
    "posdevkit.devices.compose": (
        "def lay_out(receipt, profile):\n    real(receipt, profile)\n    return real(receipt, profile)\n",
        ["blocking", "devices", "layout", "layout", "protocols", "links"],
    ),
    # A room goes through the one above it instead of doing its own work.
    "posdevkit.layout.engine": (
        "def lay_out(receipt, profile):\n    return above(receipt, profile)\n",
        ["blocking", "devices", "layout", "devices", "layout", "protocols", "links"],
    ),
}


@pytest.mark.parametrize("where", DETOURS)
def test_a_room_that_is_entered_twice_is_noticed(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, expected = DETOURS[where]
    above = {"__name__": "posdevkit.devices.compose", "real": lay_out}
    exec("def above(receipt, profile):\n    return real(receipt, profile)\n", above)
    detour = {"__name__": where, "real": lay_out, "above": above["above"]}
    exec(program, detour)
    monkeypatch.setattr("posdevkit.devices.compose.lay_out", detour["lay_out"])
    out, _ = one_receipt().of(printed).turned("links")
    assert out.down == expected
