"""One visit: look at the machine and search its cables side by side, then say what is there and what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from posdevkit.config import check, load_config
from posdevkit.discovery import Found, Survey, discover
from posdevkit.errors import DeadlineExceeded, InputFailed, MissingExtra
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.threads import in_thread

from .claims import Claim, claims
from .diagnosis import Diagnosis, PluggedIn
from .examine import examine
from .machine import Machine, Wanted
from .systems import Looker, this_system

__all__ = ["diagnose"]

_LOOK_MORE: Final = 1.0
"""How much longer than a search the system may take to tell what is plugged in: without it there is nothing to say."""
_EXTRAS: Final = frozenset({"usb", "serial", "hid", "ble"})


async def diagnose(
    *,
    config: str | Path | None = None,
    only: Collection[str] = (),
    ask: Collection[str] = (),
    timeout: float = 1.0,
    on_found: Callable[[Found], object] | None = None,
    system: Looker | None = None,
) -> Diagnosis:
    """Look at this machine and search its cables, for at most about `timeout` seconds, a second more if it dawdles.

    `config` is the shop.toml whose devices ought to be there; what is wrong in it is a finding, no error. `only`, `ask`
    and `on_found` are those of `discover`, which runs beside. `system` looks in place of the machine's own. No device
    is opened that another program may use, and nothing is changed. Raises UsageError for what `discover` refuses,
    InputFailed where there is no such file, and DeadlineExceeded where the system does not answer in time.
    """
    deadline = Deadline.after(timeout + _LOOK_MORE)
    looker = system or this_system()
    try:
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(within(deadline, in_thread(looker.look, name="posdevkit-doctor-look")))
            reading = tasks.create_task(
                within(deadline, in_thread(lambda: _shop(config), name="posdevkit-doctor-shop"))
            )
            searching = tasks.create_task(discover(only=only, ask=ask, timeout=timeout, on_found=on_found))
    except ExceptionGroup as group:
        problem = group.exceptions[0]
        if isinstance(problem, TimeoutError):
            problem = DeadlineExceeded("the system does not tell in time what is plugged in")
        raise problem from None
    shop, survey = reading.result(), searching.result()
    unsearched = {one.source for one in survey.skipped if isinstance(one.problem, MissingExtra)}
    seen = looking.result()
    machine = replace(
        seen,
        missing=seen.missing | (unsearched & _EXTRAS),
        found=frozenset(one.url for one in survey.found),
        shop=shop.devices,
        shop_file=shop.file,
        shop_problem=shop.problem,
    )
    return Diagnosis(machine, tuple(_devices(machine, survey)), examine(machine), survey)


@dataclass(frozen=True, slots=True)
class _Shop:
    file: str = ""
    devices: tuple[Wanted, ...] = ()
    problem: str = ""


def _shop(config: str | Path | None) -> _Shop:
    if config is None:
        return _Shop()
    if not Path(config).is_file():
        raise InputFailed(f"{config}: there is no such file")
    if problems := check(config):
        return _Shop(str(config), problem=str(problems[0]))
    devices = load_config(config).devices.values()
    return _Shop(str(config), tuple(Wanted(device.name, device.url) for device in devices))


def _devices(machine: Machine, survey: Survey) -> Iterator[PluggedIn]:
    """What the system sees, then what only discovery does."""
    searched = {found.url: found for found in survey.found}
    for claim in claims(machine):
        known = [found for url in claim.urls if (found := searched.pop(url, None)) is not None]
        yield _told(claim, next(iter(known), None))
    for found in searched.values():
        yield PluggedIn(found.what, found.kind, found.url, "", "", found.profile)


def _told(claim: Claim, found: Found | None) -> PluggedIn:
    kind = claim.kind if found is None or found.kind == "unknown" else found.kind
    profile = None if found is None else found.profile
    return PluggedIn(claim.device.name, kind, claim.url, claim.device.told.port, claim.interface.driver, profile)
