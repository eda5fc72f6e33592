"""The play: one shop, its emulated devices, every scene, and the account at the end."""

from __future__ import annotations

from pathlib import Path

import posdevkit as pos
from posdevkit.errors import OutputFailed
from posdevkit_emulators.bench import EmulatedReceiptPrinter, emulated_receipt_printer
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.tickets import prepared_directory

from .audit import audit
from .narrator import Narrator
from .scenes import SCENES
from .stage import Stage

__all__ = ["play"]

_SHOP = """\
# The shop of the demo. The emulated printer listened here while it ran.
[printer.counter]
url = "{url}"
profile = "{profile}"
"""


def play(out: str | Path, narrator: Narrator) -> int:
    """Play every scene; tickets and `shop.toml` go into `out`. Gives the exit code: 1 if a figure does not add up.

    Raises OutputFailed for a directory that cannot be written, before anything else happens.
    """
    folder = prepared_directory(out)
    with emulated_receipt_printer(save=folder) as printer:
        narrator.tell(
            "opened",
            f"An emulated {printer.profile.vendor} {printer.profile.model} listens on {printer.url}",
            indent=0,
            url=printer.url,
            profile=printer.profile.name,
        )
        with _shop(folder, printer) as shop:
            stage = Stage(shop, printer, folder, narrator)
            for scene in SCENES:
                scene(stage)
        # Only now can no ticket come any more: the till has hung up.
        printer.happened(What.DISCONNECTED)
    audit(stage)
    well = not narrator.failures
    narrator.tell("end", "\nEverything adds up." if well else "\nNot everything adds up.", indent=0, ok=well)
    return 0 if well else 1


def _shop(folder: Path, printer: EmulatedReceiptPrinter) -> pos.Shop:
    path = folder / "shop.toml"
    try:
        path.write_text(_SHOP.format(url=printer.url, profile=printer.profile.name), encoding="utf-8")
    except OSError as problem:
        raise OutputFailed(f"{path}: {problem.strerror or problem}") from problem
    return pos.Shop.load(path)
