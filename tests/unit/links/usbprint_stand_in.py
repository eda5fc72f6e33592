"""What stands for Windows under `usbprint`: setupapi, cfgmgr32 and kernel32 as their documentation has them.

Each call gives 0 and an error's number where it fails. A write that the printer does not take stays pending, and tells,
called back, what was taken of it only if `tells`: which of the two Windows does is not documented.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass, field
from typing import Any, cast

from posdevkit.links.usbprint import UsbPrint
from posdevkit.links.winspool import Library

WIDE = ctypes.sizeof(ctypes.c_void_p) == 8
GUID = "{28d78fad-5a12-11d1-ae5b-0000f803a8c2}"
INVALID = ctypes.c_void_p(-1).value or 0


@dataclass
class Printer:
    """One that is plugged in. `parent`: the instance of the whole device, where it has several interfaces."""

    instance: str = r"USB\VID_04B8&PID_0202\J5QF012345"
    child: str = r"USBPRINT\EPSONTM-T88V\6&1F3B&0&USB001"
    parent: str = ""
    friendly: str = ""
    status: int = 0x18
    one_way: bool = False
    mute: bool = False
    """It does not even answer on the control pipe."""
    room: int = 0
    got: bytearray = field(default_factory=bytearray)
    unsaid: bytearray = field(default_factory=bytearray)
    asked: list[tuple[int, bytes]] = field(default_factory=list)
    holder: int | None = None
    gone: bool = False

    @property
    def path(self) -> str:
        return "\\\\?\\" + self.instance.lower().replace("\\", "#") + "#" + GUID


@dataclass
class Pending:
    printer: Printer
    kind: str
    buffer: Any
    size: int
    overlapped: Any
    moved: int = 0
    error: int | None = None
    """None while it is under way."""


class Windows:
    """All three libraries, and the printers."""

    def __init__(self, *printers: Printer, tells: bool = True) -> None:
        self.printers = list(printers)
        self.tells = tells
        self.foreign: set[str] = set()
        """Paths that another program has open."""
        self.refusal = 5
        self.stubborn = False
        """It gives nothing back that is called back."""
        self.handles: dict[int, Printer] = {}
        self.events: dict[int, bool] = {}
        self.pending: dict[int, Pending] = {}
        self.writes: list[int] = []
        self.listings = 0
        self.most_waited = 0
        self._error = threading.local()
        self._number = 100
        self._changed = threading.Condition(threading.RLock())

    @property
    def calls(self) -> UsbPrint:
        mine = cast(Library, self)  # a stand-in has the calls it needs and no others
        return UsbPrint(mine, mine, mine, lambda: getattr(self._error, "number", 0))

    # What a test does

    def take(self, printer: Printer, room: int) -> None:
        with self._changed:
            printer.room += room
            self._move()

    def say(self, printer: Printer, data: bytes) -> None:
        with self._changed:
            printer.unsaid += data
            self._move()

    def unplug(self, printer: Printer) -> None:
        with self._changed:
            printer.gone = True
            self.printers.remove(printer)
            for one in self.pending.values():
                if one.printer is printer and one.error is None:
                    self._finish(one, 1167)

    def fails(self, number: int) -> int:
        self._error.number = number
        return 0

    # setupapi, cfgmgr32

    def SetupDiGetClassDevsW(self, kind: Any, enumerator: object, parent: object, flags: int) -> int:
        assert bytes(kind._obj).hex() == "ad8fd728125ad111ae5b0000f803a8c2"
        assert (enumerator, parent, flags) == (None, None, 0x12)
        self.listings += 1
        return 7

    def SetupDiEnumDeviceInterfaces(self, listing: int, device: object, kind: Any, index: int, data: Any) -> int:
        assert (listing, device) == (7, None)
        assert data._obj.size == (32 if WIDE else 28)
        if index >= len(self.printers):
            return self.fails(259)
        data._obj.flags = index
        return 1

    def SetupDiGetDeviceInterfaceDetailW(self, listing: int, data: Any, detail: Any, size: int, *told: Any) -> int:
        needed, device = told
        index = data._obj.flags
        raw = self.printers[index].path.encode("utf-16-le") + b"\0\0"
        if detail is None:
            needed._obj.value = 4 + len(raw)
            return self.fails(122)
        assert size == 4 + len(raw)
        assert detail.raw[:4] == bytes([8 if WIDE else 6, 0, 0, 0])
        assert device._obj.size == (32 if WIDE else 28)
        ctypes.memmove(ctypes.addressof(detail) + 4, raw, len(raw))
        device._obj.node = 10 * (index + 1)
        return 1

    def SetupDiDestroyDeviceInfoList(self, listing: int) -> int:
        self.listings -= 1
        return 1

    def CM_Get_Parent(self, found: Any, node: int, flags: int) -> int:
        found._obj.value = node + 1
        return 0

    def CM_Get_Child(self, found: Any, node: int, flags: int) -> int:
        if not self.printers[node // 10 - 1].child:
            return 0x0D  # CR_NO_SUCH_DEVNODE
        found._obj.value = node + 2
        return 0

    def CM_Get_Device_IDW(self, node: int, buffer: Any, size: int, flags: int) -> int:
        printer = self.printers[node // 10 - 1]
        return self._put((printer.instance, printer.parent, printer.child)[node % 10], buffer, 2 * size)

    def CM_Get_DevNode_Registry_PropertyW(self, node: int, which: int, kind: object, buffer: Any, *rest: Any) -> int:
        assert (which, kind) == (0x0D, None)
        name = self.printers[node // 10 - 1].friendly
        return self._put(name, buffer, rest[0]._obj.value) if name else 0x25  # CR_NO_SUCH_VALUE

    def _put(self, text: str, buffer: Any, size: int) -> int:
        raw = text.encode("utf-16-le") + b"\0\0"
        assert len(raw) <= size
        ctypes.memmove(buffer, raw, len(raw))
        return 0

    # kernel32

    def CreateFileW(self, path: str, access: int, share: int, *rest: object) -> int:
        assert (access, share, rest) == (0xC0000000, 0, (None, 3, 0x40000000, None))
        with self._changed:
            printer = next((one for one in self.printers if one.path == path), None)
            if printer is None:
                self.fails(2)
                return INVALID
            if printer.holder is not None or path in self.foreign:
                self.fails(self.refusal)
                return INVALID
            self._number += 1
            self.handles[self._number] = printer
            printer.holder = self._number
            return self._number

    def CreateEventW(self, *rest: object) -> int:
        assert rest == (None, True, False, None)
        with self._changed:
            self._number += 1
            self.events[self._number] = False
            return self._number

    def CloseHandle(self, handle: int) -> int:
        with self._changed:
            if self.events.pop(handle, None) is None:
                self.handles.pop(handle).holder = None
        return 1

    def WriteFile(self, handle: int, buffer: Any, size: int, count: object, overlapped: Any) -> int:
        self.writes.append(size)
        return self._begin(handle, "write", buffer, size, overlapped)

    def ReadFile(self, handle: int, buffer: Any, size: int, count: object, overlapped: Any) -> int:
        if self.handles[handle].one_way:
            return self.fails(1)
        return self._begin(handle, "read", buffer, size, overlapped)

    def DeviceIoControl(self, handle: int, code: int, data: bytes | None, length: int, *rest: Any) -> int:
        buffer, size, _, overlapped = rest
        with self._changed:
            printer = self.handles[handle]
            assert length == len(data or b"")
            one = Pending(printer, "control", buffer, size, overlapped)
            self.pending[overlapped._obj.event] = one
            if printer.gone:
                return self.fails(1167)
            if not printer.mute:
                printer.asked.append((code, data or b""))
                answer = {
                    0x220030: bytes([printer.status, 0, 0, 0]),
                    0x220034: b"\x00\x1fMFG:EPSON;CMD:ESC/POS;MDL:T88;\0",
                    0x22003C: b"ink" + bytes([len(printer.asked)]),
                }.get(code, b"")[:size]
                if answer:
                    ctypes.memmove(buffer, answer, len(answer))
                one.moved = len(answer)
                self._finish(one, 0)
        return self.fails(997)

    def _begin(self, handle: int, kind: str, buffer: Any, size: int, overlapped: Any) -> int:
        with self._changed:
            printer = self.handles[handle]
            if printer.gone:
                return self.fails(1167)
            self.pending[overlapped._obj.event] = Pending(printer, kind, buffer, size, overlapped)
            self._move()
        return self.fails(997)

    def _move(self) -> None:
        for one in self.pending.values():
            printer = one.printer
            if one.error is not None or printer.gone:
                continue
            if one.kind == "write":
                piece = one.buffer.raw[one.moved : min(one.size, one.moved + printer.room)]
                printer.got += piece
                printer.room -= len(piece)
                one.moved += len(piece)
                if one.moved == one.size:
                    self._finish(one, 0)
            elif one.kind == "read" and printer.unsaid:
                piece = bytes(printer.unsaid[: one.size])
                del printer.unsaid[: one.size]
                ctypes.memmove(one.buffer, piece, len(piece))
                one.moved = len(piece)
                self._finish(one, 0)

    def _finish(self, one: Pending, error: int) -> None:
        one.error = error
        event = one.overlapped._obj.event
        if event in self.events:
            self.events[event] = True
        self._changed.notify_all()

    def WaitForSingleObject(self, event: int, milliseconds: int) -> int:
        self.most_waited = max(self.most_waited, milliseconds)
        with self._changed:
            return 0 if self._changed.wait_for(lambda: self.events[event], milliseconds / 1000) else 258

    def GetOverlappedResult(self, handle: int, overlapped: Any, count: Any, wait: bool) -> int:
        assert not wait
        with self._changed:
            one = self.pending.pop(overlapped._obj.event)
            assert one.error is not None
            count._obj.value = one.moved if one.error == 0 or self.tells else 0
            return 1 if one.error == 0 else self.fails(one.error)

    def CancelIoEx(self, handle: int, overlapped: Any) -> int:
        with self._changed:
            one = self.pending.get(overlapped._obj.event)
            if one is None or one.error is not None:
                return self.fails(1168)
            if not self.stubborn:
                self._finish(one, 995)
            return 1
