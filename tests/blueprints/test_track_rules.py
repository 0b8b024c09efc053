"""How the tracks of the gallery that are made of pairs choose a mentor."""

from collections import Counter

import pytest

from blueprints.tracks import answers, arranged, fits, mentee, mentor, plan, pools
from chiron.blueprints.plan.levels import level_of
from chiron.blueprints.plan.pairs import ConflictError, make_plan
from chiron.blueprints.plan.together import SharedProgram, arrange_together
from chiron.blueprints.plan.waitlist import next_for, waitlist
from chiron.blueprints.schema.blueprint_file import track
from chiron.blueprints.schema.matching import Matching
from chiron.pairing.proof.referee import violations


def pairs_of(made):
    return {row.mentee_id: row.mentor_id for row in made.rows()}


# ---- the field: different on purpose, or the same


def test_field_rule_is_turned_round():
    rule = next(rule for rule in track("pre-cornell-different-field").matching.rules if rule.kind == "related")

    assert (rule.different, rule.points, rule.must) == (True, 60, False)


def test_own_field_scores_below_another():
    student = mentee("a", field="cardiology")

    own, near, far = fits(
        "pre-cornell-different-field",
        student,
        *(mentor(one, field=one) for one in ("cardiology", "internal-medicine", "dentistry")),
    )

    assert own < near < far
    assert far - own == 60


def test_reason_names_the_different_field():
    made = plan("pre-cornell-different-field", [mentee("a", field="cardiology")], [mentor("x", field="dentistry")])

    (row,) = made.rows()
    assert [(reason.rule, reason.points) for reason in row.reasons] == [("A different field on purpose", 60)]
    assert row.reasons[0].text == "fields that are not related: Cardiology; Dentistry"


def test_profession_aimed_at_is_a_must_and_can_be_a_wish():
    name = "pre-tarleton"
    student, dentist, nurse = (
        mentee("a", career_goal="Dentist"),
        mentor("x", profession="Dentist"),
        mentor("y", profession="Nurse"),
    )
    hard = track(name).matching
    wish = Matching.model_validate(
        {
            **hard.model_dump(exclude_defaults=True),
            "rules": [
                {
                    **rule.model_dump(exclude_defaults=True),
                    **({"must": False, "points": 30} if rule.kind == "same" else {}),
                }
                for rule in hard.rules
            ],
        }
    )

    assert fits(name, student, dentist, nurse) == [0, None]
    assert len(pairs_of(make_plan(mentees=[student], mentors=[nurse], matching=hard))) == 0
    assert pairs_of(make_plan(mentees=[student], mentors=[dentist, nurse], matching=wish)) == {"a": "x"}
    assert len(pairs_of(make_plan(mentees=[student], mentors=[nurse], matching=wish))) == 1


def test_specialty_wanted_is_met_or_close():
    name = "nurs-utah-transition"
    student = mentee("a", field="critical-care-nursing")

    same, near, far = fits(
        name, student, *(mentor(one, field=one) for one in ("critical-care-nursing", "emergency-nursing", "dentistry"))
    )

    assert same == 55
    assert near is not None
    assert 0 < near < same
    assert far is None


# ---- ahead of the mentee


def test_mentor_is_ahead_in_the_same_course():
    name, course = "pre-hunter-near-peer", {"course": "Pre-medicine"}
    student = mentee("a", year="Sophomore", **course)

    found = fits(
        name,
        student,
        mentor("ahead", year="Junior", **course),
        mentor("level", year="Sophomore", **course),
        mentor("behind", year="First-year", **course),
        mentor("elsewhere", year="Senior", course="Pre-nursing"),
    )

    assert [one is not None for one in found] == [True, False, False, False]
    mentees, mentors = (answers(side) for side in pools(name))
    steps = track(name).matching.fields["year"].ladder
    for tie in arranged(name).ties:
        assert steps.index(mentors[tie.mentor_id]["year"]) > steps.index(mentees[tie.mentee_id]["year"])


def test_mentor_is_levels_ahead():
    found = fits(
        "nurs-washburn-peer",
        mentee("a", level="Level 2"),
        *(mentor(level, level=level) for level in ("Level 1", "Level 2", "Level 3", "Level 5")),
    )

    assert [one is not None for one in found] == [False, False, True, True]


