"""Print on whichever cable the printer has: only the URL differs, and what stands in the way says how to mend it.

python examples/cables.py "tcp://192.168.1.87?alive=10"
python examples/cables.py "tls://192.168.1.87:9443?fingerprint=SHA256"
python examples/cables.py "serial:///dev/ttyUSB0?baud=38400&flow=rtscts"
python examples/cables.py "rfc2217://terminal-server:4001?baud=38400"
"""

import sys

import posdevkit as pos

receipt = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00", "I alt DKK").cut()


def main(url: str, profile: str = "generic-80mm") -> None:
    try:
        with pos.ReceiptPrinter.open(url, profile=profile) as printer:
            print(printer.print(receipt, key="order-8819", timeout=60))
    except pos.PosError as problem:
        sys.exit(f"{problem.detail}\n{problem.remedy()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
