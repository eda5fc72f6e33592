"""Before the doors open: the books come down from the office, the van has been, a price goes onto the shelf."""

from __future__ import annotations

from decimal import Decimal

import posdevkit as pos
from posdevkit.contract import CustomerEdited, Movement, uuid7
from posdevkit_emulators.demo.selling import proof
from posdevkit_emulators.demo.stage import Stage

__all__ = ["label", "opening"]

_SECONDS = 20.0


def opening(stage: Stage) -> None:
    """Every register pulls products and campaigns, counts its drawer, and the counter books the delivery."""
    narrator, devices, page = stage.narrator, stage.devices, stage.page
    for name, bench in devices.printers.items():
        maker = f"{bench.profile.vendor} {bench.profile.model}"
        narrator.tell("device", f"the {name}'s printer: {maker} on {bench.url}", url=bench.url, printer=name)
    for name, wire in devices.wires.items():
        narrator.tell("device", f"the {name}'s scanner: {wire}, {devices.scanners[name].url}", scanner=name)
    for name, why in devices.lacking.items():
        narrator.tell("lacking", f"the {name}'s scanner goes another way, since this system lacks {why}", scanner=name)
    for what, url in (
        ("scale", devices.scale.url),
        ("customer display", devices.display.url),
        ("payment terminal", devices.terminal.url),
        ("label printer", devices.label.url),
    ):
        narrator.tell("device", f"the {what}: {url}", url=url)
    stage.shop.display().show(page.shop.name, "Velkommen")
    counter = stage.tills["counter"].register
    delivery = [Movement(one.sku, Decimal(one.amount), "delivery") for one in page.delivery]
    counter.move_stock(delivery, note="morning van", cashier=page.register("counter").cashier)
    narrator.tell("delivery", f"the van brought {len(delivery)} kinds of goods", kinds=len(delivery))
    counter.edit_customer(CustomerEdited(str(uuid7()), page.member.name, page.member.phone))
    stage.tills["counter"].cloud.push()
    for till in stage.tills.values():
        till.register.open_shift(opening_cash=pos.Money(till.plan.opening), cashier=till.plan.cashier)
        changes = till.cloud.pull()
        narrator.tell(
            "register",
            f"register {till.plan.number} ({till.plan.name}, {till.plan.cashier}) learns from the cloud:"
            f" {len(till.register.catalogue())} products, {len(till.register.basket().campaigns)} campaigns, a member",
            register=till.plan.number,
            changes=changes,
        )


def label(stage: Stage) -> None:
    """A product's price as a label for the shelf."""
    plan = stage.page.label
    goods = stage.tills["counter"].register.catalogue()
    product = goods.products[plan.sku]
    outcome = stage.shop.label_printer().print(pos.product_label(product), timeout=_SECONDS)
    told = f"{product.name}: a label of 50 x 30 mm, {outcome.delivery.value}; {proof(outcome.evidence)}"
    stage.narrator.tell("label", told, sku=plan.sku, outcome=str(outcome))
    stage.narrator.shows("labels/0001.png", f"The shelf label of {product.name}")
