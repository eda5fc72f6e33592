"""The tree of errors. A class says who can mend it; the words stand in `texts.toml`."""

from __future__ import annotations

from .base import PosError, UposCode, Who

__all__ = [
    "BadCatalogue",
    "BadConfiguration",
    "BadDocument",
    "BadImage",
    "BadOrder",
    "BadProfile",
    "BadRefund",
    "BadTender",
    "BadText",
    "BadUrl",
    "Cancelled",
    "Claimed",
    "Closed",
    "CoverOpen",
    "CutterJam",
    "DeadlineExceeded",
    "DeviceError",
    "Disconnected",
    "DocumentTooWide",
    "EventsLost",
    "InputFailed",
    "JobConflict",
    "MissingExtra",
    "NearEnd",
    "NoAnswer",
    "NotForSale",
    "NotFound",
    "Offline",
    "OutputFailed",
    "PaperOut",
    "Paused",
    "PaymentUnresolved",
    "PortInUse",
    "PrinterFault",
    "PrinterReplaced",
    "ReplayMismatch",
    "RibbonOut",
    "TerminalRefused",
    "Unconfirmed",
    "Unsupported",
    "UsageError",
    "WrongThread",
]


class UsageError(PosError):
    """Something in the call, a document or a file is wrong; no byte left."""

    slug = "usage"
    code = UposCode.ILLEGAL


class BadUrl(UsageError):
    """A device URL that cannot be understood."""

    slug = "bad-url"


class BadProfile(UsageError):
    """A profile that is unknown or does not validate."""

    slug = "bad-profile"


class BadConfiguration(UsageError):
    """A `shop.toml` that does not validate."""

    slug = "bad-configuration"


class BadText(UsageError):
    """Text that holds control characters or half a character."""

    slug = "bad-text"


class BadImage(UsageError):
    """A picture that cannot be read or is too large."""

    slug = "bad-image"


class BadDocument(UsageError):
    """A receipt that cannot be built as asked, or a document file that does not validate."""

    slug = "bad-document"
    code = UposCode.BADFORMAT


class DocumentTooWide(BadDocument):
    """A table, a symbol or a picture that does not fit the paper."""

    slug = "too-wide"
    code = UposCode.TOOBIG


class BadOrder(BadDocument):
    """An order whose figures cannot be right."""

    slug = "bad-order"


class BadTender(BadOrder):
    """Payments that do not settle what is to be paid."""

    slug = "bad-tender"
    who = Who.CASHIER


class BadRefund(BadOrder):
    """A refund of what was not sold, or was given back already."""

    slug = "bad-refund"
    who = Who.CASHIER


class NotForSale(BadOrder):
    """A product that has no price or is no longer sold."""

    slug = "not-for-sale"
    code = UposCode.NOEXIST
    who = Who.CASHIER


class BadCatalogue(UsageError):
    """A catalogue file that does not validate."""

    slug = "bad-catalogue"
    code = UposCode.BADFORMAT


class Unsupported(UsageError):
    """The device, as its profile tells, cannot do this."""

    slug = "unsupported"


class MissingExtra(UsageError):
    """An optional library is not installed."""

    slug = "missing-extra"
    code = UposCode.NOSERVICE


class JobConflict(UsageError):
    """The key of a job is taken by a job with other content, or by one whose fate is not known."""

    slug = "job-conflict"
    code = UposCode.EXISTS


class PrinterReplaced(UsageError):
    """A queued job holds the commands of the printer that it was promised for, and the one there now speaks others."""

    slug = "printer-replaced"
    code = UposCode.ILLEGAL


class NotFound(UsageError):
    """There is no device, job or address of that name."""

    slug = "not-found"
    code = UposCode.NOEXIST


class WrongThread(UsageError):
    """A blocking call made from the library's own event loop, where it could only wait for itself."""

    slug = "wrong-thread"


class InputFailed(UsageError):
    """A file that cannot be read."""

    slug = "input-failed"


class OutputFailed(UsageError):
    """A file or directory that cannot be written."""

    slug = "output-failed"


class PortInUse(UsageError):
    """A port that another program listens on."""

    slug = "port-in-use"
    code = UposCode.BUSY


class ReplayMismatch(UsageError):
    """A recording is replayed and the driver sends something else than it did then."""

    slug = "replay-mismatch"


class DeviceError(PosError):
    """Something is the matter with a device or the way to it."""

    slug = "device"
    retry = True
    who = Who.HARDWARE


class PaperOut(DeviceError):
    """The roll has ended."""

    slug = "paper-out"
    code = UposCode.REC_EMPTY
    who = Who.CASHIER


class NearEnd(DeviceError):
    """The roll is about to end. Raised only where a caller asks for a roll that lasts."""

    slug = "near-end"
    code = UposCode.REC_EMPTY
    who = Who.CASHIER


class CoverOpen(DeviceError):
    """The printer's cover is open."""

    slug = "cover-open"
    code = UposCode.COVER_OPEN
    who = Who.CASHIER


class RibbonOut(DeviceError):
    """The ribbon has ended."""

    slug = "ribbon-out"
    code = UposCode.REC_EMPTY
    who = Who.CASHIER


class Paused(DeviceError):
    """Somebody pressed the printer's pause button, or it paused itself."""

    slug = "paused"
    code = UposCode.OFFLINE
    who = Who.CASHIER


class NoAnswer(DeviceError):
    """A printer that falls silent when somebody has to act answers no question."""

    slug = "no-answer"
    code = UposCode.OFFLINE
    who = Who.CASHIER


class CutterJam(DeviceError):
    """The cutter is stuck."""

    slug = "cutter"
    who = Who.CASHIER


class PrinterFault(DeviceError):
    """An error that the printer reports and cannot clear by itself."""

    slug = "printer-fault"


class Offline(DeviceError):
    """The printer answers and says that it is offline, without saying why."""

    slug = "offline"
    code = UposCode.OFFLINE
    who = Who.CASHIER


class Disconnected(DeviceError):
    """No connection, or it broke."""

    slug = "disconnected"
    code = UposCode.NOHARDWARE
    who = Who.NETWORK


class DeadlineExceeded(DeviceError):
    """The deadline passed. The job, if there is one, lives on: `error.job`."""

    slug = "timeout"
    code = UposCode.TIMEOUT


class Claimed(DeviceError):
    """Another program holds the device."""

    slug = "claimed"
    code = UposCode.CLAIMED
    who = Who.INTEGRATOR


class Closed(UsageError):
    """The handle is closed."""

    slug = "closed"
    code = UposCode.CLOSED


class Cancelled(DeviceError):
    """The job was cancelled or abandoned; its outcome tells what is known of the paper."""

    slug = "cancelled"
    retry = False
    who = Who.INTEGRATOR


class Unconfirmed(DeviceError):
    """The connection broke during a job and nothing proves what became of it: a person looks at the paper."""

    slug = "unconfirmed"
    retry = False
    who = Who.CASHIER


class PaymentUnresolved(UsageError):
    """A payment whose fate is not known stands in the way of another."""

    slug = "payment-unresolved"
    code = UposCode.EXISTS
    who = Who.CASHIER


class TerminalRefused(DeviceError):
    """The payment terminal refuses a command, or answers what makes no sense."""

    slug = "terminal-refused"


class EventsLost(DeviceError):
    """A subscriber was too slow and events that carry data were dropped."""

    slug = "events-lost"
    who = Who.INTEGRATOR
    retry = False
