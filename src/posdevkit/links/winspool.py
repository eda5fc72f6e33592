"""The print spooler of Windows by its own calls (winspool.drv), each as one call that blocks.

Sources: Microsoft, "Print Spooler API"; constants from winspool.h. Written against the documentation and proven against
a stand-in for the library alone: no Windows has run it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import wintypes
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Protocol

__all__ = ["JobFlags", "Library", "PrinterFlags", "SpoolJob", "WinSpool", "system_spooler"]

_GONE: Final = frozenset({87, 1804})
"""ERROR_INVALID_PARAMETER and ERROR_INVALID_DATATYPE: what GetJob says of a job that is not there (any more)."""
_TOO_SMALL: Final = 122
"""ERROR_INSUFFICIENT_BUFFER."""


class JobFlags(IntFlag):
    """JOB_STATUS_*."""

    PAUSED = 0x0001
    ERROR = 0x0002
    DELETING = 0x0004
    SPOOLING = 0x0008
    PRINTING = 0x0010
    OFFLINE = 0x0020
    PAPEROUT = 0x0040
    PRINTED = 0x0080
    DELETED = 0x0100
    BLOCKED = 0x0200
    USER_INTERVENTION = 0x0400
    COMPLETE = 0x1000


class PrinterFlags(IntFlag):
    """PRINTER_STATUS_*."""

    PAUSED = 0x00000001
    ERROR = 0x00000002
    PENDING_DELETION = 0x00000004
    PAPER_JAM = 0x00000008
    PAPER_OUT = 0x00000010
    PAPER_PROBLEM = 0x00000040
    OFFLINE = 0x00000080
    NOT_AVAILABLE = 0x00001000
    USER_INTERVENTION = 0x00100000
    DOOR_OPEN = 0x00400000


_PAUSE, _DELETE = 1, 5
"""JOB_CONTROL_PAUSE and JOB_CONTROL_DELETE."""


class _DocInfo(ctypes.Structure):
    """DOC_INFO_1W."""

    _fields_ = [("name", wintypes.LPWSTR), ("output", wintypes.LPWSTR), ("datatype", wintypes.LPWSTR)]


class _SystemTime(ctypes.Structure):
    _fields_ = [("words", wintypes.WORD * 8)]


class _JobInfo(ctypes.Structure):
    """JOB_INFO_1W."""

    _fields_ = [
        ("id", ctypes.c_uint32),
        ("printer", wintypes.LPWSTR),
        ("machine", wintypes.LPWSTR),
        ("user", wintypes.LPWSTR),
        ("document", wintypes.LPWSTR),
        ("datatype", wintypes.LPWSTR),
        ("words", wintypes.LPWSTR),
        ("status", ctypes.c_uint32),
        ("priority", ctypes.c_uint32),
        ("position", ctypes.c_uint32),
        ("total", ctypes.c_uint32),
        ("printed", ctypes.c_uint32),
        ("submitted", _SystemTime),
    ]


class _PrinterInfo(ctypes.Structure):
    """PRINTER_INFO_6."""

    _fields_ = [("status", ctypes.c_uint32)]


class _QueueInfo(ctypes.Structure):
    """PRINTER_INFO_4W."""

    _fields_ = [("name", wintypes.LPWSTR), ("server", wintypes.LPWSTR), ("attributes", ctypes.c_uint32)]


_LOCAL_AND_CONNECTED: Final = 0x2 | 0x4
"""PRINTER_ENUM_LOCAL and PRINTER_ENUM_CONNECTIONS: what this user can print on. Level 4 asks no other machine."""
_TRIES: Final = 5
"""How often the list is asked for while it grows."""


class Library(Protocol):
    """winspool.drv, or what stands for it."""

    def __getattr__(self, name: str) -> Callable[..., int]: ...


@dataclass(frozen=True, slots=True)
class SpoolJob:
    """A job that is being handed over."""

    handle: int
    number: int


class WinSpool:
    """The calls. All raise OSError with Windows' number in `errno`."""

    def __init__(self, library: Library, last_error: Callable[[], int]) -> None:
        self._library = library
        self._last_error = last_error

    def printer(self, name: str) -> PrinterFlags:
        """How a printer is."""
        handle = self._open(name)
        try:
            info, needed = _PrinterInfo(), ctypes.c_uint32()
            size = ctypes.sizeof(info)
            self._must(self._library.GetPrinterW(handle, 6, ctypes.byref(info), size, ctypes.byref(needed)))
            return PrinterFlags(info.status)
        finally:
            self._library.ClosePrinter(handle)

    def names(self) -> list[str]:
        """The queues that this user can print on."""
        ask = self._library.EnumPrintersW
        size = 0
        for _ in range(_TRIES):
            buffer = ctypes.create_string_buffer(size) if size else None
            needed, count = ctypes.c_uint32(), ctypes.c_uint32()
            sizes = ctypes.byref(needed), ctypes.byref(count)
            if ask(_LOCAL_AND_CONNECTED, None, 4, buffer, size, *sizes):
                found = (_QueueInfo * count.value).from_buffer(buffer) if buffer is not None else ()
                return [one.name for one in found if one.name]
            if self._last_error() != _TOO_SMALL:
                break
            size = needed.value
        raise self._problem()

    def start(self, name: str, document: str) -> SpoolJob:
        """Begin a raw document."""
        handle = self._open(name)
        about = _DocInfo(document, None, "RAW")
        number = self._library.StartDocPrinterW(handle, 1, ctypes.byref(about))
        if not number:
            problem = self._problem()
            self._library.ClosePrinter(handle)
            raise problem
        return SpoolJob(handle, number)

    def write(self, job: SpoolJob, data: bytes) -> int:
        """Bytes that the spooler took."""
        taken = ctypes.c_uint32()
        self._must(self._library.WritePrinter(job.handle, data, len(data), ctypes.byref(taken)))
        return taken.value

    def end(self, job: SpoolJob) -> None:
        """The document is whole."""
        try:
            self._must(self._library.EndDocPrinter(job.handle))
        finally:
            self._library.ClosePrinter(job.handle)

    def drop(self, job: SpoolJob) -> None:
        """The document will never be whole: delete what the spooler has of it. Raises nothing."""
        self._library.AbortPrinter(job.handle)
        self._library.ClosePrinter(job.handle)

    def job(self, name: str, number: int) -> JobFlags | None:
        """How a job is; None once the spooler does not know it (any more)."""
        handle = self._open(name)
        try:
            needed = ctypes.c_uint32()
            ask = self._library.GetJobW
            if not ask(handle, number, 1, None, 0, ctypes.byref(needed)):
                number_of_error = self._last_error()
                if number_of_error in _GONE:
                    return None
                if number_of_error != _TOO_SMALL:
                    raise self._problem(number_of_error)
            # The texts stand behind the structure.
            buffer = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(_JobInfo)))
            if not ask(handle, number, 1, buffer, len(buffer), ctypes.byref(needed)):
                number_of_error = self._last_error()
                if number_of_error in _GONE:
                    return None
                raise self._problem(number_of_error)
            return JobFlags(_JobInfo.from_buffer(buffer).status)
        finally:
            self._library.ClosePrinter(handle)

    def pause(self, name: str, number: int) -> None:
        """Do not begin a job that has not begun."""
        self._control(name, number, _PAUSE)

    def delete(self, name: str, number: int) -> None:
        """Drop a job."""
        self._control(name, number, _DELETE)

    def _control(self, name: str, number: int, what: int) -> None:
        handle = self._open(name)
        try:
            self._must(self._library.SetJobW(handle, number, 0, None, what))
        finally:
            self._library.ClosePrinter(handle)

    def _open(self, name: str) -> int:
        handle = wintypes.HANDLE()
        self._must(self._library.OpenPrinterW(name, ctypes.byref(handle), None))
        return handle.value or 0

    def _must(self, result: int) -> None:
        if not result:
            raise self._problem()

    def _problem(self, number: int | None = None) -> OSError:
        number = self._last_error() if number is None else number
        return OSError(number, f"Windows error {number}")


def system_spooler() -> WinSpool | None:
    """This machine's, None elsewhere than on Windows."""
    if sys.platform == "win32":
        library = ctypes.WinDLL("winspool.drv", use_last_error=True)
        handle, number, pointer = wintypes.HANDLE, ctypes.c_uint32, ctypes.c_void_p
        # A handle is as wide as a pointer: without its type ctypes would cut it to an int.
        for name, arguments in {
            "OpenPrinterW": [wintypes.LPCWSTR, pointer, pointer],
            "ClosePrinter": [handle],
            "EnumPrintersW": [number, wintypes.LPCWSTR, number, pointer, number, pointer, pointer],
            "GetPrinterW": [handle, number, pointer, number, pointer],
            "StartDocPrinterW": [handle, number, pointer],
            "WritePrinter": [handle, wintypes.LPCVOID, number, pointer],
            "EndDocPrinter": [handle],
            "AbortPrinter": [handle],
            "GetJobW": [handle, number, number, pointer, number, pointer],
            "SetJobW": [handle, number, number, pointer, number],
        }.items():
            getattr(library, name).argtypes = arguments
        return WinSpool(library, ctypes.get_last_error)
    else:
        return None
