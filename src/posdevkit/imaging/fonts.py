"""Font files: those a caller names, or those of the system, in the order in which letters are looked for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posdevkit.errors import InputFailed

__all__ = ["ENVIRONMENT", "FontFile", "named_fonts", "system_fonts"]

ENVIRONMENT: Final = "POSDEVKIT_FONTS"
"""Folders and files to take instead of the system's, separated as in PATH; set and empty: none."""

_KINDS: Final = (".ttf", ".otf", ".ttc", ".otc")
# What is as good as another for a reader, and worse on paper or on small dots.
_STYLED: Final = re.compile(
    r"bold|italic|oblique|slanted|light|thin|black|medium|condensed|narrow|extra|semi|display|kufi|nastaliq|quran|rashi|looped|estrangela|mono",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FontFile:
    """One font: a file, and its place in it where it holds several."""

    path: Path
    index: int = 0


def named_fonts(fonts: Sequence[str | Path]) -> tuple[FontFile, ...]:
    """The fonts that these files and folders hold, in the order given; `file.ttc#2` is the third font of a collection.

    Raises InputFailed for what is not there, or a folder without fonts.
    """
    found: list[FontFile] = []
    for font in fonts:
        path, index = Path(font), 0
        if not path.exists() and (numbered := re.fullmatch(r"(.+)#(\d{1,3})", str(font))):
            path, index = Path(numbered[1]), int(numbered[2])
        if path.is_dir():
            inside = sorted(_in(path), key=_rank)
            if not inside:
                raise InputFailed(f"{path}: no font in it", remedy="Name a folder with .ttf, .otf or .ttc files.")
            found += (FontFile(one) for one in inside)
        elif path.is_file():
            found.append(FontFile(path, index))
        else:
            raise InputFailed(f"{font}: there is no such font", remedy="Give the path of a .ttf, .otf or .ttc file.")
    return tuple(found)


def system_fonts(environment: Mapping[str, str] = os.environ) -> tuple[FontFile, ...]:
    """The fonts installed here, those first that suit small dots; or what POSDEVKIT_FONTS names."""
    named = environment.get(ENVIRONMENT)
    if named is not None:
        return named_fonts([place for place in named.split(os.pathsep) if place])
    paths = {path for folder in _folders(environment) if folder.is_dir() for path in _in(folder)}
    return tuple(FontFile(path) for path in sorted(paths, key=_rank))


def _folders(environment: Mapping[str, str]) -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        own = environment.get("LOCALAPPDATA", str(home))
        return [Path(environment.get("WINDIR", r"C:\Windows")) / "Fonts", Path(own) / "Microsoft" / "Windows" / "Fonts"]
    elif sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    else:
        shared = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
        return [*shared, home / ".local" / "share" / "fonts", home / ".fonts"]


def _in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in _KINDS)


def _rank(path: Path) -> tuple[bool, bool, bool, bool, str]:
    """Upright and regular first; outlines before coloured pictures; without serifs; then the family that has most."""
    name = path.stem.lower()
    return bool(_STYLED.search(name)), "color" in name, "sans" not in name, "noto" not in name, str(path)
