"""biip, an independent reader of the same codes, agrees on what they say."""

from __future__ import annotations

import biip
import pytest

from posdevkit.codes import GS1, Product, meaning_of
from posdevkit.codes.aim import split_aim


@pytest.mark.parametrize(
    "code", ["4006381333931", "036000291452", "9771234567003", "7032069804988", "15400141288763", "5901234123457"]
)
def test_the_same_article(code: str) -> None:
    theirs = biip.parse(code).gtin
    assert theirs is not None
    ours = meaning_of(code)
    assert isinstance(ours, Product)
    assert ours.gtin14 == theirs.as_gtin_14()


@pytest.mark.parametrize(
    "code",
    [
        "]C10109506000134352103ABC\x1d17251231",
        "]C100106141411234567897",
        "]e00109506000134352310300019515240229",
        "]d2010950600013435221A-1\x1d3922123",
        "]Q301095060001343521524020010B",
        "]C14105412345000013",
    ],
)
def test_the_same_elements(code: str) -> None:
    aim, data = split_aim(code.encode())
    ours = meaning_of(data.decode(), aim)
    theirs = biip.parse(code).gs1_message
    assert theirs is not None
    assert isinstance(ours, GS1)
    assert [(one.ai, one.value) for one in ours.elements] == [(one.ai.ai, one.value) for one in theirs.element_strings]
    for mine, other in zip(ours.elements, theirs.element_strings, strict=True):
        assert mine.title == other.ai.data_title or mine.ai[:2] in ("31", "39"), (mine.title, other.ai.data_title)
        assert mine.date == other.date
        assert other.decimal is None or mine.number == other.decimal
