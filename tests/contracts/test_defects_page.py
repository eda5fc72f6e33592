"""The page of other libraries' defects names tests, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "defects.md").read_text("utf-8")


def test_each_defect_has_its_test() -> None:
    named = re.findall(r"\| `(tests/[^`]+)` \|$", PAGE, re.MULTILINE)
    assert len(named) == PAGE.count("\n| ") - 2, "every line of the table ends with its test"
    for name in named:
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert f"def {test or 'test_'}" in text, name