def test_small_step_scores_higher():
    steps = ("PGY1", "PGY2", "PGY4")

    near, middle, far = fits(
        "med-emra", mentee("a", training="Year 3"), *(mentor(step, training=step) for step in steps)
    )

    assert near > middle > far > 0


def test_mentor_is_exactly_one_year_ahead():
    society = {"society": "Ash Society"}
    years = ("Year 1", "Year 2", "Year 3")

    found = fits(
        "med-miami-ms2-ms1",
        mentee("a", year="Year 1", **society),
        *(mentor(year, year=year, **society) for year in years),
    )

    assert [one is not None for one in found] == [False, True, False]
    mentees, mentors = (answers(side) for side in pools("med-miami-ms2-ms1"))
    assert {
        (mentees[tie.mentee_id]["year"], mentors[tie.mentor_id]["year"]) for tie in arranged("med-miami-ms2-ms1").ties
    } == {("Year 1", "Year 2")}


def test_mentor_is_in_a_later_phase():
    phases = ("Early career", "Mid-career", "Late career")

    found = fits(
        "early-uic-nursing-alumni",
        mentee("a", career_phase="Early career"),
        *(mentor(one, career_phase=one) for one in phases),
    )

    assert [one is not None for one in found] == [False, True, True]


# ---- parts of the pool


def test_pairs_stay_inside_a_society():
    mentees, mentors = (answers(side) for side in pools("med-miami-ms2-ms1"))
    ties = arranged("med-miami-ms2-ms1").ties

    assert len({mentees[tie.mentee_id]["society"] for tie in ties}) == 4
    assert all(mentees[tie.mentee_id]["society"] == mentors[tie.mentor_id]["society"] for tie in ties)


def test_campus_is_a_site():
    mentees, mentors = (answers(side) for side in pools("urm-uic-uhp"))
    ties = arranged("urm-uic-uhp").ties

    assert {mentees[tie.mentee_id]["campus"] for tie in ties} == {"Chicago", "Peoria", "Rockford", "Urbana"}
    assert all(mentees[tie.mentee_id]["campus"] == mentors[tie.mentor_id]["campus"] for tie in ties)
    assert fits("urm-uic-uhp", mentee("a"), mentor("x", campus="Peoria")) == [None]


def test_pair_may_cross_schools():
    student = mentee("a", school="Nursing", goals=("Research experience",))

    crossing, same = fits(
        "gend-ucsf-lgbtq",
        student,
        mentor("x", school="Dentistry", expertise=("Research experience",)),
        mentor("y", school="Nursing"),
    )

    assert crossing > same == 10


def test_mentor_is_of_another_organisation():
    name, ours = "pre-asu-student", "Arizona State University"
    student = mentee("a", organization=ours)

    assert fits(
        name, student, mentor("x", organization=ours), mentor("y", organization="Desert Medical College"), mentor("z")
    ) == [None, 0, None]
    mentors = answers(pools(name)[1])
    assert ours in {one["organization"] for one in mentors.values()}
    assert ours not in {mentors[tie.mentor_id]["organization"] for tie in arranged(name).ties}


def test_level_follows_position_and_aspiration():
    def level(position, aspiration):
        return level_of(mentee("a", position=position, aspiration=aspiration), track("black-nbna-levels"))

    # The same position on two levels by aspiration, the same aspiration on three levels by position.
    assert level("Staff nurse", "First post") == "Level 1"
    assert level("Staff nurse", "Leading a unit") == "Level 2"
    assert [
        level(one, "Leading an organisation") for one in ("Nursing student", "Staff nurse", "Director of nursing")
    ] == ["Level 1", "Level 2", "Level 3"]
    assert level("Director of nursing", None) == "Level 1"
    assert level(None, "Leading a unit") is None


