"""`posdevkit emulate display` and `emulate scale`: a small device on a cable."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from posdevkit.errors import UsageError
from posdevkit_emulators.console import Console, tcp_address
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.scales import ScaleModel
from posdevkit_emulators.tickets import append_line, prepared_directory

from .bench import Gadget, GadgetBench

__all__ = ["display", "scale"]

_SWITCHES: Final = {
    "moving": ("moving", True),
    "still": ("moving", False),
    "lost-zero": ("lost_zero", True),
    "found-zero": ("lost_zero", False),
    "mute": ("mute", True),
    "speak": ("mute", False),
}


def display(args: Namespace) -> int:
    """Run an emulated display; `--profile` names its language.

    With --save each change is written there as display.png and display.txt.
    """
    model = DisplayModel(args.profile)
    folder = None if args.save is None else prepared_directory(args.save)
    console = Console("display", f"emulated display, language {args.profile}", as_json=args.json)
    shown = model.lines

    def changed() -> None:
        nonlocal shown
        if model.lines == shown:
            return
        shown = model.lines
        upper, lower = shown
        console.say(f"|{upper}|{lower}|", {"event": "shown", "line1": upper, "line2": lower})
        if folder is not None:
            (folder / "display.txt").write_text("\n".join((*shown, "")), encoding="utf-8")
            (folder / "display.png").write_bytes(model.png())

    return _run(console, model, args, changed, lambda words: False)


def scale(args: Namespace) -> int:
    """Run an emulated scale. With --save each answer becomes a line of readings.jsonl."""
    model = ScaleModel()
    folder = None if args.save is None else prepared_directory(args.save)
    console = Console("scale", "emulated Mettler Toledo 8217 scale", as_json=args.json)

    def changed() -> None:
        readings, model.readings = model.readings, []
        if folder is not None:
            for reading in readings:
                append_line(folder / "readings.jsonl", reading)

    def hand(words: str) -> bool:
        if words in _SWITCHES:
            setattr(model, *_SWITCHES[words])
            return True
        try:
            grams = Decimal(words)
        except InvalidOperation:
            return False
        if grams.is_finite():
            model.grams = grams
        return grams.is_finite()

    return _run(console, model, args, changed, hand)


def _run(
    console: Console, model: Gadget, args: Namespace, changed: Callable[[], None], hand: Callable[[str], bool]
) -> int:
    if args.listen in ("pty", "pty://"):
        listen = "pty://"
    else:
        address = tcp_address(args.listen)
        listen = f"tcp://{address.address}:{address.port or 0}"
        if ":" in address.address:
            listen = f"tcp://[{address.address}]:{address.port or 0}"
    bench = GadgetBench(model, listen, args.fault)

    def noticed() -> None:
        try:
            changed()
        except OSError as problem:  # a full disk must not stop the device; it is told
            console.say(f"not saved: {problem.strerror}", {"event": "not-saved", "detail": problem.strerror})

    bench.on_data = noticed

    async def done(words: str) -> None:
        if words == "unplug":
            await bench.unplug()
        elif words == "plug":
            await bench.plug()
        elif words == "resume":
            bench.resume()
        elif not hand(words):
            raise UsageError(f"nothing is done by {words!r}")

    return console.run(bench, done)
