"""One cell to choices, lists, rankings, addresses and places."""

import pytest

from chiron.sheets.cells.answers import (
    allowed_of,
    choice_of,
    email_of,
    list_of,
    place_of,
    point_of,
    ranking_of,
    split_list,
)

ALLOWED = allowed_of(
    ["Research", "Diversity, equity and inclusion", "Exams", "Leadership", "ENT", "Grade 10", "Grade 11"]
)


@pytest.mark.parametrize(("cell", "values"), [
    ("Research; Exams", ("Research", "Exams")), ("Research;Exams;", ("Research", "Exams")), ("Research, Exams", ("Research", "Exams")),
    ("- Research\n- Exams", ("Research", "Exams")), ("1. Research\n2. Exams", ("Research", "Exams")), ("Research / Exams", ("Research", "Exams")),
    ("Leadership (clinical, ward), Exams", ("Leadership (clinical, ward)", "Exams")), ("Research; research; Research", ("Research", "research")),
    ("Diversity, equity; Exams", ("Diversity, equity", "Exams")), ("ENT/head and neck", ("ENT/head and neck",)), ("Exams, n/a", ("Exams",)),
])  # fmt: skip
def test_split_list_parts_values_as_people_do(cell, values):
    assert split_list(cell, {}) == values


@pytest.mark.parametrize(("cell", "values"), [
    ("Diversity, equity and inclusion, Exams", ("Diversity, equity and inclusion", "Exams")),
    ("Research/ENT", ("Research", "ENT")), ("Research and exams", ("Research", "Exams")),
    ("exams; DIVERSITY, EQUITY AND INCLUSION", ("Exams", "Diversity, equity and inclusion")), ("Research, exams; ENT", ("Research", "Exams", "ENT")),
])  # fmt: skip
def test_list_of_never_parts_an_allowed_answer(cell, values):
    reading = list_of(cell, ALLOWED)

    assert (reading.value, reading.code) == (values, "")


def test_list_of_says_where_there_are_more_answers_than_asked_for():
    reading = list_of("Research; Exams; ENT", ALLOWED, most=2)

    assert (reading.value, reading.code) == (("Research", "Exams", "ENT"), "too_many_answers")


def test_choice_of_mends_a_slip_but_never_another_number():
    assert choice_of("reserch", ALLOWED).value == "Research"
    assert choice_of("reserch", ALLOWED).text == 'I read it as "Research".'
    assert choice_of("GRADE  10", ALLOWED).value == "Grade 10"
    assert choice_of("Grade 12", ALLOWED).is_problem
    assert (
        choice_of("ENTT", ALLOWED).text
        == 'Did you mean "ENT"? Type one of: Research; Diversity, equity and inclusion; Exams; Leadership; ENT; Grade 10; Grade 11.'
    )
    assert choice_of("Anything  goes", {}).value == "Anything goes"


@pytest.mark.parametrize(("cells", "names"), [
    (["Siân Hughes; Lena Ortiz"], ("Siân Hughes", "Lena Ortiz")), (["1. Siân Hughes 2. Lena Ortiz"], ("Siân Hughes", "Lena Ortiz")),
    (["Hughes, Siân"], ("Hughes, Siân",)), (["Siân Hughes, Lena Ortiz"], ("Siân Hughes", "Lena Ortiz")), (["A", "none", "B", "A"], ("A", "B")),
    (["a@x.test, b@x.test"], ("a@x.test", "b@x.test")), (["A > B > C"], ("A", "B", "C")),
    (["none"], None), (["Ann Bo, Cy Di, Ed Fo"], ("Ann Bo", "Cy Di", "Ed Fo")),
])  # fmt: skip
def test_ranking_of_keeps_the_order_of_names(cells, names):
    assert ranking_of(cells).value == names


@pytest.mark.parametrize(("cell", "value", "code"), [
    ("Ama@Clinic.test", "ama@clinic.test", ""), ("Ama <ama@clinic.test>", "ama@clinic.test", ""), ("mailto:ama@clinic.test", "ama@clinic.test", ""),
    ("ama@clinic", None, "not_an_email"), ("ama", None, "not_an_email"), ("a@b.test; c@d.test", None, "two_emails"),
])  # fmt: skip
def test_email_of_takes_one_address(cell, value, code):
    reading = email_of(cell)

    assert (reading.value, reading.code) == (value, code)


@pytest.mark.parametrize(("cell", "point", "code"), [
    ("53.80, -1.55", (53.8, -1.55), ""), ("(53.8; -1.55)", (53.8, -1.55), ""), ("02139", (42.3647, -71.1042), ""), ("02139-1234", (42.3647, -71.1042), ""),
    ("2139", (42.3647, -71.1042), "lost_zero"), ("York", (53.96, -1.08), ""), ("Leeds", None, "unknown_place"),
    ("LS1 4DY", None, "unknown_place"), ("95.0, 10.0", None, "not_a_place"),
])  # fmt: skip
def test_place_of_takes_coordinates_postal_codes_and_known_towns(cell, point, code):
    reading = place_of(cell, {"york": (53.96, -1.08)})

    assert (reading.value, reading.code) == (point, code)


def test_point_of_takes_two_cells():
    assert point_of("53.80", "-1.55") == (53.8, -1.55)
    assert point_of("", "-1.55") is None
    assert point_of("north", "west") is None
