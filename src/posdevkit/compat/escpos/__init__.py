"""The calls that python-escpos users write, on this library's printers.

    from posdevkit.compat.escpos.printer import Network

    with Network("192.0.2.17", profile="TM-T88V") as p:
        p.set(align="center", bold=True)
        p.textln("Café Nord")
        p.cut()

What is called is gathered into a document, and each `cut`, `cashdraw`, `flush`, question and `close` prints what has
been gathered as one job, which the printer confirms where it can. `python -m posdevkit.compat.escpos script.py` runs a
script that imports `escpos` unchanged.
"""

from . import constants, escpos, exceptions, printer
from .escpos import Escpos
from .io import EscposIO

__all__ = ["Escpos", "EscposIO", "constants", "escpos", "exceptions", "printer"]
