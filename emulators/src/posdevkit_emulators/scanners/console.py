"""`posdevkit emulate scanner`: what it reads comes from standard input."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from pathlib import Path
from typing import Final

from posdevkit.errors import BadUrl, OutputFailed, UsageError
from posdevkit.links.url import parse_url
from posdevkit_emulators.console import Console
from posdevkit_emulators.tickets import prepared_directory

from .bench import ScannerBench
from .model import ScannerModel

__all__ = ["scanner"]

_AIM: Final = re.compile(r"\]([A-Za-z][0-9A-Za-z])(.*)", re.DOTALL)


def scanner(args: Namespace) -> int:
    """Run an emulated scanner until it is told to end."""
    bench = _bench(args.listen, ScannerModel.with_faults(args.fault))
    folder = None if args.save is None else prepared_directory(args.save)
    console = Console("scanner", "emulated scanner", as_json=args.json)

    async def hand(line: str) -> None:
        word, _, rest = line.partition(" ")
        match word.lower():
            case "noise":
                await bench.noise()
            case "unplug":
                await bench.unplug()
            case "plug":
                await bench.plug()
            case "scan" if rest:
                facts = await _scanned(bench, rest)
                console.say(f"scanned {facts['length']} characters", facts)
                if folder is not None:
                    _save(folder / f"{bench.read:04}.json", facts)
                return
            case _:
                raise UsageError(f"{word!r} is nothing a scanner does", remedy="scan CODE, noise, unplug, plug, quit")
        console.say(word, {"event": word.lower()})

    return console.run(bench, hand)


def _bench(listen: str, model: ScannerModel) -> ScannerBench:
    if listen in ("pty", "pty://"):
        return ScannerBench.pty(model)
    if listen in ("fifo", "keys"):
        return ScannerBench.keys(model)
    if listen.startswith("fifo:"):
        return ScannerBench.keys(model, path=Path(listen.removeprefix("fifo:").removeprefix("//")))
    url = parse_url(listen)
    if url.scheme != "tcp":
        raise BadUrl(
            f"{listen!r}: a scanner cannot be there", remedy="Use --listen pty, fifo:PATH or tcp://127.0.0.1:0."
        )
    return ScannerBench.tcp(model, host=url.address, port=url.port or 0)


async def _scanned(bench: ScannerBench, code: str) -> dict[str, str | int | None]:
    """Scan it. It may be a payment code, so only its length is told and kept."""
    code = code.replace("<GS>", "\x1d")
    found = _AIM.fullmatch(code)
    aim, data = found.groups() if found else ("", code)
    await bench.scan(data, aim)
    return {"event": "scanned", "number": bench.read, "aim": aim, "length": len(data)}


def _save(path: Path, facts: dict[str, str | int | None]) -> None:
    try:
        path.write_text(json.dumps(facts) + "\n", "utf-8")
    except OSError as problem:
        raise OutputFailed(f"{path}: {problem.strerror}") from None
