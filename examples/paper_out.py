"""The roll ends in the middle of a receipt: the error carries the job, and the same job goes on. One ticket, not two.

python examples/paper_out.py tcp://192.168.1.87
(posdevkit emulate receipt-printer --fault paper-out=6 has such a roll; press p there to load another)
"""

import sys

import posdevkit as pos

receipt = pos.Receipt().title("Café Nord")
for number in range(1, 13):
    receipt = receipt.row(f"{number}. Kanelsnegl", "32,00")
receipt = receipt.total("384,00", "I alt DKK").cut()


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        try:
            outcome = printer.print(receipt, key="order-8814", timeout=2)
        except pos.DeviceError as problem:
            job = problem.job
            if not isinstance(job, pos.Job):
                raise
            print(f"Not yet ({problem.outcome}). {problem.remedy()} {problem.remedy('da')}", flush=True)
            # Waiting sends nothing: it listens for the same job. Printing again would print twice.
            try:
                outcome = job.wait(timeout=60)
            except pos.DeviceError:
                outcome = job.abandon()  # nobody came: have the printer forget the rest
        print(f"order-8814: {outcome}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")
