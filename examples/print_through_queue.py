"""Print through a queue of CUPS, which takes jobs from every program on the machine, and say how much that proves.

posdevkit discover --only queues
python examples/print_through_queue.py cups://localhost/TILL
"""

import sys

import posdevkit as pos

receipt = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00", "I alt DKK").cut()


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        try:
            # "sent": the queue gave all of it to the printer. Nothing comes back over a queue, so nothing is confirmed.
            print(printer.print(receipt, key="order-8818", timeout=60, on_wait=print))
        except pos.DeviceError as problem:
            print(problem)
            if isinstance(problem.job, pos.Job):
                print(problem.job.abandon())  # none: it had not begun, and nothing of it is printed


if __name__ == "__main__":
    main(sys.argv[1])