def test_each_level_has_its_own_mentors():
    blueprint = track("black-nbna-levels")
    mentees, mentors = pools("black-nbna-levels")
    level = {one.id: level_of(one, blueprint) for one in mentees}
    mentors = answers(mentors)
    ties = arranged("black-nbna-levels").ties

    assert set(level.values()) == {"Level 1", "Level 2", "Level 3"}
    assert {level[tie.mentee_id] for tie in ties} == {"Level 1", "Level 2", "Level 3"}
    assert all(level[tie.mentee_id] == mentors[tie.mentor_id]["mentors_on"] for tie in ties)
    # After a promotion the level changes, and with it the mentors who may be had.
    nurse = mentee("a", position="Staff nurse", aspiration="Leading an organisation")
    promoted = mentee("a", position="Nurse manager", aspiration="Leading an organisation")
    guides = [mentor(one, mentors_on=one) for one in ("Level 2", "Level 3")]
    assert [one is not None for one in fits("black-nbna-levels", nurse, *guides)] == [True, False]
    assert [one is not None for one in fits("black-nbna-levels", promoted, *guides)] == [False, True]


# ---- meeting


def test_ways_to_meet_agree():
    found = fits(
        "pre-detroit-medstudent",
        mentee("a", meeting_ways=("Online",)),
        mentor("x", meeting_ways=("In person",)),
        mentor("y", meeting_ways=("In person", "Online")),
    )

    assert [one is not None for one in found] == [False, True]
    assert track("pre-detroit-medstudent").programme.modality == ("in_person", "virtual")


def test_common_hours_cross_time_zones():
    # Monday 12:00 in New York is Monday 16:00 in universal time (September), and 9:00 in Los Angeles.
    noon_in_new_york = 0b11 << 32
    nine_in_los_angeles = 0b11 << 32
    noon_in_los_angeles = 0b11 << 38

    same, other = fits(
        "med-amsa",
        mentee("a", hours=noon_in_new_york),
        mentor("x", hours=nine_in_los_angeles),
        mentor("y", hours=noon_in_los_angeles),
    )

    assert (same is not None, other is not None) == (True, False)
    zones = {one["time_zone"] for one in answers(pools("med-amsa")[0]).values()}
    assert len(zones) >= 3
    assert track("med-amsa").programme.modality == ("virtual",)


def test_far_mentor_is_out():
    here, near, far = (42.36, -71.06), (42.40, -71.10), (34.05, -118.24)
    resident = mentee("a", place=here, remote=False)

    found = fits("early-accp", resident, mentor("x", place=near, remote=True), mentor("y", place=far, remote=True))

    assert [one is not None for one in found] == [True, False]


def test_online_has_no_distance():
    here, far = (42.36, -71.06), (34.05, -118.24)

    both, one_only = fits(
        "early-accp",
        mentee("a", place=here, remote=True),
        mentor("x", place=far, remote=True),
        mentor("y", place=far, remote=False),
    )

    assert (both is not None, one_only is not None) == (True, False)


def test_life_outside_work_is_a_goal():
    resident = mentee("a", training="PGY1", goals=("Life outside work",))

    knows, other = fits(
        "early-uw-im-peer",
        resident,
        mentor("x", training="PGY2", expertise=("Life outside work",)),
        mentor("y", training="PGY2", expertise=("Board exams",)),
    )

    assert knows - other == 50


def test_nobody_is_paired_with_themselves():
    for name in ("pre-miami-hpm", "nurs-arizona-bsn", "gend-mn-women-healthcare", "gend-amwa"):
        both, other = fits(name, mentee("a"), mentor("a"), mentor("b"))
        assert (both, other is not None) == (None, True)


def test_mentee_of_this_year_may_also_mentor():
    second_year = {"year": "Year 2", "course": "BSN"}
    made = plan(
        "nurs-arizona-bsn",
        [mentee("first", year="Year 1"), mentee("both", **second_year)],
        [mentor("both", **second_year), mentor("third", year="Year 3")],
    )

    assert set(pairs_of(made)) == {"first", "both"}
    assert pairs_of(made)["both"] == "third"


# ---- asking for somebody


def test_nobody_gets_a_mentor_who_was_not_asked():
    mentees, _ = pools("med-wisconsin-fm-request")
    asked = {one.id: one.answers["choices"] for one in mentees}
    ties = arranged("med-wisconsin-fm-request").ties

    assert len(ties) > 30
    assert all(tie.mentor_id in asked[tie.mentee_id] for tie in ties)
    assert fits("med-wisconsin-fm-request", mentee("a"), mentor("x")) == [None]


