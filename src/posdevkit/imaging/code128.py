"""Code 128: from a text, or from the bytes of a printer's job with their explicit code sets, to symbol values."""

from __future__ import annotations

from posdevkit.errors import BadDocument

__all__ = ["values_of_gs1", "values_of_job", "values_of_text"]

_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_SHIFT = 98
_FNC1 = 102
# `{1` to `{4` in sets A and B; FNC4 is spelt like the switch to the set itself.
_FUNCTIONS = {
    "A": {"1": 102, "2": 97, "3": 96, "4": 101},
    "B": {"1": 102, "2": 97, "3": 96, "4": 100},
    "C": {"1": _FNC1},
}


def values_of_job(data: bytes) -> tuple[list[int], str]:
    """Symbol values (start to last character, without check) and readable text of data as `GS k` takes it.

    The data begins with `{A`, `{B` or `{C`; `{S` shifts one character, `{1` to `{4` are the functions, `{{` is a brace,
    and in set C one byte is a pair of digits (Epson TM-T88 manual, GS k, CODE128). Raises BadDocument where a printer
    refuses.
    """
    current = ""
    values: list[int] = []
    shown: list[str] = []
    shifted = False
    place = 0
    while place < len(data):
        byte = data[place]
        char = chr(data[place + 1]) if byte == 0x7B and place + 1 < len(data) else ""
        if byte == 0x7B:
            place += 2
            if char in _START:
                values.append(_SWITCH[char] if current else _START[char])
                current = char
                continue
            if not current:
                break
            if char == "S" and current != "C" and not shifted:
                values.append(_SHIFT)
                shifted = True
                continue
            if char in _FUNCTIONS[current]:
                values.append(_FUNCTIONS[current][char])
                continue
            if char != "{" or current == "C":
                raise BadDocument(f"CODE128 data has no {{{char} in code set {current}")
        else:
            place += 1
        if not current:
            break
        used = {"A": "B", "B": "A"}[current] if shifted else current
        shifted = False
        values.append(_value(byte, used))
        shown.append(f"{byte:02d}" if used == "C" else chr(byte) if 32 <= byte < 127 else " ")
    if not current:
        raise BadDocument("CODE128 data begins with {A, {B or {C in a printer's job")
    return values, "".join(shown)


def values_of_gs1(data: bytes) -> tuple[list[int], str]:
    """Symbol values and readable text of GS1-128 data as `GS k` 74 takes it.

    Parentheses and blanks are for people only, `{1` is FNC1; another comes behind the start by itself (Epson TM-U220
    ePOS-Print XML manual, p. 82). `*` for a check digit that the printer works out is not known here.
    """
    text = data.decode("latin-1")
    plain = "".join(char for char in text if char not in "() ")
    parts = plain.split("{1")
    if not parts[0] or any(not part or not part.isascii() or "{" in part or "*" in part for part in parts):
        raise BadDocument(f"GS1-128 takes application identifiers and their data, not {text!r}")
    values: list[int] = []
    for part in parts:
        found, _ = values_of_text(part)
        # Each part chooses its own first code set: a start for the first, a change of set for the others.
        start = found[0]
        values += [start, _FNC1] if not values else [_FNC1, _SWITCH[{103: "A", 104: "B", 105: "C"}[start]]]
        values += found[1:]
    return values, text.replace("{1", "")


def values_of_text(text: str) -> tuple[list[int], str]:
    """Symbol values for ASCII text, the code sets chosen so that runs of digits take half the room."""
    if not text or not text.isascii():
        raise BadDocument(f"CODE128 takes one or more ASCII characters, not {text!r}")
    values: list[int] = []
    current = ""
    place = 0
    while place < len(text):
        digits = _digits_from(text, place)
        pairs = digits // 2 if current == "C" or _worth_pairs(text, place, digits) else 0
        wanted = "C" if pairs else _letters_for(text, place, current)
        if wanted != current:
            values.append(_SWITCH[wanted] if current else _START[wanted])
            current = wanted
        if pairs:
            values += [int(text[place + 2 * pair : place + 2 * pair + 2]) for pair in range(pairs)]
            place += 2 * pairs
        else:
            values.append(_value(ord(text[place]), current))
            place += 1
    return values, "".join(char if " " <= char <= "~" else " " for char in text)


def _digits_from(text: str, place: int) -> int:
    end = place
    while end < len(text) and text[end] in "0123456789":
        end += 1
    return end - place


def _worth_pairs(text: str, place: int, digits: int) -> bool:
    at_edge = place == 0 or place + digits == len(text)
    # An odd run within letters gives its first digit to them, so that the switch is followed by pairs only.
    if place and digits % 2:
        return False
    return digits >= (4 if at_edge else 6) or (digits == 2 and digits == len(text))


def _letters_for(text: str, place: int, current: str) -> str:
    """Set A where the next character that only one of the two sets has is a control, else set B."""
    for char in text[place:]:
        if char < " ":
            return "A"
        if char >= "`":
            return "B"
    return "A" if current == "A" else "B"


def _value(byte: int, code_set: str) -> int:
    if code_set == "C":
        if byte > 99:
            raise BadDocument(f"code set C of CODE128 takes pairs of digits as bytes 0 to 99, not {byte}")
        return byte
    if 32 <= byte < 96:
        return byte - 32
    if code_set == "A" and byte < 32:
        return byte + 64
    if code_set == "B" and 96 <= byte < 128:
        return byte - 32
    raise BadDocument(f"code set {code_set} of CODE128 has no character {byte:02X} (hex)")
