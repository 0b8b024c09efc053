"""Nobody is paired with somebody of the own exclusions, however they are written, through the library's door."""

from pathlib import Path
from typing import Any

import pytest

from chiron import match
from chiron.blueprints.plan.pairs import ConflictError
from chiron.sheets.files.table import SheetError
from sheets.ways_to_name import INNOCENT, MENTORS, UNCLEAR, ways

WRITTEN = tuple(ways())
RULES = """[matching]
[[matching.rules]]
name = "Not the {field}"
kind = "apart"
mentee = "{field}"
mentor = "id"
must = true

[[matching.rules]]
name = "Goals"
kind = "overlap"
mentee = "goals"
mentor = "expertise"
points = 10

[matching.fields.{field}]
type = "{type}"
label = "Judged by"
headings = ["Judged by"]
"""


def mentors() -> list[dict[str, Any]]:
    """Return the mentors, each with a topic of their own, and one more whom everybody may have."""
    known = [{"Id": one.id, "Name": one.name, "Email": one.email, "Expertise": one.family} for one in MENTORS]
    spare = {"Id": "M-999X", "Name": "Ida Quill", "Email": "ida@clinic.test", "Expertise": "Nothing else"}
    return [*known, spare]


def mentees(heading: str, *, every: int = 1) -> list[dict[str, Any]]:
    """Return one mentee a way to write a name, or a part of them; each fits best whom the cell names."""
    return [
        {"Name": f"Mentee {at}", "Email": f"m{at}@home.test", "Goals": one.family, heading: text}
        for at, (_, one, text) in enumerate(WRITTEN)
        if at % every == 0
    ]


def broken(result: Any) -> list[str]:
    """Return the texts whose writers are paired with whom they named."""
    paired = {pair.mentee: pair.mentor for pair in result.pairs}
    return [text for at, (_, one, text) in enumerate(WRITTEN) if paired.get(f"Mentee {at}") == one.name]


@pytest.mark.parametrize("heading", ["Not with", "Line manager", "Evaluator", "Conflicts of interest"])
def test_nobody_is_paired_with_whom_a_cell_names(heading: str):
    result = match(mentors(), mentees(heading), capacity=600)

    assert len(WRITTEN) > 500
    assert broken(result) == []
    assert [problem.text for problem in result.record.problems] == []
    assert result.summary.matched == len(WRITTEN)


def test_without_exclusions_everybody_has_whom_they_fit_best():
    people = [{name: cell for name, cell in one.items() if name != "Not with"} for one in mentees("Not with")]

    assert len(broken(match(mentors(), people, capacity=600))) == len(WRITTEN)


@pytest.mark.parametrize("kind", ["ranking", "id", "list", "text"])
def test_nobody_is_paired_with_whom_a_field_of_an_own_rule_names(tmp_path: Path, kind: str):
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES.format(field="judges", type=kind), encoding="utf-8")

    result = match(mentors(), mentees("Judged by", every=7), rules=rules, capacity=600)

    assert broken(result) == []
    assert result.record.problems == ()


def test_mentors_are_not_paired_with_mentees_whom_they_name():
    named = [{"Name": one.name, "Email": one.email, "Goals": "x"} for one in MENTORS]
    writers = [
        {"Name": f"Mentor {at}", "Email": f"m{at}@home.test", "Expertise": "x", "Not with": text}
        for at, (_, one, text) in enumerate(WRITTEN)
        if "M1" not in text.replace("-", "") and one == MENTORS[at % len(MENTORS)]
    ]

    result = match(writers, named, capacity=9)

    wrote = {one["Name"]: one["Not with"] for one in writers}
    means = {text: one.name for _, one, text in WRITTEN}
    assert [pair for pair in result.pairs if means[wrote[pair.mentor]] == pair.mentee] == []
    assert result.record.problems == ()


@pytest.mark.parametrize("heading", ["Not with", "Line manager"])
def test_innocent_cells_leave_nobody_out(heading: str):
    people = [
        {"Name": f"Mentee {at}", "Email": f"m{at}@home.test", "Goals": "Brook", heading: text}
        for at, text in enumerate(INNOCENT)
    ]

    result = match(mentors(), people, capacity=600)

    assert result.record.problems == ()
    assert {pair.mentor for pair in result.pairs} == {"Ana Brook"}
    assert result.summary.matched == len(INNOCENT)


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_cell_leaves_its_row_out_until_somebody_says_nobody(text: str):
    people = [
        {"Name": "Xan Reed", "Email": "x@home.test", "Goals": "Brook", "Not with": text},
        {"Name": "Yve Holt", "Email": "y@home.test", "Goals": "Brook", "Not with": ""},
    ]

    left_out, said = match(mentors(), people, capacity=2), match(mentors(), people, capacity=2, nobody="mentees:2")

    assert [(one.row, one.code) for one in left_out.record.problems] == [(2, "unclear_name")]
    assert [pair.mentee for pair in left_out.pairs] == ["Yve Holt"]
    assert sorted(pair.mentee for pair in said.pairs) == ["Xan Reed", "Yve Holt"]
    assert any("You said that means nobody." in note for note in said.record.notes)


