"""The receipt printer: one handle, one queue, one job at a time, and the truth about each."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from posdevkit.documents import Receipt, check_logo_key
from posdevkit.errors import DeadlineExceeded, Disconnected, PrinterFault, Unsupported, UsageError
from posdevkit.errors.inputs import expect, several
from posdevkit.events import Evidence, JobEvent, OtherModelTold, Outcome, PrinterStatus, ProfileChosen
from posdevkit.links.base import StreamLink
from posdevkit.links.pace import bytes_per_second
from posdevkit.links.url import DeviceUrl, url_of
from posdevkit.profiles import Profile, known_printers, load_profile
from posdevkit.protocols.conversation import Conversation, Identity, Profiled
from posdevkit.protocols.dialects import dialect
from posdevkit.protocols.escpos.logos import delete_logo, store_logo
from posdevkit.runtime.clock import SYSTEM_CLOCK, Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.opening import Opening, opening
from posdevkit.runtime.threads import in_thread

from .choosing import (
    AUTO,
    DEFAULT_PROFILE,
    IDENTITY_SECONDS,
    UNKNOWN_REMEDY,
    base_of,
    chosen_by,
    other_model,
    star_base,
    star_question,
)
from .compose import Fonts, compose_beside, rasterized
from .job import CarriedJob, Job
from .logos import LogoRecord, change_logos, checksum, keys_of, list_logos, refuse_missing
from .pace import Pace
from .queued import QueuedPrinter
from .troubles import trouble_of

__all__ = ["AUTO", "DEFAULT_PROFILE", "ReceiptPrinter", "asking_printer"]

logger = logging.getLogger("posdevkit.devices")


class ReceiptPrinter(QueuedPrinter):
    """A receipt printer behind a URL. All methods run on one event loop.

    Jobs are printed in the order of `submit`, one at a time. The handle reconnects by itself and never prints a job
    again because of that. Make one with `open`; `async with` closes it.
    """

    def __init__(
        self,
        url: str | DeviceUrl,
        profile: Profile,
        *,
        name: str = "",
        fallback: ReceiptPrinter | None = None,
        fonts: Fonts = None,
        make_link: Callable[[], StreamLink] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.profile = profile
        self.fonts = fonts if fonts is None else several(fonts, "fonts are several paths", "Give fonts=['font.ttf'].")
        super().__init__(url, profile, self._new_session, name=name, make_link=make_link, clock=clock)
        self._asks = False
        self._choice: ProfileChosen | None = None
        self._other: OtherModelTold | None = None
        self._fallback = fallback
        self._kept: tuple[str, ...] = ()
        self._kept_in = -1  # the life of the connection in which it was told

    @classmethod
    def open(
        cls,
        url: str,
        *,
        profile: str | Path | Profile = AUTO,
        name: str = "",
        fonts: Sequence[str | Path] | None = None,
        timeout: float | None = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Opening[ReceiptPrinter]:
        """Connect and greet.

        `profile`: a name, a TOML file, a Profile; "auto" asks the printer what it is (`GS I`, Star's version) and takes
        the profile that is known as that, or what printers of 80 mm have in common, which `chosen` and an event tell.
        `fonts`: files and folders to draw from what the printer cannot set; what none of them has is refused. None: the
        system's fonts, and a '?' with a finding for what they lack; empty: no text is drawn. `timeout` in seconds for
        both. Raises BadUrl, BadProfile, Disconnected.
        """
        if profile == AUTO:
            printer = asking_printer(url, name=name, fonts=fonts, clock=clock)
        else:
            chosen = profile if isinstance(profile, Profile) else load_profile(profile)
            printer = cls(url, chosen, name=name, fonts=fonts, clock=clock)
        return opening(printer, lambda: printer.connect(timeout))

    def __repr__(self) -> str:
        return f"<ReceiptPrinter {self.name} ({self.profile.name}): {self.state.value}>"

    # Which profile

    @property
    def chosen(self) -> ProfileChosen | None:
        """With `profile="auto"`: which profile was chosen, and whether the printer's own word led to it."""
        return self._choice

    @property
    def other_model(self) -> OtherModelTold | None:
        """With a profile that was named: what the printer says it is, where that is clearly another model."""
        return self._other

    async def connect(self, timeout: float | None = 10.0) -> None:
        """Connect now instead of with the first job. Raises Disconnected; does nothing while connected."""
        if self._unknown:
            await in_thread(known_printers, name="posdevkit-profiles")  # read beside the loop, once
        await super().connect(timeout)
        if self._unknown:
            await self._ask_what_it_is()

    def _new_session(self, seed: int, answers: bool) -> Conversation:
        profile = self.profile if answers else replace(self.profile, answers=False)
        return dialect(profile.language).session(profile, seed)

    @property
    def _unknown(self) -> bool:
        """Whether the printer has yet to be asked what it is."""
        return self._asks and self._choice is None

    async def _be_known(self) -> None:
        """Ask it, where that is not known: receipts are laid out for the printer they are for. Raises Disconnected."""
        if self._unknown:
            await self.connect()

    async def _ask_what_it_is(self) -> None:
        line = self._line
        if line.session.evidence is Evidence.ETB and self.profile.language == "escpos":
            self._use(star_base())  # it answered in Star's language, and can now be asked the rest
            line.session = self._new_session(0, True)
            line.session.heard = True
            await line.send(line.session.greeting())
        patience = Deadline.after(IDENTITY_SECONDS, self._clock)
        while line.up and not line.mute and not line.takes_jobs and self._choice is None:
            # Told in turn with the data, so a printer that cannot print may tell it later.
            if line.status.can_print is False or not await line.changed.wait(patience):
                break
        if self._choice is None:
            self._tell_choice(known=False)

    def _identity_told(self, identity: Identity) -> None:
        if not self._asks:
            self._compare(identity)
            return
        if self._choice is not None and self._choice.known:
            return
        if profile := chosen_by(identity):
            self._use(profile)
            self._tell_choice(known=True)
        elif identity.model and self._choice is None:
            self._tell_choice(known=False)

    def _compare(self, identity: Identity) -> None:
        suggested = other_model(self.profile, identity)
        if suggested is None or (self._other is not None and self._other.model == identity.model):
            return
        remedy = f"Name {suggested} instead, or 'auto'. Keep {self.profile.name} only where it prints right."
        told, at = (identity.maker, identity.model), self._clock.monotonic()
        self._other = OtherModelTold(self.name, at, self.profile.name, *told, suggested, remedy)
        logger.warning("%s: says it is %s, not %s. %s", self.name, " ".join(told).strip(), self.profile.name, remedy)
        self._broadcaster.publish(self._other)

    def _use(self, profile: Profile) -> None:
        self.profile = self._line.profile = profile
        if isinstance(self._line.session, Profiled):
            self._line.session.profile = profile
        self._pace = Pace.of(bytes_per_second(self.url), profile)

    def _tell_choice(self, *, known: bool) -> None:
        told, remedy = self.identity, "" if known else UNKNOWN_REMEDY
        at = self._clock.monotonic()
        self._choice = ProfileChosen(self.name, at, self.profile.name, known, told.maker, told.model, remedy)
        said = f"says it is {told.maker} {told.model}".rstrip() if told.model else "does not say what it is"
        logger.log(logging.INFO if known else logging.WARNING, "%s: %s: %s", self.name, said, self.profile.name)
        self._broadcaster.publish(self._choice)

    # Printing

    async def print(
        self,
        receipt: Receipt,
        *,
        key: str = "",
        timeout: float | Literal["auto"] | None = "auto",
        on_wait: Callable[[JobEvent], None] | None = None,
    ) -> Outcome:
        """Submit `receipt` and wait for its outcome.

        `on_wait` is called each time the job has to wait for a person, with the error's slug and the remedy to show: on
        the event loop in the async face, on the thread "posdevkit-events" in the blocking one. At the deadline
        the error that stands in the way is raised and carries the job: `error.job.wait()` goes on listening for the
        same job and `error.job.abandon()` clears the printer; neither sends it again. `timeout` in seconds; "auto" is
        as long as its size needs at the speed of the wire and of the paper, 60 at least.

        Raises a UsageError before a byte leaves, or a DeviceError with `outcome` and `job`.
        """
        deadline = None if timeout == "auto" else Deadline.after(timeout, self._clock)
        job = await self.submit(receipt, key=key)
        return await self._awaited(job, deadline, on_wait)

    async def submit(self, receipt: Receipt, *, key: str = "") -> Job:
        """Lay out and queue `receipt`; the job tells the rest.

        `key` is your name for it. While a job with the same key is not settled, the same content gives that very job
        and other content raises JobConflict; so does a key whose last job ended unknown or partial, since printing it
        again could print it twice. Raises a UsageError for what cannot be printed.
        """
        self._refuse_if_closed()
        await self._be_known()
        composed = await compose_beside(receipt, self.profile, self.fonts)
        await self._refuse_missing_logos(receipt)
        self._refuse_if_closed()
        return self._submitted(receipt, composed, key)

    # Pictures that the printer keeps

    async def logos(self, *, downloaded: bool = False, timeout: float | None = 10.0) -> tuple[str, ...]:
        """The keys of the pictures that the printer keeps, asked of the printer when the jobs before are through.

        `downloaded`: of those in its working memory instead, which the next job's `ESC @` forgets. Raises Unsupported
        for a model that keeps none or never answers, Disconnected, DeadlineExceeded.
        """
        deadline = self._logo_deadline(timeout, downloaded)
        async with self._talk_between_jobs(deadline):
            found = await list_logos(self._line, deadline, self.name, downloaded=downloaded)
            if not downloaded:
                self._kept = found
        return found

    async def store_logo(
        self,
        key: str,
        image: str | Path | bytes,
        *,
        record: str | Path | None = None,
        replace: bool = False,
        downloaded: bool = False,
        timeout: float | None = 30.0,
    ) -> bool:
        """Have the printer keep a picture under `key`, two characters. Whether it had to be written.

        `downloaded`: in its working memory, which does not wear, until the next job; `record` is left alone then.

        Storing wears the printer's memory, so a key that is there is left alone, unless `replace` is given or the
        `record` (a JSON file of yours, which remembers what was stored in which printer) tells that the picture has
        changed. Raises BadImage, BadDocument, OutputFailed, PrinterFault where the printer did not keep it, and what
        `logos` raises.
        """
        check_logo_key(key)
        deadline = self._logo_deadline(timeout, downloaded)
        raster = await in_thread(lambda: rasterized(image, self.profile.width), name="posdevkit-logo")
        written, kept_in = checksum(raster), LogoRecord(Path(record) if record is not None else None)
        async with self._talk_between_jobs(deadline):
            kept = await list_logos(self._line, deadline, self.name, downloaded=downloaded)
            before = kept_in.get(self._printer_itself, key)
            if key in kept and not replace and (downloaded or record is None or before == written):
                return False
            data = store_logo(key, raster, downloaded=downloaded)
            kept = await change_logos(self._line, data, deadline, self.name, downloaded=downloaded)
            self._kept = self._kept if downloaded else kept
            if key not in kept:
                raise PrinterFault(
                    f"{self.name} did not keep logo {key!r}", remedy="Delete other logos, or store a smaller picture."
                )
            if not downloaded:
                kept_in.put(self._printer_itself, key, written)
        return True

    async def delete_logo(self, key: str, *, downloaded: bool = False, timeout: float | None = 10.0) -> bool:
        """Have the printer forget the picture under `key`. Whether there was one."""
        check_logo_key(key)
        deadline = self._logo_deadline(timeout, downloaded)
        async with self._talk_between_jobs(deadline):
            before = await list_logos(self._line, deadline, self.name, downloaded=downloaded)
            if key in before:
                data = delete_logo(key, downloaded=downloaded)
                left = await change_logos(self._line, data, deadline, self.name, downloaded=downloaded)
                self._kept = self._kept if downloaded else left
        return key in before

    async def _refuse_missing_logos(self, receipt: Receipt, timeout: float | None = 10.0) -> None:
        if wanted := keys_of(receipt):
            known = self._kept if self._kept_in == self._line.lives else ()  # another printer may be there by now
            kept = known if wanted.issubset(known) else await self.logos(timeout=timeout)
            refuse_missing(wanted, kept, self.name)

    def _logo_deadline(self, timeout: float | None, downloaded: bool) -> Deadline:
        expect(downloaded, bool, "downloaded is True or False")
        self._refuse_if_closed()
        if not self.profile.stored_logos:
            raise Unsupported(
                f"{self.profile.name} keeps no logos", remedy="Print the logo as a picture, with image()."
            )
        return Deadline.after(timeout, self._clock)

    @asynccontextmanager
    async def _talk_between_jobs(self, deadline: Deadline) -> AsyncIterator[None]:
        try:
            await within(deadline, self._talking.acquire())
        except TimeoutError:
            raise DeadlineExceeded(f"{self.name}: a job is under way") from None
        try:
            yield
        finally:
            self._kept_in = self._line.lives
            self._talking.release()

    @property
    def _printer_itself(self) -> str:
        """What a record knows the printer by: its serial number, which moves with it, or where it is reached."""
        return self.identity.serial or self.url

    async def open_drawer(self, pin: Literal[2, 5] = 2, *, timeout: float | None = 10.0) -> Outcome:
        """Kick the drawer that hangs on this printer, after the jobs before it."""
        return await self.print(Receipt().drawer(pin), timeout=timeout)

    async def recover(self, *, timeout: float | None = 10.0) -> PrinterStatus:
        """Have the printer go on after an error whose cause somebody has removed, such as a jammed cutter.

        It prints on where it stopped (ESC/POS `DLE ENQ` 1); nothing is sent again, and a job that waits is confirmed as
        ever. Gives the status then. Raises Unsupported for a model without such a command (a Star printer goes on when
        the cause is gone), the error that is still there (CutterJam, PrinterFault, PaperOut, ...), Disconnected.
        """
        self._refuse_if_closed()
        deadline, line = Deadline.after(timeout, self._clock), self._line
        if not line.up:
            await line.open(deadline)
        if line.mute or not line.session.recovery_request():
            raise Unsupported(
                f"{self.name}: no command has a {self.profile.model} go on after an error",
                remedy="Remove the cause; if the printer does not go on then, switch it off and on.",
            )
        try:
            await line.recover(deadline)
        except TimeoutError:
            raise (trouble_of(line.status) or DeadlineExceeded)(self.name) from None
        if not line.up:
            raise Disconnected(line.reason)
        if trouble := trouble_of(line.status):
            raise trouble(self.name)
        return line.status

    async def _reroute(self, job: CarriedJob) -> bool:
        """Hand a job of which not a byte has left to the fallback; False if there is none or it cannot print this."""
        fallback = self._fallback
        if fallback is None or fallback._closing or job.done or not isinstance(job.document, Receipt):
            return False
        if keys_of(job.document):
            return False  # nobody has asked the other one what it keeps
        if job.before_first_byte is not None:
            return False  # a queue's job: its promise names this printer, and it brings bytes instead of a document
        try:
            composed = await compose_beside(job.document, fallback.profile, fallback.fonts)
        except UsageError as problem:
            logger.warning("%s: job %s does not fit the fallback %s: %s", self.name, job.key, fallback.name, problem)
            return False
        logger.warning("%s: job %s goes to %s", self.name, job.key, fallback.name)
        job.rerouted(fallback.name, composed)
        fallback._remember(job)
        fallback._enqueue(job)
        return True


def asking_printer(
    url: str | DeviceUrl,
    *,
    name: str = "",
    fallback: ReceiptPrinter | None = None,
    fonts: Fonts = None,
    make_link: Callable[[], StreamLink] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ReceiptPrinter:
    """A printer that is asked for its profile when it is first connected; until then it has a generic one."""
    base = base_of(url_of(url))
    printer = ReceiptPrinter(url, base, name=name, fallback=fallback, fonts=fonts, make_link=make_link, clock=clock)
    printer._asks = True
    if base.language == "escpos":
        printer._line.other_tongue = star_question()
    return printer