def test_background_counts_only_where_a_mentee_asked_and_falls_back():
    name = "hisp-latinx-physicians"
    own = {"background": ("Immigrant family",)}
    other = {"background": ("Military family",)}
    asks = {"wishes": ("Immigrant family",), "experiences": ("Changed career",), "values": ("Research",)}
    guides = [
        mentor("shared", **own),
        mentor("difficulty", experiences=("Changed career",), **other),
        mentor("values", values=("Research",), **other),
        mentor("nothing", **other),
    ]

    assert fits(name, mentee("a", background=("Immigrant family",)), *guides) == [0, 0, 0, 0]
    met, difficulty, values, nothing = fits(name, mentee("a", **asks), *guides)
    assert met > difficulty > values > nothing
    assert nothing < 0


# ---- too few places


def test_junior_comes_before_sophomore_where_places_are_short():
    years = ("First-year", "Sophomore", "Junior", "Senior")
    # The sophomore fits far better, and still waits.
    sophomore = mentee("a", year="Sophomore", field="cardiac-nursing", goals=("First job",))
    guide = mentor("x", field="cardiac-nursing", expertise=("First job",))

    made = plan("nurs-pennstate-alumni", [sophomore, mentee("b", year="Junior")], [guide])

    assert pairs_of(made) == {"b": "x"}
    mentees, _ = pools("nurs-pennstate-alumni")
    short = plan("nurs-pennstate-alumni", mentees, [mentor(f"x{at}") for at in range(len(mentees) // 3)])
    matched = Counter(answers(mentees)[one]["year"] for one in pairs_of(short))
    assert set(matched) == {"Junior", "Senior"}
    assert set(years) == {one.answers["year"] for one in mentees}


def test_sophomore_is_matched_where_places_are_left():
    made = plan(
        "nurs-pennstate-alumni", [mentee("a", year="Sophomore"), mentee("b", year="Junior")], [mentor("x"), mentor("y")]
    )

    assert set(pairs_of(made)) == {"a", "b"}


def test_priority_is_said_to_those_who_wait():
    made = plan(
        "nurs-pennstate-alumni",
        [mentee("a", year="Sophomore"), mentee("b", year="Junior"), mentee("c", year="Senior")],
        [mentor("x", capacity=1)],
    )

    order = waitlist(made)

    assert [one.mentee_id for one in order][-1] == "a"
    assert (
        str(made.priority_of("a"))
        == "Served first here: year of study Junior or Senior; this mentee comes after them, while places last."
    )
    assert str(made.priority_of("b")) == "Served in place 1 of the programme's order: year of study Junior or Senior."


def test_juniors_and_seniors_come_together():
    # A senior who fits worse does not come before a junior.
    made = plan(
        "nurs-pennstate-alumni",
        [mentee("senior", year="Senior"), mentee("junior", year="Junior", goals=("First job",))],
        [mentor("x", expertise=("First job",))],
    )

    assert pairs_of(made) == {"junior": "x"}


def surgeons(mentees, mentors=40):
    return (
        [mentee(f"e{at:02}", field="general-surgery" if at % 3 else "neurosurgery") for at in range(mentees)],
        [mentor(f"m{at:02}", field="general-surgery") for at in range(mentors)],
    )


def test_exactly_25_pairs_are_made():
    made = arranged("gend-acs-women-surgeons")

    assert len(pools("gend-acs-women-surgeons")[0]) > 30
    assert len(made.ties) == 25
    assert len(made.left) == len(pools("gend-acs-women-surgeons")[0]) - 25
    assert len(pairs_of(plan("gend-acs-women-surgeons", *surgeons(20)))) == 20


def test_best_pairs_come_in():
    made = plan("gend-acs-women-surgeons", *surgeons(30))
    own = {row.mentee_id for row in made.rows() if row.fit == 40}

    assert len(own) == 20


def test_waitlist_has_an_order_with_reasons():
    made = arranged("gend-acs-women-surgeons").pairs

    order = waitlist(made)

    assert {one.mentee_id for one in order} == set(arranged("gend-acs-women-surgeons").left)
    assert [one.rank for one in order] == list(range(1, len(order) + 1))
    assert all(f"with a fit of {one.fit}." in str(one.reason) for one in order)
    assert [one.fit for one in order] == sorted((one.fit for one in order), reverse=True)
    mentees, mentors = pools("gend-acs-women-surgeons")
    turned = plan("gend-acs-women-surgeons", mentees[::-1], mentors[::-1])
    assert [one.mentee_id for one in waitlist(turned)] == [one.mentee_id for one in order]


def test_freed_place_goes_to_the_first_who_can_take_it():
    mentees, mentors = surgeons(27, mentors=25)
    mentees[25] = mentee("e25", field="general-surgery", not_with=tuple(f"m{at:02}" for at in range(1, 25)))
    made = plan("gend-acs-women-surgeons", mentees, mentors)
    waiting = {one.id for one in mentees} - set(pairs_of(made))

    for row in made.rows():
        offered = next_for(made, row.mentor_id)
        assert offered is not None
        assert offered.mentee_id in waiting
        assert offered.mentor_id == row.mentor_id
    with pytest.raises(KeyError):
        next_for(made, "nobody")


def test_26th_pair_is_refused():
    mentees, mentors = surgeons(30, mentors=30)
    locks = [(one.id, other.id) for one, other in zip(mentees, mentors, strict=True)]

    with pytest.raises(ConflictError, match="Pairs in the programme"):
        plan("gend-acs-women-surgeons", mentees, mentors, locks=locks[:26])
    made = plan("gend-acs-women-surgeons", mentees, mentors, locks=locks[:25])
    one_more = [*made.answer.pairs.tolist(), [29, 29]]
    assert [*map(str, violations(made.problem, one_more))] == [
        "Pairs in the programme: 26 pairs, and at most 25 are allowed."
    ]


# ---- two programmes at once


def test_resident_has_a_mentor_of_the_faculty_and_a_peer():
    residency = "UW internal medicine residency"
    residents = [mentee(f"r{at}", residency=residency, training="PGY1") for at in range(6)]
    # The chief resident teaches too, and stands in both pools.
    parts = [
        SharedProgram(
            track("early-uw-im-faculty"),
            residents,
            [mentor("f1", capacity=3), mentor("f2", capacity=3), mentor("chief", capacity=2)],
        ),
        SharedProgram(
            track("early-uw-im-peer"),
            residents,
            [
                mentor("p1", capacity=3, training="PGY2"),
                mentor("p2", capacity=2, training="PGY3"),
                mentor("chief", capacity=2, training="Chief resident"),
            ],
        ),
    ]

    made = arrange_together(parts)

    kinds = {one.id: {tie.label for tie in made.ties if tie.mentee_id == one.id} for one in residents}
    assert made.proved_best
    assert all(found == {"early-uw-im-faculty", "early-uw-im-peer"} for found in kinds.values())
    assert all(len({tie.mentor_id for tie in made.ties if tie.mentee_id == one.id}) == 2 for one in residents)
    assert Counter(tie.mentor_id for tie in made.ties)["chief"] <= 2


def test_one_person_has_a_match_in_each_of_two_programmes():
    student = mentee("a", year="Year 1", society="Ash Society")
    older = mentor("b", year="Year 2", society="Ash Society")
    parts = [
        SharedProgram(track("med-miami-ms2-ms1"), [student], [older]),
        SharedProgram(track("med-miami-transition"), [student], [mentor("trainer")]),
    ]

    made = arrange_together(parts)

    assert {(tie.mentee_id, tie.mentor_id, tie.label) for tie in made.ties} == {
        ("a", "b", "med-miami-ms2-ms1"),
        ("a", "trainer", "med-miami-transition"),
    }


def test_second_match_that_nobody_can_give_is_an_open_place():
    student = mentee("a", year="Year 1", society="Ash Society")
    parts = [
        SharedProgram(track("med-miami-ms2-ms1"), [student], [mentor("b", year="Year 3", society="Ash Society")]),
        SharedProgram(track("med-miami-transition"), [student], [mentor("trainer")]),
    ]

    made = arrange_together(parts)

    assert [(one.person_id, one.label) for one in made.open] == [("a", "med-miami-ms2-ms1")]
