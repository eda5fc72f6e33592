"""What a HID device says its input reports look like (Device Class Definition for HID 1.11, 6.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Field", "input_fields"]


@dataclass(frozen=True, slots=True)
class Field:
    """Neighbours of one size in a report."""

    usages: tuple[tuple[int, int], ...]
    """Page and usage of each; of the last for all beyond. Empty for padding."""
    bit: int
    """Where the first begins, behind the report's id."""
    size: int
    """Bits of each."""
    count: int


def input_fields(descriptor: bytes) -> list[tuple[int, Field]]:
    """Input fields with their report, in the descriptor's order. Total: one that is cut or bent gives what it has."""
    found: list[tuple[int, Field]] = []
    page = size = count = report = 0
    saved: list[tuple[int, int, int, int]] = []
    usages: list[tuple[int, int]] = []
    first = 0
    bits: dict[int, int] = {}
    place = 0
    while place < len(descriptor):
        head = descriptor[place]
        if head == 0xFE:  # a long item: nobody has defined one
            place += 3 + (descriptor[place + 1] if place + 1 < len(descriptor) else 0)
            continue
        width = (0, 1, 2, 4)[head & 3]
        value = int.from_bytes(descriptor[place + 1 : place + 1 + width], "little")
        place += 1 + width
        usage = (value >> 16, value & 0xFFFF) if width == 4 else (page, value)
        match head & 0xFC:
            case 0x04:
                page = value
            case 0x74:
                size = value
            case 0x94:
                count = value
            case 0x84:
                report = value
            case 0xA4:
                saved.append((page, size, count, report))
            case 0xB4 if saved:
                page, size, count, report = saved.pop()
            case 0x08:
                usages.append(usage)
            case 0x18:
                first = usage[1]
            case 0x28:
                usages += [(usage[0], one) for one in range(first, min(usage[1], first + 64) + 1)]
            case 0x80:
                bit = bits.get(report, 0)
                named = () if value & 0x01 else tuple(usages)  # constants are padding
                if size * count <= 1 << 16:
                    found.append((report, Field(named, bit, size, count)))
                bits[report] = bit + size * count
                usages = []
            case 0x90 | 0xB0 | 0xA0 | 0xC0:
                usages = []
    return found
