"""ESC/POS' row of the table of dialects."""

from __future__ import annotations

from posdevkit.protocols.dialects import Dialect

from .compiler import compile_job
from .decoder import Decoder
from .session import EscPosSession

__all__ = ["DIALECT"]

DIALECT = Dialect(Decoder, EscPosSession, compile_job)
