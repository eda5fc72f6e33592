"""The rooms that one receipt passes, in order: the architecture page's picture, held against the code as it runs."""

from __future__ import annotations

import posdevkit as pos
from posdevkit.runtime import background
from posdevkit_emulators.bench import emulated_receipt_printer

from .rooms import watched

# Each room when it is entered first; later visits don't count. The protocol session is made with the handle, before
# the cable is looked up; layout comes when a document is printed.
OUT = ["documents", "blocking", "devices", "protocols", "registry", "links", "layout"]
# Each room when it is left for good: the printer's proof goes by the rooms it came by. The link goes on listening.
BACK = ["protocols", "devices", "blocking"]


def test_one_receipt_passes_the_rooms_from_the_front_door_to_the_cable_and_its_outcome_back() -> None:
    with emulated_receipt_printer(profile="epson-tm-t88v") as emulator:
        pos.ReceiptPrinter.open(emulator.url, profile="epson-tm-t88v").close()  # everything is loaded now
        pos.preview(pos.Receipt().text("x").cut(), "epson-tm-t88v")
        background.stop()
        with watched() as passage:
            receipt = pos.Receipt().text("Café Nord").cut()
            with pos.ReceiptPrinter.open(emulator.url, profile="epson-tm-t88v") as printer:
                outcome = printer.print(receipt)
                passage.stop()
                assert outcome.confirmed
    assert passage.first(OUT) == OUT
    assert passage.last(BACK) == BACK
    # Plain text needs no pictures, and a driver knows nothing of paper or of tills.
    assert not {"imaging", "paper", "till", "cli", "config"} & set(passage.rooms)
