"""A receipt of your own, as a value: every step gives a new receipt, and nothing knows of a printer yet.

python examples/first_receipt.py > receipt.json
posdevkit print receipt.json --to tcp://127.0.0.1:9100
"""

import json

import posdevkit as pos

receipt = (
    pos.Receipt()
    .title("Café Nord")
    .text("Ærøgade 7, 9999 Nordby", align="center")
    .rule()
    .row("2 x Flat white", "76,00")
    .row("Kanelsnegl", "32,00")
    .total("108,00", "I alt DKK")
    .text("Heraf moms 21,60", align="right")
    .qr("https://r.example/8F2")
    .text("Tak for besøget", align="center", bold=True)
    .cut()
)

if __name__ == "__main__":
    print(json.dumps(pos.receipt_to_json(receipt), indent=2))
