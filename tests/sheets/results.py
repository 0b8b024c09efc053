"""A made-up result with everything that a result can hold."""

from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.record import (
    ColumnFound,
    GroupFigure,
    Input,
    LeftOver,
    OtherChoice,
    PairMade,
    Part,
    Record,
    Settings,
    StepDone,
    Summary,
)

RESULT = Record(
    inputs=(Input("mentors.xlsx", "Form responses 1", "ab" * 32, 58), Input("mentees.csv", "", "cd" * 32, 120)),
    settings=Settings(aim="everyone", seed=7, time_limit_s=None, capacity=2, rules='[matching]\naim = "everyone"\n', version="0.1.0"),
    summary=Summary(
        matched=2,
        unmatched=1,
        lowest_fit=-4,
        mean_fit=29,
        proved_best=True,
        mentors_with_room=1,
        needs_look=1,
        stopped=None,
        steps=(StepDone("matched", 2, 2, proved_best=True), StepDone("lowest", -4, -4, proved_best=True)),
    ),
    pairs=(
        PairMade(
            "ama@clinic.test", "00417", "Ama Boateng", "Dr Siân Hughes", 61,
            (Part("goals", 72, "covers 2 of the 3 goals"), Part("profession", -11, "asked for a nurse; is a doctor")),
            (OtherChoice("m2", "Jo Park", 66, "Lena Ortiz would go from 72 to 58"), OtherChoice("m3", "=Eve", 12, "")),
        ),
        PairMade("00912", "m2", "-Bo Li", "@Jo Park", -4, (Part("place", -4, "+44 km apart"),)),
    ),
    unmatched=(
        LeftOver("cai", "Cai Morgan", "mentee", ("every mentor is full",), ("one more place with Jo Park", "drop the rule site")),
        LeftOver("m9", "Zoë Ångström-Núñez", "mentor", ("nobody was left",)),
    ),
    problems=(
        Diagnostic("mentors.xlsx", "Form responses 1", 14, "How many?", "not_whole_number", '"How many?" is "x".'),
        Diagnostic("mentees.csv", "", 0, "", "none", "t", left_out=True),
    ),
    notes=("mentees.csv row 4  I used 2.", "= no formula"),
    columns=(ColumnFound("mentee", "name", "Full\nname", "Ama Boateng", "heading"),),
    fairness=(GroupFigure("Gender", "F", 34, 71, 68, 74, hidden=False), GroupFigure("Gender", "M", None, None, None, None, hidden=True)),
    groups={"ama@clinic.test": {"Gender": "F", "Site": "Leeds"}, "00912": {"Gender": "M"}},
)  # fmt: skip
