"""The root of every error the library raises, and what each carries besides its message."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, ClassVar

from .texts import message, remedy

if TYPE_CHECKING:
    from posdevkit.events import Outcome

__all__ = ["JobLike", "PosError", "UposCode", "Who"]


class UposCode(IntEnum):
    """Result codes of UnifiedPOS (formal/2020-01-05, base 100; printer extensions base 200)."""

    CLOSED = 101
    CLAIMED = 102
    NOTCLAIMED = 103
    NOSERVICE = 104
    DISABLED = 105
    ILLEGAL = 106
    NOHARDWARE = 107
    OFFLINE = 108
    NOEXIST = 109
    EXISTS = 110
    FAILURE = 111
    TIMEOUT = 112
    BUSY = 113
    EXTENDED = 114
    COVER_OPEN = 201
    REC_EMPTY = 203
    TOOBIG = 206
    BADFORMAT = 207


class Who(Enum):
    """The person, or the thing, that can mend it."""

    INTEGRATOR = "integrator"
    CASHIER = "cashier"
    HARDWARE = "hardware"
    NETWORK = "network"


class JobLike:
    """What an error knows of a job: enough to hand it back; the devices' own jobs derive from it."""

    __slots__ = ()


class PosError(Exception):
    """Root of the tree. `str(error)` names what went wrong and what mends it, in English.

    `detail` names the input or the device; `facts` fill the placeholders of the texts in `texts.toml`.
    `outcome` and `job` are set where a job was under way.
    """

    slug: ClassVar[str] = "error"
    code: ClassVar[UposCode] = UposCode.FAILURE
    who: ClassVar[Who] = Who.INTEGRATOR
    retry: ClassVar[bool] = False
    """Whether the same call may succeed later without a change to the program (never a word about duplicates)."""

    def __init__(
        self,
        detail: str = "",
        *,
        outcome: Outcome | None = None,
        job: JobLike | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.outcome = outcome
        self.job = job
        self._remedy = remedy

    def message(self, language: str = "en") -> str:
        """What went wrong, in `language` ("en" or "da"; another falls back to English)."""
        text = message(self.slug, language)
        return f"{text}: {self.detail}" if self.detail else text

    def remedy(self, language: str = "en") -> str:
        """What the person in front of it can do. A remedy given by the raiser (it knows more) wins in English."""
        if self._remedy is not None and language == "en":
            return self._remedy
        return remedy(self.slug, language)

    def again(self, *, outcome: Outcome | None, job: JobLike | None) -> PosError:
        """The same error anew, for another caller: a traceback must not grow with every raise."""
        return type(self)(self.detail, outcome=outcome, job=job, remedy=self._remedy)

    def __str__(self) -> str:
        return f"{self.message()}. {self.remedy()}"
