"""`posdevkit emulate payment-terminal`: a terminal that approves, or fails as it is told to."""

from __future__ import annotations

from argparse import Namespace

from posdevkit.errors import Unsupported, UsageError
from posdevkit_emulators.console import Console, tcp_address

from .bench import PaymentTerminalBench

__all__ = ["payment_terminal"]

_PORT = 20007


def payment_terminal(args: Namespace) -> int:
    """Run an emulated payment terminal until it is told to end."""
    if (language := args.protocol or "zvt") != "zvt":
        raise Unsupported(f"no terminal speaks {language!r} here", remedy="Use --protocol zvt.")
    address = tcp_address(args.listen, "zvt")
    console = Console("payment-terminal", "emulated ZVT terminal", as_json=args.json)
    bench = PaymentTerminalBench(
        *args.fault,
        host=address.address,
        port=_PORT if address.port is None else address.port,
        save=args.save,
        on_event=lambda text: console.say(text, {"event": "payment", "detail": text}),
    )

    def hand(line: str) -> None:
        raise UsageError(f"nothing is done by {line!r}", remedy="Known: quit.")

    return console.run(bench, hand)
