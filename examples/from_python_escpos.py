"""A program written for python-escpos, with one import changed.

python examples/from_python_escpos.py 192.168.1.87

No printer at hand? `posdevkit emulate receipt-printer` in another terminal listens where this looks by default.
"""

import sys

from posdevkit.compat.escpos.exceptions import Error
from posdevkit.compat.escpos.printer import Network


def main(host: str, port: int) -> None:
    p = Network(host, port, profile="TM-T88V")
    try:
        p.set(align="center", bold=True, double_width=True, double_height=True)
        p.textln("Café Nord")
        p.set_with_default()
        p.text("Flat white ")
        p.set(bold=True)
        p.text("38,00\n")
        p.barcode("5901234123457", "EAN13", 64, 2)
        p.cut()
        print(f"printed; paper: {('out', 'near its end', 'enough')[p.paper_status()]}")
    except Error as problem:
        print(problem.__cause__ or problem)
        raise SystemExit(1) from None
    finally:
        p.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 9100)
