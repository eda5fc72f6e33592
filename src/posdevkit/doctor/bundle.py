"""One archive for whoever helps from afar: what the doctor found, versions, shop.toml and a log, all of it redacted."""

from __future__ import annotations

import json
import platform
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

from posdevkit._version import __version__
from posdevkit.errors import InputFailed, OutputFailed
from posdevkit.registry import ALSO, KINDS, device_kind
from posdevkit.registry.values import secret
from posdevkit.secret import MASK

from .diagnosis import Diagnosis
from .redaction import Redaction
from .report import report_of

__all__ = ["write_bundle"]

_LOG_BYTES: Final = 256 * 1024
"""How much of a log's end is taken: some thousand lines."""
_DISTRIBUTIONS: Final = (
    "posdevkit", "posdevkit-emulators", "pyusb", "libusb-package", "hidapi", "pyserial", "bleak", "pyscard", "pillow",
    "httpx2", "starlette", "uvicorn",
)  # fmt: skip
_COMMON: Final = frozenset({"url", "profile", "fallback"})


def write_bundle(path: str | Path, diagnosis: Diagnosis, *, log: str | Path | None = None) -> tuple[str, ...]:
    """Write a zip archive and give the names of the files in it.

    The shop.toml that the diagnosis was made with is in it without its secrets, and of `log` the last quarter of a
    megabyte. Card numbers, tokens, serial numbers, names of users and home folders are taken out of everything.
    Raises OutputFailed, and InputFailed for a log that cannot be read.
    """
    redact = Redaction(device.told.serial for device in diagnosis.machine.devices)
    files = dict(_files(diagnosis, redact, log))
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    except (OSError, ValueError) as problem:
        raise OutputFailed(f"{path}: {getattr(problem, 'strerror', None) or problem}") from problem
    return tuple(files)


def _files(diagnosis: Diagnosis, redact: Redaction, log: str | Path | None) -> Iterator[tuple[str, str]]:
    yield "diagnosis.json", _json(redact.everywhere(report_of(diagnosis)))
    yield "versions.json", _json(_versions())
    if diagnosis.machine.shop_file:
        yield "shop.json", _json(redact.everywhere(_shop(Path(diagnosis.machine.shop_file))))
    if log is not None:
        yield "log.txt", redact(_end_of(Path(log)))


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _versions() -> dict[str, object]:
    """Of posdevkit, Python, the system and what our extras install; None for what is not there."""
    found: dict[str, object] = {}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    found["posdevkit"] = __version__
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "distributions": found,
    }


def _shop(path: Path) -> dict[str, object]:
    """The file's tables. A value stays if its key is known to hold no secret; of any other key only the name does."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return {"unreadable": True}
    return {kind: _devices(kind, entries) for kind, entries in tables.items()}


def _devices(kind: str, entries: object) -> object:
    kind = ALSO.get(kind, kind)
    if not isinstance(entries, Mapping) or kind not in KINDS:
        return MASK
    told = device_kind(kind)
    harmless = _COMMON | {name for name, key in told.keys.items() if key.read is not secret}
    return {
        name: {key: _plain(value) if key in harmless else MASK for key, value in entry.items()}
        if isinstance(entry, Mapping)
        else MASK
        for name, entry in entries.items()
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - _LOG_BYTES)
            file.seek(start)
            end = file.read(_LOG_BYTES)
    except OSError as problem:
        raise InputFailed(f"{path}: {problem.strerror or problem}") from problem
    # Half a line may be half a number, which nothing would know for one.
    return (end.partition(b"\n")[2] if start else end).decode("utf-8", "replace")
