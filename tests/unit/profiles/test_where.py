from __future__ import annotations

import pytest

from posdevkit.profiles.where import line_of

TEXT = """top = 1

[fonts]
A = { width = 1 }
[fonts.B]
width = 2
"quoted" = 3
[[list]]
x = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("fonts",), 3),
        (("fonts", "A"), 4),
        (("fonts", "A", "width"), 4),
        (("fonts", "B", "width"), 6),
        (("fonts", "B", "quoted"), 7),
        (("list", "x"), 9),
        (("absent",), None),
    ],
)
def test_the_line_of_a_key(path: tuple[str, ...], line: int | None) -> None:
    assert line_of(TEXT, path) == line
