"""Print operations to the raster mode of the TSP100 family, which knows dots and nothing else.

What is not dots yet is refused with a TypeError: whoever composes the job has it drawn first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posdevkit.documents import Raster
from posdevkit.errors import BadDocument, Unsupported
from posdevkit.layout.operations import CutPaper, KickDrawer, Operation, PrintRaster, RawBytes
from posdevkit.profiles import Profile
from posdevkit.protocols.job import Compiled

from .commands.raster import (
    EnterRaster,
    ExecuteRaster,
    InitializeRaster,
    QuitRaster,
    Row,
    SetEotMode,
    SetPageLength,
    SkipRows,
)
from .compiler import drawer_bytes

__all__ = ["compile_raster_job"]

_EOT: Final = 4
_NO_CUT, _FULL, _PARTIAL = b"1", b"9", b"13"
# What a job cut off in the middle left behind is dropped; pages have no length.
_ENTER: Final = InitializeRaster().encode() + EnterRaster().encode() + SetPageLength(b"0").encode()
_QUIT: Final = QuitRaster().encode()
_EXECUTE: Final = ExecuteRaster(_EOT).encode()
_BLANK: Final = Row(1, b"\0").encode()


class _Compiler:
    """Whether raster mode is on, and whether rows wait in the printer's image buffer."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.out: list[bytes] = []
        self.entered = False
        self.rows = False

    def write(self, operation: Operation, after: bytes) -> None:
        """`after`: the mode to print with what begins here, since a mode is ignored while rows wait."""
        match operation:
            case PrintRaster(raster, align):
                if raster.width > self.profile.width:
                    raise BadDocument(f"a picture of {raster.width} dots on {self.profile.width} dots of paper")
                self.begin(after)
                spare = self.profile.width - raster.width
                self.draw(raster, {"left": 0, "center": spare // 2, "right": spare}[align])
            case CutPaper():
                if not self.rows:
                    self.begin(after)
                    self.out.append(_BLANK)  # nothing is executed while no row waits
                self.execute()
            case KickDrawer():
                self.leave()
                self.out.append(drawer_bytes(operation))
            case RawBytes(data):
                self.leave()
                self.out.append(data)
            case _:
                raise TypeError(f"{operation} must be turned into dots before it is compiled")

    def begin(self, after: bytes) -> None:
        if not self.entered:
            self.out.append(_ENTER)
            self.entered = True
        if not self.rows:
            self.out.append(SetEotMode(after).encode())
            self.rows = True

    def execute(self) -> None:
        self.out.append(_EXECUTE)
        self.rows = False

    def leave(self) -> None:
        if self.rows:
            self.execute()
        if self.entered:
            self.out.append(_QUIT)
            self.entered = False

    def draw(self, raster: Raster, left: int) -> None:
        stride = raster.stride
        blank = 0
        for at in range(0, len(raster.data), stride):
            row = _moved(raster.data[at : at + stride], left).rstrip(b"\0")
            if not row:
                blank += 1
                continue
            self.skip(blank)
            blank = 0
            self.out.append(Row(len(row), row).encode())
        self.skip(blank)

    def skip(self, rows: int) -> None:
        if rows:
            self.out.append(SkipRows(b"%d" % rows).encode())


def _moved(row: bytes, left: int) -> bytes:
    """`row` with so many white dots in front."""
    whole, bits = divmod(left, 8)
    if not bits:
        return bytes(whole) + row
    number = int.from_bytes(row, "big") << (8 - bits)
    return bytes(whole) + number.to_bytes(len(row) + 1, "big")


def _after(operations: Sequence[Operation], at: int, profile: Profile) -> bytes:
    """How what begins at `at` ends: with a cut, or without one."""
    for operation in operations[at:]:
        if isinstance(operation, CutPaper):
            cutter = profile.cutter
            if cutter is None:
                raise Unsupported(f"{profile.name} has no cutter")
            return _PARTIAL if cutter.partial and (operation.partial or not cutter.full) else _FULL
        if not isinstance(operation, PrintRaster):
            break
    return _NO_CUT


def compile_raster_job(operations: Sequence[Operation], profile: Profile) -> Compiled:
    """The bytes of a whole job, from entering raster mode to leaving it.

    Raises Unsupported or BadDocument for what the profile cannot do, before a byte leaves.
    """
    compiler = _Compiler(profile)
    out = compiler.out
    parts: list[int] = []
    proof = 0
    for at, operation in enumerate(operations):
        compiler.write(operation, _after(operations, at, profile) if not compiler.rows else b"")
        if at + 1 == len(operations) or not isinstance(operations[at + 1], PrintRaster | CutPaper):
            compiler.leave()  # so that what comes between jobs, questions too, comes outside raster mode
        parts.append(len(out))
        if not isinstance(operation, KickDrawer):
            proof = len(parts)
    return Compiled.of(out, parts, proof)