def test_every_column_that_keeps_people_apart_is_read():
    people = [
        {"Name": "Xan Reed", "Goals": "Brook", "Line manager": "none", "Educational supervisor": "Dr A. Brook"},
        {"Name": "Yve Holt", "Goals": "Brook", "Line manager": "Dr A. Brook", "Educational supervisor": ""},
        {"Name": "Zia Khan", "Goals": "Brook", "Line manager": "Tom Price", "Educational supervisor": "Jo Hill"},
    ]

    result = match(mentors(), people, capacity=9)

    assert {pair.mentee: pair.mentor == "Ana Brook" for pair in result.pairs} == {
        "Xan Reed": False,
        "Yve Holt": False,
        "Zia Khan": True,
    }


def test_a_lock_that_contradicts_an_exclusion_is_a_conflict():
    people = [{"Name": "Xan Reed", "Email": "x@home.test", "Goals": "Brook", "Line manager": "my boss, Dr A. Brook"}]

    with pytest.raises(ConflictError) as fault:
        match(mentors(), people, locks=[("Xan Reed", "Ana Brook")])

    assert "Xan Reed" in str(fault.value)


def test_one_sheet_for_both_sides_is_parted_by_its_column():
    everybody = [
        {"Name": name, "Email": f"{name}@home.test", "Role": role, "Topics": "Exams"}
        for name, role in [("Ana", "Mentor"), ("Bo", "Mentor"), ("Xan", "Mentee"), ("Yve", "Mentee")]
    ]

    with pytest.raises(SheetError, match=r"its column .Role. says who is who: 2 mentors and 2 mentees"):
        match(everybody, everybody)
    result = match(everybody, everybody, role_column="Role")

    assert {(pair.mentor in {"Ana", "Bo"}, pair.mentee in {"Xan", "Yve"}) for pair in result.pairs} == {(True, True)}
    assert result.summary.matched == 2


@pytest.mark.parametrize("called", ["Preferred name", "Preferred first name", "Known as"])
def test_preferred_names_are_used_on_paper_and_full_names_to_find_people(called: str):
    named = [
        {called: "Liz", "First name": "Elizabeth", "Last name": "Marsh", "Expertise": "Exams"},
        {called: "", "First name": "Bo", "Last name": "Dale", "Expertise": "Other"},
    ]
    people = [
        {"Name": "Xan Reed", "Goals": "Exams", "Line manager": "Elizabeth Marsh", "Preferred mentors": ""},
        {"Name": "Yve Holt", "Goals": "Other", "Line manager": "Liz Marsh", "Preferred mentors": ""},
        {"Name": "Zia Khan", "Goals": "Other", "Line manager": "", "Preferred mentors": "Elizabeth Marsh"},
    ]

    result = match(named, people, capacity=9, locks=[("Zia Khan", "Elizabeth Marsh")])

    assert {pair.mentee: pair.mentor for pair in result.pairs} == {
        "Xan Reed": "Bo Dale",
        "Yve Holt": "Bo Dale",
        "Zia Khan": "Liz Marsh",
    }
    assert result.record.problems == ()


@pytest.mark.parametrize("heading", ["Preferred name", "Known as"])
def test_a_column_of_preferred_names_alone_is_that_of_names(heading: str):
    result = match([{heading: "Liz Marsh", "Expertise": "Exams"}], [{"Name": "Xan Reed", "Goals": "Exams"}])

    assert [pair.mentor for pair in result.pairs] == ["Liz Marsh"]


def test_preferred_pronouns_are_no_name():
    named = [{"Name": "Elizabeth Marsh", "Preferred pronouns": "she", "Expertise": "Exams"}]

    result = match(named, [{"Name": "Xan Reed", "Goals": "Exams"}])

    assert [pair.mentor for pair in result.pairs] == ["Elizabeth Marsh"]


