"""Who may take part in the tracks of the gallery."""

from datetime import date

import pytest

from blueprints.tracks import fits, mentee, mentor
from chiron.blueprints.plan.eligibility import admitted, eligible
from chiron.blueprints.schema.blueprint_file import track, track_ids

LATER = "2027-08-31"
DAY = date(2026, 10, 1)


def may(name, person):
    return eligible(person, track(name), on=DAY).eligible


def test_five_counties_are_the_gate():
    pupil = {"grade": "Grade 10", "guardian_consent_until": LATER}

    for county in ("Bolivar", "Sunflower", "Coahoma", "Tallahatchie", "Quitman"):
        assert may("hs-mississippi-delta", mentee("a", county=county, **pupil))
    refused = eligible(mentee("a", county="Leflore", **pupil), track("hs-mississippi-delta"), on=DAY)
    assert refused.reasons == ("The pupil lives in one of the five counties. The answer is Leflore.",)


def test_no_answer_meets_no_gate():
    decision = eligible(mentee("a"), track("pre-cornell-different-field"))

    assert decision.reasons == ("The student is enrolled at Cornell University. There is no answer to this.",)


@pytest.mark.parametrize("name", [name for name in track_ids() if track(name).programme.minors == "yes"])
def test_minors_need_consent_and_their_mentors_a_record_check(name):
    blueprint = track(name)
    consent = {gate.field for gate in blueprint.gates_for("mentee") if gate.valid}
    check = {gate.field for gate in blueprint.gates_for("mentor") if gate.valid}

    assert (consent, check) == ({"guardian_consent_until"}, {"record_check_until"})
    old = mentor("x", record_check_until="2026-09-30", profession="Physician")
    assert eligible(old, blueprint, on=DAY).reasons == (
        "A current record check is on file for the mentor. It ran out on 2026-09-30.",
    )
    assert may(name, mentor("x", record_check_until="2026-10-01", profession="Physician"))


def test_every_programme_of_pupils_protects_minors():
    pupils = [name for name in track_ids() if "high_school" in track(name).programme.stage]

    assert len(pupils) == 7
    assert all(track(name).programme.minors != "no" for name in pupils)


def test_entry_is_at_one_grade():
    consent = {"guardian_consent_until": LATER}

    assert may("hs-ccny-two-year", mentee("a", entering_grade="Grade 11", **consent))
    assert not may("hs-ccny-two-year", mentee("a", entering_grade="Grade 12", **consent))


def test_pupils_of_partner_schools_only():
    consent = {"guardian_consent_until": LATER}

    assert may("hs-penn-cascade", mentee("a", tier="Pupil", school="Sayre High School", **consent))
    assert not may("hs-penn-cascade", mentee("a", tier="Pupil", school="Another school", **consent))
    # An undergraduate is a mentee too, and no school is asked for.
    assert may("hs-penn-cascade", mentee("b", tier="Undergraduate"))


def test_student_chooses_one_of_two_tracks():
    student = {
        "institution": "Arizona State University",
        "organization": "Arizona State University",
        "course": "Pre-health",
    }
    professional = mentee("a", chosen_track="Working professional", **student)
    near_peer = mentee("b", chosen_track="Medical or health student", **student)

    assert (may("pre-asu-professional", professional), may("pre-asu-student", professional)) == (True, False)
    assert (may("pre-asu-professional", near_peer), may("pre-asu-student", near_peer)) == (False, True)


def test_nobody_is_enrolled_unasked():
    student = {"institution": "Hunter College", "year": "First-year"}

    assert may("pre-hunter-near-peer", mentee("a", asked_for_a_mentor=True, **student))
    assert not may("pre-hunter-near-peer", mentee("a", asked_for_a_mentor=False, **student))


def test_first_year_students_do_not_serve():
    student = {"course": "BSN", "applied_a_year_ahead": True}

    assert not may("nurs-arizona-bsn", mentor("x", year="Year 1", **student))
    assert may("nurs-arizona-bsn", mentor("x", year="Year 2", **student))
    assert may("nurs-arizona-bsn", mentee("x", year="Year 1", **student))
    # Who applies in the first year serves in the second; who has not applied a year ahead does not.
    assert not may("nurs-arizona-bsn", mentor("x", year="Year 2", course="BSN", applied_a_year_ahead=False))


def test_licence_must_be_valid():
    name = "nurs-utah-transition"

    assert may(name, mentor("x", licence_until=LATER, years_of_experience=6))
    assert not may(name, mentor("x", licence_until="2026-01-31", years_of_experience=6))
    assert not may(name, mentor("x", licence_until=LATER, years_of_experience=1))
    assert not may(name, mentor("x", licence_until="soon", years_of_experience=6))


def test_membership_runs_out():
    name = "med-amsa"

    assert may(name, mentee("a", membership="AMSA", member_until="2026-10-01"))
    assert not may(name, mentee("a", membership="AMSA", member_until="2026-09-30"))
    assert not may(name, mentee("a", membership="None", member_until=LATER))


