"""An emulated ZPL printer as a pure model: bytes and a person's hands in, answers, events and labels out.

It draws what a driver here writes and a little more: ^FO fields, font 0 (in a bundled font, so letters differ from a
real printer's), ^FB, ^GB, ^BC, ^BE, ^BQ. Other commands are known by their length and left alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from posdevkit.profiles import LabelProfile
from posdevkit.protocols.vocabulary import Command
from posdevkit.protocols.zpl.commands import control, field, label, symbols
from posdevkit.protocols.zpl.data import unescaped
from posdevkit.protocols.zpl.decoder import ZplDecoder
from posdevkit.protocols.zpl.status import HostStatusFacts, string
from posdevkit_emulators.faults import CoverOpenAfter, Fault, PaperOutAfter, PauseAfter
from posdevkit_emulators.printers.effects import Effects, Happened, What

from .canvas import Canvas
from .drawing import Drawing, SetField
from .printed import PrintedLabel

__all__ = ["ZplPrinterModel"]

_MOST_FIELDS: Final = 10_000
_KEPT_LABELS: Final = 200
_KINDS: Final = (field.GraphicBox, symbols.Code128, symbols.Ean13, symbols.Qr)
_MODEL: Final = "EMULATED-ZPL"


class _Format:
    """A label between ^XA and ^XZ, complete and waiting, or under way."""

    def __init__(self) -> None:
        self.fields: list[SetField] = []
        self.left = 1
        self.size = 0
        self.width = self.length = 0


class ZplPrinterModel:
    """Everything but the cable. Prints at once, unless something stops it; then formats wait, as in a printer."""

    def __init__(self, profile: LabelProfile, faults: Iterable[Fault] = ()) -> None:
        self.profile = profile
        self.labels: deque[PrintedLabel] = deque(maxlen=_KEPT_LABELS)
        """Those that came out last."""
        self.printed = 0
        """How many ever came out."""
        self.media_out = self.head_open = self.paused = False
        self._faults = tuple(faults)
        self._waiting: deque[_Format] = deque()
        self._events: list[Happened] = []
        self._writes = bytearray()
        self._switch_on()

    def _switch_on(self) -> None:
        self._decoder = ZplDecoder()
        self._waiting.clear()
        self._format: _Format | None = None
        self._home = (0, 0)
        self._width, self._length = self.profile.width, int(self.profile.dpmm * 50)
        self._module, self._height = 2, 10
        self._utf8 = False
        self._font = (9, 5)
        self._clear_field()

    def _clear_field(self) -> None:
        self._place = (0, 0)
        self._kind: Command | None = None
        self._block: field.FieldBlock | None = None
        self._hex: bytes | None = None
        self._data: bytes | None = None
        self._field_font = self._font

    # The cable.

    def connected(self) -> Effects:
        """A host came."""
        return self._effects(Happened(What.CONNECTED))

    def disconnected(self) -> Effects:
        """The host went; what it sent stays."""
        return self._effects(Happened(What.DISCONNECTED))

    def trouble(self, what: str) -> Effects:
        """Something is wrong with the cable."""
        return self._effects(Happened(What.CABLE_FAULT, what))

    def host_listens(self, listens: bool) -> Effects:
        """Whether the host takes answers; this printer's are short and simply lost."""
        return self._effects()

    def receive(self, data: bytes) -> Effects:
        """Bytes from the host."""
        for command in self._decoder.feed(data):
            self._do(command)
        self._print()
        return self._effects()

    @property
    def stopped(self) -> bool:
        """Whether it cannot print now."""
        return self.media_out or self.head_open or self.paused

    @property
    def waiting(self) -> bool:
        """Whether formats wait because something stops the printer."""
        return bool(self._waiting)

    @property
    def room(self) -> int:
        """Bytes that it takes now."""
        return max(self.profile.receive_buffer - sum(one.size for one in self._waiting), 0)

    @property
    def facts(self) -> HostStatusFacts:
        """What `~HS` tells."""
        return HostStatusFacts(
            paper_out=self.media_out,
            paused=self.paused,
            label_length=self._length,
            formats=min(len(self._waiting), 999),
            buffer_full=not self.room,
            partial=self._format is not None,
            head_open=self.head_open,
            labels_left=min(self._waiting[0].left, 99_999_999) if self._waiting else 0,
        )

    # A person's hands.

    def load_media(self) -> Effects:
        """Put in labels and close the head; printing goes on."""
        self.media_out = self.head_open = False
        self._events.append(Happened(What.PAPER_LOADED))
        self._print()
        return self._effects()

    def run_out(self) -> Effects:
        """The labels end now."""
        self.media_out = True
        return self._effects(Happened(What.PAPER_OUT))

    def open_head(self) -> Effects:
        """Open the print head."""
        self.head_open = True
        return self._effects(Happened(What.COVER_OPENED))

    def close_head(self) -> Effects:
        """Close it; printing goes on."""
        self.head_open = False
        self._events.append(Happened(What.COVER_CLOSED))
        self._print()
        return self._effects()

    def pause(self) -> Effects:
        """Press the pause button."""
        self.paused = True
        return self._effects(Happened(What.PAUSED))

    def resume(self) -> Effects:
        """Press it once more."""
        self.paused = False
        self._events.append(Happened(What.RESUMED))
        self._print()
        return self._effects()

    def power_cycle(self) -> Effects:
        """Switch off and on: what waited is gone."""
        self._switch_on()
        self.paused = False
        return self._effects(Happened(What.POWER_CYCLED), disconnects=True)

    # Inside.

    def _effects(self, *events: Happened, disconnects: bool = False) -> Effects:
        told, self._events = (*self._events, *events), []
        writes = bytes(self._writes)
        self._writes.clear()
        return Effects(writes, told, disconnects)

    def _do(self, command: Command) -> None:
        one = self._format
        if one is not None:
            one.size += len(command.encode())
        match command:
            case control.HostStatus():
                # The guide: nothing is sent while media is out or the head is open.
                if not (self.media_out or self.head_open):
                    self._writes += b"".join(map(string, self.facts.strings()))
            case control.HostIdentification():
                self._writes += string(f"{_MODEL},V1.0.0,{self.profile.dpmm},8192KB")
            case control.CancelAll():
                self._waiting.clear()
                self._format = None
                self._events.append(Happened(What.BUFFER_CLEARED))
            case control.Pause():
                self.paused = True
                self._events.append(Happened(What.PAUSED))
            case control.Resume():
                self.paused = False
                self._events.append(Happened(What.RESUMED))
            case label.StartFormat():
                self._format = _Format()
                self._clear_field()
            case label.EndFormat() if one is not None:
                one.width, one.length = self._width, self._length
                self._waiting.append(one)
                self._format = None
            case _ if one is not None:
                self._set(command, one)
            case _:
                pass  # outside a format only the control commands above act

    def _set(self, command: Command, one: _Format) -> None:
        match command:
            case label.SetEncoding(table=table):
                self._utf8 = table == 28
            case label.SetPrintWidth(dots=dots):
                self._width = min(dots, self.profile.width) or self._width
            case label.SetLabelLength(dots=dots):
                self._length = dots or self._length
            case label.SetHome(x=x, y=y):
                self._home = (x, y)
            case label.SetQuantity(quantity=quantity):
                one.left = quantity
            case symbols.BarcodeDefaults(module=module, height=height):
                self._module, self._height = module or self._module, height or self._height
            case field.FieldOrigin(x=x, y=y):
                self._place = (self._home[0] + x, self._home[1] + y)
            case field.FieldHex(indicator=indicator):
                self._hex = indicator
            case field.FieldData(data=data):
                self._data = data
            case field.FieldBlock():
                self._block = command
            case field.SelectFont(height=height, width=width):
                high = height or self._font[0]
                self._field_font = (high, max((width or high) // 2, 1))
            case field.FieldSeparator():
                self._finish(one)
            case _ if isinstance(command, _KINDS):
                self._kind = command

    def _finish(self, one: _Format) -> None:
        drawn = self._kind is not None or self._data is not None
        if drawn and len(one.fields) < _MOST_FIELDS:
            data = self._data or b""
            if self._hex is not None:
                data = unescaped(data, self._hex)
            own = getattr(self._kind, "height", 0) if isinstance(self._kind, symbols.Code128 | symbols.Ean13) else 0
            one.fields.append(
                SetField(
                    *self._place,
                    kind=self._kind,
                    block=self._block,
                    font=self._field_font,
                    module=self._module,
                    height=own or self._height,
                    data=data,
                    utf8=self._utf8,
                )
            )
        self._clear_field()

    def _print(self) -> None:
        while self._waiting and not self.stopped:
            one = self._waiting[0]
            self._come_out(one)
            one.left -= 1
            if one.left <= 0:
                self._waiting.popleft()
            self._go_wrong()

    def _come_out(self, one: _Format) -> None:
        drawing = Drawing(Canvas(one.width, one.length))
        for each in one.fields:
            drawing.draw(each)
        self.printed += 1
        self.labels.append(
            PrintedLabel(
                self.printed,
                self.profile.dpi,
                drawing.canvas.done(),
                tuple(drawing.texts),
                tuple(drawing.codes),
                tuple(drawing.troubles),
            )
        )
        self._events.append(Happened(What.LABEL, f"{self.printed}"))

    def _go_wrong(self) -> None:
        for fault in self._faults:
            match fault:
                case PaperOutAfter(lines) if lines == self.printed:
                    self.media_out = True
                    self._events.append(Happened(What.PAPER_OUT))
                case CoverOpenAfter(lines) if lines == self.printed:
                    self.head_open = True
                    self._events.append(Happened(What.COVER_OPENED))
                case PauseAfter(labels) if labels == self.printed:
                    self.paused = True
                    self._events.append(Happened(What.PAUSED))
                case _:
                    pass
