"""From what a printer calls itself to its profile."""

from __future__ import annotations

import pytest

from posdevkit.profiles import known_printers, load_profile, profile_called, profile_identified, profiles_like


@pytest.mark.parametrize(
    ("maker", "model", "profile"),
    [
        ("EPSON", "TM-T88V", "epson-tm-t88v"),
        ("EPSON", "TM-T88VII", "epson-tm-t88vii"),
        ("EPSON", "tm-t20iii", "epson-tm-t20iii"),
        ("HPRT", "CAPD347", "hprt-tp80k"),
        ("HPRT", "TP809", "hprt-tp809"),
        ("Star", "POP10", "star-mpop"),
        ("Star", "TSP143IIIW", "star-tsp100"),
        ("Star", "TSP143IVUE", "star-tsp100iv"),
        ("", "TP808", "hprt-tp808"),
        ("EPSON", "TM-T88VIII", None),
        ("ACME", "TM-T88V", None),
        ("EPSON", "", None),
        ("", "", None),
        ("generic", "ESC/POS receipt printer, 80 mm", None),
    ],
)
def test_what_gs_i_answers_names_a_profile(maker: str, model: str, profile: str | None) -> None:
    assert profile_identified(maker, model) == profile


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("EPSON TM-T20III Receipt", "epson-tm-t20iii"),
        ("TM-T88VI", "epson-tm-t88vi"),
        ("mC-Print2", "star-mc-print2"),
        ("HP LaserJet T-1", None),
        ("Metapace T-1", "metapace-t-1"),
        ("Printer-80", None),
        ("TM-T88VIIx", None),
    ],
)
def test_a_model_is_found_among_other_words(name: str, profile: str | None) -> None:
    assert profile_called(name) == profile


def test_every_model_is_found_by_what_its_emulation_says() -> None:
    for one in known_printers():
        known = one.known_as
        maker = known.maker[0] if known.maker else one.vendor
        model = known.model[0].rstrip("*") if known.model else one.model
        assert profile_identified(maker, model) == one.profile


def test_profiles_are_looked_for_by_words() -> None:
    assert "epson-tm-t88v" in profiles_like("tm-t88")
    assert profiles_like("epson 88vi") == ("epson-tm-t88vi", "epson-tm-t88vii")
    assert "pos-5890" in profiles_like("POS-5890")
    assert profiles_like("nobody's") == ()


def test_each_profile_of_a_model_can_be_told() -> None:
    known = {one.profile for one in known_printers()}
    assert known == {one.profile for one in known_printers() if load_profile(one.profile).known_as == one.known_as}
    assert not [name for name in known if name.startswith("generic")]