def test_membership_is_asked_of_both():
    name = "med-emra"

    assert may(name, mentee("a", membership="EMRA", training="Year 4"))
    assert not may(name, mentee("a", membership="None", training="Year 4"))
    assert may(name, mentor("x", membership="EMRA", training="PGY1"))
    assert not may(name, mentor("x", membership="None", training="PGY1"))


def test_interest_group_is_the_gate():
    name = "med-ohsu-nwp"

    assert may(name, mentee("a", year="Year 1", interest_group=True))
    assert not may(name, mentee("a", year="Year 1", interest_group=False))
    assert not may(name, mentee("a", year="Year 2", interest_group=True))


def test_experienced_nurse_may_be_a_mentee():
    name = "early-stanford-healthcare"
    moved = mentee("a", employer="Stanford Health Care", arrival="Move inside the house", stage="Senior professional")
    guide = mentor("x", employer="Stanford Health Care", stage="Mid-career professional")

    assert may(name, moved)
    assert fits(name, moved, guide) != [None]


def test_mentee_becomes_mentor_a_year_later():
    name, residency = "early-uw-im-peer", "UW internal medicine residency"

    assert may(name, mentee("a", residency=residency, training="PGY1"))
    assert not may(name, mentor("a", residency=residency, training="PGY1"))
    assert may(name, mentor("a", residency=residency, training="PGY2"))


def test_three_stages_of_mentees_may_take_part():
    kinds = ("Medical student", "Junior fellow", "New physician")

    assert all(may("early-acog", mentee("a", mentee_kind=kind)) for kind in kinds)
    assert not may("early-acog", mentee("a", mentee_kind="Nurse midwife"))


def test_early_applicant_is_warned_and_admitted():
    early, usual = mentee("a", year="Year 1"), mentee("b", year="Year 4")

    found = admitted([early, usual], track("urm-aad-month"), on=DAY)

    assert found.people == (early, usual)
    assert found.warned == (("a", ("The third or fourth year is advised. The answer is Year 1.",)),)
    assert not may("urm-aad-month", mentee("c", year="Before medical school"))


def test_five_professions_are_a_closed_list():
    name = "urm-asheville-mmmp"
    pupil = {"grade": "Grade 12", "state": "NC", "guardian_consent_until": LATER}

    for profession in ("Physician", "Pharmacist", "Dentist", "Physical therapist", "Physician assistant"):
        assert may(name, mentor("x", profession=profession, record_check_until=LATER))
        assert may(name, mentee("a", career_interest=profession, **pupil))
    assert not may(name, mentor("x", profession="Nurse", record_check_until=LATER))
    assert not may(name, mentee("a", career_interest="Nurse", **pupil))


def test_state_is_a_gate():
    pupil = {"grade": "Grade 12", "career_interest": "Dentist", "guardian_consent_until": LATER}

    assert may("urm-asheville-mmmp", mentee("a", state="NC", **pupil))
    assert not may("urm-asheville-mmmp", mentee("a", state="TN", **pupil))


def test_two_kinds_of_mentor_may_take_part():
    for kind, expected in (
        ("Established professional", True),
        ("Medical student", True),
        ("Pre-medical student", False),
    ):
        assert may("black-bmwc", mentor("x", mentor_kind=kind, record_check_until=LATER)) is expected


def test_consent_follows_age():
    name = "black-bmwc"

    assert may(name, mentee("a", interested_in_health=True, age_group="18 or over"))
    assert not may(name, mentee("a", interested_in_health=True, age_group="Under 18"))
    assert may(name, mentee("a", interested_in_health=True, age_group="Under 18", guardian_consent_until=LATER))


def test_reasons_do_not_say_how_old_somebody_is():
    young = mentee("a", interested_in_health=True, age_group="Under 18", guardian_consent_until="2026-09-01")

    decision = eligible(young, track("black-bmwc"), on=DAY)

    assert decision.reasons == (
        'A condition that looks at "Age" is not met. It is not repeated here: look at the row.',
    )


def test_status_is_asked_of_both_surgeons_and_a_pending_one_counts():
    name = "gend-acs-women-surgeons"

    for make in (mentee, mentor):
        assert all(
            may(name, make("a", acs_status=one)) for one in ("Fellow", "Assistant Fellow", "Applying for Fellowship")
        )
        assert not may(name, make("a", acs_status="None"))


def test_goals_are_the_three_themes():
    fields = track("gend-amwa").matching.fields

    assert fields["goals"].choices == fields["expertise"].choices == ("Support", "Challenge", "Future goals")


def test_roles_away_from_the_bedside_are_known():
    name = "hisp-nahhe"
    student = mentee("a", role_wanted=("Finance director",))

    wanted, other = fits(
        name, student, mentor("x", profession="Finance director"), mentor("y", profession="Practice manager")
    )

    assert wanted - other == 40
