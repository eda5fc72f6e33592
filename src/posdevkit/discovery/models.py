"""From what a device calls itself to the profile to begin with."""

from __future__ import annotations

from posdevkit.profiles import known_printers, profile_called

__all__ = ["maker_apart", "suggested_profile"]


def suggested_profile(name: str) -> str | None:
    """The profile whose model is named in `name`, the longest where several are; None for none."""
    return profile_called(name)


def maker_apart(name: str) -> str:
    """`EPSON TM-T88V` for `EPSONTM-T88V`: Windows writes the two in one word, from a printer's IEEE 1284 id."""
    for maker in sorted({one.vendor for one in known_printers()}, key=len, reverse=True):
        head, tail = name[: len(maker)], name[len(maker) :]
        if maker and head.casefold() == maker.casefold() and tail[:1].isalnum():
            return f"{head} {tail}"
    return name
