"""From an order file to its receipt: VAT, discounts, cash rounding and change are worked out, to the last øre.

python examples/order_receipt.py order.json > receipt.json
"""

import json
import sys
from pathlib import Path

import posdevkit as pos
from posdevkit.documents.reading import read_json


def main(path: Path) -> None:
    order = pos.order_from_json(read_json(path.read_bytes()), folder=path.parent)
    for group in order.vat_groups:
        print(f"VAT {group.rate / 100:g} %: {group.vat} in {group.gross}", file=sys.stderr)
    print(f"Total {order.total}, rounding {order.rounding}, paid {order.paid}, change {order.change}", file=sys.stderr)
    print(json.dumps(pos.receipt_to_json(pos.order_receipt(order)), indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
