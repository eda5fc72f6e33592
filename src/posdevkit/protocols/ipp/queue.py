"""What is said to a print queue and what it says back (RFC 8011), as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from posdevkit.events import Fault, Paper, PrinterStatus

from .message import Attribute, Group, GroupTag, Message, Tag, Value

__all__ = [
    "RAW",
    "JobAnswer",
    "JobReport",
    "Operation",
    "QueueReport",
    "ask_job",
    "ask_queue",
    "cancel_job",
    "job_report",
    "print_job",
    "queue_report",
    "refusal",
    "status_of",
]

RAW: Final = "application/vnd.cups-raw"
"""CUPS: the queue is to give these bytes to the printer as they are (cups.org, "Filter and Backend Programming")."""

_QUEUE_ATTRIBUTES: Final = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "printer-error-policy",
)
_JOB_ATTRIBUTES: Final = ("job-id", "job-state", "job-state-reasons", "job-printer-state-message", "time-at-processing")


class Operation(IntEnum):
    """RFC 8011, 5.4.15."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class JobAnswer(IntEnum):
    """`job-state` (RFC 8011, 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of the job."""
        return self >= JobAnswer.CANCELED


_STOPPED: Final = 5
_PROCESSING: Final = 4
"""`printer-state` (RFC 8011, 5.4.11)."""

_STATUS_NAMES: Final = {
    0x0401: "not permitted",
    0x0402: "it wants a password",
    0x0403: "not permitted",
    0x0404: "it will not do that now",
    0x0406: "there is no such queue or job",
    0x040A: "it takes no raw data",
    0x0501: "it cannot do that",
    0x0506: "it accepts no jobs",
    0x0507: "it is busy",
}
"""RFC 8011, B.1."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a queue tells about one job."""

    id: int
    state: JobAnswer
    reasons: tuple[str, ...] = ()
    message: str = ""
    begun: bool = True
    """Whether the queue may have begun to give it to the printer; False only where it tells that it has not."""


@dataclass(frozen=True, slots=True)
class QueueReport:
    """What a queue tells about itself and its printer."""

    processing: bool
    stopped: bool
    accepting: bool
    reasons: tuple[str, ...] = ()
    message: str = ""
    error_policy: str = ""
    """CUPS: what becomes of a job that breaks off (`printer-error-policy`, lpadmin(8)); empty where it is not told."""

    @property
    def prints_again(self) -> bool:
        """Whether the queue itself sends a job from its beginning that broke off in the middle."""
        return self.error_policy in ("retry-job", "retry-current-job")


def print_job(uri: str, user: str, name: str, request: int) -> Message:
    """Print what follows this message's bytes, as it is."""
    more = (
        Attribute.of("job-name", Tag.NAME, name),
        Attribute.of("document-format", Tag.MIME_TYPE, RAW),
    )
    return _request(Operation.PRINT_JOB, uri, user, request, *more)


def ask_queue(uri: str, user: str, request: int) -> Message:
    """How the queue and its printer are."""
    return _request(Operation.GET_PRINTER_ATTRIBUTES, uri, user, request, _wanted(_QUEUE_ATTRIBUTES))


def ask_job(uri: str, user: str, job: int, request: int) -> Message:
    """How far a job is."""
    number = Attribute.of("job-id", Tag.INTEGER, job)
    return _request(Operation.GET_JOB_ATTRIBUTES, uri, user, request, number, _wanted(_JOB_ATTRIBUTES))


def cancel_job(uri: str, user: str, job: int, request: int) -> Message:
    """Drop a job, also one that is being printed."""
    return _request(Operation.CANCEL_JOB, uri, user, request, Attribute.of("job-id", Tag.INTEGER, job))


def refusal(answer: Message) -> str:
    """Why a request was refused, empty for one that was not (RFC 8011, B.1: below 0x0100 is success)."""
    if answer.code < 0x0100:
        return ""
    said = answer.group(GroupTag.OPERATION).values("status-message")
    why = _STATUS_NAMES.get(answer.code, f"status {answer.code:#06x}")
    return f"{why} ({said[0]})" if said and isinstance(said[0], str) and said[0] else why


