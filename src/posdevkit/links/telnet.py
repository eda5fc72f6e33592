"""The bytes of Telnet and of its serial port option, as pure values: RFC 854, 855, 856, 858 and 2217.

A serial port behind a network speaks them: data with 255 doubled, and between the data orders to set the port.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .serial_settings import Settings

__all__ = ["PortControl", "quoted"]

_SE, _SB, _WILL, _WONT, _DO, _DONT, _IAC = 240, 250, 251, 252, 253, 254, 255
_BINARY, _NO_GO_AHEAD, _COM_PORT = 0, 3, 44
_BAUD, _BITS, _PARITY, _STOP, _CONTROL = 1, 2, 3, 4, 5
_SUSPEND, _RESUME, _LINE_MASK, _MODEM_MASK = 8, 9, 10, 11
_ANSWER: Final = 100
"""What the server adds to the number of an order that it answers, and to those of its own (RFC 2217, section 3)."""
_PARITIES: Final = {"none": 1, "odd": 2, "even": 3}
_FLOWS: Final = {"none": 1, "xonxoff": 2, "rtscts": 3}
_NAMES: Final = {_BAUD: "baud", _BITS: "bits", _PARITY: "parity", _STOP: "stop"}
_CONTROLS: Final = {1: "flow", 2: "flow", 3: "flow", 8: "dtr", 9: "dtr", 11: "rts", 12: "rts"}
"""What an order of the one kind that sets three things is about, by its value."""
_LONGEST_ORDER: Final = 64


def quoted(data: bytes) -> bytes:
    """Data as it goes out."""
    return data.replace(b"\xff", b"\xff\xff")


class PortControl:
    """One connection to a serial port behind a network. Total: any bytes, cut anywhere, never an exception."""

    def __init__(self, settings: Settings) -> None:
        control = [_FLOWS[settings.flow], 8 if settings.dtr else 9]
        if settings.flow != "rtscts":
            control.append(11 if settings.rts else 12)
        self._orders = [
            (_BAUD, settings.baud.to_bytes(4, "big")),
            (_BITS, bytes([settings.bits])),
            (_PARITY, bytes([_PARITIES[settings.parity]])),
            (_STOP, bytes([settings.stop])),
            *((_CONTROL, bytes([value])) for value in control),
        ]
        self._agreed: dict[tuple[int, int], bool] = {}
        self._state: Callable[[int], None] = self._plain
        self._verb = 0
        self._order = bytearray()
        self._data = bytearray()
        self._reply = bytearray()
        self.refused = ""
        """Why the port cannot be used: what the server will not do; empty as long as there is nothing."""
        self.suspended = False
        """Whether the server has asked for a pause."""

    @property
    def ready(self) -> bool:
        """Whether every setting was answered with what was asked for."""
        return not self._orders and not self.refused

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The settings that nobody has answered yet, by the names of the URL's options."""
        return tuple(_name(order, value) for order, value in self._orders)

    def greeting(self) -> bytes:
        """What to send first: 8-bit data both ways, and the option itself."""
        wanted = ((_DO, _BINARY), (_WILL, _BINARY), (_DO, _NO_GO_AHEAD), (_WILL, _COM_PORT), (_DO, _COM_PORT))
        self._agreed = dict.fromkeys(wanted, False)
        return b"".join(bytes((_IAC, *pair)) for pair in wanted)

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """The device's data in `data`, and what to send in return."""
        for byte in data:
            self._state(byte)
        out = bytes(self._data), bytes(self._reply)
        self._data.clear()
        self._reply.clear()
        return out

    def _plain(self, byte: int) -> None:
        if byte == _IAC:
            self._state = self._after_iac
        else:
            self._data.append(byte)

    def _after_iac(self, byte: int) -> None:
        self._state = self._plain
        if byte == _IAC:
            self._data.append(byte)
        elif byte in (_WILL, _WONT, _DO, _DONT):
            self._verb = byte
            self._state = self._option
        elif byte == _SB:
            self._order.clear()
            self._state = self._inside

    def _option(self, byte: int) -> None:
        self._state = self._plain
        mine = {_WILL: _DO, _WONT: _DO, _DO: _WILL, _DONT: _WILL}[self._verb]
        asked, agreed = (mine, byte), self._verb in (_WILL, _DO)
        if asked in self._agreed:
            # The server's answer to what was asked; a yes that was asked for is not answered again.
            first = not any(self._agreed.get((verb, _COM_PORT)) for verb in (_WILL, _DO))
            self._agreed[asked] = agreed
            if byte == _COM_PORT and agreed and first:
                # No news of lines that nobody asked about.
                self._say(_LINE_MASK, b"\0")
                self._say(_MODEM_MASK, b"\0")
                for order, value in self._orders:
                    self._say(order, value)
            elif asked == (_WILL, _COM_PORT) and not agreed:
                self.refused = "it knows no RFC 2217"
        elif agreed:
            no = _DONT if mine == _DO else _WONT
            self._reply += bytes((_IAC, no, byte))

    def _inside(self, byte: int) -> None:
        if byte == _IAC:
            self._state = self._inside_iac
        elif len(self._order) < _LONGEST_ORDER:
            self._order.append(byte)

    def _inside_iac(self, byte: int) -> None:
        self._state = self._inside
        if byte == _IAC:
            self._order.append(byte)
        else:
            self._state = self._plain
            if byte == _SE and self._order[:1] == bytes([_COM_PORT]) and len(self._order) > 1:
                self._told(self._order[1] - _ANSWER, bytes(self._order[2:]))

    def _told(self, order: int, value: bytes) -> None:
        if order in (_SUSPEND, _RESUME):
            self.suspended = order == _SUSPEND
            return
        name = _name(order, value)
        asked = next((asked for asked in self._orders if _name(*asked) == name), None)
        if asked == (order, value):
            self._orders.remove(asked)
        elif asked is not None:
            told = f" but to {int.from_bytes(value, 'big')}" if order == _BAUD else ""
            self.refused = f"it does not set {name} as asked{told}"

    def _say(self, order: int, value: bytes) -> None:
        self._reply += bytes((_IAC, _SB, _COM_PORT, order)) + quoted(value) + bytes((_IAC, _SE))


def _name(order: int, value: bytes) -> str:
    """The URL's option for what an order sets; empty for an order that sets nothing of ours."""
    return _CONTROLS.get(int.from_bytes(value, "big"), "") if order == _CONTROL else _NAMES.get(order, "")
