"""A sale as values: orders, discounts, VAT, payments and change, and the receipt that follows from them."""

from .order import Discount, Order, OrderLine, Payment, Shop, VatGroup
from .parsing import order_from_json, order_schema
from .receipt import order_receipt

__all__ = [
    "Discount",
    "Order",
    "OrderLine",
    "Payment",
    "Shop",
    "VatGroup",
    "order_from_json",
    "order_receipt",
    "order_schema",
]
