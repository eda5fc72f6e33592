"""`posdevkit emulate label-printer`."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from posdevkit.errors import UsageError
from posdevkit.profiles import load_label_profile
from posdevkit_emulators.console import Console, profile_name, tcp_address
from posdevkit_emulators.printers.effects import Happened

from .bench import LabelPrinterBench

__all__ = ["HANDS", "label_printer"]

HANDS: Final = {
    "paper": LabelPrinterBench.load_media,
    "paper out": LabelPrinterBench.run_out,
    "head open": LabelPrinterBench.open_head,
    "head close": LabelPrinterBench.close_head,
    "pause": LabelPrinterBench.pause,
    "resume": LabelPrinterBench.resume,
    "power": LabelPrinterBench.power_cycle,
}
"""What a person can do, by word."""


def label_printer(args: Namespace) -> int:
    """Run an emulated label printer until it is told to end."""
    address = tcp_address(args.listen)
    profile = load_label_profile(args.profile)
    what = f"emulated {profile.vendor} {profile.model}"
    console = Console("label-printer", what, profile=profile_name(args.profile), as_json=args.json)

    def tell(event: Happened) -> None:
        console.say(str(event), {"event": event.what.value, "detail": event.detail})

    bench = LabelPrinterBench.tcp(
        profile=profile,
        faults=args.fault,
        save=args.save,
        host=address.address,
        port=9100 if address.port is None else address.port,
        on_event=tell,
    )

    def hand(line: str) -> None:
        word = " ".join(line.lower().split())
        if word not in HANDS:
            raise UsageError(f"no hand can {word!r}", remedy=f"Known: {', '.join(HANDS)}, quit.")
        HANDS[word](bench)

    return console.run(bench, hand)
