"""A column under an unknown heading that names people as people write names: "S O Neill", "Mac Donald, Fiona"."""

import random

import pytest

from chiron import match

MENTORS = {
    "Dr Seán O'Neill": ("S O Neill", "Dr O Neill", "Sean ONeill"),
    "Prof. Layla Al-Sayed": ("Al Sayed (my line manager)", "L. Al Sayed", "Alsayed, Layla"),
    "Fiona MacDonald": ("Mac Donald, Fiona", "F. Macdonald", "Ms Mac Donald"),
    "Kofi Mensah": ("kofi mensah - previous mentor", "Mensah, K.", "Dr K Mensah"),
    "Ana De Souza": ("Ms De Souza", "A. Desouza", "Ana Souza"),
    "Elizabeth Müller": ("Liz Mueller", "E. Muller", "Mueller, Liz"),
}
MENTEES = ("Priya Nair", "Jo Park", "Owen Hughes", "Mary Okafor", "Lucas Silva", "Hannah Weiss")
UNKNOWN = (
    "Prior mentor(s)", "COI", "People I know", "Spouse / partner works here as", "Relative in the trust", "Tutor",
    "Thesis advisor", "PI", "Consultant in charge", "Works with", "Veto", "Incompatible with", "Keep apart from",
    "2025 mentor", "Current mentor", "Mentor last round", "Vorgesetzte/r", "Supérieur hiérarchique", "Column 7",
    "Mentor you least want", "Least preferred mentor", "Mentors I dont want", "Mentor I want to change from",
)  # fmt: skip


@pytest.mark.parametrize("heading", UNKNOWN)
@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_paired_with_whom_a_loosely_written_cell_names(heading: str, seed: int) -> None:
    draw = random.Random(seed)
    mentees = [
        {"Name": mentee, "Specialty": "Nursing", heading: draw.choice(ways)}
        for mentee, ways in zip(MENTEES, MENTORS.values(), strict=True)
    ]

    plan = match([{"Name": name, "Specialty": "Nursing"} for name in MENTORS], mentees)

    assert len(plan.pairs) == len(MENTEES)
    assert not {(pair.mentee, pair.mentor) for pair in plan.pairs} & set(zip(MENTEES, MENTORS, strict=True))


def test_a_column_of_names_counts_where_one_of_them_takes_part() -> None:
    earlier = ("Kofi Mensah", "Rosa Lind", "Paul Stone", "Ines Marsh", "Gerd Holm", "Una Frey")
    mentees = [{"Name": name, "Known to": other} for name, other in zip(MENTEES, earlier, strict=True)]

    plan = match([{"Name": name} for name in MENTORS], mentees)

    assert ("Priya Nair", "Kofi Mensah") not in {(pair.mentee, pair.mentor) for pair in plan.pairs}
    assert any('"Known to"' in note for note in plan.notes)


@pytest.mark.parametrize("heading", ["Ward", "Hospital name", "Nickname", "Town"])
def test_a_column_of_wards_and_towns_names_nobody(heading: str) -> None:
    wards = ("Mensah Ward", "Queen Mary", "Acute Medicine", "Ward 7", "Day Surgery", "Ward 9")
    mentees = [{"Name": name, heading: ward} for name, ward in zip(MENTEES, wards, strict=True)]

    plan = match([{"Name": name} for name in MENTORS], mentees)

    assert not any("kept apart" in note for note in plan.notes)


@pytest.mark.parametrize("last", ["Total: 10 mentees", "Total mentees", "Count 10", "Total", "TOTAL (6)"])
def test_a_row_that_counts_people_is_no_person(last: str) -> None:
    mentees = [*({"Name": name, "Specialty": "Nursing"} for name in MENTEES), {"Name": last, "Specialty": ""}]

    plan = match([{"Name": name, "Specialty": "Nursing", "Places": 2} for name in MENTORS], mentees)

    assert {pair.mentee for pair in plan.pairs} == set(MENTEES)
