"""A picture that stands in a receipt more than once is sent once where its model has stated room for it."""

from __future__ import annotations

from dataclasses import replace

from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.profiles import load_profile, profile_names


def test_a_picture_with_a_key_comes_as_dots_where_nobody_states_how_much_memory_there_is_for_it() -> None:
    """What does not fit into the printer's memory would be missing on the paper."""
    picture = b"P5 64 1 255\n" + bytes(64)
    twice = Receipt().image(picture, key="AB").image(picture, key="AB")
    once = Receipt().image(picture).image(picture)
    stated = load_profile("epson-tm-t88v")
    assert stated.download_room == 12 * 1024
    assert compose(twice, stated).compiled.data != compose(once, stated).compiled.data
    for name in profile_names():
        profile = load_profile(name)
        if profile.graphics == "gs_paren_l" and not profile.download_room:
            assert compose(twice, profile).compiled.data == compose(once, profile).compiled.data, name
    small = replace(stated, download_room=8 + 24)
    assert compose(Receipt().image(picture, key="AB"), small).compiled.data.count(b"0S0AB") == 1
    tight = replace(stated, download_room=8 + 23)
    assert compose(Receipt().image(picture, key="AB"), tight).compiled.data.count(b"0S0AB") == 0
