"""Read two scanners at once, and take a customer's payment code only while a payment is collected.

python examples/scan.py
"""

import posdevkit as pos
from posdevkit_emulators.scanners import EmulatedHidScanner

# Emulated ones: a real one is hid://05e0:1300, serial:///dev/ttyUSB0 or evdev:///dev/input/by-id/...
front, back = EmulatedHidScanner(serial="FRONT"), EmulatedHidScanner(serial="BACK")

with (
    front,
    back,
    pos.Scanner.open(front.url, name="front") as desk,
    pos.Scanner.open(back.url, name="back") as store,
    pos.merge_events(desk.scans(), store.scans()) as scans,
):
    front.scan("4006381333931", aim="E0")
    back.scan("0109506000134352103ABC\x1d17251231", aim="C1")
    for scan in (scans.get_blocking(5), scans.get_blocking(5)):
        match scan.meaning:
            case pos.Product(gtin=gtin):
                print(f"{scan.device}: product {gtin}")
            case pos.GS1() as message:
                print(f"{scan.device}: {message.gtin}, batch {message.batch}, use by {message.expiry}")

    with desk.collecting_payment():
        front.scan("134567890123456789", aim="Q1")
        paid = scans.get_blocking(5)
    match paid.meaning:
        case pos.PaymentCode(wallet=wallet, secret=code):
            print(f"{paid.device}: {wallet} {code}, {len(code.reveal())} characters for the payment service")
