"""From what a device calls itself to the profile to begin with."""

from __future__ import annotations

from posdevkit.profiles import load_profile, profile_names

__all__ = ["suggested_profile"]


def suggested_profile(name: str) -> str | None:
    """The profile whose model is named in `name`, the longest where several are; None for none."""
    words = name.casefold()
    models = {model: known for known in profile_names() if (model := load_profile(known).model.casefold())}
    named = [model for model in models if model in words]
    return models[max(named, key=len)] if named else None
