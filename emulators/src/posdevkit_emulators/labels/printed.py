"""A label that came out: its dots, and what could be read on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from posdevkit.errors import OutputFailed
from posdevkit.imaging import Raster, png_bytes

__all__ = ["PrintedLabel"]


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """One label. `texts` and `codes` in the order in which they were set."""

    number: int
    """From 1, over the life of the emulator."""
    dpi: int
    raster: Raster
    texts: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    """Symbology and data of each barcode and QR code."""
    troubles: tuple[str, ...]
    """What could not be drawn."""

    def png(self) -> bytes:
        """The dots as a PNG file."""
        return png_bytes(self.raster, dpi=self.dpi)

    def facts(self) -> dict[str, object]:
        """What its JSON file holds."""
        return {
            "label": self.number,
            "dots": [self.raster.width, self.raster.height],
            "dpi": self.dpi,
            "texts": list(self.texts),
            "codes": [{"symbology": name, "data": data} for name, data in self.codes],
            "troubles": list(self.troubles),
        }

    def save(self, folder: Path) -> Path:
        """Write `0001.png` and `0001.json`; returns the picture's path. Raises OutputFailed."""
        name = folder / f"{self.number:04d}"
        picture = name.with_suffix(".png")
        try:
            picture.write_bytes(self.png())
            facts = json.dumps(self.facts(), ensure_ascii=False, indent=1)
            name.with_suffix(".json").write_text(facts + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputFailed(f"{name}.*: {error.strerror or error}") from None
        return picture
