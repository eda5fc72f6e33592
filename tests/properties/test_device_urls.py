"""Whatever a device URL holds, its text gives it back; whatever a text is, reading it ends in a URL or in BadUrl."""

from __future__ import annotations

import ipaddress

from hypothesis import example, given
from hypothesis import strategies as st

from posdevkit.errors import BadUrl
from posdevkit.links.url import DeviceUrl, parse_url

# Dense in what a grammar can trip over.
texts = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("%?&=:/[] #+@\n\t\u00a0\u20280123abAB"))
).filter(bool)
options = st.lists(st.tuples(texts, texts | st.just("")), unique_by=lambda pair: pair[0], max_size=4).map(tuple)
hosts = st.one_of(
    st.ip_addresses().map(str),
    st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}(\.[A-Za-z0-9-]{1,10}){0,3}", fullmatch=True),
    st.builds(lambda zone: f"fe80::1%{zone}", st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)),
)
urls = st.one_of(
    st.builds(DeviceUrl, st.just("tcp"), hosts, st.none() | st.integers(0, 65535), options),
    st.builds(
        DeviceUrl,
        st.sampled_from(["usb", "serial", "ble", "spooler", "emu", "memory", "replay", "x-y+1"]),
        texts,
        st.none(),
        options,
    ),
)


@given(urls)
@example(DeviceUrl("spooler", "%%41?%3", None, (("%&=", "=&%25"),)))
@example(DeviceUrl("spooler", "\u2003"))
def test_the_text_gives_the_url_back(url: DeviceUrl) -> None:
    assert parse_url(str(url)) == url
    assert str(parse_url(str(url))) == str(url)
    assert str(url).isprintable() or not str(url).isascii()


@given(st.one_of(st.text(), st.builds("tcp://{}".format, texts), st.builds("spooler://{}?{}".format, texts, texts)))
def test_every_text_is_a_url_or_bad(text: str) -> None:
    try:
        url = parse_url(text)
    except BadUrl:
        return
    assert parse_url(str(url)) == url
    if url.scheme == "tcp" and ":" in url.address:
        ipaddress.IPv6Address(url.address)
