"""Sources side by side: one that cannot search is told about and keeps the others from nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from posdevkit.discovery import Found, discover, survey
from posdevkit.discovery.models import suggested_profile
from posdevkit.errors import MissingExtra, UsageError
from posdevkit.runtime.deadline import Deadline

pytestmark = pytest.mark.asyncio

ONE = Found("usb://04b8:0202?serial=A", "receipt-printer", "EPSON TM-T88V", "epson-tm-t88v", "printer class")


class Finds:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        return [ONE, ONE]


class Lacks:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        raise MissingExtra("it needs a library", remedy="Install it.")


class Dawdles:
    async def find(self, deadline: Deadline) -> Sequence[Found]:
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture(autouse=True)
def sources(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"finds": Finds, "lacks": Lacks, "dawdles": Dawdles}
    monkeypatch.setattr(survey, "_makers", lambda: [(name, f"{__name__}:{one.__name__}") for name, one in here.items()])
    monkeypatch.setattr(survey, "import_module", lambda _: type("Here", (), {c.__name__: c for c in here.values()}))
    monkeypatch.setattr(survey, "_GRACE_SECONDS", 0.05)


async def test_what_is_found_and_what_was_not_searched() -> None:
    found = await discover(timeout=0.5)
    assert found.found == (ONE,)
    assert {skipped.source: skipped.problem.slug for skipped in found.skipped} == {
        "lacks": "missing-extra",
        "dawdles": "timeout",
    }


async def test_only_one_source() -> None:
    assert (await discover(only=["finds"])).skipped == ()
    with pytest.raises(UsageError, match=r"'find' *\. Known are dawdles, finds, lacks"):
        await discover(only=["find"])


async def test_a_model_in_the_name_suggests_its_profile() -> None:
    assert suggested_profile("EPSON tm-t88v (emulated)") == "epson-tm-t88v"
    assert suggested_profile("ACME 9000") is None
