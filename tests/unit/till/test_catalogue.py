"""The catalogue: codes find products with weight or price, and a bad file names each place and its remedy."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from posdevkit.codes import meaning_of
from posdevkit.codes.checkdigit import check_digit, checked
from posdevkit.contract import Product
from posdevkit.errors import BadCatalogue, InputFailed
from posdevkit.money import Money
from posdevkit.till import Catalogue, InStore

DEMO = Path(str(files("posdevkit.till").joinpath("data", "demo-products.csv")))
HEAD = "sku;name;group;price;vat;unit;codes\n"


def ean(body: str) -> str:
    return body + check_digit(body)


@pytest.fixture(scope="module")
def demo() -> Catalogue:
    return Catalogue.read(DEMO)


def test_the_demo_shop(demo: Catalogue) -> None:
    assert len(demo) == 200
    assert {product.vat_rate for product in demo} == {0, 2500}
    assert sum(product.by_weight for product in demo) == 27
    assert sum(product.price is None for product in demo) == 6
    codes = [code for product in demo for code in product.codes]
    assert all(checked(code) for code in codes)
    # GS1 prefixes: 20-29 within a shop, 952 for demonstrations: no company's number is among them.
    assert all(code[0] == "2" or code.startswith("952") for code in codes)
    assert demo.price_of("1005") == Money(3800)
    assert demo.price_of("1118") is None


def test_a_package_by_text_meaning_and_gs1(demo: Catalogue) -> None:
    butter = demo.products["2011"]
    (code,) = butter.codes
    found = demo.find(code)
    assert found is not None
    assert (found.product, found.quantity, found.price) == (butter, None, None)
    for other in (meaning_of(code), meaning_of(f"01{code.zfill(14)}", "d2"), code.zfill(14), "2011"):
        assert demo.find(other) == found
    assert demo.find(code[:-1] + str((int(code[-1]) + 1) % 10)) is None
    assert demo.find("https://example.com") is None
    assert demo.find(meaning_of("130000000000000000", collecting=True)) is None


def test_in_store_numbers_carry_weights_and_prices(demo: Catalogue) -> None:
    apples = demo.find(ean("230000100455"))
    assert apples is not None
    assert (apples.product.name, apples.quantity, apples.price) == ("Æbler, danske", Decimal("0.455"), None)
    cheese = demo.find(ean("210000104123"))
    assert cheese is not None
    assert (cheese.product.name, cheese.quantity, cheese.price) == ("Danbo 45+", None, 4123)
    assert cheese.stock == Decimal("0.346")  # 41.23 of 119.00 a kilogram
    bunch = demo.find(ean("220000115000"))
    assert bunch is not None
    assert (bunch.product.price, bunch.price, bunch.stock) == (None, 15000, None)
    empty = demo.find(ean("230000100000"))
    assert empty is not None
    assert empty.quantity is None
    assert demo.find(ean("239999900455")) is None
    plain = demo.find(ean("290000000001"))
    assert plain is not None
    assert (plain.product.name, plain.price) == ("Rundstykke", None)


def test_another_shop_has_another_plan() -> None:
    plan = (InStore(("28",), "weight", item=4),)
    catalogue = Catalogue.parse(f"{HEAD}1;Ost;;100;25;kg;{ean('281234000000')}\n", plan=plan)
    found = catalogue.find(ean("281234001250"))
    assert found is not None
    assert found.quantity == Decimal("1.25")
    assert catalogue.find(ean("281235001250")) is None


def test_gs1_weight(demo: Catalogue) -> None:
    code = demo.products["3101"].codes[0]
    found = demo.find(meaning_of(f"01{code.zfill(14)}3103000500", "e0"))
    assert found is not None
    assert found.quantity == Decimal("0.500")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_what_spreadsheets_write(separator: str) -> None:
    text = '\ufeffvat;price;name;sku\r\n25%;"1.234,50";"A; b";a\r\n"12,5";12.5;B;b\r\n\r\n0;;C;c\r\n'
    if separator != ";":
        text = text.replace("A; b", "A, b").replace(";", separator)
    found = Catalogue.parse(text)
    assert [(one.sku, one.price, one.vat_rate) for one in found] == [
        ("a", 123450, 2500),
        ("b", 1250, 1250),
        ("c", None, 0),
    ]
    assert Catalogue.parse(found.to_csv()) == found


FLAWS = [
    ("", "line 1, column sku: '' the column is missing"),
    ("sku;name;price;vat;colour\n", "line 1, column colour: 'colour' is no column"),
    ("sku;name;price;vat;sku\n", "line 1, column sku: 'sku' stands there twice"),
    (f"{HEAD}1;A;;1,234;25;;\n", "line 2, column price: '1,234' is no price"),
    (f"{HEAD}1;A;;-1;25;;\n", "line 2, column price: '-1' is no price"),
    (f"{HEAD}1;A;;1.234;25;;\n", "line 2, column price: '1.234' is no price"),
    (f"{HEAD}1;A;;free;25;;\n", "line 2, column price: 'free' is no price"),
    (f"{HEAD}1;A;;1;125;;\n", "line 2, column vat: '125' is no VAT rate"),
    (f"{HEAD}1;A;;1;;;\n", "line 2, column vat: '' is no VAT rate"),
    (f"{HEAD}1;A;;1;25;box;\n", "line 2, column unit: 'box' is no unit"),
    (f"{HEAD}1;A;;1;25;;123\n", "line 2, column codes: '123' is no article number"),
    (f"{HEAD}1;A;;1;25;;9520000010014\n", "line 2, column codes: '9520000010014' has a wrong check digit"),
    (f"{HEAD}1;A;;1;25;kg;{ean('230000100455')}\n", "carries a weight"),
    (f"{HEAD};A;;1;25;;\n", "line 2, column sku: '' is no sku: expected text of 1 to 40 characters"),
    (f"{HEAD}1;;;1;25;;\n", "line 2, column name: ''"),
    (f"{HEAD}1;A\x07;;1;25;;\n", "line 2, column name: 'A\\x07' is no name: expected text without control characters"),
    (f"{HEAD}1;A;;1;25;;\n1;B;;1;25;;\n", "line 3, column sku: '1' stands in line 2 already"),
    (f"{HEAD}1;A;;1;25;;{ean('95200000001')}\n2;B;;1;25;;0{ean('95200000001')}\n", "stands in line 2 already"),
    (f"{HEAD}1;A;25\n", "line 2: '1;A;25' has 3 values, the first line 7"),
    (f'{HEAD}1;"A;;1;25;;\n', "is no CSV"),
]


@pytest.mark.parametrize(("text", "says"), FLAWS, ids=[says for _, says in FLAWS])
def test_an_error_names_file_line_column_value_and_remedy(text: str, says: str) -> None:
    problems = Catalogue.check(text, file="shop.csv")
    assert any(says in str(problem) for problem in problems), problems
    with pytest.raises(BadCatalogue) as caught:
        Catalogue.parse(text, file="shop.csv")
    assert caught.value.detail.startswith("shop.csv, line ")
    assert caught.value.remedy() == problems[0].remedy


def test_all_problems_at_once() -> None:
    text = f"{HEAD}1;A;;x;25;;\n2;B;;1;y;box;77\n"
    assert [(one.line, one.column) for one in Catalogue.check(text)] == [
        (2, "price"), (3, "unit"), (3, "codes"), (3, "vat"),
    ]  # fmt: skip
    with pytest.raises(BadCatalogue, match="and 3 more"):
        Catalogue.parse(text)
    assert Catalogue.check(DEMO.read_text("utf-8")) == ()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputFailed):
        Catalogue.read(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("sku;næme".encode("latin-1"))
    with pytest.raises(InputFailed):
        Catalogue.read(tmp_path / "latin.csv")


def test_news_from_the_cloud() -> None:
    old = Catalogue([Product("a", "A", 100, 2500, 5), Product("b", "B", 200, 2500, 5)])
    new = old.updated([Product("a", "A", 90, 2500, 4), Product("b", "B", 190, 2500, 6), Product("c", "C", 1, 0)])
    assert [(one.sku, one.price) for one in new] == [("a", 100), ("b", 190), ("c", 1)]
    assert len(old) == 2
    for twice in ([Product("a", "A", 1, 0)] * 2, [Product(x, x, 1, 0, codes=("95200017",)) for x in "ab"]):
        with pytest.raises(BadCatalogue):
            Catalogue(twice)
