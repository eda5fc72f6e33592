"""Print a receipt and learn what became of it.

python examples/print_receipt.py tcp://192.168.1.87

No printer at hand? `posdevkit emulate receipt-printer` in another terminal listens where this looks by default.
"""

import sys

import posdevkit as pos

receipt = (
    pos.Receipt()
    .title("Café Nord")
    .row("2 x Flat white", "76,00")
    .row("Kanelsnegl", "32,00")
    .total("108,00", "I alt DKK")
    .qr("https://r.example/8F2")
    .cut()
)


def show_cashier(event: pos.JobEvent) -> None:
    """Called each time the printer waits for a person."""
    print(f"Please: {event.remedy}")


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        outcome = printer.print(receipt, key="order-8812", on_wait=show_cashier)
        if outcome.confirmed:
            print(f"The printer itself confirmed it: {outcome}")
        else:
            print(f"All bytes were taken, and this printer proves no more than that: {outcome}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")
