"""`posdevkit emulate receipt-printer`."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import Options, ReceiptPrinterBench
from posdevkit_emulators.console import Console, profile_name, tcp_address

from .effects import Happened

__all__ = ["receipt_printer"]

_KEYS: Final = {
    "p": "paper",
    "o": "paper out",
    "n": "near end",
    "j": "jam",
    "h": "hot",
    "x": "clear",
    "w": "power",
    "r": "resume",
    "t": "tear off",
}


_PORT: Final = 9100
_COVERED: Final = {"tls": ReceiptPrinterBench.tls, "rfc2217": ReceiptPrinterBench.lent}
"""What else a TCP port can be, by the URL's scheme."""


def receipt_printer(args: Namespace) -> int:
    """Run an emulated receipt printer until it is told to end."""
    profile = load_profile(args.profile)
    what = f"emulated {profile.vendor} {profile.model}, serial number {args.serial}"
    console = Console("receipt-printer", what, profile=profile_name(args.profile), as_json=args.json)

    def tell(event: Happened) -> None:
        console.say(str(event), {"event": event.what.value, "detail": event.detail})

    options: Options = {
        "profile": profile,
        "faults": args.fault,
        "scenario": args.scenario,
        "save": args.save,
        "serial": args.serial,
        "speed": args.speed,
        "on_event": tell,
    }
    if args.listen in ("pty", "pty://"):
        bench = ReceiptPrinterBench.pty(**options)
    else:
        address = tcp_address(args.listen, *_COVERED)
        make = _COVERED.get(address.scheme, ReceiptPrinterBench.tcp)
        port = _PORT if address.port is None else address.port
        bench = make(host=address.address, port=port, **options)

    def hand(words: str) -> None:
        words = words.lower()
        status = bench.printer.status
        if words in ("c", "cover"):
            words = "cover close" if status.cover_open else "cover open"
        elif words in ("d", "drawer"):
            words = "drawer close" if status.drawer_pin_high else "drawer open"
        bench.printer.do(_KEYS.get(words, words))

    return console.run(bench, hand, single_keys=True)
