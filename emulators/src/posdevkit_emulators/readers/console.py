"""`posdevkit emulate card-reader`: a line `%B...?;...?` on standard input is a card drawn through."""

from __future__ import annotations

from argparse import Namespace

from posdevkit.errors import OutputFailed
from posdevkit_emulators.console import Console, tcp_address
from posdevkit_emulators.tickets import append_line, prepared_directory

from .stripe import StripeReaderBench

__all__ = ["card_reader"]


def card_reader(args: Namespace) -> int:
    """Run an emulated card reader until it is told to end."""
    address = tcp_address(args.listen)
    bench = StripeReaderBench(*args.fault, host=address.address, port=address.port or 0)
    folder = None if args.save is None else prepared_directory(args.save)
    console = Console("card-reader", "emulated stripe reader", as_json=args.json)
    count = 0

    async def swipe(line: str) -> None:
        nonlocal count
        one, mark, two = line.partition("?")
        swipe = await bench.swipe(*((one + mark, two) if line.startswith("%") else ("", line)))
        count += 1
        card = str(swipe.tracks[0].pan) if swipe.tracks else None
        console.say(f"swiped {card or 'what cannot be read'}", {"event": "swiped", "number": count, "card": card})
        if folder is not None:
            path = folder / "swipes.jsonl"
            try:
                append_line(path, {"swipe": count, "card": card, "problems": "; ".join(swipe.problems)})
            except OSError as problem:
                raise OutputFailed(f"{path}: {problem.strerror}") from None

    # A card is held until somebody reads; nobody has to wait for that to do something else.
    return console.run(bench, lambda line: console.spawn(swipe(line)))
