"""Send an order's tickets to the stations of a kitchen: each is printed once, by the station's printer or another.

python examples/kitchen.py shop.toml kitchen.db
"""

import sys

import posdevkit as pos


def main(shop: str, path: str) -> None:
    order = pos.KitchenOrder(
        "12",
        (
            pos.KitchenLine("Burger", category="food", note="uden løg"),
            pos.KitchenLine("Pommes frites", category="food"),
            pos.KitchenLine("Cola", category="drinks"),
        ),
        table="7",
    )
    with pos.Kitchen.open(path, shop) as kitchen:
        kitchen.send(order)  # all tickets are on the disk when this returns
        kitchen.send(order)  # a clumsy second press of the button: the same tickets
        for ticket in kitchen.wait("12", timeout=30):
            print(f"{ticket.queue}: {ticket.state.value} on {ticket.carrier}")
        for doubtful in kitchen.unsettled():
            print(f"look at the paper of {doubtful.carrier}, then release {doubtful.key}")


if __name__ == "__main__":
    main(*(sys.argv[1:] if len(sys.argv) == 3 else ("shop.toml", "kitchen.db")))
