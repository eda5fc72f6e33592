"""Errors between two programs: what a server answers to a request, and what a till hears of the cloud."""

from __future__ import annotations

from .base import PosError, UposCode, Who
from .tree import UsageError

__all__ = [
    "Bug",
    "Busy",
    "CloudError",
    "CloudMisdirected",
    "CloudOffline",
    "CloudRefused",
    "CloudUnauthorised",
    "Forbidden",
    "NotAuthorized",
    "NotJson",
    "SlowRequest",
    "Stale",
    "TooLarge",
    "TooManyRequests",
    "WrongMethod",
]


class NotAuthorized(UsageError):
    """A request without a token, or with one that is not valid any more."""

    slug = "not-authorized"


class Forbidden(UsageError):
    """A request that this caller, or the page it comes from, may not make."""

    slug = "forbidden"


class TooLarge(UsageError):
    """A request with more in it than is taken."""

    slug = "too-large"
    code = UposCode.TOOBIG


class TooManyRequests(UsageError):
    """Tried too often within a short time."""

    slug = "too-many-requests"
    code = UposCode.BUSY
    retry = True


class WrongMethod(UsageError):
    """An address that is asked with a method it does not take."""

    slug = "wrong-method"


class NotJson(UsageError):
    """A request with a body that does not say that it is JSON."""

    slug = "not-json"
    code = UposCode.BADFORMAT


class SlowRequest(UsageError):
    """A request whose body did not arrive in time."""

    slug = "slow-request"
    code = UposCode.TIMEOUT
    retry = True


class Stale(UsageError):
    """A change to what somebody else has changed meanwhile."""

    slug = "stale"


class Busy(PosError):
    """A service that cannot do it now."""

    slug = "busy"
    code = UposCode.BUSY
    retry = True


class Bug(PosError):
    """A fault of the program itself, told to whoever asked; its log says more."""

    slug = "bug"


class CloudError(PosError):
    """Something is the matter with the cloud or the way to it. Facts wait in the outbox; nothing is lost."""

    slug = "cloud"
    retry = True
    who = Who.NETWORK
    pause: float | None = None
    """Seconds that the server asks to wait before the next attempt, where it says so."""


class CloudOffline(CloudError):
    """The cloud cannot be reached, or the connection broke before its answer was complete."""

    slug = "cloud-offline"
    code = UposCode.OFFLINE


class CloudMisdirected(CloudError):
    """Something else than the cloud answers: a sign-in page of the network, another server, or nonsense."""

    slug = "cloud-misdirected"
    code = UposCode.OFFLINE


class CloudRefused(CloudError):
    """The cloud answers that it cannot, for now or for all that was sent together."""

    slug = "cloud-refused"
    code = UposCode.BUSY


class CloudUnauthorised(CloudError):
    """The cloud does not accept this till's token. Nothing is sent until it has another."""

    slug = "cloud-unauthorised"
    retry = False
    who = Who.INTEGRATOR
