"""Run a script that imports `escpos`, unchanged, on this library: `python -m posdevkit.compat.escpos script.py`."""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from posdevkit.compat import escpos

from .printer import redirect

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> None:
    """Run the script with `escpos` being this package."""
    parser = argparse.ArgumentParser(prog="python -m posdevkit.compat.escpos", description=__doc__)
    parser.add_argument("--to", metavar="URL", help="print there, whatever printer the script names")
    parser.add_argument("script", type=Path, help="a Python script that imports escpos")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script itself is given")
    options = parser.parse_args(words)
    if not options.script.is_file():
        parser.error(f"there is no script {options.script}")
    sys.modules["escpos"] = escpos
    for name in ("constants", "escpos", "exceptions", "printer"):
        sys.modules[f"escpos.{name}"] = sys.modules[f"{escpos.__name__}.{name}"]
    redirect(options.to)
    sys.argv = [str(options.script), *options.arguments]
    sys.path.insert(0, str(options.script.parent))
    runpy.run_path(str(options.script), run_name="__main__")


if __name__ == "__main__":
    main()
