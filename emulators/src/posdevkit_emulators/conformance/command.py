"""`posdevkit conformance`: which checks there are, on which wires they run, and how our own drivers do."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from posdevkit.errors import UsageError

from .emulated import EVERYTHING, runs_here
from .suite import Check, Suite, Wire

__all__ = ["run"]

Cell = tuple[Suite[Any], Wire[Any], Check[Any], str]


def run(args: Namespace) -> int:
    """List, or with --run carry out; 1 when a check fails. Raises UsageError for a device or wire that is not there."""
    cells = list(_chosen(args.device, args.wire))
    if not cells:
        known = sorted({_name(suite) for suite, _ in EVERYTHING})
        wires = sorted({wire.name.split()[0] for _, wires in EVERYTHING for wire in wires})
        raise UsageError(
            f"no suite for {args.device or 'any device'} on {args.wire or 'any wire'}",
            remedy=f"Devices: {', '.join(known)}. Wires: {', '.join(wires)}.",
        )
    return (_carried_out if args.run_checks else _listed)(cells, as_json=args.json)


def _name(suite: Suite[Any]) -> str:
    return suite.device.replace(" ", "-")


def _chosen(device: str | None, wire_name: str | None) -> Iterator[Cell]:
    for suite, wires in EVERYTHING:
        if device in (None, _name(suite)):
            for wire, check, excuse in suite.cells(*wires):
                if wire_name in (None, wire.name, wire.name.split()[0]):
                    yield suite, wire, check, excuse


def _listed(cells: list[Cell], *, as_json: bool) -> int:
    for suite, wire, check, excuse in cells:
        told = excuse or check.right
        _say(suite, wire, check, "not on this wire" if excuse else "runs", told, as_json=as_json)
    return 0


def _carried_out(cells: list[Cell], *, as_json: bool) -> int:
    failed = 0
    for suite, wire, check, excuse in cells:
        if excuse or not runs_here(wire):
            why = excuse or "this system has no such wire"
            _say(suite, wire, check, "not on this wire", why, as_json=as_json)
            continue
        began = time.monotonic()
        try:
            suite.run(check, wire)
        except Exception as problem:  # noqa: BLE001  # whatever a driver lets out is a failure of its
            failed += 1
            _say(suite, wire, check, "failed", f"{type(problem).__name__}: {problem}", as_json=as_json)
        else:
            _say(suite, wire, check, "passed", f"{time.monotonic() - began:.2f} s", as_json=as_json)
    return int(failed > 0)


def _say(suite: Suite[Any], wire: Wire[Any], check: Check[Any], state: str, detail: str, *, as_json: bool) -> None:
    facts = {
        "device": _name(suite),
        "wire": wire.name,
        "disruption": check.disruption.value,
        "check": check.name,
        "state": state,
        "detail": detail,
    }
    line = json.dumps(facts) if as_json else f"{_name(suite)}  {wire.name}  {check.name}: {state} ({detail})"
    print(line, flush=True)  # noqa: T201
