"""Star's rows of the table of dialects."""

from __future__ import annotations

from posdevkit.protocols.dialects import Dialect

from .compiler import compile_job
from .decoder import Decoder
from .raster_compiler import compile_raster_job
from .session import StarSession

__all__ = ["GRAPHIC", "TEXT"]

TEXT = Dialect(Decoder, StarSession, compile_job)
GRAPHIC = Dialect(Decoder, StarSession, compile_raster_job, draws=True)
