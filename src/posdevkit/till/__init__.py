"""A till as values: catalogue, baskets, campaigns, payments, sales, refunds, reports, and a journal that shows changes.

Values in, facts out: no clock and no threads, and of the disk only the catalogue's file.
"""

from .basket import Basket, BasketLine, PricedLine
from .cash import Cash, cash_of
from .catalogue import Catalogue, Found
from .catalogue_csv import Problem
from .closing import sale_of, settle
from .in_store import InStore, Plan, default_plan
from .journal import Broken, Entry, Signer, Verifier, appended, verify
from .order import Order, OrderLine, Seller
from .parsing import order_from_json, order_schema
from .receipt import order_receipt
from .refund import refund_of, refundable
from .report import report_receipt, shift_of
from .sale_receipt import product_label, sale_receipt
from .sums import Discount, Paid, Settlement, VatGroup

__all__ = [
    "Basket",
    "BasketLine",
    "Broken",
    "Cash",
    "Catalogue",
    "Discount",
    "Entry",
    "Found",
    "InStore",
    "Order",
    "OrderLine",
    "Paid",
    "Plan",
    "PricedLine",
    "Problem",
    "Seller",
    "Settlement",
    "Signer",
    "VatGroup",
    "Verifier",
    "appended",
    "cash_of",
    "default_plan",
    "order_from_json",
    "order_receipt",
    "order_schema",
    "product_label",
    "refund_of",
    "refundable",
    "report_receipt",
    "sale_of",
    "sale_receipt",
    "settle",
    "shift_of",
    "verify",
]
