"""From what a device calls itself to the profile to begin with."""

from __future__ import annotations

from posdevkit.profiles import profile_called

__all__ = ["suggested_profile"]


def suggested_profile(name: str) -> str | None:
    """The profile whose model is named in `name`, the longest where several are; None for none."""
    return profile_called(name)
