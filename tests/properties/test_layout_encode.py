"""Text is data: whatever a caller writes, no byte of it can be a command, and no letter of it becomes another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.documents import Receipt, Style, Text
from posdevkit.errors import BadText, DocumentTooWide
from posdevkit.layout import (
    TWO_BYTES,
    Charset,
    PrintBlock,
    PrintLine,
    Run,
    cells,
    char_cells,
    charset_of,
    lay_out,
)
from posdevkit.layout.lookalikes import BLANKS, LOOKALIKES
from posdevkit.profiles import CodePage, Profile, decode_table, load_profile, profile_names

PROFILES = tuple(load_profile(name) for name in profile_names())
CHARSETS = (*(charset_of(profile.code_pages) for profile in PROFILES), Charset((CodePage(0, "cp437"),)))

# Any code point, lone surrogates and unassigned ones too; and text of the kind that receipts and attackers write.
anything = st.text(st.characters(exclude_categories=()), max_size=80)
tricky = st.text(
    st.sampled_from(
        "aZ09 ?æøåÆØÅ€£ñčŠłżğİıßΩλЖёґתאعกあ茶한🍕"
        "\u0301\u0302\u0328\u200b\u200d\u202e\u00ad\ufe0f\u00a0\u202f\u3000“”’–—…•×ﬁ─═║\x1b\x10\x1d\x00\x7f"
    ),
    max_size=80,
)
texts = anything | tricky


@pytest.mark.parametrize("charset", CHARSETS)
@given(text=texts, page=st.integers(0, 255))
def test_no_byte_is_a_control(charset: Charset, text: str, page: int) -> None:
    for data, _ in charset.encode(text, page):
        assert data
        assert min(data) >= 0x20
        assert 0x7F not in data


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@given(text=texts.map(lambda text: "".join(char for char in text if char not in "\n\x7f" and char.isprintable())))
def test_what_is_printed_is_the_text_or_a_question_mark(profile: Profile, text: str) -> None:
    pages = {page.number: decode_table(page.name) for page in profile.code_pages}
    charset = charset_of(profile.code_pages)
    fitted, lost = charset.fit(text)
    runs = charset.encode(fitted, charset.first_page)
    printed = "".join(pages[number][byte] for data, number in runs for byte in data)
    expected = "".join(_expected(cluster, charset) for cluster in _clusters(unicodedata.normalize("NFC", text)))
    assert printed.replace("\u00a0", " ") == expected
    assert len(printed) == cells(fitted)
    assert ("?" in printed) == bool(lost or "?" in text)


def _clusters(text: str) -> list[str]:
    """Each letter with its marks; marks after a blank or at the start stand alone."""
    clusters: list[str] = []
    for char in text.translate(BLANKS):
        if unicodedata.category(char) == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
            continue
        mark = unicodedata.category(char) in ("Mn", "Me")
        if mark and clusters and clusters[-1] not in (" ", "\u00a0"):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _expected(cluster: str, charset: Charset) -> str:
    if cluster in charset.settable:
        return cluster.replace("\u00a0", " ")
    base = cluster[0] if cluster[0] in charset.settable else LOOKALIKES.get(cluster[0], cluster[0])
    return LOOKALIKES.get(cluster) or "?" * max(1, sum(map(char_cells, base)))


@given(text=texts)
def test_staying_on_a_page_is_never_worse(text: str) -> None:
    # As few runs as a search over every choice of pages finds.
    charset = CHARSETS[PROFILES.index(load_profile("generic-80mm"))]
    pages = load_profile("generic-80mm").code_pages
    tables = [set(decode_table(page.name)) | {"\u00a0"} for page in pages]
    line = "".join(char for char in text if char in charset.settable)
    runs = charset.encode(line, pages[0].number)
    changes = sum(a != b for (_, a), (_, b) in zip([(b"", pages[0].number), *runs], runs, strict=False))
    cost = [0] + [1] * (len(pages) - 1)
    for char in line:
        best = min(cost)
        cost = [min(c, best + 1) if char in table else 10**6 for c, table in zip(cost, tables, strict=True)]
    assert changes == min(cost) if line else not runs


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@given(text=texts, width=st.sampled_from((1, 1, 2, 8)))
def test_no_line_is_wider_than_the_paper(profile: Profile, text: str, width: int) -> None:
    try:
        receipt = Receipt([Text(text, Style(width=width))]).row(text[:40], text[-9:].replace("\n", " "))
    except BadText:
        return
    try:
        operations = lay_out(receipt, profile).operations
    except DocumentTooWide:
        return
    pages = {page.number for page in profile.code_pages} | ({TWO_BYTES} if profile.multibyte else set())
    for operation in operations:
        lines = (
            [[Run(line, operation.page, operation.style)] for line in operation.lines]
            if isinstance(operation, PrintBlock)
            else [list(operation.runs)]
            if isinstance(operation, PrintLine)
            else []
        )
        assert lines
        for runs in lines:
            assert sum(len(run.data) * run.style.width for run in runs) <= profile.fonts["A"].columns
            assert all(run.page in pages for run in runs)
