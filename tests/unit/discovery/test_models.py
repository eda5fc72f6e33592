"""From what a device calls itself to the profile to begin with."""

from __future__ import annotations

import pytest

from posdevkit.discovery.models import suggested_profile


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("TSP100LAN", "star-tsp100"),
        ("Star TSP143 (STR_T-001)", "star-tsp100"),
        ("TSP100IV", "star-tsp100iv"),
        ("Star TSP143IV-UE", "star-tsp100iv"),
        ("TSP654II (STR_T-001)", "star-tsp650ii"),
        ("TSP700II", "star-tsp700ii"),
        ("mC-Print3", "star-mc-print3"),
        ("Star MCP31LB", "star-mc-print3"),
        ("POP10", "star-mpop"),
        ("TSP847II", None),
    ],
)
def test_stars_product_codes_name_a_profile(name: str, profile: str | None) -> None:
    assert suggested_profile(name) == profile
