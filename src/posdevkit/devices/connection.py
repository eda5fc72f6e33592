"""One device's connection: its link, the conversation on it, and the reader that never stops while it stands.

A reconnect restores the connection and nothing else; which job was under way is not its business.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from posdevkit.errors import Claimed, Closed, Disconnected, PosError
from posdevkit.events import PrinterStatus
from posdevkit.links.base import JobLink, Nonced, OneWay, PortStatus, StreamLink, Tuned
from posdevkit.links.serial_failures import noise
from posdevkit.protocols.conversation import (
    Cleared,
    Completed,
    Conversation,
    Identity,
    IdentityTold,
    Processed,
    StatusTold,
)
from posdevkit.runtime.clock import Clock
from posdevkit.runtime.deadline import Deadline, within
from posdevkit.runtime.pulse import Pulse

from .lifecycle import State, Trigger, next_state
from .same_device import SameDevice
from .talk import Talk
from .troubles import trouble_of
from .unfinished import Unfinished

__all__ = ["Connection"]

logger = logging.getLogger("posdevkit.devices")

GREETING_SECONDS = 1.5
"""A printer that has said nothing by then is taken for one that never answers."""
OTHER_SECONDS = 0.5
"""How long the answer to a question in another language may take."""
QUESTION_SECONDS = 1.0
"""How long a caller waits until a question is taken."""
MISSES = 3
RETRY_SECONDS = (0.0, 0.5, 1.5)


class Connection:
    """A link that is opened, greeted, listened to, and reopened.

    `changed` is notified whenever anything a job may wait for has changed; the state is then looked at.
    """

    def __init__(
        self,
        make_link: Callable[[], StreamLink],
        profile: Talk,
        make_session: Callable[[int, bool], Conversation],
        clock: Clock,
        *,
        on_status: Callable[[PrinterStatus, PrinterStatus], None],
        on_link: Callable[[bool, str], None],
        on_identity: Callable[[Identity], None] = lambda _: None,
    ) -> None:
        self.profile = profile
        self.clock = clock
        self.state = State.CLOSED
        self.changed = Pulse()
        self.session = make_session(0, True)
        self._make_session = make_session
        self.completed: deque[bytes] = deque(maxlen=64)
        self.processed = 0
        self.cleared = 0
        self.told = 0
        """How many times the printer told its whole status."""
        self.lives = 0
        """How many times the connection was lost: a job that notes it can tell "lost since" from "still the same"."""
        self.reason = ""
        self.unfinished = Unfinished()
        self.catch_up: Deadline | None = None
        """Until when a printer is waited for that still works on what came before this connection; None: not yet."""
        self._cable = SameDevice(make_link)
        self._on_status = on_status
        self._on_link = on_link
        self._on_identity = on_identity
        self.other_tongue: Callable[[], Conversation] | None = None
        """Whose greeting a printer gets that has left the first one unanswered; None: it is taken for mute."""
        self._link: StreamLink | None = None
        self._lost: StreamLink | None = None
        self._greeted = False
        self._answered = False  # in this connection or an earlier one
        self._reader: asyncio.Task[None] | None = None
        self._question: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._taken_in: dict[int, int] = {}
        self._overdue = 0

    # State

    @property
    def up(self) -> bool:
        """Whether a job may be sent now: connected, and the greeting is over."""
        return self._greeted and self._link is not None

    @property
    def mute(self) -> bool:
        """Whether the printer never answers: by its profile, or because it did not answer the greeting."""
        return not self.profile.answers or not (self.session.heard or self.session.status.silent)

    @property
    def takes_jobs(self) -> bool:
        """Whether this is a queue's link, which takes whole jobs."""
        return self._link is not None and isinstance(self._link, JobLink)

    @property
    def looks(self) -> bool:
        """Whether `look` may tell something: the cable's near end knows of the printer, which says nothing itself."""
        told = self.session.heard or self.session.status.silent
        return self._link is not None and isinstance(self._link, PortStatus) and not told

    @property
    def status(self) -> PrinterStatus:
        """What the printer told last; all unknown while there is no connection."""
        return self.session.status if self.up else PrinterStatus()

    @property
    def identity(self) -> Identity:
        """What the printer said it is."""
        return self.session.identity

    def taken_in(self, life: int) -> int:
        """Bytes the link took in its `life`, also after that ended."""
        if self._link is not None and life == self.lives:
            return self._link.taken
        return self._taken_in.get(life, 0)

    def _move(self, trigger: Trigger) -> None:
        self.state = next_state(self.state, trigger)

    # Opening and losing

    async def open(self, deadline: Deadline) -> None:
        """Connect and greet, once. Raises Disconnected; does nothing while the connection stands."""
        async with self._opening:
            if self.up:
                return
            self._greeted = False
            self._move(Trigger.OPEN)
            await self._let_go()
            try:
                link = await self._cable.open(deadline)
            except BaseException as problem:
                self.reason = problem.detail if isinstance(problem, PosError) else str(problem)
                self._move(Trigger.REFUSED)
                raise
            self._move(Trigger.CONNECTED)
            nonce = link.nonce if isinstance(link, Nonced) else random.randrange(94**4)  # noqa: S311  # only has to differ
            self.session = self._make_session(nonce, not (isinstance(link, OneWay) and link.one_way))
            self._overdue = 0
            self.catch_up = None
            self._link = link
            self._reader = asyncio.create_task(self._read(link), name="posdevkit-reader")
            try:
                await self._greet(deadline)
            except BaseException:
                # A printer that serves one client at a time would go on serving this one. It is no loss to tell of, nor
                # to mend: whoever interrupted it wants no connection now.
                if self._link is not None:
                    self._lose("the greeting was interrupted", tell=False)
                raise
            if self._link is not link:
                raise Disconnected(self.reason)
            self._greeted = True
            self._move(Trigger.GREETED)
            if self.lives:
                self._on_link(True, "")
            self._tell_status(PrinterStatus())

    async def _greet(self, deadline: Deadline) -> None:
        if self.takes_jobs:
            await self.look()  # each job brings its own greeting: the queue prints those of others in between
            return
        mend = self.unfinished.mend(self.session)
        patience = deadline.at_most(GREETING_SECONDS)
        try:
            await within(patience, self.send(mend + self.session.greeting()))
        except TimeoutError:
            # Over USB nothing stands between: a full printer that cannot print takes not even a question.
            self.drop("the device takes no data; perhaps it waits for paper, or its cover is open")
            return
        await self.look()
        while self._link is not None and not self.session.greeted:
            if not await self.changed.wait(patience):
                if self.session.noisy and isinstance(self._link, Tuned) and self._link.settings:
                    # What comes out of a line that is set wrongly would be printed as such.
                    raise noise(self._link.url, self._link.settings)
                if await self._greet_in_another_tongue():
                    return
                logger.info("no answer to the greeting within %.1f s", GREETING_SECONDS)
                if not self.session.silent() and self._answered and not self.session.heard:
                    # A line that takes bytes is no printer: a job sent now could be lost, and nobody would know.
                    self._lose("no answer to the greeting, as there was before", tell=False)
                return

    async def _greet_in_another_tongue(self) -> bool:
        """Try the other language on a printer that said nothing at all; `session` is of the one it answered."""
        if self.other_tongue is None or self.session.heard:
            return False
        first, self.session = self.session, self.other_tongue()
        patience = Deadline.after(OTHER_SECONDS, self.clock)
        await self.send(self.session.greeting())
        while self._link is not None and not self.session.greeted:
            if not await self.changed.wait(patience):
                self.session = first
                return False
        return True

    async def reopen(self) -> bool:
        """Try up to three times to restore a lost connection; False when the device is gone."""
        for pause in RETRY_SECONDS:
            if pause:
                await self.clock.sleep(pause)
            try:
                await self.open(Deadline.after(5.0, self.clock))
            except (Disconnected, Claimed):
                continue
            return True
        self._move(Trigger.GONE)
        return False

    async def _read(self, link: StreamLink) -> None:
        session = self.session
        try:
            while data := await link.receive():
                # Of a link that was lost meanwhile nothing is heard any more.
                session = self.session if self._link is link else session
                self._heard(session, data)
            reason = "the device ended the connection"
        except PosError as problem:  # a replay that leaves its recording ends the connection as a cut cable does
            reason = problem.detail
        if self._link is link:
            self._lose(reason)

    def _heard(self, session: Conversation, data: bytes) -> None:
        before = session.status
        self._overdue = 0
        for event in session.receive(data):
            self._answered = True
            match event:
                case Completed(id):
                    self.completed.append(id)
                case Processed():
                    self.processed += 1
                case Cleared():
                    self.cleared += 1
                case StatusTold():
                    self.told += 1
                case IdentityTold(identity):
                    self._on_identity(identity)
        if self.state is State.SUSPECT:
            self._move(Trigger.HEARD)
        if session.status != before:
            self._tell_status(before)
        self.changed.notify()

    def _tell_status(self, before: PrinterStatus) -> None:
        status = self.session.status
        self._move(Trigger.TROUBLE if trouble_of(status) else Trigger.CLEAR)
        if status != before and self.state is not State.GREETING:
            self._on_status(status, before)

    def _lose(self, reason: str, *, tell: bool = True) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._taken_in = {self.lives: link.taken}  # only the job of the moment asks, and there is only one
        self.lives += 1
        self.reason = reason
        self._move(Trigger.LOST)
        if link is not None:
            link.abort()
            self._lost = link
        self.changed.notify()
        if tell:
            self._on_link(False, reason)

    # Talking

    async def send(self, data: bytes, *, longest: int = 0) -> None:
        """Send all of it: questions, or commands of a job, each of at most `longest` bytes. `taken_in` tells how far.

        Raises Disconnected. A cancelled send leaves something `unfinished`; a later one that ends well takes it away.
        """
        link = self._link
        if link is None:
            raise Disconnected(self.reason or "not connected")
        if not data:
            return
        self.session.sent(data)
        self.unfinished.begin(longest)
        try:
            await link.send(data)
            self.unfinished.end()
        except Disconnected as problem:
            if self._link is link:
                self._lose(problem.detail)
            raise

    async def send_job(self, data: bytes, *, longest: int) -> None:
        """Send a whole job, as one job of the queue where this is a queue's link. Else, and in the rest, as `send`."""
        link = self._link
        if link is None or not isinstance(link, JobLink):
            await self.send(data, longest=longest)
            return
        # NULs complete a command that an earlier job may have left half said; see `Unfinished`.
        whole = bytes(self.unfinished.command) + self.session.greeting() + data
        try:
            await link.send_job(whole)
        except Disconnected as problem:
            if self._link is link:
                self._lose(problem.detail)
            raise
        self.unfinished.command = 0
        await self.look()

    async def call_back(self) -> bool:
        """Take a queue's job back; True if not a byte of it went to the printer."""
        link = self._link
        return link is not None and isinstance(link, JobLink) and await link.call_back()

    async def look(self) -> None:
        """Note what the cable's near end knows of a printer that says nothing itself."""
        link = self._link
        if link is None or not isinstance(link, PortStatus) or not self.looks:
            return
        try:
            status = await link.port_status()
        except (Disconnected, Closed) as problem:
            if not self.takes_jobs:
                if self._link is link:
                    self._lose(problem.detail)
                return
            status = PrinterStatus()  # a queue's service may be restarted, and keeps its jobs
        before = self.session.status
        if self._link is link and not self.session.heard and status != before:
            self.session.status = status
            self._tell_status(before)
            self.changed.notify()

    async def ask(self) -> None:
        """Ask for the status, at a command boundary; after three questions without an answer the device is gone."""
        await self.look()
        request = self.session.status_request()
        if not request or not self.up or (self._question is not None and not self._question.done()):
            return
        self._overdue += 1
        before = self.session.status
        if self._overdue > 1 and self.session.silent():
            if self.session.status != before:
                self._tell_status(before)
                self.changed.notify()
        elif self._overdue > MISSES:
            self.drop(f"no answer to {MISSES} questions")
            return
        elif self._overdue > 1:
            self._move(Trigger.OVERDUE)
        # Over USB a full printer takes not even a question. It then stands until it does, and holds up nobody.
        self._question = asyncio.create_task(self._put(request), name="posdevkit-question")
        with suppress(TimeoutError):
            await within(Deadline.after(QUESTION_SECONDS, self.clock), asyncio.shield(self._question))

    async def recover(self, deadline: Deadline) -> None:
        """Have the printer go on after an error, at a command boundary; waits for one, and for the status that follows.

        Raises Disconnected, TimeoutError.
        """
        while self.unfinished.command:  # a command of a job is under way
            if not await self.changed.wait(deadline):
                raise TimeoutError
        told = self.told
        await within(deadline, self.send(self.session.recovery_request()))
        while self.up and self.told == told:
            if not await self.changed.wait(deadline):
                raise TimeoutError

    async def _put(self, request: bytes) -> None:
        with suppress(Disconnected, Closed):  # the loss has been noted, and whoever waits will look
            await self.send(request)

    def drop(self, reason: str) -> None:
        """End the connection at once and forget what it had not yet taken to the device."""
        if self._link is not None:
            self._lose(reason)

    async def close(self) -> None:
        """End without losing the tail of what was sent."""
        link, self._link = self._link, None
        self._move(Trigger.CLOSE)
        if link is not None:
            await link.close()  # half-closes, drains, and ends the reader's receive
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None
        await self._let_go()
        if self._question is not None:
            await asyncio.wait({self._question})  # the link has ended, and its send with it
        self.changed.notify()

    async def _let_go(self) -> None:
        """Wait until the system has let go of a link that was aborted: it may take its time, and the device with it."""
        link, self._lost = self._lost, None
        if link is not None:
            await link.close()
