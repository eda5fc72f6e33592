"""The rooms that one receipt passes, in order: the architecture page's picture, held against the code as it runs."""

from __future__ import annotations

import sys
import threading
from types import FrameType

import posdevkit as pos
from posdevkit.runtime import background
from posdevkit_emulators.bench import emulated_receipt_printer

# Each room when it is entered first; later visits don't count. The protocol session is made with the handle, before
# the cable is looked up; layout comes when a document is printed.
PASSED = ["documents", "blocking", "devices", "protocols", "registry", "links", "layout"]


def test_one_receipt_passes_the_rooms_from_the_front_door_to_the_cable() -> None:
    seen: list[str] = []

    def watch(frame: FrameType, event: str, argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("posdevkit."):
            room = module.split(".")[1]
            if room not in seen:
                seen.append(room)

    with emulated_receipt_printer(profile="epson-tm-t88v") as emulator:
        pos.ReceiptPrinter.open(emulator.url, profile="epson-tm-t88v").close()  # everything is loaded now
        pos.preview(pos.Receipt().text("x").cut(), "epson-tm-t88v")
        background.stop()
        threading.setprofile(watch)
        sys.setprofile(watch)
        try:
            receipt = pos.Receipt().text("Café Nord").cut()
            with pos.ReceiptPrinter.open(emulator.url, profile="epson-tm-t88v") as printer:
                assert printer.print(receipt).confirmed
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
    assert [room for room in seen if room in PASSED] == PASSED
    # Plain text needs no pictures, and a driver knows nothing of paper or of tills.
    assert not {"imaging", "paper", "till", "cli", "config"} & set(seen)