def job_report(answer: Message) -> JobReport | None:
    """The job that an answer tells about, None where it tells of none."""
    group = answer.group(GroupTag.JOB)
    number, state = _number(group, "job-id"), _number(group, "job-state")
    if number is None or state is None or state not in JobAnswer._value2member_map_:
        return None
    since = group.values("time-at-processing")
    return JobReport(
        number,
        JobAnswer(state),
        _words(group.values("job-state-reasons")),
        " ".join(_words(group.values("job-printer-state-message"))),
        begun=since != (None,),
    )


def queue_report(answer: Message) -> QueueReport:
    """How the queue is, as far as it tells."""
    group = answer.group(GroupTag.PRINTER)
    state = _number(group, "printer-state")
    return QueueReport(
        processing=state == _PROCESSING,
        stopped=state == _STOPPED,
        accepting=group.values("printer-is-accepting-jobs") != (False,),
        reasons=tuple(word for word in _words(group.values("printer-state-reasons")) if word != "none"),
        message=" ".join(_words(group.values("printer-state-message"))),
        error_policy=" ".join(_words(group.values("printer-error-policy"))),
    )


def status_of(report: QueueReport) -> PrinterStatus:
    """What a queue's word tells about its printer, by its reasons (RFC 8011, 5.4.12) and CUPS's own words.

    They count only while the queue works on a job: CUPS keeps those of the last job until the next one begins, so that
    a printer which is back would look gone for ever. A stopped queue is `paused`.
    """
    if report.stopped:
        return PrinterStatus(online=False, paused=True)
    if not report.processing:
        return PrinterStatus()
    reasons = {_bare(reason) for reason in report.reasons}
    # A report is no hindrance, says the standard; CUPS's own `offline-report` is one all the same.
    grave = {_bare(reason) for reason in report.reasons if not reason.endswith("-report")}
    paper = Paper.OUT if grave & _NO_PAPER else Paper.NEAR_END if "media-low" in reasons else Paper.UNKNOWN
    return PrinterStatus(
        online=False if reasons & _AWAY or report.message in _AWAY_WORDS else None,
        cover_open=True if grave & _OPEN else None,
        paper=paper,
        fault=Fault.RECOVERABLE if grave & _FAULTS else Fault.UNKNOWN,
    )


_NO_PAPER: Final = frozenset({"media-empty", "media-needed"})
_OPEN: Final = frozenset({"cover-open", "door-open", "interlock-open"})
_FAULTS: Final = frozenset({"media-jam", "fuser-over-temp", "other"})
_AWAY: Final = frozenset({"offline", "timed-out", "shutdown"})
_AWAY_WORDS: Final = frozenset(
    {
        "The printer did not respond.",
        "The printer is in use.",
        "The printer is not connected.",
        "The printer is not responding.",
        "The printer is unreachable at this time.",
        "The printer may not exist or is unavailable at this time.",
        "Waiting for printer to become available.",
    }
)
"""What the backends `socket`, `lpd`, `ipp` and `usb` of CUPS 2.4 say of a printer that they cannot reach: they set no
reason for it. In English, as a cupsd speaks that was started without a language."""


def _bare(reason: str) -> str:
    for severity in ("-error", "-warning", "-report"):
        reason = reason.removesuffix(severity)
    return reason


def _request(operation: Operation, uri: str, user: str, number: int, *more: Attribute) -> Message:
    fixed = (
        # These two come first, in this order (RFC 8011, 4.1.4).
        Attribute.of("attributes-charset", Tag.CHARSET, "utf-8"),
        Attribute.of("attributes-natural-language", Tag.LANGUAGE, "en"),
        Attribute.of("printer-uri", Tag.URI, uri),
    )
    # The target before everything else: printer-uri, then job-id (RFC 8011, 4.1.5).
    target = tuple(one for one in more if one.name == "job-id")
    rest = tuple(one for one in more if one.name != "job-id")
    who = Attribute.of("requesting-user-name", Tag.NAME, user)
    return Message(operation, number, (Group(GroupTag.OPERATION, (*fixed, *target, who, *rest)),))


def _wanted(names: tuple[str, ...]) -> Attribute:
    return Attribute.of("requested-attributes", Tag.KEYWORD, *names)


def _number(group: Group, name: str) -> int | None:
    value = next(iter(group.values(name)), None)
    return value if isinstance(value, int) else None


def _words(values: tuple[Value, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str) and value)
