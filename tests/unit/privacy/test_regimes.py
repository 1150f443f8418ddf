"""Every school finds its law and its authority, a city before its canton, and what is not known is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.law import default_law
from privacy.rules.regimes import Missing, regime_of
from privacy.schema import Law, SchoolKind
from process.schema.policy import CANTONS

LAW = default_law()
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CITIES = {entry.city: (entry.canton, entry.key) for entry in LAW.authorities if entry.city}
PLACES = list(product(CANTONS.split(), ["", "Dorf", *CITIES]))


def found(
    kind: str | None, canton: str = "ZH", city: str = "", at: datetime = NOW, law: Law = LAW
) -> list[tuple[str, str | None]]:
    """Regimes with the keys of their authorities."""
    standing = regime_of(law, kind, canton, city, at)
    return [(entry.regime.key, entry.authority.key if entry.authority else None) for entry in standing.jurisdictions]


def test_a_public_school_of_any_place_finds_the_office_of_its_city_or_canton() -> None:
    for canton, city in PLACES:
        home, office = CITIES.get(city, ("", ""))
        wanted = office if home == canton else f"canton_{canton.lower()}"
        assert found("public", canton, city) == [("cantonal_public", wanted)], (canton, city)


@given(st.sampled_from(SchoolKind), st.sampled_from(PLACES), st.integers(0, 3650))
def test_every_school_of_every_kind_finds_an_authority_and_a_rule_on_any_day(
    kind: SchoolKind, place: tuple[str, str], days: int
) -> None:
    standing = regime_of(LAW, kind, *place, NOW + timedelta(days=days))
    assert standing.missing is None
    assert standing.jurisdictions
    assert all(entry.authority and entry.rule for entry in standing.jurisdictions)


def test_private_schools_abroad_and_the_company_itself_do_not_depend_on_the_place() -> None:
    assert found("private", "ZG") == found("private", "") == [("private_ch", "edoeb")]
    assert found("own") == [("private_ch", "edoeb")]
    assert found("eu_eea", "") == [("eu_eea", "lead_authority")]


def test_a_mandate_brings_both_laws_at_once() -> None:
    assert found("private_mandate", "ZH", "Winterthur") == [
        ("cantonal_public", "city_winterthur"),
        ("private_ch", "edoeb"),
    ]


@pytest.mark.parametrize("city", ["Biel/Bienne", "Biel", "bienne", " BIEL "])
def test_a_city_is_found_by_either_of_its_names_in_any_case(city: str) -> None:
    assert found("public", "BE", city) == [("cantonal_public", "city_biel")]


def test_a_city_comes_before_its_canton_wherever_the_file_names_it() -> None:
    tree = LAW.model_dump(mode="json")
    turned = Law.model_validate({**tree, "authorities": tree["authorities"][::-1]})
    assert found("public", "ZH", "Zürich", law=turned) == [("cantonal_public", "city_zuerich")]


def test_an_office_of_a_city_goes_by_the_law_of_its_canton() -> None:
    rules = [regime_of(LAW, "public", "ZH", city, NOW).jurisdictions[0].rule for city in ("", "Zürich", "Winterthur")]
    assert rules[0] == rules[1] == rules[2]
    assert rules[0] is not None
    assert rules[0].law.de == "§ 12a IDG Zürich"


@pytest.mark.parametrize(
    ("kind", "canton", "missing"),
    [
        (None, "ZH", Missing.KIND),
        ("", "ZH", Missing.KIND),
        ("academy", "ZH", Missing.KIND),
        ("public", "", Missing.CANTON),
        ("public", "XX", Missing.CANTON),
        ("private_mandate", "", Missing.CANTON),
    ],
)
def test_what_is_not_known_is_named_and_nothing_is_guessed(kind: str | None, canton: str, missing: Missing) -> None:
    standing = regime_of(LAW, kind, canton, "", NOW)
    assert standing.missing is missing
    assert all(entry.authority is None or entry.authority.key == "edoeb" for entry in standing.jurisdictions)


def test_a_canton_whose_only_entry_has_ended_has_no_authority() -> None:
    tree = LAW.model_dump(mode="json")
    tree["authorities"] = [
        {**entry, "valid_to": "2026-12-31"} if entry["key"] == "canton_zg" else entry for entry in tree["authorities"]
    ]
    tree["authorities"].append(
        {**tree["authorities"][-1], "key": "school_ombud", "canton": "ZG", "regimes": ["eu_eea"]}
    )
    law = Law.model_validate(tree)
    last = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)  # a second before midnight in Zurich
    assert found("public", "ZG", at=last, law=law) == [("cantonal_public", "canton_zg")]
    standing = regime_of(law, "public", "ZG", "", last + timedelta(seconds=1))
    assert (standing.missing, standing.jurisdictions[0].authority) == (Missing.AUTHORITY, None)


def test_before_any_law_was_in_force_nothing_is_found() -> None:
    assert regime_of(LAW, "private", "ZH", "", datetime(2017, 1, 1, tzinfo=UTC)).missing is Missing.KIND


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        regime_of(LAW, "private", "ZH", "", datetime(2026, 11, 23))  # noqa: DTZ001  (that is what is refused)
