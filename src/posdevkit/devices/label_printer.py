"""The label printer: labels in millimetres, one queue, and what the printer tells about each job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from posdevkit.documents import Label
from posdevkit.errors import BadDocument
from posdevkit.errors.inputs import expect
from posdevkit.events import JobEvent, OtherModelTold, Outcome
from posdevkit.links.base import StreamLink
from posdevkit.links.url import DeviceUrl
from posdevkit.profiles import LabelProfile, load_label_profile
from posdevkit.protocols.conversation import Identity
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit.protocols.zpl.session import ZplSession
from posdevkit.registry import DeviceKind, Key, open_link, values
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.opening import Opening, opening

from .choosing import label_profile_of, other_label_printer
from .compose import Composed
from .job import Job
from .queued import QueuedPrinter

__all__ = ["KIND", "LabelPrinter"]

logger = logging.getLogger("posdevkit.devices")

DEFAULT_LABEL_PROFILE = "generic-zpl-203"


class LabelPrinter(QueuedPrinter):
    """A label printer behind a URL. All methods run on one event loop.

    Jobs are printed in the order of `submit`, one at a time. The handle reconnects by itself and never prints a job
    again because of that. Make one with `open`; `async with` closes it.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        profile: LabelProfile,
        *,
        name: str = "",
        make_link: Callable[[], StreamLink] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        mute = replace(profile, answers=False)
        super().__init__(
            url,
            profile,
            lambda _, answers: ZplSession(profile if answers else mute),
            name=name,
            make_link=make_link,
            clock=clock,
        )
        self.profile = profile
        self._other: OtherModelTold | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        profile: str | Path | LabelProfile = DEFAULT_LABEL_PROFILE,
        name: str = "",
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[LabelPrinter]:
        """Connect and ask for the status.

        `timeout` in seconds for both. Raises BadUrl, BadProfile, Disconnected.
        """
        chosen = profile if isinstance(profile, LabelProfile) else load_label_profile(profile)
        printer = cls(url, chosen, name=name, clock=clock)
        return opening(printer, lambda: printer.connect(timeout))

    def __repr__(self) -> str:
        return f"<LabelPrinter {self.name} ({self.profile.name}): {self.state.value}>"

    @property
    def other_model(self) -> OtherModelTold | None:
        """What the printer says it is, where the profile is not of that: other dots per millimetre or another model.
        Labels then come out too large, too small or cut off."""
        return self._other

    def _identity_told(self, identity: Identity) -> None:
        profile = self.profile
        if not other_label_printer(profile, identity):
            self._other = None
            return
        if self._other is not None and self._other.model == identity.model:
            return
        density = f" with {identity.dpmm} dots/mm" if identity.dpmm else ""
        suggested = label_profile_of(identity.dpmm)
        instead = (
            f"Name {suggested} instead, or a profile of your own that inherits it."
            if suggested
            else "Write a profile of your own with its dpi and width: a TOML file that inherits one of these."
        )
        at = self._clock.monotonic()
        self._other = OtherModelTold(self.name, at, profile.name, "", identity.model, suggested, instead)
        mine = f"{profile.name} ({profile.dpmm} dots/mm)"
        logger.warning("%s: says it is %s%s, not %s. %s", self.name, identity.model, density, mine, instead)
        self._broadcaster.publish(self._other)

    async def print(
        self,
        label: Label,
        *,
        copies: int = 1,
        key: str = "",
        timeout: float | Literal["auto"] | None = "auto",
        on_wait: Callable[[JobEvent], None] | None = None,
    ) -> Outcome:
        """Submit `copies` of `label` and wait for the outcome.

        The best a ZPL printer tells is that no format waits any more: delivery `sent`, evidence `in_order_status`. It
        does not prove that the labels are on paper.

        `on_wait` is called each time the job has to wait for a person, with the error's slug and the remedy to show: on
        the event loop in the async face, on the thread "posdevkit-events" in the blocking one. At the deadline
        the error that stands in the way is raised and carries the job: `error.job.wait()` goes on listening for the
        same job and `error.job.abandon()` clears the printer; neither sends it again. `timeout` in seconds; "auto" is
        as long as its size needs at the speed of the wire and of the paper, 60 at least.

        Raises a UsageError before a byte leaves, or a DeviceError with `outcome` and `job`.
        """
        deadline = None if timeout == "auto" else Deadline.after(timeout, self._clock)
        job = await self.submit(label, copies=copies, key=key)
        return await self._awaited(job, deadline, on_wait)

    async def submit(self, label: Label, *, copies: int = 1, key: str = "") -> Job:
        """Compile and queue `label`; the job tells the rest.

        `key` is your name for it. While a job with the same key is not settled, the same content gives that very job
        and other content raises JobConflict; so does a key whose last job ended unknown or partial, since printing it
        again could print it twice. Raises a UsageError for what cannot be printed.
        """
        self._refuse_if_closed()
        expect(label, Label, "what is printed is a Label", "Print Label(50, 30).text(2, 2, '...').", BadDocument)
        return self._submitted(label, Composed(*compile_label(label, self.profile, copies)), key)


def _made(
    url: DeviceUrl, *, profile: str = DEFAULT_LABEL_PROFILE, name: str = "", clock: Clock = SYSTEM_CLOCK
) -> LabelPrinter:
    return LabelPrinter(url, load_label_profile(profile), name=name, clock=clock)


KIND: Final = DeviceKind(
    "tcp://192.168.1.89",
    open_link,
    _made,
    {"profile": Key(values.profile(load_label_profile), values.always(DEFAULT_LABEL_PROFILE))},
)
