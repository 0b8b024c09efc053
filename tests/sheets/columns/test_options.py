"""Answers that contain commas, learnt from all cells of a question."""

from chiron.sheets.cells.answers import split_list
from chiron.sheets.columns.options import whole_answers


def parted(*cells: str, **told: object) -> list[tuple[str, ...]]:
    wholes = whole_answers(cells, **told)
    return [split_list(cell, {}, wholes.answers) for cell in cells]


def test_options_of_a_list_are_never_cut_at_their_commas():
    options = ["Applying to training, medicine", "Wellbeing"]

    assert parted("Applying to training, medicine, Wellbeing", options=options) == [tuple(options)]


def test_a_small_letter_after_a_comma_goes_on_with_an_option_of_a_form():
    cells = (
        "Applying to training, medicine, Wellbeing",
        "Applying to training, surgery, Research, medicine",
        "Wellbeing",
    )

    assert parted(*cells, is_form=True) == [
        ("Applying to training, medicine", "Wellbeing"),
        ("Applying to training, surgery", "Research, medicine"),
        ("Wellbeing",),
    ]


def test_pieces_that_always_come_together_are_one_answer():
    cells = (
        "Exams, Leadership, Management and teams",
        "Leadership, Management and teams",
        "Leadership, Management and teams, Research",
        "Research, Exams",
    )

    assert parted(*cells)[0] == ("Exams", "Leadership, Management and teams")


def test_pieces_that_stand_alone_somewhere_are_answers_of_their_own():
    cells = ("Exams, Research", "Exams, Research, Teaching", "Exams, Research, Wellbeing", "Research")

    assert parted(*cells)[0] == ("Exams", "Research")


def test_commas_part_what_people_type_in_small_letters():
    cells = ("Exams, research, teaching", "Research, exams", "wellbeing")

    assert parted(*cells) == [("Exams", "research", "teaching"), ("Research", "exams"), ("wellbeing",)]


def test_semicolons_in_other_cells_say_that_commas_part_nothing():
    cells = ("Research, ethics; Exams", "Exams; Wellbeing", "Research, ethics")

    assert parted(*cells) == [("Research, ethics", "Exams"), ("Exams", "Wellbeing"), ("Research, ethics",)]


def test_answers_that_may_have_commas_are_named_where_the_cells_do_not_tell():
    wholes = whole_answers(["Exams, research, ethics, CV writing", "Exams, teaching, surgery"])

    assert wholes.learnt == ()
    assert wholes.doubtful == ("Exams, research, ethics", "Exams, teaching, surgery")


def test_what_was_learnt_is_told_as_somebody_wrote_it():
    wholes = whole_answers(["Research, ethics; Exams", "Exams; Wellbeing"])

    assert wholes.learnt == ("Research, ethics",)
