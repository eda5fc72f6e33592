"""The offline-first cloud client: facts go out of the store's outbox, changes come into its mirror."""

from .backoff import Timing
from .cloud_client import CloudClient
from .states import (
    ChangeApplied,
    CloudEvent,
    CloudReached,
    CloudState,
    CloudStatus,
    CloudTrouble,
    FactDead,
    FactsPushed,
    Trouble,
)

__all__ = [
    "ChangeApplied",
    "CloudClient",
    "CloudEvent",
    "CloudReached",
    "CloudState",
    "CloudStatus",
    "CloudTrouble",
    "FactDead",
    "FactsPushed",
    "Timing",
    "Trouble",
]
