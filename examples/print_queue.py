"""Promise a receipt: it is printed once, whatever happens to this program in between.

python examples/print_queue.py tcp://192.168.1.87 till.db
"""

import sys

import posdevkit as pos


def main(url: str, path: str) -> None:
    receipt = pos.Receipt().title("Café Nord").row("Flat white", "38,00").total("38,00", "I alt DKK").cut()
    with pos.PrintQueue.open(path, url, profile="epson-tm-t88v") as queue:
        queue.add(receipt, key="order-8812")  # on the disk when this returns
        queue.add(receipt, key="order-8812")  # a clumsy second press of the button: the same job
        job = queue.wait("order-8812", timeout=30)
        print(f"{job.key}: {job.state.value}, {job.delivery.value} by {job.evidence.value}")
        for doubtful in queue.jobs(pos.QueueState.UNCONFIRMED):
            print(f"look at the paper, then release {doubtful.key} with printed=True or False")


if __name__ == "__main__":
    main(*(sys.argv[1:] if len(sys.argv) == 3 else ("tcp://127.0.0.1:9100", "till.db")))
