"""What participants read of why they fit and of each other, and that no way to reach anybody leaves too early."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from chiron.blueprints.schema.matching import PRIVATE_KINDS, Matching
from chiron.pairing.model.english import ENGLISH
from chiron.pairing.rules.vocabulary import KINDS
from chiron.site.matching.models import Offer
from chiron.site.matching.rules import MemberPart
from chiron.site.mentorships.rules.reasons import (
    TOLD,
    UNTOLD,
    reasons_in_words,
    reasons_kept,
    rule_labels,
    without_contacts,
)
from chiron.site.mentorships.rules.written import written_by
from chiron.site.notices.models import Notice
from cohort_factories import signed_in
from plan_factories import add_mentee, make_plan, make_publication, make_scene, member_of, offer_of, say_yes

ABOUT = "I like rounds. Call +44 20 7946 0958 or write to mira@example.org, mira (at) example.org or @mira."
SILENT = re.compile(r"unknown|silent|nothing")


def test_every_sentence_of_a_rule_that_may_be_read_is_worded_or_left_out_on_purpose():
    codes = {code for code in ENGLISH if code.split(".")[0] in KINDS.keys() - PRIVATE_KINDS}

    assert {code for code in codes if not SILENT.search(code)} - {"text.none"} == TOLD.keys() | UNTOLD
    assert not TOLD.keys() & UNTOLD


def test_each_side_reads_a_reason_in_its_own_words():
    kept = [
        {"code": "coverage.some", "values": {"n": 3, "count": 2, "met": ["Exams", "Teaching"]}, "field": "goals", "label": "Goals"},
        {"code": "same.both", "values": {"verb": "have", "answer": "North"}, "field": "site", "label": "Site"},
        {"code": "same.both", "values": {"verb": "prepare for", "answer": "finals"}, "field": "aim", "label": "Aim"},
        {"code": "distance.apart", "values": {"km": 4}, "field": "place", "label": "Place"},
    ]  # fmt: skip

    mentee = reasons_in_words(kept, reader=MemberPart.MENTEE, other="Olga", with_places=True)
    mentor = reasons_in_words(kept, reader=MemberPart.MENTOR, other="Bela", with_places=False)

    assert mentee == [
        "Olga can help you with Exams and Teaching.", "You both work at North.", "You both prepare for finals.",
        "You are about 4 km apart.",
    ]  # fmt: skip
    assert mentor == [
        "Bela would like help with Exams and Teaching.", "You both work at North.", "You both prepare for finals.",
    ]  # fmt: skip


def test_offer_keeps_codes_of_what_is_good_and_not_private():
    matching = Matching.model_validate({"rules": [{"name": "Same site", "kind": "same", "field": "site", "points": 3}]})
    part = {"rule": "Same site", "code": "same.both", "values": {"verb": "have", "answer": "A"}, "points": 3}
    parts = [
        {**part, "positive": True, "private": True},
        {**part, "positive": False, "private": False},
        {**part, "code": "pair.met", "positive": True, "private": False},
        {**part, "positive": True, "private": False},
    ]

    assert reasons_kept(parts, rule_labels(matching)) == [
        {"code": "same.both", "values": {"verb": "have", "answer": "A"}, "field": "site", "label": "Site"}
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mira@example.org", "…"),
        ("Write to mira (at) example.org please", "Write to … please"),
        ("+44 20 7946 0958", "…"),
        ("See https://example.org/me", "See …"),
        ("I am @mira there", "I am … there"),
        ("In 2019 I led 3 wards with 24 beds", "In 2019 I led 3 wards with 24 beds"),
    ],
)
def test_ways_to_reach_somebody_are_cut_out(text, left):
    assert without_contacts(text) == left


def test_what_somebody_wrote_is_read_but_not_what_is_private():
    matching = Matching.model_validate(
        {
            "rules": [
                {"name": "Asked", "kind": "asked", "mentee": "trait_wanted", "mentor": "trait", "points": 3},
                {"name": "Wishes", "kind": "ranked", "mentee": "choices", "mentor": "id", "points": 3},
                {"name": "Apart", "kind": "apart", "mentee": "manager", "mentor": "id", "must": True},
            ],
            "fields": {
                "about": {"type": "text", "label": "About"},
                "gender": {"type": "choice"},
                "goals": {"type": "list", "label": "Goals"},
                "home": {"type": "place"},
                "feud": {"type": "text", "confidential": True},
            },
        }
    )
    answers = {
        "id": "7", "about": ABOUT, "gender": "x", "goals": ["Exams"], "trait_wanted": ["Calm"], "choices": ["a"],
        "manager": ["b"], "home": [51.5, 0.1], "feud": "with c", "name": "Ann", "email": "a@example.org",
    }  # fmt: skip

    assert written_by(answers, matching, side="mentee") == [
        ("About", "I like rounds. Call … or write to …, … or …."), ("Goals", "Exams"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_both_read_reasons_and_each_others_words_before_they_answer():
    scene = make_scene(rules=[TEXT_RULE])
    add_mentee(scene, "Eva", ["Research", "Writing"], "North", about=ABOUT)
    offer = published_offer(scene, "Eva")
    mentee, mentor = (member_of(offer, part).application.person for part in ("mentee", "mentor"))

    read_by_mentor = text_of(mentor, "offer", offer.pk)
    read_by_mentee = text_of(mentee, "offer", offer.pk)

    assert "Eva would like help with Research." in read_by_mentor
    assert f"{mentor.name} can help you with Research." in read_by_mentee
    assert f"What {mentor.name} wrote" in read_by_mentee
    assert "Offers" in read_by_mentee
    assert "Research, Writing" in read_by_mentor
    assert "I like rounds." in read_by_mentor
    assert not re.search(r"covers|listed|example\.org|7946", read_by_mentor + read_by_mentee)


@pytest.mark.django_db
def test_nothing_holds_an_address_before_both_said_yes_and_no_message_ever_does():
    scene = make_scene(rules=[TEXT_RULE])
    offer = published_offer(scene, "Anna")
    mentee, mentor = (member_of(offer, part).application.person for part in ("mentee", "mentor"))

    before = [text_of(mentee, "offer", offer.pk), text_of(mentor, "offer", offer.pk)]
    say_yes(offer, "mentee", "mentor")
    after = [text_of(mentee, "match", offer.match.pk), text_of(mentor, "match", offer.match.pk)]

    assert not any("@" in page for page in before)
    assert [mentor.email in after[0], mentee.email in after[1]] == [True, True]
    assert Notice.objects.filter(kind="match.agreed").count() == 2
    assert not [notice for notice in Notice.objects.all() if "@" in notice.subject + notice.body]
    assert "@" not in json.dumps(list(Offer.objects.values_list("reasons", flat=True)))


@pytest.mark.django_db
def test_where_minors_may_join_contact_details_stand_nowhere():
    scene = make_scene()
    scene.cohort.may_have_minors = True
    scene.cohort.save()
    offer = published_offer(scene, "Anna")
    mentee, mentor = (member_of(offer, part).application.person for part in ("mentee", "mentor"))
    say_yes(offer, "mentee", "mentor")

    pages = [text_of(mentee, "match", offer.match.pk), text_of(mentor, "match", offer.match.pk)]

    assert not any("@" in page for page in pages)
    assert all("The coordinator puts you in touch." in page for page in pages)
    words = " ".join(notice.subject + notice.body for notice in Notice.objects.all())
    assert "contact details" not in words
    assert "reach each other" not in words


@pytest.mark.django_db
def test_coordinator_says_in_the_settings_that_minors_may_join():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)
    data = {"stage": "matching", "small_group": "10", "look_line": "55", "may_have_minors": "on"}

    client.post(reverse("programs:settings", args=[scene.cohort.pk]), data)

    scene.cohort.refresh_from_db()
    assert scene.cohort.may_have_minors is True


TEXT_RULE = {"name": "About each other", "kind": "text", "field": "about", "points": 1}


def published_offer(scene, name):
    """Publish a plan and return the offer to a mentee."""
    make_publication(scene, make_plan(scene))
    return offer_of(scene, name)


def text_of(person, page, key):
    """Return the words of a page of a person's own as they read them."""
    content = signed_in(Client(), person).get(reverse(f"mentorships:{page}", args=[key])).content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())
