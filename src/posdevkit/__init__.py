"""Drive point-of-sale hardware: one API, one error vocabulary, blocking here and async in `posdevkit.aio`.

Importing this needs nothing but the standard library; every name is looked up when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posdevkit._lookup import lookup
from posdevkit._version import __version__

if TYPE_CHECKING:
    from posdevkit import aio as aio
    from posdevkit.blocking import CardReader as CardReader
    from posdevkit.blocking import CloudClient as CloudClient
    from posdevkit.blocking import DeviceWatch as DeviceWatch
    from posdevkit.blocking import Display as Display
    from posdevkit.blocking import Hub as Hub
    from posdevkit.blocking import Job as Job
    from posdevkit.blocking import Kitchen as Kitchen
    from posdevkit.blocking import LabelPrinter as LabelPrinter
    from posdevkit.blocking import PaymentTerminal as PaymentTerminal
    from posdevkit.blocking import PrintQueue as PrintQueue
    from posdevkit.blocking import ReceiptPrinter as ReceiptPrinter
    from posdevkit.blocking import Register as Register
    from posdevkit.blocking import Scale as Scale
    from posdevkit.blocking import Scanner as Scanner
    from posdevkit.blocking import Shop as Shop
    from posdevkit.blocking import ask_printer as ask_printer
    from posdevkit.blocking import diagnose as diagnose
    from posdevkit.blocking import discover as discover
    from posdevkit.cloud import ChangeApplied as ChangeApplied
    from posdevkit.cloud import CloudEvent as CloudEvent
    from posdevkit.cloud import CloudReached as CloudReached
    from posdevkit.cloud import CloudState as CloudState
    from posdevkit.cloud import CloudStatus as CloudStatus
    from posdevkit.cloud import CloudTrouble as CloudTrouble
    from posdevkit.cloud import FactDead as FactDead
    from posdevkit.cloud import FactsPushed as FactsPushed
    from posdevkit.cloud import Trouble as Trouble
    from posdevkit.codes import GS1 as GS1
    from posdevkit.codes import Misread as Misread
    from posdevkit.codes import PaymentCode as PaymentCode
    from posdevkit.codes import Product as Product
    from posdevkit.codes import Scan as Scan
    from posdevkit.codes import Unknown as Unknown
    from posdevkit.contract import Campaign as Campaign
    from posdevkit.contract import Customer as Customer
    from posdevkit.contract import Sale as Sale
    from posdevkit.contract import ShiftClosed as ShiftClosed
    from posdevkit.counter import JournalReport as JournalReport
    from posdevkit.counter import Sold as Sold
    from posdevkit.devices import Card as Card
    from posdevkit.devices import DeviceStats as DeviceStats
    from posdevkit.devices import GarbledSwipe as GarbledSwipe
    from posdevkit.devices import Payment as Payment
    from posdevkit.devices import PaymentKind as PaymentKind
    from posdevkit.devices import PaymentState as PaymentState
    from posdevkit.devices import State as State
    from posdevkit.devices.preview import Preview as Preview
    from posdevkit.devices.preview import preview as preview
    from posdevkit.discovery import DeviceCame as DeviceCame
    from posdevkit.discovery import DeviceGone as DeviceGone
    from posdevkit.discovery import Found as Found
    from posdevkit.discovery import Survey as Survey
    from posdevkit.doctor import Diagnosis as Diagnosis
    from posdevkit.doctor import Finding as Finding
    from posdevkit.doctor import PluggedIn as PluggedIn
    from posdevkit.doctor import Severity as Severity
    from posdevkit.doctor import udev_rules as udev_rules
    from posdevkit.doctor import write_bundle as write_bundle
    from posdevkit.documents import Area as Area
    from posdevkit.documents import Barcode as Barcode
    from posdevkit.documents import Box as Box
    from posdevkit.documents import Buzzer as Buzzer
    from posdevkit.documents import Cell as Cell
    from posdevkit.documents import Column as Column
    from posdevkit.documents import Columns as Columns
    from posdevkit.documents import Cut as Cut
    from posdevkit.documents import Drawer as Drawer
    from posdevkit.documents import Feed as Feed
    from posdevkit.documents import Image as Image
    from posdevkit.documents import Label as Label
    from posdevkit.documents import Line as Line
    from posdevkit.documents import Logo as Logo
    from posdevkit.documents import Page as Page
    from posdevkit.documents import PageBox as PageBox
    from posdevkit.documents import PageLine as PageLine
    from posdevkit.documents import PdfPage as PdfPage
    from posdevkit.documents import QrCode as QrCode
    from posdevkit.documents import Raster as Raster
    from posdevkit.documents import Raw as Raw
    from posdevkit.documents import Receipt as Receipt
    from posdevkit.documents import Rule as Rule
    from posdevkit.documents import Spacing as Spacing
    from posdevkit.documents import Span as Span
    from posdevkit.documents import Style as Style
    from posdevkit.documents import Symbol as Symbol
    from posdevkit.documents import Symbology as Symbology
    from posdevkit.documents import Text as Text
    from posdevkit.documents.json import receipt_from_json as receipt_from_json
    from posdevkit.documents.json import receipt_to_json as receipt_to_json
    from posdevkit.documents.label_json import label_from_json as label_from_json
    from posdevkit.documents.receiptline import receipt_from_markup as receipt_from_markup
    from posdevkit.errors import BadCatalogue as BadCatalogue
    from posdevkit.errors import BadConfiguration as BadConfiguration
    from posdevkit.errors import BadDocument as BadDocument
    from posdevkit.errors import BadImage as BadImage
    from posdevkit.errors import BadOrder as BadOrder
    from posdevkit.errors import BadProfile as BadProfile
    from posdevkit.errors import BadRefund as BadRefund
    from posdevkit.errors import BadTender as BadTender
    from posdevkit.errors import BadText as BadText
    from posdevkit.errors import BadUrl as BadUrl
    from posdevkit.errors import Cancelled as Cancelled
    from posdevkit.errors import Claimed as Claimed
    from posdevkit.errors import Closed as Closed
    from posdevkit.errors import CloudError as CloudError
    from posdevkit.errors import CloudMisdirected as CloudMisdirected
    from posdevkit.errors import CloudOffline as CloudOffline
    from posdevkit.errors import CloudRefused as CloudRefused
    from posdevkit.errors import CloudUnauthorised as CloudUnauthorised
    from posdevkit.errors import CoverOpen as CoverOpen
    from posdevkit.errors import CutterJam as CutterJam
    from posdevkit.errors import DeadlineExceeded as DeadlineExceeded
    from posdevkit.errors import DeviceError as DeviceError
    from posdevkit.errors import Disconnected as Disconnected
    from posdevkit.errors import DocumentTooWide as DocumentTooWide
    from posdevkit.errors import EventsLost as EventsLost
    from posdevkit.errors import Forbidden as Forbidden
    from posdevkit.errors import JobConflict as JobConflict
    from posdevkit.errors import MissingExtra as MissingExtra
    from posdevkit.errors import NearEnd as NearEnd
    from posdevkit.errors import NoAnswer as NoAnswer
    from posdevkit.errors import NotAuthorized as NotAuthorized
    from posdevkit.errors import NotForSale as NotForSale
    from posdevkit.errors import NotFound as NotFound
    from posdevkit.errors import Offline as Offline
    from posdevkit.errors import OutputFailed as OutputFailed
    from posdevkit.errors import PaperOut as PaperOut
    from posdevkit.errors import Paused as Paused
    from posdevkit.errors import PaymentUnresolved as PaymentUnresolved
    from posdevkit.errors import PortInUse as PortInUse
    from posdevkit.errors import PosError as PosError
    from posdevkit.errors import PrinterFault as PrinterFault
    from posdevkit.errors import PrinterReplaced as PrinterReplaced
    from posdevkit.errors import RibbonOut as RibbonOut
    from posdevkit.errors import TerminalRefused as TerminalRefused
    from posdevkit.errors import TooLarge as TooLarge
    from posdevkit.errors import TooManyRequests as TooManyRequests
    from posdevkit.errors import Unconfirmed as Unconfirmed
    from posdevkit.errors import Unsupported as Unsupported
    from posdevkit.errors import UsageError as UsageError
    from posdevkit.errors import WrongThread as WrongThread
    from posdevkit.events import Delivery as Delivery
    from posdevkit.events import DeviceEvent as DeviceEvent
    from posdevkit.events import Evidence as Evidence
    from posdevkit.events import Fault as Fault
    from posdevkit.events import JobEvent as JobEvent
    from posdevkit.events import JobState as JobState
    from posdevkit.events import LinkLost as LinkLost
    from posdevkit.events import LinkRestored as LinkRestored
    from posdevkit.events import OtherModelTold as OtherModelTold
    from posdevkit.events import Outcome as Outcome
    from posdevkit.events import Paper as Paper
    from posdevkit.events import PrinterStatus as PrinterStatus
    from posdevkit.events import ProfileChosen as ProfileChosen
    from posdevkit.events import StatusChanged as StatusChanged
    from posdevkit.money import Money as Money
    from posdevkit.printqueue import Keeping as Keeping
    from posdevkit.printqueue import QueuedJob as QueuedJob
    from posdevkit.printqueue import QueueState as QueueState
    from posdevkit.printqueue import QueueStatus as QueueStatus
    from posdevkit.probing import profile_toml as profile_toml
    from posdevkit.probing import read_answers as read_answers
    from posdevkit.profiles import LabelProfile as LabelProfile
    from posdevkit.profiles import Profile as Profile
    from posdevkit.profiles import load_label_profile as load_label_profile
    from posdevkit.profiles import load_profile as load_profile
    from posdevkit.profiles import profile_names as profile_names
    from posdevkit.profiles import profiles_like as profiles_like
    from posdevkit.protocols.scales.mt8217 import NoWeight as NoWeight
    from posdevkit.protocols.scales.mt8217 import Weight as Weight
    from posdevkit.protocols.scales.mt8217 import WhyNoWeight as WhyNoWeight
    from posdevkit.runtime.subscription import merge_events as merge_events
    from posdevkit.secret import Secret as Secret
    from posdevkit.till.basket import Basket as Basket
    from posdevkit.till.cash import cash_of as cash_of
    from posdevkit.till.catalogue import Catalogue as Catalogue
    from posdevkit.till.closing import sale_of as sale_of
    from posdevkit.till.closing import settle as settle
    from posdevkit.till.kitchen import KitchenLine as KitchenLine
    from posdevkit.till.kitchen import KitchenOrder as KitchenOrder
    from posdevkit.till.kitchen import KitchenRouting as KitchenRouting
    from posdevkit.till.kitchen import Station as Station
    from posdevkit.till.kitchen import kitchen_order_from_json as kitchen_order_from_json
    from posdevkit.till.kitchen import station_ticket as station_ticket
    from posdevkit.till.order import Order as Order
    from posdevkit.till.order import Seller as Seller
    from posdevkit.till.parsing import order_from_json as order_from_json
    from posdevkit.till.receipt import order_receipt as order_receipt
    from posdevkit.till.refund import refund_of as refund_of
    from posdevkit.till.refund import refundable as refundable
    from posdevkit.till.report import report_receipt as report_receipt
    from posdevkit.till.report import shift_of as shift_of
    from posdevkit.till.sale_receipt import product_label as product_label
    from posdevkit.till.sale_receipt import sale_receipt as sale_receipt
    from posdevkit.till.signing import Ed25519Signer as Ed25519Signer
    from posdevkit.till.signing import Ed25519Verifier as Ed25519Verifier
    from posdevkit.till.sums import Discount as Discount
    from posdevkit.till.sums import Paid as Paid

# Module to the names it gives. The type checker reads the block above; a test holds the two against each other.
_HOMES = {
    "blocking": (
        "CardReader CloudClient DeviceWatch Display Hub Job Kitchen LabelPrinter PaymentTerminal PrintQueue "
        "ReceiptPrinter Register Scale Scanner Shop ask_printer diagnose discover"
    ),
    "cloud": "ChangeApplied CloudEvent CloudReached CloudState CloudStatus CloudTrouble FactDead FactsPushed Trouble",
    "codes": "GS1 Misread PaymentCode Product Scan Unknown",
    "contract": "Campaign Customer Sale ShiftClosed",
    "counter": "JournalReport Sold",
    "devices": "Card DeviceStats GarbledSwipe Payment PaymentKind PaymentState State",
    "devices.preview": "Preview preview",
    "discovery": "DeviceCame DeviceGone Found Survey",
    "doctor": "Diagnosis Finding PluggedIn Severity udev_rules write_bundle",
    "documents": (
        "Area Barcode Box Buzzer Cell Column Columns Cut Drawer Feed Image Label Line Logo Page PageBox PageLine "
        "PdfPage QrCode Raster Raw Receipt Rule Spacing Span Style Symbol Symbology Text"
    ),
    "documents.json": "receipt_from_json receipt_to_json",
    "documents.label_json": "label_from_json",
    "documents.receiptline": "receipt_from_markup",
    "errors": (
        "BadCatalogue BadConfiguration BadDocument BadImage BadOrder BadProfile BadRefund BadTender BadText "
        "BadUrl Cancelled Claimed Closed CloudError CloudMisdirected CloudOffline CloudRefused CloudUnauthorised "
        "CoverOpen CutterJam DeadlineExceeded DeviceError Disconnected DocumentTooWide EventsLost Forbidden "
        "JobConflict MissingExtra NearEnd NoAnswer NotAuthorized NotForSale NotFound Offline OutputFailed "
        "PaperOut Paused PortInUse PosError PrinterFault PrinterReplaced RibbonOut TooLarge TooManyRequests "
        "Unconfirmed Unsupported UsageError WrongThread"
    ),
    "events": (
        "Delivery DeviceEvent Evidence Fault JobEvent JobState LinkLost LinkRestored OtherModelTold Outcome Paper "
        "PrinterStatus ProfileChosen StatusChanged"
    ),
    "money": "Money",
    "printqueue": "Keeping QueuedJob QueueState QueueStatus",
    "probing": "profile_toml read_answers",
    "profiles": "LabelProfile Profile load_label_profile load_profile profile_names profiles_like",
    "runtime.subscription": "merge_events",
    "secret": "Secret",
    "protocols.scales.mt8217": "NoWeight Weight WhyNoWeight",
    "till.basket": "Basket",
    "till.cash": "cash_of",
    "till.catalogue": "Catalogue",
    "till.closing": "sale_of settle",
    "till.kitchen": "KitchenLine KitchenOrder KitchenRouting Station kitchen_order_from_json station_ticket",
    "till.order": "Order Seller",
    "till.parsing": "order_from_json",
    "till.receipt": "order_receipt",
    "till.refund": "refund_of refundable",
    "till.report": "report_receipt shift_of",
    "till.sale_receipt": "product_label sale_receipt",
    "till.signing": "Ed25519Signer Ed25519Verifier",
    "till.sums": "Discount Paid",
}
_WHERE = {name: f"posdevkit.{module}" for module, names in _HOMES.items() for name in names.split()}

__all__ = ["__version__", "aio", *sorted(_WHERE)]  # noqa: PLE0604  # all of them are strings


_look = lookup(__name__, _WHERE)


def __getattr__(name: str) -> object:
    if name == "aio":
        from importlib import import_module

        return import_module("posdevkit.aio")
    return _look(name)


def __dir__() -> list[str]:
    return list(__all__)