def test_a_column_of_exclusions_that_no_rule_reads_is_kept_to_and_told(tmp_path: Path):
    rules = tmp_path / "rules.toml"
    text = RULES.format(field="judges", type="id")
    rules.write_text(text, encoding="utf-8")
    people = [{"Name": "Xan Reed", "Goals": "Brook", "Judged by": "", "Line manager": "Ana Brook"}]

    result = match(mentors(), people, rules=rules)

    assert [note for note in result.record.notes if "your rules do not mention" in note] == [
        (
            'mentees: your rules do not mention "Line manager". I keep to it all the same: nobody is paired with whom it '
            "names. To leave it out: --mentee manager="
        )
    ]


@pytest.mark.parametrize("heading", ["Not with", "Line manager", "Who assesses you?", "Please do not pair me with"])
@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_rules_that_forget_an_exclusion_do_not_pair_the_two(tmp_path: Path, heading, side):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[matching.rules]]\nname = "Goals"\nkind = "overlap"\nfield = "topics"\npoints = 10\n')
    mentees = [{"Name": "Xan Reed", "Topics": "Exams"}, {"Name": "Yve Holt", "Topics": "Sleep"}]
    given = [{"Name": "Ana Brook", "Topics": "Exams"}, {"Name": "Cy Dale", "Topics": "Sleep"}]
    for row, cell in zip(
        *((mentees, ("Ana Brook", "")) if side == "mentee" else (given, ("Xan Reed", ""))), strict=True
    ):
        row[heading] = cell

    made = match(given, mentees, rules=rules)

    assert ("Xan Reed", "Ana Brook") not in {(pair.mentee, pair.mentor) for pair in made.pairs}
    assert len(made.pairs) == 2


PEERS = """
[matching]

[matching.shape]
kind = "peers"

[[matching.rules]]
name = "Apart"
kind = "apart"
mentee = "not_with"
mentor = "id"
must = true
"""


def test_one_sheet_whose_exclusions_a_rule_reads_is_not_said_to_keep_nobody_apart(tmp_path):
    rules = tmp_path / "peers.toml"
    rules.write_text(PEERS, encoding="utf-8")
    people = [
        {"Name": name, "Not with": text}
        for name, text in (("Ana Brook", "Ben Carter (my ex)"), ("Ben Carter", ""), ("Cy Dent", ""), ("Eva Ford", ""))
    ]

    result = match(people, rules=rules)

    assert not [note for note in result.record.notes if "keeps nobody apart" in note]
    assert {"Ana Brook", "Ben Carter"} not in [{pair.mentee, pair.mentor} for pair in result.pairs]


def test_a_column_that_only_may_be_exclusions_is_kept_to_and_named_where_no_rule_reads_it(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[matching]\n\n[[matching.rules]]\nname = "Languages"\nkind = "overlap"\nfield = "languages"\npoints = 100\n',
        encoding="utf-8",
    )
    guides = [{"Name": "Ana Brook", "Languages": "English"}]
    learners = [{"Name": "Eva Ford", "Languages": "English", "Please do not pair me with": "Ana Brook (my ex)"}]

    result = match(guides, learners, rules=rules)

    assert [note for note in result.record.notes if 'your rules do not mention "Please do not pair me with"' in note]
    assert result.pairs == ()


def test_two_family_names_beside_each_other_mean_both_people():
    guides = [{"Name": name, "Places": 1} for name in ("Ana Brook", "Ben Carter", "Cy Dent")]

    result = match(guides, [{"Name": "Eva Ford", "Not with": "Brook Carter"}])

    assert [pair.mentor for pair in result.pairs] == ["Cy Dent"]


@pytest.mark.parametrize("later", ["", "no", "nobody", "Cy Dale"])
@pytest.mark.parametrize("twice_on", ["mentee", "mentor"])
def test_later_answer_takes_no_exclusion_back(later, twice_on):
    mentees = [{"Timestamp": "2026-01-02 09:00", "Name": "Xan Reed", "Email": "x@clinic.test", "Goals": "Exams"}]
    mentors = [
        {"Timestamp": "2026-01-02 09:00", "Name": name, "Email": f"{name[:2]}@clinic.test", "Expertise": topic}
        for name, topic in (("Ana Brook", "Exams"), ("Di Fenn", "Sleep"))
    ]
    if twice_on == "mentee":
        mentees[0]["Not with"] = "Ana Brook"
        mentees.append({**mentees[0], "Timestamp": "2026-01-03 09:00", "Not with": later})
    else:
        mentors[0]["Not with"] = "Xan Reed"
        mentors.append({**mentors[0], "Timestamp": "2026-01-03 09:00", "Not with": "" if later == "Cy Dale" else later})

    found = match(mentors, mentees)

    assert ("Xan Reed", "Ana Brook") not in {(pair.mentee, pair.mentor) for pair in found.pairs}
