"""`posdevkit card read`: a swipe, masked; `posdevkit card chip`: what a smart card answers, masked."""

from __future__ import annotations

import argparse
from typing import Final

from . import exits
from .console import Json, clean, note, say, write_json
from .parsing import Commands, Parser, seconds

__all__ = ["register"]

_ABOUT = """\
Wait for a card to be swiped and show its last four digits, never its number. Exit code 0 for a card, 1 for a swipe that
could not be read, 3 if none came.
"""

_CHIP: Final = """\
Switch on the smart card in a reader, show its answer to reset, and send it one command if --send gives one. What could
be a card's number (twelve decimal digits or more in a row) is shown as stars. The card carries out what is sent: a
wrong PIN counts, and a card that was locked stays so. Exit code 0 if it answered 9000 or 61xx, 1 if it refused, 3 if
there is no card, reader or card service.
"""
_SHORTEST, _LONGEST = 4, 65_544
"""Bytes of a command: CLA INS P1 P2 alone, or with extended lengths and 65,535 bytes of data (ISO/IEC 7816-4, 5.1)."""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    card = commands.add_parser(
        "card", help="read a magnetic stripe, or ask a smart card", description="Cards. Their numbers are never shown."
    )
    words = card.add_subparsers(required=True, metavar="ACTION")
    parser = words.add_parser("read", help="wait for a swipe", description=_ABOUT)
    parser.add_argument("url", metavar="URL", help="for example serial:///dev/ttyUSB0 or hid://0801:0002")
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds to wait at most (60)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_run)
    chip = words.add_parser("chip", help="show what a smart card answers", description=_CHIP)
    chip.add_argument(
        "url", metavar="URL", help="for example 'pcsc://ACS ACR122U'; see: posdevkit discover --only pcsc"
    )
    chip.add_argument("--send", type=_command, metavar="HEX", help="a command, as 00A4040000 (ISO/IEC 7816-4)")
    chip.add_argument("--timeout", type=seconds, default=5.0, metavar="S", help="seconds for the card service (5)")
    chip.add_argument("--json", action="store_true", help="one JSON object")
    chip.set_defaults(run=_run_chip)


def _run(args: argparse.Namespace) -> int:
    from posdevkit.blocking import CardReader
    from posdevkit.devices import GarbledSwipe

    with CardReader.open(args.url) as reader:
        swipe = reader.read(timeout=args.timeout)
    if isinstance(swipe, GarbledSwipe):
        if args.json:
            write_json({"card": None, "problems": list(swipe.problems)})
        else:
            note(clean(f"Not readable: {'; '.join(swipe.problems)}. Swipe again."))
        return exits.CANNOT
    if args.json:
        write_json({"card": str(swipe.number), "problems": list(swipe.problems)})
    else:
        say(clean(str(swipe.number)))
    return exits.OK


def _command(text: str) -> bytes:
    try:
        command = bytes.fromhex(text)
    except ValueError:
        command = b""
    if not _SHORTEST <= len(command) <= _LONGEST:
        # Without its text: a command may hold a PIN.
        raise argparse.ArgumentTypeError(f"no command of {_SHORTEST} to {_LONGEST} bytes in hexadecimal")
    return command


def _run_chip(args: argparse.Namespace) -> int:
    from posdevkit.protocols.cards.masking import masked_hex, status_meaning
    from posdevkit.registry import open_exchange_link
    from posdevkit.runtime import Deadline
    from posdevkit.runtime.background import run

    link = open_exchange_link(args.url)
    answers: list[bytes] = []

    async def talk() -> None:
        await link.open(Deadline.after(args.timeout))
        try:
            if args.send is not None:
                answers.append(await link.exchange(args.send))
        finally:
            await link.close()

    run(talk)
    told: dict[str, Json] = {"url": str(link.url), "answer_to_reset": link.answer_to_reset.hex().upper()}
    refused = False
    if answers:
        *data, high, low = answers[0]
        refused = (high, low) != (0x90, 0x00) and high != 0x61
        told |= {"status": f"{high:02X}{low:02X}", "meaning": status_meaning(high, low), "bytes": len(data)}
        told["data"] = masked_hex(bytes(data))
    if args.json:
        write_json(told)
        return exits.CANNOT if refused else exits.OK
    say(clean(f"answer to reset: {told['answer_to_reset']}"))
    if answers:
        meaning = f" ({told['meaning']})" if told["meaning"] else ""
        say(f"answer: {told['status']}{meaning}, {told['bytes']} bytes")
        if told["data"]:
            say(str(told["data"]))
    return exits.CANNOT if refused else exits.OK
