"""What a printer sends: status on request and by itself, identity, process ids. A mute one sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from posdevkit.events import PrinterStatus
from posdevkit.imaging import Raster
from posdevkit.profiles import Profile
from posdevkit.protocols.escpos.commands import status as asking
from posdevkit.protocols.escpos.logos import key_blocks
from posdevkit.protocols.escpos.replies import Block
from posdevkit.protocols.escpos.status import asb_bytes, in_order_drawer_byte, in_order_paper_byte, realtime_byte
from posdevkit.protocols.vocabulary import Command

__all__ = ["Answers", "model_told"]

TEXT_BLOCK: Final = 0x5F
RESPONSE_BLOCK: Final = 0x37
PROCESS_ID: Final = b"\x22"
CLEARED: Final = b"\x25"
OFFLINE: Final = 0x23
POWER_BLOCK: Final = 0x3B
POWER_OFF: Final = b"\x30"

_FIRMWARE: Final = "1.00 ESC/POS"
# Of GS I 1, where the profile does not know: the TM-T88 series (Samsung SRP-350 manual, GS I: "TM-T88 series 20").
_MODEL_ID: Final = 0x20
_CUTTER_FITTED: Final = 0x02

# GS a bits, and which parts of four status bytes each of them watches (Epson gs_la).
_WATCHED: Final = (
    (0x01, b"\x04\x00\x00"),
    (0x02, b"\x28\x00\x00"),
    (0x04, b"\x00\x6d\x00"),
    (0x08, b"\x00\x00\x0f"),
    (0x40, b"\x40\x02\x00"),
)


def model_told(profile: Profile) -> str:
    """What the model calls itself: its name, unless it is known to say otherwise."""
    return profile.known_as.model[0].rstrip("*") if profile.known_as.model else profile.model


class Answers:
    """Collects bytes for the host until `take`."""

    def __init__(self, profile: Profile, serial: str) -> None:
        self._profile = profile
        self._serial = serial
        self._out = bytearray()
        self._watch = 0
        self._told = b""
        self._online = True
        self._tells_offline = False
        self._connected = False
        self._listens = True
        self._kept_id: bytes | None = None
        self._key_blocks: list[Block] = []

    @property
    def _can_send(self) -> bool:
        return self._profile.answers and self._connected and self._listens

    def take(self) -> bytes:
        """What is to be sent now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def connected(self) -> None:
        """Another connection: automatic status is off, and a process id that nobody heard is told."""
        self._connected = self._listens = True
        self._watch = 0
        self._tell_kept()

    def disconnected(self) -> None:
        """Nobody is there."""
        self._connected = False
        self._watch = 0
        self._out.clear()
        self._key_blocks.clear()

    def listens(self, listens: bool) -> None:
        """Whether the host reads."""
        self._listens = listens
        if listens:
            self._tell_kept()

    def power_cycled(self) -> None:
        """Nothing is remembered."""
        self.disconnected()
        self._kept_id = None
        self._tells_offline = False

    def process_id(self, process_id: bytes) -> bool:
        """Tell that all before it is printed; keep only the latest while the host cannot hear. True: it was sent."""
        if not self._can_send:
            self._kept_id = process_id
            return False
        self._block(RESPONSE_BLOCK, PROCESS_ID + process_id)
        return True

    def cleared(self) -> None:
        """The buffers are empty (DLE DC4 function 8)."""
        self._block(RESPONSE_BLOCK, CLEARED)

    def realtime(self, kind: int, status: PrinterStatus) -> None:
        """DLE EOT."""
        if self._profile.realtime_status:
            self._send(bytes([realtime_byte(kind, status)]))

    def changed(self, status: PrinterStatus) -> None:
        """Tell automatically, if something changed that the host watches."""
        went_offline, self._online = self._online and not status.online, status.online is not False
        if went_offline and self._tells_offline:
            self.response(OFFLINE)
        if not self._watch:
            return
        frame = asb_bytes(status)
        if any(
            self._watch & bit and (a ^ b) & mask
            for bit, masks in _WATCHED
            for a, b, mask in zip(frame, self._told, masks, strict=False)
        ):
            self._told = frame
            self._send(frame)

    def in_order(self, command: Command, status: PrinterStatus) -> None:
        """GS a, GS r, GS I, and the old ESC v and ESC u."""
        if isinstance(command, asking.SetStatusBack):
            if self._profile.asb:
                self._watch = command.bits
                if self._watch:
                    self._told = asb_bytes(status)
                    self._send(self._told)
        elif isinstance(command, asking.OldAskPaper | asking.OldAskDrawer):
            if self._profile.completion != "none":
                byte = in_order_paper_byte if isinstance(command, asking.OldAskPaper) else in_order_drawer_byte
                self._send(bytes([byte(status)]))
        elif isinstance(command, asking.AskStatus):
            if self._profile.completion == "none":
                return
            if command.kind in (1, 49):
                self._send(bytes([in_order_paper_byte(status)]))
            elif command.kind in (2, 50):
                self._send(bytes([in_order_drawer_byte(status)]))
        elif isinstance(command, asking.AskIdentity) and self._profile.identity:
            self._identity(command.kind)

    def keys(self, keys: list[bytes], *, downloaded: bool = False) -> None:
        """The keys of stored pictures: one block now, and one for each acknowledgement."""
        if self._profile.stored_logos:
            self._key_blocks = key_blocks(keys, downloaded=downloaded)
            self.acknowledged()

    def number(self, identifier: int, value: int) -> None:
        """A size of a memory, in digits (`GS ( L` functions 48, 51 and 52, `GS ( C` functions 3 and 4)."""
        self.response(identifier, b"%d" % value)

    def size(self, identifier: int, symbol: Raster | None, *, fits: bool) -> None:
        """How large a symbol would be (`GS ( k` 82): width, height, 1, and whether it cannot be printed."""
        width, height = (symbol.width, symbol.height) if symbol is not None else (0, 0)
        self.response(identifier, b"%d\x1f%d\x1f1\x1f%d" % (width, height, not fits))

    def blocks(self, answers: Iterable[tuple[int, bytes]]) -> None:
        """Parts of an answer: one now, and one for each acknowledgement."""
        self._key_blocks = [Block(RESPONSE_BLOCK, bytes((identifier,)) + data) for identifier, data in answers]
        self.acknowledged()

    def user_bytes(self, data: bytes) -> None:
        """What stands in the user memory (`FS g 2`)."""
        self._block(TEXT_BLOCK, data)

    def power_off(self) -> None:
        """It may be switched off now (`DLE DC4` function 2)."""
        self._block(POWER_BLOCK, POWER_OFF)

    def transmit(self, kind: int, status: PrinterStatus) -> None:
        """`DLE DC4` function 7: automatic status as it would be now, or why it is offline."""
        if kind == 1:
            self._send(asb_bytes(status))
        elif kind == 4:
            self.response(OFFLINE)

    def tell_offline(self, mode: int) -> None:
        """Whether it tells when it goes offline (`GS ( H` 49): 0 no, 1 yes, 2 with the cause, which is left out."""
        if self._profile.completion == "process_id":
            self._tells_offline = mode != 0

    def response(self, identifier: int, data: bytes = b"") -> None:
        """What one command asked for."""
        self._block(RESPONSE_BLOCK, bytes((identifier,)) + data)

    def acknowledged(self) -> None:
        """The host has taken a block."""
        if self._key_blocks:
            self._send(self._key_blocks.pop(0).encode())

    def counter(self, value: int) -> None:
        """GS g 2: a maintenance counter as text."""
        self._block(TEXT_BLOCK, str(value).encode("ascii"))

    def _identity(self, kind: int) -> None:
        profile = self._profile
        if kind in (1, 49):
            told_id = profile.known_as.model_id
            self._send(bytes([_MODEL_ID if told_id is None else told_id]))
        elif kind in (2, 50):
            self._send(bytes([_CUTTER_FITTED if profile.cutter else 0]))
        elif kind in (3, 51):
            self._send(b"\x00")
        else:
            maker = profile.known_as.maker[0] if profile.known_as.maker else profile.vendor.upper()
            told = {65: _FIRMWARE, 66: maker, 67: model_told(profile), 68: self._serial, 69: ""}.get(kind)
            if told is not None:
                self._block(TEXT_BLOCK, told.encode("ascii", "replace"))

    def _tell_kept(self) -> None:
        if self._kept_id is not None and self._can_send:
            kept, self._kept_id = self._kept_id, None
            self._block(RESPONSE_BLOCK, PROCESS_ID + kept)

    def _block(self, header: int, data: bytes) -> None:
        self._send(Block(header, data).encode())

    def _send(self, data: bytes) -> None:
        if self._can_send:
            self._out += data
