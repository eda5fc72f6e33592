"""`posdevkit emulate receipt-printer`."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.console import Console, profile_name, tcp_address

from .effects import Happened

__all__ = ["receipt_printer"]

_KEYS: Final = {
    "p": "paper",
    "o": "paper out",
    "n": "near end",
    "j": "jam",
    "x": "clear",
    "w": "power",
    "r": "resume",
    "t": "tear off",
}


def receipt_printer(args: Namespace) -> int:
    """Run an emulated receipt printer until it is told to end."""
    address = tcp_address(args.listen)
    profile = load_profile(args.profile)
    what = f"emulated {profile.vendor} {profile.model}, serial number {args.serial}"
    console = Console("receipt-printer", what, profile=profile_name(args.profile), as_json=args.json)

    def tell(event: Happened) -> None:
        console.say(str(event), {"event": event.what.value, "detail": event.detail})

    bench = ReceiptPrinterBench.tcp(
        profile=profile,
        faults=args.fault,
        scenario=args.scenario,
        save=args.save,
        serial=args.serial,
        host=address.address,
        port=9100 if address.port is None else address.port,
        on_event=tell,
    )

    def hand(words: str) -> None:
        words = words.lower()
        status = bench.printer.status
        if words in ("c", "cover"):
            words = "cover close" if status.cover_open else "cover open"
        elif words in ("d", "drawer"):
            words = "drawer close" if status.drawer_pin_high else "drawer open"
        bench.printer.do(_KEYS.get(words, words))

    return console.run(bench, hand, single_keys=True)
